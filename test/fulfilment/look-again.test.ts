// Looking again at what stands outside: its own thing is told anew where something may have been said there since, and else is
// left alone; and what is told of it is of one and the same thing.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { alignObject } from '../../src/fulfilment/align-object.ts';
import { markerOf } from '../../src/fulfilment/plan.ts';
import { objectToMake, type Hand, type Wanted } from '../../src/fulfilment/steps/wanted.ts';
import { meetingDetails, type OutsideObject } from '../../src/meetings/meeting.ts';
import { OutsideError } from '../../src/platform/outside-error.ts';
import { openSweep, providerOf, type Sweeping } from './open-sweep.ts';

let sweeping: Sweeping;
beforeAll(async () => {
  sweeping = await openSweep();
});
afterAll(() => sweeping.close());

it.each(['zoom', 'google-meet', 'teams'] as const)(
  'a copy on %s that the sweep removes costs its own thing no update',
  async (platform) => {
    const { shop } = sweeping;
    const booked = await sweeping.stand(platform);
    const marker = markerOf(shop.tools.installation, booked.sessionId);
    await sweeping.makeByHand(platform, { marker, start: await sweeping.startOf(booked) });
    const before = shop.calls(providerOf(platform)).length;
    await sweeping.sweep();
    expect(await sweeping.ours(platform, booked)).toHaveLength(1);
    const since = shop.calls(providerOf(platform)).slice(before);
    expect(since.map(({ operation }) => operation).filter((operation) => operation === 'update')).toEqual([]);
  },
);

it('what took the place of its own thing is told all, and its link is told beside its id', async () => {
  const now = Temporal.Instant.from('2030-01-01T00:00Z');
  const facts = { outcome: 'refused', provider: 'zoom', operation: 'update', status: 400 } as const;
  const refuse = () => Promise.reject(new OutsideError(facts));
  const found = { id: 'B', agrees: true, join: { id: 'B', url: 'https://meet.example/B', password: null } };
  const told: string[] = [];
  const wanted: Wanted = {
    kind: 'meeting',
    provider: 'zoom',
    platform: 'zoom',
    host: 'sarah@example.com',
    connectionId: null,
    digest: 'wanted',
    revision: 1,
    repeatable: false,
    create: refuse,
    update: (id) => {
      told.push(id);
      return refuse();
    },
    read: () => Promise.resolve(null),
    find: () => Promise.resolve([found]),
    delete: () => Promise.resolve(),
  };
  const current: OutsideObject = {
    ...objectToMake(wanted, 1, null),
    state: 'live',
    providerId: 'A',
    joinId: 'A',
    joinUrl: 'https://meet.example/A',
    written: 'wanted',
    settlesAt: now.subtract({ seconds: 1 }),
  };
  const hand: Hand = {
    now: () => now,
    chance: () => 0.5,
    put: () => Promise.resolve(),
    hold: () => Promise.resolve(),
    tookOver: false,
    fresh: false,
    restored: false,
  };
  const { object } = await alignObject(current, wanted, () => wanted, hand);
  expect([told, object?.providerId]).toEqual([['B'], 'B']);
  expect(object && meetingDetails('zoom', [{ ...object, lastError: null }])?.meetingUrl).toBe('https://meet.example/B');
});
