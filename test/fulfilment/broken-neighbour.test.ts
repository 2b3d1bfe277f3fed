// One account for many hosts, of whom one is broken at the provider: the others are not kept waiting by her.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startRunner } from '../../src/fulfilment/jobs.ts';
import { MICHAEL, SARAH } from '../cast.ts';
import { openWorkshop, type Booked, type Workshop } from './open-workshop.ts';

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
});
afterEach(() => shop.clear());
afterAll(() => shop.close());

let drawn = 0;
// Spread evenly, and the same at every run.
const chance = (): number => ((drawn += 1) * 0.618) % 1;

const pass = (seconds: number, until?: () => Promise<boolean>): Promise<number> =>
  shop.live(seconds, startRunner({ ...shop.tools, chance }, { idle: true }), until);
const linked = (booked: Booked) => async () => (await shop.objects(booked)).some(({ joinUrl }) => joinUrl !== null);
describe('a host whose calls all fail', () => {
  const herHost = { provider: 'zoom', operation: 'any', account: SARAH.email, status: 503 } as const;

  it.each([1, 6])('with %i sessions that wait keeps no other of the account waiting', async (waiting) => {
    await shop.fault(herHost);
    for (let count = 0; count < waiting; count += 1) await shop.book('zoom');
    await pass(3_600);
    for (let count = 0; count < 5; count += 1) {
      const booked = await shop.book('zoom', MICHAEL.practitionerId);
      expect(await pass(1_200, linked(booked))).toBeLessThan(2);
      await pass(300);
    }
    await shop.heal();
    await pass(600);
    expect((await shop.zoom()).length).toBe(waiting + 5);
  });

  it('does not keep the others waiting after an outage of them all', async () => {
    for (const operation of ['create', 'list', 'read', 'update', 'delete', 'token'] as const) {
      await shop.fault({ provider: 'zoom', operation, status: 503 });
    }
    for (let count = 0; count < 6; count += 1) await shop.book('zoom');
    const others: Booked[] = [];
    for (let count = 0; count < 6; count += 1) others.push(await shop.book('zoom', MICHAEL.practitionerId));
    await pass(1_800);
    await shop.heal();
    await shop.fault(herHost);
    const made = async () => (await Promise.all(others.map((one) => linked(one)()))).every(Boolean);
    expect(await pass(3_600, made)).toBeLessThan(600);
    const before = shop.calls('zoom').length;
    await pass(3_600);
    expect(shop.calls('zoom').length - before).toBeLessThan(200);
  });
});
