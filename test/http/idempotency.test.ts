// Repeats of a mutating call, on a real database: one key, one effect, one answer.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { transactor, type Transactor } from '../../src/platform/database/transaction.ts';
import { noOnce, onceOf, purgeIdempotencyKeys, type Once } from '../../src/platform/http/idempotency.ts';
import { Refusal } from '../../src/platform/refusal.ts';
import { setClock } from '../../src/platform/time/clock.ts';
import { openDatabase, type TestDatabase } from '../open-database.ts';

const ORGANISATION = 1;
const clock = setClock('2030-01-01T00:00:00Z');
let database: TestDatabase;
let transactions: Transactor;

beforeAll(async () => {
  database = await openDatabase({ max: 24 });
  transactions = transactor(database.connection);
});
afterAll(() => database.close());
beforeEach(() =>
  transactions.inOrganisation(ORGANISATION, (tx) =>
    tx.query({ name: 't-clear', text: 'delete from idempotency_key returning 1' }),
  ),
);

type Call = { key?: string; body?: unknown; params?: unknown; actor?: string; route?: string };

function once({
  key = 'k-1',
  body = { a: 1, b: [2, { c: 3 }] },
  params = {},
  actor = 'client:u1',
  route = '/api/x',
}: Call = {}): Once {
  const request = {
    headers: { 'idempotency-key': key },
    method: 'POST',
    routeOptions: { url: route },
    params,
    body,
  } as unknown as Parameters<typeof onceOf>[0];
  return onceOf(request, { organisationId: ORGANISATION, key: actor }, clock);
}

/** An act whose effect is one more journal row; the answer is what its caller is told. */
async function act(claim: Once, effects: number[], fail?: Error) {
  return transactions.inOrganisation(ORGANISATION, async (tx) => {
    const earlier = await claim.claim(tx);
    if (earlier) return { ...earlier, repeated: true };
    const id = Math.floor(Math.random() * 1e9) + 1;
    if (fail) throw fail;
    tx.afterCommit(() => void effects.push(id));
    await claim.settle(tx, 201, id);
    return { status: 201, subjectId: id, repeated: false };
  });
}

describe('an idempotency key', () => {
  it('makes one effect of twenty concurrent repeats, and one answer', async () => {
    const effects: number[] = [];
    const answers = await Promise.all(Array.from({ length: 20 }, () => act(once(), effects)));
    expect(effects).toHaveLength(1);
    expect(new Set(answers.map((answer) => answer.subjectId))).toEqual(new Set(effects));
    expect(answers.filter((answer) => !answer.repeated)).toHaveLength(1);
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([201]));
  });

  it('is the same bare or quoted, whatever the order of the fields', async () => {
    const effects: number[] = [];
    const first = await act(once(), effects);
    const again = await act(once({ key: '"k-1"', body: { b: [2, { c: 3 }], a: 1 } }), effects);
    expect(again).toEqual({ ...first, repeated: true });
  });

  it('belongs to its actor and its route', async () => {
    const effects: number[] = [];
    await act(once(), effects);
    await act(once({ actor: 'client:u2' }), effects);
    await act(once({ route: '/api/y' }), effects);
    expect(effects).toHaveLength(3);
  });

  it.each([
    ['another body', { body: { a: 2 } }],
    ['a list in another order', { body: { a: 1, b: [{ c: 3 }, 2] } }],
    ['another address', { params: { id: 7 } }],
  ])('is refused with %s', async (_what, call) => {
    await act(once(), []);
    await expect(act(once(call), [])).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  });

  it('is free again after a refusal', async () => {
    const effects: number[] = [];
    await expect(act(once(), effects, new Refusal('slot_taken', 'no'))).rejects.toThrow('no');
    expect(await act(once(), effects)).toMatchObject({ repeated: false });
    expect(effects).toHaveLength(1);
  });

  it('passes to a waiting repeat when its first holder is refused', async () => {
    const effects: number[] = [];
    const mixed = await Promise.allSettled(
      Array.from({ length: 10 }, (_, i) => act(once(), effects, i < 5 ? new Refusal('slot_taken', 'no') : undefined)),
    );
    expect(effects).toHaveLength(1);
    expect(mixed.filter((each) => each.status === 'fulfilled').length).toBeGreaterThanOrEqual(5);
  });

  it('is kept for 48 hours and no longer', async () => {
    const start = clock.now();
    await act(once(), []);
    expect(await purgeIdempotencyKeys(transactions, start.add({ hours: 47 }))).toBe(0);
    expect(await purgeIdempotencyKeys(transactions, start.add({ hours: 49 }))).toBe(1);
  });

  it('in another organisation is another key', async () => {
    const effects: number[] = [];
    await act(once(), effects);
    const elsewhere = await transactions.inOrganisation(2, (tx) =>
      tx.query<{ n: number }>({ name: 't-count', text: 'select count(*)::int as n from idempotency_key' }),
    );
    expect(elsewhere).toEqual([{ n: 0 }]);
  });

  it.each(['', ' ', 'a b', 'é', 'x'.repeat(256), '"open', 'a"b', '""', 'a\\b'])('cannot be %j', (key) => {
    expect(() => once({ key })).toThrow(expect.objectContaining({ code: 'idempotency_key_invalid' }));
  });

  it('is no claim at all where it is not sent', () => {
    const request = { headers: {} } as unknown as Parameters<typeof onceOf>[0];
    expect(onceOf(request, { organisationId: 1, key: 'a' }, clock)).toBe(noOnce);
  });
});
