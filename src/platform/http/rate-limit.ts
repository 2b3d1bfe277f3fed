// How many requests a minute an actor may send, counted over all processes in the table rate_window. Tokens are taken in
// batches, so that most requests ask no database: of a small limit, bookings take what they need, those of one moment
// together. Who the actor is, identity knows.
import { setImmediate as allRead } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import { named, type Connection } from '../database/connection.ts';
import { loggable, type Log } from '../log.ts';
import { Refusal } from '../refusal.ts';
import type { Clock } from '../time/clock.ts';
import type { RateClass } from './server.ts';

/** Requests a minute; 0 means no limit. */
export type RateLimits = {
  readonly anonymousReads: number;
  readonly guestReads: number;
  readonly guestBookings: number;
  readonly clientReads: number;
  readonly clientBookings: number;
  readonly staffReads: number;
  readonly staffBookings: number;
  readonly serviceReads: number;
  readonly serviceBookings: number;
};

/** A practitioner counts as staff. */
export type Standing = 'anonymous' | 'guest' | 'client' | 'staff' | 'service';

export type Limiter = {
  /**
   * Takes a token for `key` (unique over all organisations, at most 190 characters), or as many as a read costs, and sets the RateLimit
   * headers. Null where there were so many; a Refusal `rate_limited` where not. Only a promise where the database had to be asked.
   */
  take(
    reply: FastifyReply,
    standing: Standing,
    rate: RateClass,
    key: string,
    cost?: number,
  ): Refusal | null | Promise<Refusal | null>;
  /** Deletes windows that have passed; the answer is how many. */
  purge(): Promise<number>;
};

const MINUTE_MS = 60_000;
const WINDOW_SECONDS = 60;
/** This part of the limit at once: so many requests at most are lost to a process that has no use for them. Clients' and
 *  staff's bookings are counted one by one, unless somebody has set them limits above 400. */
const BATCHES_PER_LIMIT = { read: 20, booking: 200 } as const;
const MAX_BATCH = 1_000;
/** Buckets one process remembers. Past it, all but the current minute's go, and then all: forgetting asks the database. */
const MAX_BUCKETS = 20_000;
/** How far back windows are left alone: processes' clocks differ by less. */
const PURGE_AFTER_MINUTES = 5;

const LIMIT_OF: Readonly<Record<Standing, Readonly<Record<'read' | 'booking', keyof RateLimits>>>> = {
  // Nothing is booked without a token.
  anonymous: { read: 'anonymousReads', booking: 'anonymousReads' },
  guest: { read: 'guestReads', booking: 'guestBookings' },
  client: { read: 'clientReads', booking: 'clientBookings' },
  staff: { read: 'staffReads', booking: 'staffBookings' },
  service: { read: 'serviceReads', booking: 'serviceBookings' },
};

type Bucket = {
  readonly minute: number;
  readonly limit: number;
  /** The `RateLimit-Policy` of its answers. */
  readonly policy: string;
  /** Tokens taken from the database and not yet used. */
  left: number;
  /** Taken by all processes, when last heard of. */
  taken: number;
  refill: Promise<void> | null;
  /** Requests that wait for a token. */
  waiting: number;
};

const TAKE = {
  name: 'rate-take',
  text: `insert into rate_window as w (bucket, minute, taken) values ($1, $2, $3)
         on conflict (bucket, minute) do update set taken = w.taken + $3 where w.taken < $4
         returning taken`,
};
const PURGE = { name: 'rate-purge', text: 'delete from rate_window where minute < $1 returning 1 as gone' };

