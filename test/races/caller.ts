// A caller with a service's token: the few calls that races and kills make, over connections that stay open.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from './run-server.ts';

export type Answer = {
  /** 0: no answer came, and whether the call had an effect is not known. */
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly ms: number;
};

export type Place = { readonly practitionerId: number; readonly date: string; readonly time: string };
export type Booking = Place & {
  readonly client: string;
  readonly platform?: string | null;
  /** Default: an hour. */
  readonly sessionType?: string;
};

export type Caller = ReturnType<typeof callerOf>;

/** Longer than a server may take for anything; what has not answered by then counts as lost. */
const ANSWER_WITHIN_MS = 60_000;

/** Of one call, on a machine that is busy with other things. */
const MOST_REPEATS = 30;
const REPEAT_AFTER_MS = 1_000;

/** Calls go to the servers in turn. `patient`: who is told that the server is overloaded asks again. */
export function callerOf(
  servers: readonly Pick<Server, 'url'>[],
  token: string,
  { withinMs = ANSWER_WITHIN_MS, patient = false } = {},
) {
  let turn = 0;
  const once = async (method: string, path: string, body?: object, key?: string): Promise<Answer> => {
    const { url } = servers[turn++ % servers.length] ?? { url: null };
    const begun = performance.now();
    try {
      const answer = await fetch(`${url ?? ''}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...(key ? { 'idempotency-key': key } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
        signal: AbortSignal.timeout(withinMs),
      });
      return { status: answer.status, body: (await answer.json()) as Answer['body'], ms: performance.now() - begun };
    } catch {
      return { status: 0, body: {}, ms: performance.now() - begun };
    }
  };
  const call = async (...given: Parameters<typeof once>): Promise<Answer> => {
    const begun = performance.now();
    for (let repeats = 0; ; repeats += 1) {
      const answer = await once(...given);
      if (!patient || answer.body['code'] !== 'overloaded' || repeats >= MOST_REPEATS) {
        return { ...answer, ms: performance.now() - begun };
      }
      await sleep(REPEAT_AFTER_MS);
    }
  };
  return {
    call,
    book: ({ client, platform = null, sessionType = 'Initial Consultation', ...place }: Booking, key?: string) =>
      call(
        'POST',
        '/api/appointments',
        {
          ...place,
          time: `${place.time}:00`,
          userId: client,
          userEmail: `${client}@example.com`,
          userName: client,
          sessionType,
          ...(platform ? { videoMeetingConfig: { platform } } : {}),
        },
        key,
      ),
    move: (id: number, { date, time }: Omit<Place, 'practitionerId'>, key?: string) =>
      call('PUT', `/api/appointments/${id}/reschedule`, { newDate: date, newTime: `${time}:00` }, key),
    cancel: (id: number, key?: string) => call('PUT', `/api/appointments/${id}/cancel`, { reason: 'storm' }, key),
    read: (id: number) => call('GET', `/api/appointments/${id}`),
  };
}

/** The nth Monday to Friday from three weeks ahead: past any notice, within every horizon. */
export function workday(nth: number): string {
  const monday = Temporal.Now.plainDateISO('UTC').add({ days: 21 });
  const first = monday.subtract({ days: monday.dayOfWeek - 1 });
  return first.add({ days: Math.floor(nth / 5) * 7 + (nth % 5) }).toString();
}

/** How many answers there were of each status and code: `201`, `409 slot_taken`. */
export function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const name = status < 400 ? String(status) : `${status} ${String(body['code'])}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** For whoever reads the run. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** For people: half of the answers came within p50. Never asserted; machines differ. */
export function times(answers: readonly Answer[]): string {
  const sorted = answers.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  const counts = Object.entries(tally(answers)).map(([name, count]) => `${count} x ${name}`);
  return `${answers.length} answers, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms: ${counts.join(', ')}`;
}
