// Idempotency-Key: a repeat of a mutating call has no second effect and gets the first one's answer, rendered anew. The
// key is kept in the transaction of its effect, so both happen or neither. What the effect is, the act knows.
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Transaction, Transactor } from '../database/transaction.ts';
import { Refusal } from '../refusal.ts';
import type { Clock } from '../time/clock.ts';

/** What a first call under the key has answered. */
export type Earlier = { readonly status: number; readonly subjectId: number | null };

/** Whose it is, for which route (method and pattern), and the SHA-256 of what was asked under it. */
export type Key = { readonly actor: string; readonly route: string; readonly text: string; readonly hash: Buffer };

/**
 * One call's claim on its key. An act calls `claim` in its transaction before it changes anything, and `settle` last; where
 * `claim` gives an earlier answer it changes nothing and answers that. Or it writes the key's row settled, with its effect,
 * and leaves both. A refusal rolls back, and so keeps no key.
 */
export type Once = {
  /** null: `claim` and `settle` do nothing. */
  readonly key: Key | null;
  /** Waits for a running holder of the same key. Refusal `idempotency_key_reused` where the request differs. */
  claim(tx: Transaction): Promise<Earlier | null>;
  settle(tx: Transaction, status: number, subjectId: number | null): Promise<void>;
  /** What a call under the key has answered by now, where nobody is waited for. Refusal as for `claim`. */
  earlier(tx: Transaction): Promise<Earlier | null>;
};

/** A call without a key. */
export const noOnce: Once = {
  key: null,
  claim: () => Promise.resolve(null),
  settle: () => Promise.resolve(),
  earlier: () => Promise.resolve(null),
};

/** Longer than any client goes on repeating: a day, and a weekend's outage on top. */
const KEPT_HOURS = 48;
/** draft-ietf-httpapi-idempotency-key-header-07 makes it a quoted string; most clients send it bare. Both are taken. */
const KEY = /^(?:"([\x20-\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x5b\x5d-\x7e]{1,255}))$/;
/** The holder was purged or rolled back between our two looks: rare, and never often. */
const CLAIM_ATTEMPTS = 3;

/** The Once of a request: its header, its route's pattern, and a digest of its path parameters and body. */
export function onceOf(
  request: Pick<FastifyRequest, 'headers' | 'method' | 'routeOptions' | 'params' | 'body'>,
  actor: { readonly organisationId: number; readonly key: string },
  clock: Clock,
): Once {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return noOnce;
  const found = typeof header === 'string' ? KEY.exec(header) : null;
  const text = found?.[1] ?? found?.[2];
  if (text === undefined) {
    throw new Refusal('idempotency_key_invalid', 'The Idempotency-Key must be 1 to 255 visible ASCII characters.', {
      errors: [{ pointer: 'header/idempotency-key', message: 'must be 1 to 255 visible ASCII characters' }],
    });
  }
  const route = `${request.method} ${request.routeOptions.url ?? ''}`;
  const hash = createHash('sha256')
    .update(canonical([request.params, request.body ?? null]))
    .digest();
  const place = [actor.organisationId, actor.key, route, text] as const;
  return {
    key: { actor: actor.key, route, text, hash },
    claim: (tx) => claim(tx, place, hash, clock),
    settle: (tx, status, subjectId) => settle(tx, place, status, subjectId),
    earlier: (tx) => earlier(tx, place, hash),
  };
}

/** Deletes keys older than 48 hours; the answer is how many. At most `limit` at once, so that the lock is short. */
export function purgeIdempotencyKeys(
  transactor: Pick<Transactor, 'scan'>,
  now: Temporal.Instant,
  limit = 5_000,
): Promise<number> {
  const values = [now.subtract({ hours: KEPT_HOURS }).toString(), limit];
  return transactor.scan('idempotency_key', async (tx) => (await tx.query({ ...PURGE, values })).length);
}

/** Organisation, actor, route, key: the primary key. */
type Place = readonly [number, string, string, string];
type Row = { body_hash: Buffer; status: number | null; subject_id: number | null };

// `on conflict do nothing` waits for whoever is inserting the same key, then tells whether it stayed.
const INSERT = {
  name: 'idempotency-claim',
  text: `insert into idempotency_key (organisation_id, actor, route, key, body_hash, created_at)
         values ($1, $2, $3, $4, $5, $6) on conflict do nothing returning key`,
};
const READ = {
  name: 'idempotency-read',
  text: `select body_hash, status, subject_id from idempotency_key
          where organisation_id = $1 and actor = $2 and route = $3 and key = $4`,
};
const SETTLE = {
  name: 'idempotency-settle',
  text: `update idempotency_key set status = $5, subject_id = $6
          where organisation_id = $1 and actor = $2 and route = $3 and key = $4 returning key`,
};
const PURGE = {
  name: 'idempotency-purge',
  text: `delete from idempotency_key where ctid = any (array(
           select ctid from idempotency_key where created_at < $1 order by created_at limit $2 for update skip locked))
         returning 1 as gone`,
};

async function claim(tx: Transaction, place: Place, hash: Buffer, clock: Clock): Promise<Earlier | null> {
  for (let tries = 0; tries < CLAIM_ATTEMPTS; tries += 1) {
    const inserted = await tx.query({ ...INSERT, values: [...place, hash, clock.now().toString()] });
    if (inserted.length > 0) return null;
    const known = await earlier(tx, place, hash);
    if (known) return known;
  }
  throw new Error(`The key came and went ${CLAIM_ATTEMPTS} times`);
}

async function earlier(tx: Transaction, place: Place, hash: Buffer): Promise<Earlier | null> {
  const [row] = await tx.query<Row>({ ...READ, values: place });
  if (!row) return null;
  if (!row.body_hash.equals(hash)) {
    throw new Refusal('idempotency_key_reused', 'This Idempotency-Key was used for another request. Use a new one.');
  }
  if (row.status === null) throw new Error(`An act committed without settling its key: ${place[2]}`);
  return { status: row.status, subjectId: row.subject_id };
}

async function settle(tx: Transaction, place: Place, status: number, subjectId: number | null): Promise<void> {
  const rows = await tx.query({ ...SETTLE, values: [...place, status, subjectId] });
  if (rows.length === 0) throw new Error(`A key was settled before it was claimed: ${place[2]}`);
}

/** JSON with sorted keys (as RFC 8785 orders them). Depth and size are bounded by the schema that was passed before. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const object = value as Record<string, unknown>;
  const members = Object.keys(object)
    .toSorted()
    .filter((key) => object[key] !== undefined)
    .map((key) => `${JSON.stringify(key)}:${canonical(object[key])}`);
  return `{${members.join(',')}}`;
}
