// Accounts that do not answer, and hosts with nothing left for today: what waits for them says so, costs nothing, keeps nobody
// else waiting, and is made good when they are back.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startRunner } from '../../src/fulfilment/jobs.ts';
import { findTroubledAccounts } from '../../src/fulfilment/find-troubled-accounts.ts';
import { countOpenCircuits, listOpenCircuits } from '../../src/fulfilment/store-accounts.ts';
import { zoomMeetings } from '../../src/meetings/providers/zoom.ts';
import { openWorkshop, type Workshop } from './open-workshop.ts';

let shop: Workshop;
let silent: Server;
beforeAll(async () => {
  shop = await openWorkshop();
  silent = createServer(() => undefined).listen(0, '127.0.0.1');
});
afterEach(async () => {
  await shop.clear();
  await shop.tools.transactor.inOrganisation(shop.organisationId, (tx) =>
    tx.query({ name: 'test_wipe_use', text: 'delete from daily_use where organisation_id = current_organisation()' }),
  );
});
afterAll(async () => {
  silent.closeAllConnections();
  silent.close();
  await shop.close();
});

const open = () =>
  shop.tools.transactor.inOrganisation(shop.organisationId, (tx) => listOpenCircuits(tx, 10), { readOnly: true });
async function zoomIsAway(): Promise<void> {
  for (const operation of ['create', 'list', 'read', 'update', 'delete', 'token'] as const) {
    await shop.fault({ provider: 'zoom', operation, status: 503 });
  }
}
const callsToZoom = (): number =>
  shop.lines.filter(({ msg, provider }) => msg === 'provider call' && provider === 'zoom').length;

