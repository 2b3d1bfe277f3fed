// Three traps of any booking engine that talks to providers, each by its name. More of each kind: carry-out.test.ts, runner.test.ts.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startRunner } from '../../src/fulfilment/jobs.ts';
import { JOHN } from '../cast.ts';
import { openWorkshop, type Workshop } from './open-workshop.ts';

const PLATFORMS = ['zoom', 'google-meet', 'teams'] as const;
const PROVIDER = { zoom: 'zoom', 'google-meet': 'google', teams: 'microsoft' } as const;

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
});
afterEach(() => shop.clear());
afterAll(() => shop.close());

const standing = async () => [(await shop.zoom()).length, (await shop.events()).length];

test.each(PLATFORMS)('cancel while creation is in flight: nothing is left behind (%s)', async (platform) => {
  await shop.fault({ provider: PROVIDER[platform], operation: 'create', latencyMs: 400, times: 1 });
  const booked = await shop.book(platform);
  const running = shop.run();
  // It stands there already, and we have not been told yet.
  await expect.poll(async () => (await standing()).some((count) => count > 0), { timeout: 5_000 }).toBe(true);
  await shop.cancel(booked);
  await running;
  await shop.finish();
  expect(await standing()).toEqual([0, 0]);
  const said = (await shop.mails()).map(({ subject }) => subject.split(':')[0] ?? '');
  expect(said.toSorted()).toEqual(['Appointment cancelled', 'Cancelled']);
});

test.each(PLATFORMS)('reschedule moves meeting and event: the same ones, to the new time (%s)', async (platform) => {
  const booked = await shop.book(platform);
  await shop.finish();
  const before = (await shop.objects(booked)).map(({ kind, providerId, joinUrl }) => [kind, providerId, joinUrl]);
  await shop.move(booked, '15:00');
  await shop.finish();
  const after = (await shop.objects(booked)).map(({ kind, providerId, joinUrl }) => [kind, providerId, joinUrl]);
  expect(after).toEqual(before);
  expect(await standing()).toEqual([platform === 'zoom' ? 1 : 0, 1]);
  // Three in the afternoon in New York, in winter.
  for (const thing of [...(await shop.zoom()), ...(await shop.events())]) {
    expect(JSON.stringify(thing['start_time'] ?? thing['start'])).toMatch(/T20:00:00|T15:00:00-05:00/);
  }
});

test('a queued confirmation after a reschedule is never sent: not by its worker, nor by one that slept or died', async () => {
  // Its worker has tried once, in vain: it is queued.
  await shop.fault({ provider: 'mail', operation: 'send', status: 451, times: 2 });
  const booked = await shop.book('zoom');
  const sleeper = startRunner(shop.tools, { idle: true });
  await sleeper.runUntilIdle();
  expect((await shop.letters(booked)).map(({ kind, state }) => `${kind} ${state}`)).toEqual([
    'confirmation queued',
    'confirmation queued',
  ]);
  await shop.move(booked, '15:00');
  await Promise.all([sleeper.runUntilIdle(), shop.run()]);
  await shop.finish();
  await sleeper.runUntilIdle();
  const mails = await shop.mails();
  expect(mails.map(({ subject }) => subject.split(':')[0] ?? '').toSorted()).toEqual(['Confirmed', 'New appointment']);
  const toClient = mails.filter(({ to }) => to[0]?.address === JOHN.userEmail);
  for (const { text, subject } of toClient) expect(subject + text).toMatch(/15:00|3:00/);
  for (const { text, subject } of mails) expect(subject + text).not.toMatch(/\b10:00\b/);
  expect((await shop.letters(booked)).map(({ state, revision }) => `${revision} ${state}`).toSorted()).toEqual([
    '1 superseded',
    '1 superseded',
    '2 sent',
    '2 sent',
  ]);
});
