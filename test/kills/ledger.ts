// What the callers of a killed server know: what was acknowledged to them, and what they are in doubt about. A doubt is
// cleared as any client would clear it: by sending the same request again under the same key.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Caller, Place } from '../races/caller.ts';
import { workday } from '../races/caller.ts';

export type Known = Place & { readonly id: number; readonly state: 'confirmed' | 'cancelled'; readonly client: string };

type Act =
  | { readonly kind: 'book'; readonly place: Place; readonly client: string; readonly platform: string | null }
  | { readonly kind: 'move'; readonly of: Known; readonly place: Place }
  | { readonly kind: 'cancel'; readonly of: Known };

type Doubt = { readonly act: Act; readonly key: string };

/** One acknowledgement: when what was acknowledged was last asked for, and when the answer came. */
export type Told = { readonly kind: Act['kind']; readonly asked: number; readonly answered: number };

export type Ledger = ReturnType<typeof createLedger>;

/** Full hours within the working hours of the demo practice. */
const HOURS = [
  { practitionerId: 789, from: 9, hours: 8 },
  { practitionerId: 123, from: 13, hours: 5 },
  { practitionerId: 201, from: 10, hours: 8 },
  { practitionerId: 204, from: 18, hours: 5 },
] as const;
/** Few enough that callers meet, many enough that most find room. */
const DAYS = 60;
/** A caller with so many appointments calls off more than it books: the days above never fill. */
const MANY = 40;
/** Before a doubtful request is sent again, and between two acts of a patient caller. */
const REPEAT_AFTER_MS = 100;
const PLATFORMS = [null, 'zoom', 'google-meet', 'teams'] as const;

/** `chance`: from 0 to below 1. */
export function createLedger(chance: () => number) {
  const known = new Map<number, Known>();
  const doubts: Doubt[] = [];
  const faults: string[] = [];
  const bugs: string[] = [];
  const told: Told[] = [];
  const changed = new Set<number>();
  let calls = 0;
  let doubtful = 0;
  let acknowledged = 0;

  const pick = <T>(list: readonly T[]): T => list[Math.floor(chance() * list.length)]!;
  const somewhere = (): Place => {
    const { practitionerId, from, hours } = pick(HOURS);
    const hour = from + Math.floor(chance() * hours);
    return {
      practitionerId,
      date: workday(Math.floor(chance() * DAYS)),
      time: `${String(hour).padStart(2, '0')}:00`,
    };
  };
  const think = (client: string): Act => {
    const mine = [...known.values()].filter((one) => one.client === client && one.state === 'confirmed');
    const what = mine.length < MANY ? chance() : 0.5 + chance() / 2;
    if (mine.length < 3 || what < 0.6) return { kind: 'book', place: somewhere(), client, platform: pick(PLATFORMS) };
    const of = pick(mine);
    if (what < 0.8) return { kind: 'move', of, place: { ...somewhere(), practitionerId: of.practitionerId } };
    return { kind: 'cancel', of };
  };
  const send = (caller: Caller, { act, key }: Doubt): Promise<Answer> => {
    if (act.kind === 'book') return caller.book({ ...act.place, client: act.client, platform: act.platform }, key);
    if (act.kind === 'move') return caller.move(act.of.id, act.place, key);
    return caller.cancel(act.of.id, key);
  };
  /** Writes down an answer; false where it leaves the caller in doubt. */
  const write = ({ act }: Doubt, { status, body }: Answer): boolean => {
    if (status === 500) bugs.push(`${act.kind} was answered 500 ${String(body['code'])}`);
    if (status === 0 || status >= 500) {
      doubtful += 1;
      return false;
    }
    if (status < 400) acknowledged += 1;
    if (status >= 400) {
      // A wish that could not be granted: taken, or outside that practitioner's hours.
      if (!/^(slot_taken|outside_hours|not_on_grid)$/.test(String(body['code']))) {
        faults.push(`${act.kind} was answered ${status} ${String(body['code'])}`);
      }
    } else if (act.kind === 'book') {
      const id = Number(body['appointmentId']);
      if (known.has(id)) faults.push(`appointment ${id} was acknowledged to two requests`);
      changed.add(id);
      known.set(id, { ...act.place, id, state: 'confirmed', client: act.client });
    } else {
      changed.add(act.of.id);
      if (act.kind === 'move') known.set(act.of.id, { ...act.of, ...act.place });
      else known.set(act.of.id, { ...act.of, state: 'cancelled' });
    }
    return true;
  };

  return {
    known: known as ReadonlyMap<number, Known>,
    /** What was answered that should not have been. */
    faults: faults as readonly string[],
    /** Answers that blame nobody: 500. */
    bugs: bugs as readonly string[],
    /** In the order in which they came. */
    told: told as readonly Told[],
    inDoubt: () => doubts.length,
    /** How often a wish was granted. */
    acknowledged: () => acknowledged,
    /** How often there was no answer, or one that said "not now". */
    doubtful: () => doubtful,
    /** What was acknowledged since this was last asked. */
    takeChanged: (): Known[] => {
      const taken = [...changed].flatMap((id) => known.get(id) ?? []);
      changed.clear();
      return taken;
    },
    /** One caller that does not give up: what is in doubt it sends again, until it has an answer or the time is over. */
    persist: async (caller: Caller, client: string, isOver: () => boolean): Promise<void> => {
      while (!isOver()) {
        const doubt: Doubt = { act: think(client), key: `call-${++calls}` };
        for (;;) {
          const asked = performance.now();
          const answer = await send(caller, doubt);
          if (write(doubt, answer)) {
            if (answer.status < 400) told.push({ kind: doubt.act.kind, asked, answered: performance.now() });
            break;
          }
          if (isOver()) {
            doubts.push(doubt);
            break;
          }
          await sleep(REPEAT_AFTER_MS * (0.5 + chance()));
        }
        await sleep(REPEAT_AFTER_MS * chance());
      }
    },
    /** One caller acting until it is in doubt, or told to stop. */
    act: async (caller: Caller, client: string, isOver: () => boolean): Promise<void> => {
      while (!isOver()) {
        const doubt: Doubt = { act: think(client), key: `call-${++calls}` };
        if (!write(doubt, await send(caller, doubt))) {
          doubts.push(doubt);
          break;
        }
      }
    },
    /** Sends again what nobody knows the outcome of. Answers how many doubts are left, which should be none. */
    clearDoubts: async (caller: Caller): Promise<number> => {
      for (const doubt of doubts.splice(0)) {
        if (!write(doubt, await send(caller, doubt))) doubts.push(doubt);
      }
      return doubts.length;
    },
  };
}
