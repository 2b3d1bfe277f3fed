// A calendar provider that is away for a day: what it costs meanwhile, and that its return is no storm.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startRunner, type Runner } from '../../src/fulfilment/jobs.ts';
import { MICHAEL, SARAH } from '../cast.ts';
import { openWorkshop, type Workshop } from './open-workshop.ts';

/**
 * What they allow in a minute: Google 600 queries of one user in a project (developers.google.com/workspace/calendar/api/guides/quota),
 * Graph 10,000 requests in ten minutes of one app in one mailbox (learn.microsoft.com/graph/throttling-limits).
 */
const CASES = [
  ['google', 'google-meet', 600, 24],
  // A day of it is no other than the first's, and takes as long.
  ['microsoft', 'teams', 1_000, 4],
] as const;
const HOSTS = [SARAH.practitionerId, MICHAEL.practitionerId, 201, 202, 203];
const RUSH = 12;
/** Of a day 1,500. */
const MOST_CALLS_IN_HOUR = 62.5;

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
});
afterEach(() => shop.clear());
afterAll(() => shop.close());

let drawn = 0;
// Spread evenly, and the same at every run.
const chance = (): number => ((drawn += 1) * 0.618) % 1;

/** The calls of each minute of the shop's clock, as they come about. */
function countingByMinute(provider: string, runner: Runner) {
  const minutes = new Map<number, number>();
  return {
    minutes,
    runUntilIdle: async () => {
      const before = shop.calls(provider).length;
      const done = await runner.runUntilIdle();
      const minute = Math.floor(shop.clock.now().epochMilliseconds / 60_000);
      minutes.set(minute, (minutes.get(minute) ?? 0) + shop.calls(provider).length - before);
      return done;
    },
  };
}

describe.each(CASES)('%s, away for a time', (provider, platform, allowedInMinute, hours) => {
  it('keeps no booking and no mail back; all is made within ten minutes of its return, far below what it allows', async () => {
    for (const operation of ['create', 'list', 'read', 'update', 'delete', 'token'] as const) {
      await shop.fault({ provider, operation, status: 503 });
    }
    const counted = countingByMinute(provider, startRunner({ ...shop.tools, chance }, { idle: true }));
    let booked = 0;
    // Some all the time, and in its last hour many.
    for (let hour = 0; hour < hours; hour += 1) {
      const now =
        hour === hours - 1
          ? HOSTS.flatMap((host) => Array<number>(RUSH).fill(host))
          : HOSTS.slice(0, hour % 6 === 0 ? 1 : 0);
      for (const practitionerId of now) {
        await shop.book(platform, practitionerId);
        booked += 1;
      }
      await shop.live(3_600, counted);
    }
    const calls = shop.calls(provider).length;
    expect((await shop.mails()).length).toBe(booked * 2);
    expect(await shop.events()).toEqual([]);

    await shop.heal();
    counted.minutes.clear();
    const made = async () => (await shop.dueNext()) === null;
    const minutes = (await shop.live(3_600, counted, made)) / 60;
    const most = Math.max(...counted.minutes.values());
    process.stdout.write(
      `${provider}: ${booked} owed, ${calls} calls in ${hours} hours; mended ${minutes.toFixed(2)} min after its return, ${most} calls in the busiest minute\n`,
    );
    expect((await shop.events()).length).toBe(booked);
    expect(calls).toBeLessThan(hours * MOST_CALLS_IN_HOUR);
    expect(minutes).toBeLessThan(10);
    expect(most).toBeLessThan(allowedInMinute);
    // The link follows in a letter of its own.
    expect((await shop.mails()).length).toBe(booked * 4);
  }, 300_000);
});