describe('an account that does not answer', () => {
  it('is not asked any more after some failures: a new booking says pending and why at once, and its letters leave', async () => {
    await zoomIsAway();
    for (let count = 0; count < 5; count += 1) await shop.book('zoom');
    await shop.run();
    expect(await open()).toMatchObject([{ provider: 'zoom', connectionId: null, failures: 5 }]);
    const before = callsToZoom();
    const booked = await shop.book('zoom');
    await shop.run();
    expect(callsToZoom()).toBe(before);
    const [meeting] = (await shop.objects(booked)).filter(({ kind }) => kind === 'meeting');
    expect(meeting).toMatchObject({
      state: 'creating',
      attempts: 0,
      settlesAt: null,
      lastError: 'waiting zoom circuit_open',
    });
    expect(await shop.tools.transactor.scan('circuit', countOpenCircuits)).toEqual([{ provider: 'zoom', n: 1 }]);
    await shop.finish(15);
    expect((await shop.mails()).length).toBe(12);
    await shop.heal();
    await shop.finish();
    expect((await shop.zoom()).length).toBe(6);
    expect(await open()).toEqual([]);
    const said = shop.lines.map(({ msg }) => msg);
    expect(said).toContain('an account is not asked for a while');
    expect(said).toContain('an account answers again');
  });

  it('is asked by one at a time, however many wait', async () => {
    await zoomIsAway();
    for (let count = 0; count < 12; count += 1) await shop.book('zoom');
    await shop.run();
    await shop.finish(120);
    const before = callsToZoom();
    const [circuit] = await open();
    shop.clock.set(circuit?.probeAt ?? shop.clock.now());
    await Promise.all([0, 1, 2].map(() => startRunner(shop.tools, { idle: true }).runUntilIdle()));
    expect(callsToZoom() - before).toBe(1);
  });

  it('for half a day costs some 400 calls and no booking, mail or event; all is made within ten minutes of its return', async () => {
    await zoomIsAway();
    let drawn = 0;
    // Spread evenly, and the same at every run.
    const chance = (): number => ((drawn += 1) * 0.618) % 1;
    const runner = startRunner({ ...shop.tools, chance }, { idle: true });
    let booked = 0;
    const began = shop.clock.now();
    const back = began.add({ hours: 12 });
    let passes = 0;
    for (let hour = 0; hour < 12; hour += 1) {
      if (hour % 3 === 0) {
        await shop.book('zoom');
        booked += 1;
      }
      const until = began.add({ hours: hour + 1 });
      for (;;) {
        passes += await runner.runUntilIdle();
        const next = await shop.dueNext();
        if (next === null || Temporal.Instant.compare(next, until) >= 0) break;
        if (Temporal.Instant.compare(next, shop.clock.now()) > 0) shop.clock.set(next);
      }
      shop.clock.set(until);
    }
    const calls = callsToZoom();
    expect((await shop.events()).length).toBe(booked);
    expect((await shop.mails()).length).toBe(booked * 2);
    expect(shop.clock.now()).toEqual(back);
    await shop.heal();
    for (let rounds = 0; rounds < 400; rounds += 1) {
      passes += await runner.runUntilIdle();
      const next = await shop.dueNext();
      if (next === null) break;
      if (Temporal.Instant.compare(next, shop.clock.now()) > 0) shop.clock.set(next);
    }
    const minutes = shop.clock.now().since(back).total('minutes');
    expect((await shop.zoom()).length).toBe(booked);
    expect(calls).toBeLessThan(750);
    expect(minutes).toBeLessThan(10);
    expect(passes).toBeLessThan(1_500);
  }, 240_000);

  it('keeps nobody else waiting, though every call to it runs out of time', async () => {
    const { port } = silent.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    const credentials = { accountId: 'a', clientId: 'b', clientSecret: 'c' };
    const dead = zoomMeetings({ ...shop.tools, config: { apiUrl: url, oauthUrl: url, ...credentials } });
    const meetings = new Map([['zoom' as const, { account: 'zoom' as const, meetings: dead }]]);
    const runner = startRunner({ ...shop.tools, meetings });
    for (let count = 0; count < 20; count += 1) await shop.book('zoom');
    shop.tools.bell.ring('fulfilment', 'whichever');
    await new Promise((resolve) => setTimeout(resolve, 300));
    const began = performance.now();
    const other = await shop.book('teams');
    shop.tools.bell.ring('fulfilment', 'whichever');
    const linked = async () => (await shop.objects(other)).some(({ joinUrl }) => joinUrl !== null);
    await expect.poll(linked, { timeout: 5_000, interval: 50 }).toBe(true);
    const tookMs = performance.now() - began;
    expect(tookMs).toBeLessThan(3_000);
    // What is still out need not run out of time, now that it has been seen that nobody waited for it.
    const stopped = runner.stop(15_000);
    silent.close();
    silent.closeAllConnections();
    await stopped;
  }, 40_000);
});

describe('a host with nothing left for today', () => {
  it('has what is soon made first; the rest says why, waits for the new day, and is made then', async () => {
    const runner = startRunner({ ...shop.tools, dailyChanges: new Map([['zoom', 5]]) }, { idle: true });
    const booked = [];
    for (let count = 0; count < 7; count += 1) booked.push(await shop.book('zoom'));
    await runner.runUntilIdle();
    expect((await shop.zoom()).length).toBe(4);
    const states = await Promise.all(booked.map((one) => shop.objects(one)));
    const waiting = states.flat().filter(({ lastError }) => lastError === 'waiting zoom budget_spent');
    expect(waiting.length).toBe(3);
    const midnight = shop.clock
      .now()
      .round({ smallestUnit: 'hour', roundingMode: 'floor' })
      .toZonedDateTimeISO('UTC')
      .startOfDay()
      .add({ days: 1 })
      .toInstant();
    for (const { nextAttemptAt } of waiting)
      expect(Temporal.Instant.compare(nextAttemptAt ?? midnight, midnight)).toBeGreaterThanOrEqual(0);
    expect(await open()).toEqual([]);
    const dailyChanges = new Map([['zoom' as const, 5]]);
    expect(await findTroubledAccounts({ ...shop.tools, dailyChanges }, shop.organisationId)).toEqual({
      circuits: [],
      days: [{ provider: 'zoom', connectionId: null, used: 4, most: 5 }],
    });
    await shop.finish(36 * 3_600, runner);
    expect((await shop.zoom()).length).toBe(7);
  });
});
