// The sweep among strangers and in bad times: things of others, providers that are down, workers that are killed or two at once,
// and a practice that came back from a backup.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { markerOf } from '../../src/fulfilment/plan.ts';
import { SWEEP_LEASE_MS, sweepPlace, type SweepTools } from '../../src/fulfilment/sweep-place.ts';
import { recordRestoration } from '../../src/practitioners/record-restoration.ts';
import { chanceFrom } from '../races/chance.ts';
import { openSweep, type Sweeping } from './open-sweep.ts';
import type { Booked, Workshop } from './open-workshop.ts';

const PLATFORMS = ['zoom', 'google-meet', 'teams'] as const;
const STRANGERS = 40;
/** More transactions than a round of all places takes; each sixth is the last of a worker. */
const MOST_KILLS = 180;
const EACH = 6;

let sweeping: Sweeping;
let shop: Workshop;
beforeAll(async () => {
  sweeping = await openSweep();
  ({ shop } = sweeping);
});
afterEach(() => sweeping.clear());
afterAll(() => sweeping.close());

const removeBearer = async (booked: Booked) => {
  const { platform, providerId } = await sweeping.bearerOf(booked);
  await sweeping.removeByHand(platform ?? 'zoom', providerId ?? '');
};

describe.each(PLATFORMS)('%s: things of others', (platform) => {
  it('survive untouched, whatever they are called and whenever they are, while ours are put right', async () => {
    const chance = chanceFrom(platform.length);
    const booked = await sweeping.stand(platform);
    const own = shop.tools.installation;
    const { sessionId } = booked;
    const start = await sweeping.startOf(booked);
    // Another installation's, ours but for a letter, and nobody's.
    const markers = [
      `sk:${own}x:${sessionId}`,
      `sk:${own.slice(0, -1)}:${sessionId}`,
      `sk:other:${sessionId}`,
      `xsk:${own}:${sessionId}`,
      `sk:${own}:${sessionId}x`,
      `sk:${own}:`,
      `sk:${own.toUpperCase()}:${sessionId}`,
      'meeting',
    ];
    for (let n = 0; n < STRANGERS; n += 1) {
      const marker = markers[Math.floor(chance() * markers.length)] ?? 'meeting';
      const minutes = Math.floor(chance() * 60 * 24 * 60);
      const when = n % 5 === 0 ? start : shop.clock.now().add({ minutes });
      await sweeping.makeByHand(platform, { marker, start: when, title: `Theirs ${n}`, minutes: 5 + (minutes % 90) });
    }
    const strangers = async () => (await sweeping.things(platform)).filter(({ title }) => title.startsWith('Theirs'));
    const before = await strangers();
    expect(before).toHaveLength(STRANGERS);
    await removeBearer(booked);
    await sweeping.sweep();
    await sweeping.sweep();
    expect(await strangers()).toEqual(before);
    expect((await sweeping.drift()).map(({ kind, state }) => [kind, state])).toEqual([['missing', 'settled']]);
    expect(await sweeping.ours(platform, booked)).not.toEqual([]);
  });
});

