// What the delivery log says of dates that are told in another's letter, while that is on its way.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bookSeries } from '../../src/appointments/book-series.ts';
import { settleCovered, startCovered } from '../../src/notifications/store-together.ts';
import {
  settleLetter,
  startLetter,
  type LetterState,
  type NewLetter,
  type StartedLetter,
} from '../../src/notifications/store.ts';
import { noOnce } from '../../src/platform/http/idempotency.ts';
import { openDesk, SARAH, type OpenDesk } from '../occupancy/open-desk.ts';

let desk: OpenDesk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

const DIGEST = Buffer.alloc(32);
const at = Temporal.Instant.from('2030-01-07T09:00:00Z');
const doubt = { state: 'unknown', at, nextAttemptAt: at, error: 'unknown', service: null, serviceId: null } as const;

test('a letter in doubt that is repeated leaves no date it tells to be told by another', async () => {
  const wish = { practitionerId: SARAH, sessionType: 'Initial Consultation', platform: null };
  const rule = {
    repeat: { frequency: 'weekly', count: 2 },
    take: 'all_or_nothing',
    exceptDates: [],
    instead: [],
  } as const;
  const person = { userId: 'ann', userEmail: 'ann@example.com', userName: 'Ann' };
  const start = { wall: { date: '2030-02-04', time: '10:00' } };
  await bookSeries({ ...desk.tools, seriesPerClient: 1 }, desk.actor, { ...wish, ...rule, ...person, start }, noOnce);
  const [first, second] = await desk.sql<{
    id: number;
    session_id: number;
    starts_at: Temporal.Instant;
    lease_no: number;
  }>(
    `select a.id, a.session_id, s.starts_at, f.lease_no from series_date d join appointment a on a.id = d.appointment_id
       join session s on s.id = a.session_id join fulfilment f on f.session_id = s.id order by d.position`,
  );
  if (!first || !second) throw new Error('a series of two has two dates');
  const about = (one: typeof first): NewLetter => ({
    appointmentId: one.id,
    recipient: 'client',
    kind: 'confirmation',
    revision: 1,
    link: null,
    startsAt: one.starts_at,
    channel: 'email',
    leadMinutes: null,
  });
  const handOver = () =>
    desk.tools.transactor.inOrganisation(desk.organisationId, async (tx) => {
      const by = { sessionId: first.session_id, leaseNo: first.lease_no, revision: 1, addressDigest: DIGEST };
      const started = await startLetter(tx, about(first), { ...by, repeatAt: null });
      if (!started) throw new Error('the letter was overtaken');
      await startCovered(tx, started.id, [{ ...about(second), sessionId: second.session_id }], DIGEST);
      return started;
    });
  const states = async () =>
    (await desk.sql<{ state: string }>('select state from letter order by appointment_id = $1 desc', [first.id])).map(
      ({ state }) => state,
    );
  const settle = (begun: StartedLetter, state: LetterState) =>
    desk.tools.transactor.inOrganisation(desk.organisationId, async (tx) => {
      await settleCovered(tx, begun, { ...doubt, state });
      await settleLetter(tx, begun, { ...doubt, state });
    });
  const once = await handOver();
  expect(await states()).toEqual(['sending', 'sending']);
  await settle(once, 'unknown');
  expect(await states()).toEqual(['unknown', 'unknown']);
  const again = await handOver();
  expect(again).toMatchObject({ id: once.id, repeated: true });
  // As one that is only being sent, the second would be owed a letter of its own.
  expect(await states()).toEqual(['unknown', 'unknown']);
  // Whose try was overtaken has no more to say of either.
  await settle(once, 'refused');
  expect(await states()).toEqual(['unknown', 'unknown']);
  await settle(again, 'sent');
  expect(await states()).toEqual(['sent', 'sent']);
});
