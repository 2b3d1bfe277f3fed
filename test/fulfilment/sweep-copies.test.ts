// What bears our marker and is not ours: a copy that somebody made of an event or meeting for herself. The sweep leaves it to a
// person, and nothing that it sets going takes it away either.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { markerOf } from '../../src/fulfilment/plan.ts';
import { openSweep, providerOf, type Sweeping } from './open-sweep.ts';
import type { Booked, Workshop } from './open-workshop.ts';

const PLATFORMS = ['zoom', 'google-meet', 'teams'] as const;
type Platform = (typeof PLATFORMS)[number];

let sweeping: Sweeping;
let shop: Workshop;
beforeAll(async () => {
  sweeping = await openSweep();
  ({ shop } = sweeping);
});
afterEach(() => sweeping.clear());
afterAll(() => sweeping.close());

const copyAt = async (platform: Platform, booked: Booked, hours: number, start?: Temporal.Instant): Promise<string> =>
  await sweeping.makeByHand(platform, {
    marker: markerOf(shop.tools.installation, booked.sessionId),
    start: (start ?? (await sweeping.startOf(booked))).add({ hours }),
    title: hours === 0 ? 'Appointment with Dr. Sarah Johnson' : 'Hers',
  });
const idsOf = async (platform: Platform, booked: Booked) => (await sweeping.ours(platform, booked)).map(({ id }) => id);
const openKinds = async () =>
  (await sweeping.drift()).filter(({ state }) => state === 'open').map(({ kind, reason }) => `${kind} ${reason}`);

describe.each(PLATFORMS)('%s: a copy that somebody made for herself, at another time', (platform) => {
  it('stays where the appointment’s own thing is put right, before the copy was ever seen and after', async () => {
    const booked = await sweeping.stand(platform);
    const copy = await copyAt(platform, booked, 24 * 40);
    for (const title of ['Lunch', 'Dinner']) {
      await sweeping.changeByHand(platform, booked, { title });
      await sweeping.sweep();
      expect(await idsOf(platform, booked)).toContain(copy);
      expect(JSON.stringify(await sweeping.ours(platform, booked))).not.toContain(title);
      await sweeping.sql(`delete from drift where kind <> 'duplicate'`);
    }
    await sweeping.sweep();
    expect(await openKinds()).toEqual(['duplicate not_proved']);
    await sweeping.changeByHand(platform, booked, { hours: 2 });
    await sweeping.sweep();
    expect(await idsOf(platform, booked)).toContain(copy);
  });

  it('stays where the appointment’s own thing is made anew', async () => {
    const booked = await sweeping.stand(platform);
    const copy = await copyAt(platform, booked, 30);
    const { providerId } = await sweeping.bearerOf(booked);
    await sweeping.removeByHand(platform, providerId ?? '');
    await sweeping.sweep();
    const ids = await idsOf(platform, booked);
    expect(ids).toContain(copy);
    expect(ids).toContain((await sweeping.bearerOf(booked)).providerId);
    expect((await sweeping.bearerOf(booked)).providerId).not.toBe(copy);
  });

  it('stays where a second at the very time is removed: that too is then a person’s', async () => {
    const booked = await sweeping.stand(platform);
    const [copy, second] = [await copyAt(platform, booked, 30), await copyAt(platform, booked, 0)];
    await sweeping.sweep();
    await sweeping.sweep();
    expect(await idsOf(platform, booked)).toEqual(expect.arrayContaining([copy, second]));
    expect(await openKinds()).toEqual(['duplicate not_proved', 'duplicate not_proved']);
  });

  it('stays when the appointment is cancelled; what is left at its own time goes', async () => {
    // Another keeps the place among those that are swept.
    await sweeping.stand(platform);
    const booked = await sweeping.stand(platform);
    const start = await sweeping.startOf(booked);
    await shop.cancel(booked);
    await shop.finish();
    const [copy, left] = [await copyAt(platform, booked, 30, start), await copyAt(platform, booked, 0, start)];
    await sweeping.sweep();
    await sweeping.sweep();
    const ids = await idsOf(platform, booked);
    expect(ids).toContain(copy);
    expect(ids).not.toContain(left);
    expect(await openKinds()).toEqual(['unknown not_proved']);
  });

  it('that staff have said is to be left outlives a call whose answer was lost', async () => {
    const booked = await sweeping.stand(platform);
    const copy = await copyAt(platform, booked, 30);
    await sweeping.sweep();
    await sweeping.decide('ignore');
    const provider = providerOf(platform);
    await shop.fault({ provider, operation: 'update', dropAfterSuccess: true, times: 1 });
    await shop.move(booked, '15:00');
    await shop.finish();
    expect(await idsOf(platform, booked)).toContain(copy);
    await shop.fault({ provider, operation: 'delete', dropAfterSuccess: true, times: 1 });
    await shop.cancel(booked);
    await shop.finish();
    expect(await idsOf(platform, booked)).toEqual([copy]);
  });
});

it('what staff want removed and the provider will not give up is told, and keeps nothing from being compared', async () => {
  const booked = await sweeping.stand('teams');
  await copyAt('teams', booked, 30);
  await sweeping.sweep();
  await sweeping.decide('remove');
  await shop.fault({ provider: 'microsoft', operation: 'delete', status: 400 });
  await sweeping.sweep();
  expect(await openKinds()).toEqual(['duplicate refused']);
  const [place] = await sweeping.sql<{ late: boolean; error: string | null }>(
    `select swept_at is null as late, last_error as error from sweep where provider = 'microsoft'`,
  );
  expect(place).toEqual({ late: false, error: null });
});

it('an account that is not asked, since it does not answer, is not swept either', async () => {
  await sweeping.stand('zoom');
  for (const operation of ['create', 'list', 'read', 'update', 'delete', 'token'] as const) {
    await shop.fault({ provider: 'zoom', operation, status: 503 });
  }
  for (let count = 0; count < 6; count += 1) await sweeping.book('zoom');
  await shop.finish(600);
  const before = shop.calls('zoom').length;
  await sweeping.look();
  expect(shop.calls('zoom').length).toBe(before);
  const [yields] = await sweeping.sql<{ error: string }>(
    `select last_error as error from sweep where provider = 'zoom'`,
  );
  expect(yields?.error).toContain('yields');
});
