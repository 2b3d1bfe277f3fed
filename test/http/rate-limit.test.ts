// Limits counted in a real database by two limiters, as two processes would: no more get through than the limit says.
import Fastify, { type FastifyReply } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { addressKey, createLimiter, type Limiter } from '../../src/platform/http/rate-limit.ts';
import type { RateClass } from '../../src/platform/http/server.ts';
import { setClock } from '../../src/platform/time/clock.ts';
import { openDatabase, type TestDatabase } from '../open-database.ts';
import { captureLog } from './capture-log.ts';

const START = '2030-01-01T00:00:10Z';
const clock = setClock(START);
const { log, lines } = captureLog();
let database: TestDatabase;

beforeAll(async () => {
  database = await openDatabase({ log, max: 10 });
});
afterAll(() => database.close());
beforeEach(async () => {
  clock.set(START);
  await database.connection.pool.query('delete from rate_window');
});

const limiter = (limits = {}, pool = database.connection.pool): Limiter =>
  createLimiter({ connection: { pool }, clock, log, limits: { ...readConfig({}).rateLimits, ...limits } });

/** A reply that keeps its headers. */
function replyOf() {
  const headers: Record<string, string> = {};
  const reply = { header: (name: string, value: string) => ((headers[name] = value), reply) };
  return { headers, reply: reply as unknown as FastifyReply };
}

async function passed(limiters: readonly Limiter[], times: number, rate: RateClass, key = 'k'): Promise<number> {
  const all = Array.from({ length: times }, (_, i) =>
    Promise.resolve(limiters[i % limiters.length]?.take(replyOf().reply, 'client', rate, key)),
  );
  return (await Promise.all(all)).filter((refusal) => refusal === null).length;
}