describe('a provider that is down', () => {
  it('is asked more and more rarely, does not keep the others from being compared, and nothing is concluded from its silence', async () => {
    const [mine, other] = [await sweeping.stand('zoom'), await sweeping.stand('teams')];
    await removeBearer(other);
    await shop.fault({ provider: 'zoom', operation: 'list', status: 503 });
    await expect(sweeping.look()).resolves.toBeUndefined();
    const [waits] = await sweeping.sql<{ error: string; due: Temporal.Instant; swept: string | null }>(
      `select last_error as error, due_at as due, swept_at as swept from sweep where provider = 'zoom'`,
    );
    expect([waits?.error, waits?.swept]).toEqual([expect.stringContaining('503'), null]);
    expect(waits?.due.since(shop.clock.now()).total('seconds')).toBeGreaterThan(45);
    expect((await sweeping.drift()).map(({ kind, sessionId }) => [kind, sessionId])).toEqual([
      ['missing', other.sessionId],
    ]);
    await shop.finish();
    await shop.heal();
    const before = await sweeping.ours('zoom', mine);
    await sweeping.sweep();
    expect(await sweeping.ours('zoom', mine)).toEqual(before);
    const [well] = await sweeping.sql<{ error: string | null }>(
      `select last_error as error from sweep where provider = 'zoom'`,
    );
    expect(well?.error).toBeNull();
  });

  it('is waited for as long as it asks', async () => {
    await sweeping.stand('zoom');
    await shop.fault({ provider: 'zoom', operation: 'list', status: 429, retryAfter: 7_200 });
    await sweeping.look();
    const [waits] = await sweeping.sql<{ due: Temporal.Instant }>(
      `select due_at as due from sweep where provider = 'zoom'`,
    );
    expect(waits?.due.since(shop.clock.now()).total('seconds')).toBeGreaterThanOrEqual(7_200);
  });

  it('that answers the closer look with an error leaves the thing unjudged', async () => {
    const booked = await sweeping.stand('zoom');
    await removeBearer(booked);
    await shop.fault({ provider: 'zoom', operation: 'read', status: 500 });
    await sweeping.look();
    expect(await sweeping.drift()).toEqual([]);
    await shop.heal();
    await sweeping.look();
    expect((await sweeping.drift()).map(({ kind }) => kind)).toEqual(['missing']);
  });

  it('is left to the work that waits for it', async () => {
    await sweeping.stand('zoom');
    await shop.fault({ provider: 'zoom', operation: 'create', status: 503 });
    await sweeping.book('zoom');
    await shop.run();
    await sweeping.look();
    const [yields] = await sweeping.sql<{ error: string }>(
      `select last_error as error from sweep where provider = 'zoom'`,
    );
    expect(yields?.error).toContain('yields');
  });
});

describe('a worker', () => {
  it('killed at any step of a round leaves it to another, who goes on from there; all is put right once', async () => {
    let steps = 0;
    for (; steps < MOST_KILLS; steps += EACH) {
      const [zoom, teams] = [await sweeping.stand('zoom'), await sweeping.stand('teams')];
      for (const booked of [zoom, teams]) await removeBearer(booked);
      const killed = killedAfter(steps);
      await sweeping.look(killed.tools).catch(() => undefined);
      shop.clock.advance({ milliseconds: SWEEP_LEASE_MS });
      await sweeping.sweep();
      const stand = [await sweeping.ours('zoom', zoom), await sweeping.ours('teams', teams)].map((all) => all.length);
      // The meeting, and the event that names it where that is not in another calendar.
      expect([steps, stand]).toEqual([steps, [1, 1]]);
      const rows = await sweeping.sql<{ kind: string; mends: number }>('select kind, mends from drift');
      expect(rows).toEqual([
        { kind: 'missing', mends: 1 },
        { kind: 'missing', mends: 1 },
      ]);
      await sweeping.clear();
      if (!killed.reached()) break;
    }
    expect(steps).toBeGreaterThan(5);
    expect(steps).toBeLessThan(MOST_KILLS);
  }, 120_000);

  it('keeps the round that another began, at the place it had come to', async () => {
    await sweeping.stand('zoom');
    await sweeping.look();
    const long = shop.clock.now().add({ hours: 24 * 60 });
    await sweeping.sql(
      `update sweep set began_at = $1::timestamptz, cursor_at = $2::timestamptz, until_at = $3::timestamptz, due_at = $1::timestamptz
        where provider = 'zoom'`,
      [shop.clock.now(), long, long.add({ hours: 24 * 40 })].map(String),
    );
    await sweepPlace(shop.tools);
    const [round] = await sweeping.sql<{ at: Temporal.Instant }>(
      `select cursor_at as at from sweep where provider = 'zoom'`,
    );
    expect(round?.at.toString()).toBe(long.add({ hours: 24 * 28 }).toString());
  });

  it('beside others takes each place once, and what is wrong is put right once', async () => {
    const all = [await sweeping.stand('zoom'), await sweeping.stand('teams'), await sweeping.stand('google-meet')];
    for (const booked of all) await removeBearer(booked);
    await sweeping.look({ ...shop.tools, chance: () => 0.5 });
    await Promise.all([1, 2, 3, 4, 5, 6].map(() => sweepPlace(shop.tools)));
    const rows = await sweeping.sql<{ found: number; mends: number }>('select found_no as found, mends from drift');
    expect(rows).toEqual(all.map(() => ({ found: 1, mends: 1 })));
  });
});

