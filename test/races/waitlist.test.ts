// Two times come free while two clients wait and many look for whom to offer them to: each client is kept one, and each time is kept
// once. Every round on a day of its own; `npm run races` makes more of them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addWaitlistEntry, endWaitlistEntry, type WaitlistTools } from '../../src/appointments/add-waitlist-entry.ts';
import { bookAppointment } from '../../src/appointments/book-appointment.ts';
import { placeOffers } from '../../src/appointments/place-offers.ts';
import { noOnce } from '../../src/platform/http/idempotency.ts';
import { openDesk, SARAH, type OpenDesk } from '../occupancy/open-desk.ts';
import { say } from './caller.ts';

const ROUNDS = Math.min(Math.ceil(Number(process.env['RACE_ATTEMPTS'] ?? 80) / 8), 60);
/** Looking at once, as so many workers would. */
const LOOKERS = 6;

let desk: OpenDesk;
let tools: WaitlistTools;
beforeAll(async () => {
  desk = await openDesk();
  tools = { ...desk.tools, waitlistRules: { holdMinutes: 60, perClient: 50 } };
});
afterAll(() => desk.close());

const person = (client: string) => ({ userId: client, userEmail: `${client}@example.com`, userName: client });
const wish = { practitionerId: SARAH, sessionType: 'Initial Consultation', platform: null };

test(`in ${ROUNDS} rounds, ${LOOKERS} look at once: one hold each, no time twice`, async () => {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const date = Temporal.PlainDate.from('2030-01-21')
      .add({ days: Math.floor(round / 5) * 7 + (round % 5) })
      .toString();
    const taken: number[] = [];
    for (const [i, time] of ['09:00', '10:00'].entries()) {
      const asked = { ...person(`full-${i}`), ...wish, start: { wall: { date, time } } };
      taken.push((await bookAppointment(tools, desk.actor, asked, noOnce)).appointmentId);
    }
    const entries: number[] = [];
    for (const client of ['ann', 'bob']) {
      const days = { firstDate: date, lastDate: date, timeZone: undefined, windows: [{ from: '09:00', to: '11:00' }] };
      const asked = { ...person(client), ...wish, practitionerIds: [SARAH], ...days };
      entries.push((await addWaitlistEntry(tools, desk.actor, asked, noOnce)).entry.id);
    }
    const begun = performance.now();
    const look = () => placeOffers(tools, desk.organisationId);
    await Promise.all([...taken.map((id) => desk.cancel(id)), ...Array.from({ length: LOOKERS }, look)]);
    await Promise.all(Array.from({ length: LOOKERS }, look));
    times.push(performance.now() - begun);
    const made = await desk.sql<{ entry_id: number; starts_at: Temporal.Instant }>(
      `select o.entry_id, h.starts_at from offer o join offer_time t on t.offer_id = o.id join hold h on h.id = t.hold_id
        where o.entry_id = any($1::bigint[]) order by o.entry_id`,
      [entries],
    );
    expect(made.map(({ entry_id }) => entry_id)).toEqual(entries);
    expect(new Set(made.map(({ starts_at }) => starts_at.toString())).size).toBe(2);
  }
  const sorted = times.toSorted((a, b) => a - b);
  say(`waitlist: ${ROUNDS} rounds, p99 ${Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? 0)} ms for each`);
  const [counted] = await desk.sql<{ n: number }>(
    'select deadlocks as n from pg_stat_database where datname = current_database()',
  );
  expect(counted?.n).toBe(0);
}, 120_000);

test('who leaves while something is offered is left with nothing that is kept', async () => {
  const date = '2030-04-15';
  const days = { firstDate: date, lastDate: date, timeZone: undefined, windows: [{ from: '09:00', to: '10:00' }] };
  const asked = { ...person('eve'), ...wish, practitionerIds: [SARAH], ...days };
  const { id } = (await addWaitlistEntry(tools, desk.actor, asked, noOnce)).entry;
  const waiting = async (): Promise<number | undefined> => {
    const [row] = await desk.sql<{ n: number }>(
      // What somebody else's session waits for is not for everybody to see, that it does is.
      `select count(distinct pid)::int as n from pg_locks join pg_stat_activity using (pid)
        where datname = current_database() and not granted`,
    );
    return row?.n;
  };
  /** For a busy machine; a lock is waited for up to 5 s. */
  const soon = { timeout: 10_000 };
  const locked = Promise.withResolvers<void>();
  const mayGo = Promise.withResolvers<void>();
  const holding = desk.work.inOrganisation(desk.organisationId, async (tx) => {
    await tx.query({ name: '', text: 'select from waitlist_entry where id = $1 for update', values: [id] });
    locked.resolve();
    await mayGo.promise;
  });
  await locked.promise;
  const offering = placeOffers(tools, desk.organisationId);
  // However this ends, nobody is left waiting.
  const both = (async () => {
    await expect.poll(waiting, soon).toBe(1);
    const leaving = endWaitlistEntry(tools, desk.actor, id, noOnce);
    await expect.poll(waiting, soon).toBe(2);
    return { leaving };
  })().finally(() => mayGo.resolve());
  const [{ leaving }, offered] = await Promise.all([both, offering, holding]);
  const left = await leaving;
  expect([offered, left.entry.state, left.offers.map(({ state }) => state)]).toEqual([1, 'left', ['withdrawn']]);
  expect(left.offers[0]?.times.map(({ state }) => state)).toEqual(['released']);
}, 30_000);
