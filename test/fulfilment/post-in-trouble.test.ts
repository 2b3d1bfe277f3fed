// The mail server has a circuit too: what waits for it uses up no try, and leaves once when it is back. (Texts: reminders.test.ts.)
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startRunner, type RunnerTools } from '../../src/fulfilment/jobs.ts';
import { listOpenCircuits } from '../../src/fulfilment/store-accounts.ts';
import { listFailedLetters } from '../../src/fulfilment/store-failing.ts';
import { smtpMailer } from '../../src/notifications/providers/smtp.ts';
import { JOHN } from '../cast.ts';
import { openWorkshop, type Booked, type Workshop } from './open-workshop.ts';

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
});
afterEach(() => shop.clear());
afterAll(() => shop.close());

async function nobodysPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

let drawn = 0;
// Spread evenly, and the same at every run.
const chance = (): number => ((drawn += 1) * 0.618) % 1;
const runnerWith = (over: Partial<RunnerTools>) => startRunner({ ...shop.tools, chance, ...over }, { idle: true });
const open = async () =>
  (await shop.tools.transactor.inOrganisation(shop.organisationId, (tx) => listOpenCircuits(tx, 10))).map(
    ({ provider, connectionId }) => [provider, connectionId],
  );

describe('a mail server that nobody answers at', () => {
  it('is asked by one at a time for hours; meetings are made meanwhile, and each letter leaves once when it is back', async () => {
    const dead = smtpMailer({
      url: `smtp://127.0.0.1:${await nobodysPort()}`,
      from: shop.tools.mailer.from,
      log: shop.tools.log,
    });
    let sends = 0;
    const mailer = {
      ...dead,
      send: async (...given: Parameters<typeof dead.send>) => {
        sends += 1;
        return await dead.send(...given);
      },
    };
    const away = runnerWith({ mailer });
    const booked: Booked[] = [];
    for (let count = 0; count < 15; count += 1) booked.push(await shop.book('zoom'));
    await shop.live(60, away);
    expect(await open()).toEqual([['mail', null]]);
    expect([(await shop.zoom()).length, (await shop.events()).length]).toEqual([15, 15]);
    // A new one neither asks nor is charged for it.
    const before = sends;
    const late = await shop.book('zoom');
    await away.runUntilIdle();
    expect(sends - before).toBeLessThanOrEqual(2);
    await shop.live(6 * 3_600, away);
    // Two letters at a probe, one of them every two minutes.
    expect(sends).toBeLessThan(500);
    await dead.close();

    const seconds = await shop.live(3_600, runnerWith({}), async () => (await shop.dueNext()) === null);
    const ids = (await shop.mails()).map(({ messageId }) => messageId);
    expect([ids.length, new Set(ids).size]).toEqual([32, 32]);
    expect(seconds).toBeLessThan(1_200);
    expect(await open()).toEqual([]);
    for (const one of [...booked, late]) {
      expect((await shop.letters(one)).map(({ state }) => state)).toEqual(['sent', 'sent']);
    }
  }, 120_000);

  it('lets all go who waited once it is back, the soonest session first, a quarter of a second apart', async () => {
    const runner = runnerWith({});
    await shop.fault({ provider: 'mail', operation: 'send', dropBeforeWork: true });
    for (let count = 0; count < 5; count += 1) await shop.book('zoom');
    await runner.runUntilIdle();
    expect(await open()).toEqual([['mail', null]]);
    const booked: Booked[] = [];
    for (let count = 0; count < 9; count += 1) booked.push(await shop.book('zoom'));
    await runner.runUntilIdle();
    const waiting = booked.map(({ id }) => id);
    expect((await Promise.all(booked.map((one) => shop.letters(one)))).flat()).toEqual([]);

    await shop.heal();
    await shop.live(3_600, runner, async () => (await open()).length === 0);
    const closedAt = shop.clock.now();
    const told = async () =>
      (await shop.mails())
        .filter(({ to }) => to[0]?.address === JOHN.userEmail)
        .map(({ headers }) => Number(headers['x-slotkeeper-appointment']))
        .filter((id) => waiting.includes(id));
    await shop.live(3_600, runner, async () => (await told()).length === waiting.length);
    expect(shop.clock.now().since(closedAt).total('seconds')).toBeLessThanOrEqual(14 / 4);
    // Whoever found out that it is back was the first.
    const [finder, ...others] = await told();
    expect(others).toEqual(waiting.filter((id) => id !== finder));
  }, 60_000);
});