export function createLimiter(tools: {
  readonly connection: Pick<Connection, 'pool'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: RateLimits;
}): Limiter {
  const { connection, clock, log, limits } = tools;
  const buckets = new Map<string, Bucket>();

  function bucketOf(name: string, minute: number, limit: number, rate: RateClass): Bucket {
    const known = buckets.get(name);
    if (known?.minute === minute) return known;
    if (buckets.size >= MAX_BUCKETS) forget(buckets, minute);
    const policy = `"${rate}";q=${limit};w=${WINDOW_SECONDS}`;
    const bucket: Bucket = { minute, limit, policy, left: 0, taken: 0, refill: null, waiting: 0 };
    buckets.set(name, bucket);
    return bucket;
  }

  /** Adds up to `batch` tokens to the bucket. Database trouble lets requests through: it will stop them itself. */
  async function refill(bucket: Bucket, name: string, batch: number): Promise<void> {
    try {
      const values = [name, bucket.minute, batch, bucket.limit];
      const [row] = await named<{ taken: number }>(connection.pool, { ...TAKE, values });
      bucket.taken = row ? row.taken : bucket.limit;
      // The last batch may reach past the limit; what is past it was not granted.
      if (row) bucket.left += batch - Math.max(0, row.taken - bucket.limit);
    } catch (error) {
      log.warn({ fault: loggable(error) }, 'rate limits are not counted: the database does not answer');
      bucket.left += batch;
    }
  }

  async function wait(
    reply: FastifyReply,
    rate: 'read' | 'booking',
    [bucket, name]: readonly [Bucket, string],
    cost: number,
  ): Promise<Refusal | null> {
    const { limit } = bucket;
    const batch = Math.min(MAX_BATCH, Math.max(1, Math.floor(limit / BATCHES_PER_LIMIT[rate])));
    bucket.waiting += 1;
    while (bucket.left < cost && bucket.taken < limit) {
      // As many bookings as there are once all that has arrived is read.
      bucket.refill ??= allRead()
        .then(() => refill(bucket, name, rate === 'booking' ? Math.max(bucket.waiting, batch) : batch))
        .finally(() => {
          bucket.refill = null;
        });
      await bucket.refill;
    }
    bucket.waiting -= 1;
    return use(reply, rate, bucket, clock.now().epochMilliseconds, cost);
  }

  return {
    take(reply, standing, rate, key, price = 1) {
      if (rate === 'none') return null;
      const limit = limitOf(limits, standing, rate);
      if (limit === 0) return null;
      // What costs more than there ever is would never be had.
      const cost = Math.min(price, limit);
      const now = clock.now().epochMilliseconds;
      const name = `${rate}:${key}`;
      const bucket = bucketOf(name, Math.floor(now / MINUTE_MS), limit, rate);
      if (bucket.left >= cost) return use(reply, rate, bucket, now, cost);
      if (bucket.taken >= limit && bucket.left < cost) return use(reply, rate, bucket, now, cost);
      return wait(reply, rate, [bucket, name], cost);
    },
    async purge() {
      const minute = Math.floor(clock.now().epochMilliseconds / MINUTE_MS) - PURGE_AFTER_MINUTES;
      return (await named(connection.pool, { ...PURGE, values: [minute] })).length;
    },
  };
}

/** So many tokens out of the bucket, and what the headers say of it (draft-ietf-httpapi-ratelimit-headers-10). */
function use(reply: FastifyReply, rate: RateClass, bucket: Bucket, nowMs: number, cost: number): Refusal | null {
  const had = bucket.left >= cost;
  if (had) bucket.left -= cost;
  const seconds = Math.max(1, Math.ceil(((bucket.minute + 1) * MINUTE_MS - nowMs) / 1000));
  const remaining = Math.max(0, bucket.limit - bucket.taken) + bucket.left;
  void reply.header('ratelimit-policy', bucket.policy);
  void reply.header('ratelimit', `"${rate}";r=${Math.min(remaining, bucket.limit)};t=${seconds}`);
  if (had) return null;
  return new Refusal('rate_limited', `Too many requests: ${bucket.limit} a minute. Try again in ${seconds} s.`, {
    retryAfterSeconds: seconds,
  });
}

function limitOf(limits: RateLimits, standing: Standing, rate: 'read' | 'booking'): number {
  return limits[LIMIT_OF[standing][rate]];
}

function forget(buckets: Map<string, Bucket>, minute: number): void {
  for (const [name, bucket] of buckets) if (bucket.minute !== minute) buckets.delete(name);
  if (buckets.size >= MAX_BUCKETS) buckets.clear();
}

/**
 * Whom an address belongs to: IPv4 as it is, IPv6 by its /64, which is what one household or host is given. Of a connection that is
 * broken off there is none: all of these count as one.
 */
export function addressKey(address: string | undefined): string {
  if (address === undefined) return 'address:gone';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return `address:${mapped}`;
  if (!address.includes(':')) return `address:${address}`;
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').split('::', 2);
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...front, ...Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0'), ...back];
  return `address:${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
