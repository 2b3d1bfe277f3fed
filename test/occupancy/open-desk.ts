// A practice over a real database, with its acts and no HTTP: one practitioner's desk, a clock that is set, and a second
// organisation beside it. What a test wants to see it asks in SQL.
import { createDesks } from '../../src/availability/desk.ts';
import { bookAppointment } from '../../src/appointments/book-appointment.ts';
import { type BookingTools } from '../../src/appointments/booking.ts';
import { cancelAppointment } from '../../src/appointments/cancel-appointment.ts';
import { rescheduleAppointment } from '../../src/appointments/reschedule-appointment.ts';
import type { Actor } from '../../src/identity/actor.ts';
import type { By } from '../../src/occupancy/inherit-time.ts';
import type { Stretch } from '../../src/occupancy/occupancy.ts';
import { lockTimeOf } from '../../src/occupancy/store.ts';
import { transactor, type Transaction } from '../../src/platform/database/transaction.ts';
import { noOnce } from '../../src/platform/http/idempotency.ts';
import { setClock } from '../../src/platform/time/clock.ts';
import { foundPractice } from '../../src/practitioners/found-practice.ts';
import { layDemoPractice } from '../../src/schedules/lay-demo-practice.ts';
import { onServer, openDatabase } from '../open-database.ts';

/** In the demo practice: Berlin, Monday to Friday 09:00-17:00, a quarter-hour grid, no buffers. */
export const MICHAEL = 789;
/** New York, full hours. */
export const SARAH = 123;
/** A Tuesday on which Berlin's wall is an hour ahead of UTC. */
export const DAY = '2030-01-15';
export const NOW = '2030-01-14T08:00:00Z';

export type OpenDesk = Awaited<ReturnType<typeof openDesk>>;

export async function openDesk() {
  const database = await openDatabase();
  const { connection } = database;
  const clock = setClock(NOW);
  const work = transactor(connection);
  const { organisationId } = await foundPractice({ transactor: work, clock }, { name: 'The Practice' });
  await layDemoPractice({ transactor: work, clock }, { organisationId });
  const tools: BookingTools = {
    transactor: work,
    clock,
    pool: connection.pool,
    desks: createDesks(),
    platforms: new Set(),
    wake: () => undefined,
  };
  const actor: Actor = {
    organisationId,
    role: 'staff',
    subject: 'desk',
    email: null,
    practitionerId: null,
    key: 'staff:desk',
  };
  const by = (): By => ({ at: clock.now(), actor: { role: 'staff', ref: 'staff:desk' } });
  const sql = <Row extends object>(text: string, values: readonly unknown[] = [], organisation = organisationId) =>
    work.inOrganisation(organisation, async (tx) => await ask<Row>(tx, text, values));
  return {
    database,
    clock,
    work,
    tools,
    actor,
    organisationId,
    sql,
    /** What an act does: lock the practitioner's time, then the body. */
    act: <T>(body: (tx: Transaction, by: By) => Promise<T>): Promise<T> =>
      work.inOrganisation(organisationId, async (tx) => {
        await lockTimeOf(tx, [MICHAEL]);
        return await body(tx, by());
      }),
    /** An hour for a client, with Michael or another; `time` on the practitioner's wall. */
    book: async (client: string, time: string, practitionerId = MICHAEL) => {
      const request = {
        userId: client,
        userEmail: `${client}@example.com`,
        userName: client,
        practitionerId,
        start: { wall: { date: DAY, time: `${time}:00` } },
        sessionType: 'Initial Consultation',
        platform: null,
      };
      return (await bookAppointment(tools, actor, request, noOnce)).appointmentId;
    },
    cancel: (appointmentId: number) => cancelAppointment(tools, actor, { appointmentId, reason: null }, noOnce),
    move: (appointmentId: number, time: string) =>
      rescheduleAppointment(
        tools,
        actor,
        { appointmentId, start: { wall: { date: DAY, time: `${time}:00` } } },
        noOnce,
      ),
    /** Michael's taken time on Berlin's wall, as `HH:MM-HH:MM owner`. */
    taken: async () => {
      const rows = await sql<{ from: string; to: string; hold_id: number | null; session_id: number | null }>(
        `select to_char(starts_at at time zone 'Europe/Berlin', 'HH24:MI') as "from",
                to_char(ends_at at time zone 'Europe/Berlin', 'HH24:MI') as "to", hold_id, session_id
           from occupancy where resource_id = $1 order by starts_at`,
        [MICHAEL],
      );
      return rows.map(({ from, to, hold_id, session_id }) => `${from}-${to} ${hold_id ? 'hold' : session_id}`);
    },
    sessionOf: async (appointmentId: number) =>
      (await sql<{ session_id: number }>('select session_id from appointment where id = $1', [appointmentId]))[0]
        ?.session_id,
    /** Subjects of the journal's entries of one kind, oldest first. */
    journalled: async (event: string) =>
      (await sql<{ subject_id: number }>('select subject_id from journal where event = $1 order by id', [event])).map(
        ({ subject_id }) => subject_id,
      ),
    /** No session, hold or entry of the journal is left. The journal is only added to, so that is for its owner. */
    clear: async () => {
      await work.inOrganisation(organisationId, async (tx) => {
        for (const table of ['fulfilment', 'appointment', 'occupancy', 'hold', 'session'])
          await ask(tx, `delete from ${table}`);
      });
      await onServer(database.ownerUrl, 'truncate journal');
    },
    close: () => database.close(),
  };
}

/** A statement nobody repeats. */
export async function ask<Row extends object>(
  tx: Pick<Transaction, 'query'>,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  return await tx.query<Row>({ name: '', text, values: [...values] });
}

/** A stretch of the test's day on Berlin's wall. */
export function stretch(from: string, to: string): Stretch {
  return { from: onTheDay(from), to: onTheDay(to) };
}

function onTheDay(time: string): Temporal.Instant {
  return Temporal.ZonedDateTime.from(`${DAY}T${time}[Europe/Berlin]`).toInstant();
}

/** What the database said no to: the constraint, or what else it was. */
export async function forbiddenBy(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'nothing';
  } catch (error) {
    const { constraint, message } = error as { constraint?: string; message: string };
    return constraint ?? message;
  }
}