describe('letters to a mail server that says no to all', () => {
  it.each([400, 421, 429, 450, 500, 501, 502, 503, 504, 537])(
    'that it answers %d are sent once it answers otherwise, each once',
    async (status) => {
      await shop.fault({ provider: 'mail', operation: 'create', status, times: 3 });
      const booked = await shop.book('zoom');
      await shop.finish(60);
      expect((await shop.letters(booked)).map(({ state }) => state)).toEqual(['sent', 'sent']);
      const ids = (await shop.mails()).map(({ messageId }) => messageId);
      expect([ids.length, new Set(ids).size]).toEqual([2, 2]);
    },
  );

  it('that it has turned away for a day are given up, and the reason is there to see', async () => {
    await shop.fault({ provider: 'mail', operation: 'send', status: 500 });
    const booked = await shop.book(null);
    await shop.run();
    await shop.tools.transactor.inOrganisation(shop.organisationId, (tx) =>
      tx.query({
        name: 'test_turned_away',
        text: `update letter set attempts = 719 where organisation_id = $1 and session_id = $2 and state = 'queued'`,
        values: [tx.organisationId, booked.sessionId],
      }),
    );
    await shop.finish();
    const letters = await shop.letters(booked);
    expect(letters.map(({ state, nextAttemptAt }) => [state, nextAttemptAt])).toEqual([
      ['refused', null],
      ['refused', null],
    ]);
    const page = { after: 0, limit: 100 };
    const seen = await shop.tools.transactor.inOrganisation(shop.organisationId, (tx) =>
      listFailedLetters(tx, 'refused', page),
    );
    expect(seen.filter(({ sessionId }) => sessionId === booked.sessionId).map(({ error }) => error)).toEqual([
      'refused 500 EMESSAGE',
      'refused 500 EMESSAGE',
    ]);
  });
});

describe('a mail server that works slowly', () => {
  it('has what it took for itself: nobody gets two letters', async () => {
    await shop.fault({ provider: 'mail', operation: 'create', latencyMs: 11_000, times: 2 });
    const booked = await shop.book(null);
    await shop.finish(60);
    expect((await shop.letters(booked)).map(({ state, attempts }) => [state, attempts])).toEqual([
      ['sent', 1],
      ['sent', 1],
    ]);
    expect((await shop.mails()).length).toBe(2);
  }, 40_000);

  it('keeps no meeting waiting', async () => {
    await shop.fault({ provider: 'mail', operation: 'create', latencyMs: 6_000 });
    const runner = startRunner(shop.tools);
    try {
      for (let count = 0; count < 12; count += 1) await shop.book(null);
      shop.tools.bell.ring('fulfilment', 'whichever');
      // All hands are at letters by now, if they can be.
      await expect.poll(async () => (await shop.events()).length, { timeout: 5_000 }).toBeGreaterThanOrEqual(8);
      const began = performance.now();
      const other = await shop.book('zoom');
      shop.tools.bell.ring('fulfilment', 'whichever');
      const linked = async () => (await shop.objects(other)).some(({ joinUrl }) => joinUrl !== null);
      await expect.poll(linked, { timeout: 5_000, interval: 50 }).toBe(true);
      expect(performance.now() - began).toBeLessThan(4_000);
    } finally {
      await shop.heal();
      await runner.stop(30_000);
    }
  }, 60_000);
});
