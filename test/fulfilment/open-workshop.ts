// The house with its runner in hand: sessions are booked by the acts, and carried out only when a test says so, at the time
// it says. The database, the provider clients, the emulators and the mail are real.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bookAppointment } from '../../src/appointments/book-appointment.ts';
import { cancelAppointment } from '../../src/appointments/cancel-appointment.ts';
import { rescheduleAppointment } from '../../src/appointments/reschedule-appointment.ts';
import { findAppointment } from '../../src/appointments/store.ts';
import { compose, placesOf } from '../../src/composition.ts';
import { readConfig } from '../../src/config.ts';
import { startRunner, type Runner, type RunnerTools } from '../../src/fulfilment/jobs.ts';
import type { Actor } from '../../src/identity/actor.ts';
import { listOutsideObjects } from '../../src/meetings/store.ts';
import type { Platform } from '../../src/meetings/provider.ts';
import { listLetters } from '../../src/notifications/store.ts';
import { noOnce } from '../../src/platform/http/idempotency.ts';
import { setClock } from '../../src/platform/time/clock.ts';
import { changePractitioner, type PractitionerChange } from '../../src/practitioners/change-practitioner.ts';
import type { Fault } from '../../src/sandbox/faults.ts';
import { JOHN, SARAH } from '../cast.ts';
import { captureLog } from '../http/capture-log.ts';
import { createDatabase } from '../open-database.ts';

export const OPENED_AT = '2030-01-07T14:00:00Z';
/** Rounds of a story that ends; each is a pass over whatever is due. */
const MOST_ROUNDS = 60;

type Json = Record<string, unknown>;
export type Letter = {
  readonly to: readonly { readonly address: string }[];
  readonly subject: string;
  readonly text: string;
  readonly ical: string | null;
  readonly messageId: string;
  readonly headers: Readonly<Record<string, string>>;
};
export type Booked = { readonly id: number; readonly sessionId: number };
export type Workshop = Awaited<ReturnType<typeof openWorkshop>>;