/** The pool, and how many connections were asked of it. */
function counting() {
  let asked = 0;
  const pool = new Proxy(database.connection.pool, {
    get: (target, name) => {
      if (name === 'connect') asked += 1;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
  return { pool, asked: () => asked };
}

describe('a limit', () => {
  it('of bookings is exact over two processes', async () => {
    expect(await passed([limiter(), limiter()], 80, 'booking')).toBe(30);
  });

  it('is used up sooner by reads that cost more, and one that costs more than all of it passes', async () => {
    const one = limiter({ clientReads: 100 });
    const takes = async (cost: number) => (await one.take(replyOf().reply, 'client', 'read', 'k', cost)) === null;
    for (let n = 0; n < 14; n += 1) expect(await takes(7)).toBe(true);
    expect([await takes(7), await takes(1), await takes(1), await takes(1)]).toEqual([false, true, true, false]);
    const small = limiter({ clientReads: 3 }).take(replyOf().reply, 'client', 'read', 'other', 7);
    expect(await small).toBeNull();
  });

  it('of reads is never passed over two processes, and loses no more than a batch a process', async () => {
    const both = [limiter(), limiter()];
    const through = (await passed(both, 700, 'read')) + (await passed(both, 100, 'read'));
    expect(through).toBeLessThanOrEqual(600);
    expect(through).toBeGreaterThanOrEqual(600 - 2 * 30);
  });

  it('of reads is exact for one process, whatever the size of a batch', async () => {
    for (const clientReads of [1, 7, 19, 20, 21, 39, 41, 100, 599]) {
      expect(await passed([limiter({ clientReads })], clientReads + 50, 'read', `of-${clientReads}`)).toBe(clientReads);
    }
  });

  it('asks the database for few reads', async () => {
    const { pool, asked } = counting();
    expect(await passed([limiter({}, pool)], 600, 'read')).toBe(600);
    expect(asked()).toBeLessThanOrEqual(20);
  });

  it('asks the database once for all bookings that wait at a moment, and keeps nothing for later ones', async () => {
    const { pool, asked } = counting();
    const bookings = limiter({ clientBookings: 100 }, pool);
    expect(await passed([bookings], 20, 'booking')).toBe(20);
    expect(asked()).toBe(1);
    expect(await passed([bookings], 1, 'booking')).toBe(1);
    expect(asked()).toBe(2);
  });

  it('of thousands of bookings is asked for by two-hundredths, never passed, and loses no more than one of them a process', async () => {
    const { pool, asked } = counting();
    const clientBookings = 4_000;
    const one = limiter({ clientBookings }, pool);
    for (let n = 0; n < 40; n += 1) expect(await passed([one], 1, 'booking')).toBe(1);
    expect(asked()).toBe(2);
    const other = limiter({ clientBookings });
    expect(await passed([other], 1, 'booking')).toBe(1);
    expect(await passed([one], clientBookings, 'booking')).toBe(clientBookings - 40 - 20);
    expect(await passed([other], 20, 'booking')).toBe(19);
  });

  it('begins anew with the minute', async () => {
    const one = limiter();
    expect(await passed([one], 40, 'booking')).toBe(30);
    clock.set('2030-01-01T00:01:00Z');
    expect(await passed([one], 40, 'booking')).toBe(30);
  });

  it('of one actor is not another’s, nor reads those of bookings', async () => {
    const one = limiter();
    await passed([one], 40, 'booking', 'a');
    expect(await passed([one], 30, 'booking', 'b')).toBe(30);
    expect(await passed([one], 30, 'read', 'a')).toBe(30);
  });

  it('of 0 is none', async () => {
    const { reply, headers } = replyOf();
    expect(limiter({ clientReads: 0 }).take(reply, 'client', 'read', 'k')).toBeNull();
    expect(headers).toEqual({});
  });

  it('says in headers what is left and until when', async () => {
    const one = limiter();
    const first = replyOf();
    expect(await one.take(first.reply, 'client', 'booking', 'k')).toBeNull();
    expect(first.headers).toEqual({ 'ratelimit-policy': '"booking";q=30;w=60', ratelimit: '"booking";r=29;t=50' });
    await passed([one], 29, 'booking');
    const last = replyOf();
    expect(await one.take(last.reply, 'client', 'booking', 'k')).toMatchObject({
      code: 'rate_limited',
      details: { retryAfterSeconds: 50 },
    });
    expect(last.headers['ratelimit']).toBe('"booking";r=0;t=50');
  });

  it('lets requests through, and says so in the log, while the database is away', async () => {
    const gone = await openDatabase({ log, max: 1 });
    await gone.close();
    lines.length = 0;
    expect(await passed([limiter({}, gone.connection.pool)], 5, 'booking')).toBe(5);
    expect(await passed([limiter({}, gone.connection.pool)], 5, 'read')).toBe(5);
    expect(lines.filter((line) => line['level'] === 40).length).toBeGreaterThan(0);
  });

  it('leaves no window behind for long', async () => {
    const one = limiter();
    await passed([one], 1, 'booking');
    expect(await one.purge()).toBe(0);
    clock.advance({ minutes: 10 });
    expect(await one.purge()).toBe(1);
  });
});

describe('an address', () => {
  it.each([
    ['192.0.2.1', 'address:192.0.2.1'],
    ['::ffff:192.0.2.1', 'address:192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', 'address:2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::9', 'address:2001:db8:1:2::/64'],
    ['2001:db8::1', 'address:2001:db8:0:0::/64'],
    ['::1', 'address:0:0:0:0::/64'],
    ['fe80::1%eth0', 'address:fe80:0:0:0::/64'],
  ])('%s counts as %s', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});

it('the address of a request is what the proxies we trust say, and no more', async () => {
  const app = Fastify({ trustProxy: (_address, hop) => hop < 1 });
  app.get('/', (request) => ({ key: addressKey(request.ip) }));
  const { key } = (await app.inject({ url: '/', headers: { 'x-forwarded-for': '6.6.6.6, 192.0.2.9' } })).json<{
    key: string;
  }>();
  expect(key).toBe('address:192.0.2.9');
  await app.close();
});
