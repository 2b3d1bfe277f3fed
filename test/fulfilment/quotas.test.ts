// Hundreds of meetings that are owed, under the providers' own bounds: neither is ever passed, and everything is made.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startRunner } from '../../src/fulfilment/jobs.ts';
import { MICHAEL, SARAH } from '../cast.ts';
import { openWorkshop, type Booked, type Workshop } from './open-workshop.ts';

/** What Zoom allows a host in a day. */
const MOST = 100;
/** Of the demo, with days of her own to be booked. */
const ASHA = 201;

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
});
afterEach(async () => {
  await shop.turn({ zoomDailyLimit: false, graphConcurrency: false });
  await shop.clear();
});
afterAll(() => shop.close());

const counting = () => startRunner({ ...shop.tools, dailyChanges: new Map([['zoom', MOST]]) }, { idle: true });
const tooMany = (provider: string): number => shop.calls(provider).filter(({ status }) => status === 429).length;
const toMidnight = (): number => {
  const now = shop.clock.now().toZonedDateTimeISO('UTC');
  return now.startOfDay().add({ days: 1 }).since(now).total('seconds');
};
const start = async ({ sessionId }: Booked): Promise<Temporal.Instant> => {
  const [row] = await shop.tools.transactor.inOrganisation(shop.organisationId, (tx) =>
    tx.query<{ at: Temporal.Instant }>({
      name: 'test_start',
      text: 'select starts_at as at from session where organisation_id = $1 and id = $2',
      values: [tx.organisationId, sessionId],
    }),
  );
  return row?.at ?? shop.clock.now();
};

/** Whether each of these that starts within so many days has its meeting. */
const areMade = async (booked: readonly Booked[], withinDays: number): Promise<boolean> => {
  const before = shop.clock.now().add({ hours: withinDays * 24 });
  for (const one of booked) {
    const soon = Temporal.Instant.compare(await start(one), before) < 0;
    if (soon && !(await shop.objects(one)).some(({ joinUrl }) => joinUrl !== null)) return false;
  }
  return true;
};

describe('Zoom’s hundred changes a day', () => {
  it('are never passed though 110 meetings of one host are owed at once; the soonest come first, the last on the second day', async () => {
    await shop.turn({ zoomDailyLimit: true });
    const booked: Booked[] = [];
    for (let count = 0; count < 110; count += 1) booked.push(await shop.book('zoom'));
    const other = await shop.book('zoom', MICHAEL.practitionerId);
    const days: number[] = [];
    let soonest: boolean | undefined;
    for (let day = 0; day < 2; day += 1) {
      await shop.live(toMidnight() - 1, counting());
      days.push((await shop.zoom()).length);
      if (day === 0) soonest = await areMade(booked, 90);
      await shop.live(1, counting());
    }
    expect(soonest).toBe(true);
    // A fifth of each day is kept for what is soon.
    expect(days).toEqual([81, 111]);
    expect(tooMany('zoom')).toBe(0);
    expect((await shop.objects(other)).some(({ joinUrl }) => joinUrl !== null)).toBe(true);
    expect((await shop.mails()).length).toBeGreaterThanOrEqual(2 * 111);
  }, 240_000);

  it('that others have used up cost one call; what is owed waits for the new day, longer than six hours, and other hosts do not', async () => {
    await shop.turn({ zoomDailyLimit: true });
    shop.clock.set(shop.clock.now().toZonedDateTimeISO('UTC').startOfDay().add({ days: 1, hours: 1 }).toInstant());
    const spec = { topic: 'Theirs', agenda: '', start: shop.clock.now().add({ hours: 50 }), minutes: 30, zone: 'UTC' };
    const meetings = shop.tools.meetings.get('zoom')?.meetings;
    for (let count = 0; count < MOST; count += 1) {
      await meetings?.create(SARAH.email, { ...spec, marker: `theirs-${count}` }, { timeoutMs: 5_000 });
    }
    const before = shop.calls('zoom').length;
    const booked: Booked[] = [];
    for (let count = 0; count < 12; count += 1) booked.push(await shop.book('zoom'));
    const other = await shop.book('zoom', MICHAEL.practitionerId);
    const runner = counting();
    await shop.live(600, runner);
    expect((await shop.objects(other)).some(({ joinUrl }) => joinUrl !== null)).toBe(true);
    await shop.live(22 * 3_600, runner);
    // As many as were out when the first was answered, and the one of the other host.
    expect(tooMany('zoom')).toBeLessThanOrEqual(8);
    expect(shop.calls('zoom').length - before).toBeLessThanOrEqual(10);
    const midnight = shop.clock.now().toZonedDateTimeISO('UTC').startOfDay().add({ days: 1 }).toInstant();
    for (const one of booked) {
      const [meeting] = (await shop.objects(one)).filter(({ kind }) => kind === 'meeting');
      const waits = meeting?.lastError === 'waiting zoom budget_spent' || meeting?.lastError?.includes('429');
      expect([meeting?.state, waits]).toEqual(['creating', true]);
      expect(Temporal.Instant.compare(meeting?.nextAttemptAt ?? midnight, midnight)).toBeGreaterThanOrEqual(0);
    }
    await shop.live(4 * 3_600, runner);
    expect((await shop.zoom()).length).toBe(MOST + 13);
  }, 120_000);
});

describe('Graph’s four calls at once into one mailbox', () => {
  it('are never passed by two workers that make 160 events owed at once', async () => {
    await shop.turn({ graphConcurrency: true });
    for (let count = 0; count < 160; count += 1) await shop.book('teams', ASHA);
    const runners = [0, 1].map(() => startRunner(shop.tools, { idle: true }));
    const both = {
      runUntilIdle: async () => {
        const done = await Promise.all(runners.map((runner) => runner.runUntilIdle()));
        return done.reduce((sum, one) => sum + one, 0);
      },
    };
    const made = async () => (await shop.events()).length === 160 && (await shop.dueNext()) === null;
    const seconds = await shop.live(600, both, made);
    expect((await shop.events()).length).toBe(160);
    expect(tooMany('microsoft')).toBe(0);
    expect(seconds).toBeLessThan(120);
  }, 120_000);
});