export async function openWorkshop() {
  const folder = await mkdtemp(join(tmpdir(), 'slotkeeper-workshop-'));
  const database = await createDatabase();
  const clock = setClock(OPENED_AT);
  const { log, lines } = captureLog();
  const config = readConfig({
    DATABASE_URL: database.ownerUrl,
    DATA_DIR: folder,
    DEMO: '1',
    SANDBOX_PORT: '0',
    // Enough for several at once, and fewer than a deployment's: to open one costs as much as some bookings.
    DATABASE_POOL: '6',
  });
  const house = await compose(config, log, clock);
  const { organisationId } = house;
  const desk: Actor = {
    organisationId,
    role: 'staff',
    subject: 'desk',
    email: null,
    practitionerId: null,
    key: 'desk',
  };
  const tools = { ...house, chance: () => 0, places: placesOf(house) } satisfies RunnerTools;
  const runner = startRunner(tools, { idle: true });
  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(`${house.sandboxUrl ?? ''}/control/${path}`, { method, ...init });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? undefined : await response.json();
  };
  const see = async <T = Json>(path: string) => (await control('GET', path)) as T[];
  const bookings = new Map<number, number>();

  /** When something is due next, or null. */
  const dueNext = async (): Promise<Temporal.Instant | null> => {
    const rows = await house.transactor.scan('fulfilment', (tx) =>
      tx.query<{ at: Temporal.Instant | null }>({
        name: 'test_due_next',
        text: `select min(greatest(due_at, coalesce(lease_until, due_at))) as at from fulfilment where done_revision < wanted_revision`,
      }),
    );
    return rows[0]?.at ?? null;
  };
  /** Carries out what is due, moving the clock to whatever is due next, until all is done or `withinSeconds` are over. */
  const finish = async (withinSeconds = 3_600, by: Pick<Runner, 'runUntilIdle'> = runner): Promise<number> => {
    const began = clock.now();
    const end = began.add({ seconds: withinSeconds });
    for (let rounds = 0; rounds < MOST_ROUNDS; rounds += 1) {
      await by.runUntilIdle();
      const next = await dueNext();
      if (next === null || Temporal.Instant.compare(next, end) > 0) return clock.now().since(began).total('seconds');
      if (Temporal.Instant.compare(next, clock.now()) > 0) clock.set(next);
    }
    throw new Error('it does not come to rest');
  };

  /** The same for so long, however many rounds that takes, or until something is true. Answers the seconds. */
  const live = async (
    seconds: number,
    by: Pick<Runner, 'runUntilIdle'> = runner,
    until: () => Promise<boolean> = () => Promise.resolve(false),
  ): Promise<number> => {
    const began = clock.now();
    const end = began.add({ seconds });
    for (;;) {
      await by.runUntilIdle();
      if (await until()) return clock.now().since(began).total('seconds');
      const next = await dueNext();
      if (next === null || Temporal.Instant.compare(next, end) > 0) break;
      if (Temporal.Instant.compare(next, clock.now()) > 0) clock.set(next);
    }
    clock.set(end);
    return seconds;
  };

  return {
    tools,
    desk,
    organisationId,
    clock,
    lines,
    finish,
    live,
    dueNext,
    run: () => runner.runUntilIdle(),
    /** A runner of a deployment in which one provider's settings are missing. */
    runnerWithout: (provider: 'zoom' | 'google' | 'microsoft'): Runner => {
      const calendars = new Map([...house.calendars].filter(([id]) => id !== provider));
      const carriers = new Map([...house.carriers].filter(([, id]) => id !== provider));
      const meetings = new Map([...house.meetings].filter(([, { account }]) => account !== provider));
      const poorer = { ...tools, calendars, meetings };
      return startRunner({ ...poorer, places: placesOf({ ...house, ...poorer, carriers }) }, { idle: true });
    },
    changeSarah: (fields: PractitionerChange['fields']) =>
      changePractitioner(house, desk, {
        id: SARAH.practitionerId,
        fields,
        call: { once: noOnce, status: 200, expected: null },
      }),
    /** On a day of its own, at ten where the practitioner is. */
    book: async (platform: Platform | null, practitionerId: number = SARAH.practitionerId): Promise<Booked> => {
      const count = bookings.get(practitionerId) ?? 0;
      bookings.set(practitionerId, count + 1);
      const date = Temporal.PlainDate.from('2030-01-14').add({ days: Math.floor(count / 5) * 7 + (count % 5) });
      const { appointmentId } = await bookAppointment(
        house,
        desk,
        {
          ...JOHN,
          practitionerId,
          start: { wall: { date: date.toString(), time: '10:00' } },
          sessionType: 'Initial Consultation',
          platform,
        },
        noOnce,
      );
      const found = await house.transactor.inOrganisation(organisationId, (tx) => findAppointment(tx, appointmentId));
      if (!found) throw new Error('booked and not found');
      return { id: appointmentId, sessionId: found.sessionId };
    },
    /** To another hour of its own day. */
    move: async ({ id }: Booked, time: string): Promise<void> => {
      const found = await house.transactor.inOrganisation(organisationId, (tx) => findAppointment(tx, id));
      const date = found?.start.toZonedDateTimeISO('America/New_York').toPlainDate().toString() ?? '';
      await rescheduleAppointment(house, desk, { appointmentId: id, start: { wall: { date, time } } }, noOnce);
    },
    cancel: ({ id }: Booked) => cancelAppointment(house, desk, { appointmentId: id, reason: null }, noOnce),
    objects: ({ sessionId }: Booked) =>
      house.transactor.inOrganisation(organisationId, (tx) => listOutsideObjects(tx, sessionId)),
    letters: ({ sessionId }: Booked) =>
      house.transactor.inOrganisation(organisationId, (tx) => listLetters(tx, sessionId)),
    lettersOf: async (appointmentId: number) => {
      const found = await house.transactor.inOrganisation(organisationId, (tx) => findAppointment(tx, appointmentId));
      return await house.transactor.inOrganisation(organisationId, (tx) => listLetters(tx, found?.sessionId ?? 0));
    },
    sandboxUrl: house.sandboxUrl ?? '',
    zoom: () => see('zoom/meetings'),
    events: async () => [...(await see('google/events')), ...(await see('microsoft/events'))],
    mails: () => see<Letter>('mailbox'),
    fault: async (fault: Fault): Promise<void> => void (await control('POST', 'faults', fault)),
    heal: async (): Promise<void> => void (await control('DELETE', 'faults')),
    turn: async (switches: Json): Promise<void> => void (await control('PATCH', 'switches', switches)),
    /** What a provider was asked, or all: of each call its operation and status. */
    calls: (name?: string): readonly { readonly operation: string; readonly status: number | null }[] =>
      lines
        .filter(({ msg, provider }) => msg === 'provider call' && (name === undefined || provider === name))
        .map(({ operation, status }) => ({
          operation: String(operation),
          status: status === null ? null : Number(status),
        })),
    /** All that was booked is finished, and the providers and the mailbox are empty again. */
    clear: async (): Promise<void> => {
      await control('DELETE', 'faults');
      await finish();
      await control('DELETE', 'state');
      lines.length = 0;
    },
    close: async (): Promise<void> => {
      await runner.stop(5_000);
      await house.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