/** Nothing of it reaches the database any more after so many transactions. */
function killedAfter(count: number): { readonly tools: SweepTools; reached(): boolean } {
  let [left, reached] = [count, false];
  const { transactor } = shop.tools;
  const guard =
    <Args extends unknown[], T>(call: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      left -= 1;
      if (left < 0) {
        reached = true;
        throw new Error('killed');
      }
      return await call(...args);
    };
  const dying = {
    ...transactor,
    inOrganisation: guard(transactor.inOrganisation),
    scan: guard(transactor.scan),
  };
  const log = { ...shop.tools.log, error: () => undefined } as unknown as SweepTools['log'];
  return { tools: { ...shop.tools, log, transactor: dying }, reached: () => reached };
}

const restore = () =>
  shop.tools.transactor.inOrganisation(shop.organisationId, (tx) =>
    recordRestoration(
      { organisations: [shop.organisationId], query: (statement) => tx.query(statement) },
      { at: shop.clock.now(), takenAt: '2030-01-01T00:00:00Z' },
    ),
  );

describe('after a restoration', () => {
  it('the sweep only reports, until staff let it mend', async () => {
    const booked = await sweeping.stand('teams');
    await removeBearer(booked);
    await restore();
    await sweeping.sweep();
    await sweeping.sweep();
    const found = { kind: 'missing', sessionId: booked.sessionId };
    expect(await sweeping.drift()).toEqual([{ ...found, state: 'open', reason: 'report_only' }]);
    expect(await sweeping.ours('teams', booked)).toEqual([]);
    await sweeping.setMode('mend');
    await sweeping.sweep();
    expect(await sweeping.drift()).toEqual([{ ...found, state: 'mending', reason: null }]);
    expect(await sweeping.ours('teams', booked)).toHaveLength(1);
  });

  it('a round in which nothing is wrong lets it mend again by itself, place by place', async () => {
    const booked = await sweeping.stand('teams');
    await restore();
    shop.clock.advance({ minutes: 1 });
    await sweeping.sweep();
    await removeBearer(booked);
    await sweeping.sweep();
    expect(await sweeping.ours('teams', booked)).toHaveLength(1);
  });

  it('what was booked since the backup, and lost with it, is told and stays', async () => {
    await sweeping.stand('teams');
    await restore();
    const lost = { sessionId: 55_555_555 };
    const marker = markerOf(shop.tools.installation, lost.sessionId);
    await sweeping.makeByHand('teams', { marker, start: shop.clock.now().add({ hours: 24 * 20 }) });
    await sweeping.sweep();
    expect(await sweeping.drift()).toEqual([{ kind: 'unknown', state: 'open', reason: 'not_proved', ...lost }]);
    expect(await sweeping.ours('teams', lost)).toHaveLength(1);
  });

  it('so is what was booked beyond all that is known, as far ahead as anybody may book', async () => {
    await sweeping.stand('teams');
    await sweeping.sweep();
    shop.clock.advance({ minutes: 1 });
    await restore();
    await shop.changeSarah({ horizonDays: 500 });
    const sessions = [100, 200, 499].map((days) => ({ days, sessionId: 66_000_000 + days }));
    for (const { days, sessionId } of sessions) {
      const marker = markerOf(shop.tools.installation, sessionId);
      await sweeping.makeByHand('teams', { marker, start: shop.clock.now().add({ hours: 24 * days }) });
    }
    await sweeping.sweep();
    const told = await sweeping.drift();
    expect(told.map(({ kind, state, sessionId }) => ({ kind, state, sessionId }))).toEqual(
      sessions.map(({ sessionId }) => ({ kind: 'unknown', state: 'open', sessionId })),
    );
  });
});
