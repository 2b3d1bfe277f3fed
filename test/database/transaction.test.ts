import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { query } from '../../src/platform/database/connection.ts';
import { CommitUnknown, type Transaction } from '../../src/platform/database/transaction.ts';
import { onServer } from '../open-database.ts';
import { insert, list, openLedger, type Ledger } from './ledger.ts';

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger();
});
afterAll(() => ledger.close());

/** Each test has an organisation of its own. */
let last = 0;
const organisation = () => (last += 1);
const amounts = (id: number) =>
  ledger.transactor.inOrganisation(id, async (tx) =>
    (await tx.query<{ amount: number }>(list)).map(({ amount }) => amount),
  );

/** By somebody who has nothing to do with the transaction; a login that sees every row, too. */
async function seenBesides(id: number): Promise<number[]> {
  const client = new pg.Client({ connectionString: ledger.url });
  await client.connect();
  await client.query(`set app.organisation_id = ${id}`);
  const text = 'select amount from ledger where organisation_id = $1 order by id';
  const { rows } = await client.query<{ amount: number }>(text, [id]);
  await client.end();
  return rows.map(({ amount }) => amount);
}

describe('an organisation', () => {
  test('sees its own rows and no others', async () => {
    const [mine, yours] = [organisation(), organisation()];
    await ledger.transactor.inOrganisation(mine, (tx) => tx.query(insert(mine, 1)));
    await ledger.transactor.inOrganisation(yours, (tx) => tx.query(insert(yours, 2)));
    expect(await amounts(mine)).toEqual([1]);
    expect(await amounts(yours)).toEqual([2]);
  });

  test('cannot write a row of another', async () => {
    const [mine, yours] = [organisation(), organisation()];
    const attempt = ledger.transactor.inOrganisation(mine, (tx) => tx.query(insert(yours, 1)));
    await expect(attempt).rejects.toMatchObject({ code: '42501' });
  });

  test('does not leak into the next transaction of the same connection', async () => {
    const one = await openLedger({ max: 1 });
    await one.transactor.inOrganisation(1, (tx) => tx.query(insert(1, 5)));
    const seen = await one.transactor.unscoped((tx) => tx.query(list));
    const direct = await query(one.connection.pool, list);
    await one.close();
    expect([seen, direct.rows]).toEqual([[], []]);
  });

  test('is a positive whole number', () => {
    for (const id of [0, -1, 1.5, Number.NaN, 2 ** 53]) {
      expect(() => ledger.transactor.inOrganisation(id, async () => undefined)).toThrow(TypeError);
    }
  });

  test('is unknown in a transaction without one', async () => {
    await ledger.transactor.unscoped(async (tx) => {
      expect(() => (tx as Transaction).organisationId).toThrow('belongs to no organisation');
    });
  });
});

test('a scan sees the rows its policy opens, for its purpose alone', async () => {
  const id = organisation();
  await ledger.transactor.inOrganisation(id, (tx) => tx.query(insert(id, 77)));
  const found = await ledger.transactor.scan('audit', (tx) => tx.query<{ amount: number }>(list));
  expect(found.map(({ amount }) => amount)).toContain(77);
  expect(await ledger.transactor.scan('other', (tx) => tx.query(list))).toEqual([]);
  expect(() => ledger.transactor.scan("x', true) --", async () => undefined)).toThrow('no purpose');
});

describe('commit and rollback', () => {
  test('named statements and Kysely share one transaction', async () => {
    const id = organisation();
    const count = await ledger.transactor.inOrganisation(id, async (tx) => {
      await tx.query(insert(id, 1));
      await sql`insert into ledger (organisation_id, amount) values (${id}, 2)`.execute(tx.kysely);
      const changed = await sql`update ledger set amount = amount + 1`.execute(tx.kysely);
      return changed.numAffectedRows;
    });
    expect(count).toBe(2n);
    expect(await amounts(id)).toEqual([2, 3]);
  });

  test('a body that throws leaves nothing behind', async () => {
    const id = organisation();
    const attempt = ledger.transactor.inOrganisation(id, async (tx) => {
      await tx.query(insert(id, 1));
      throw new Error('changed my mind');
    });
    await expect(attempt).rejects.toThrow('changed my mind');
    expect(await amounts(id)).toEqual([]);
  });

  test('a statement that raises keeps its connection', async () => {
    const one = await openLedger({ max: 1 });
    const pid = async () =>
      (await query<{ pid: number }>(one.connection.pool, { text: 'select pg_backend_pid() as pid' })).rows[0]?.pid;
    const before = await pid();
    await one.transactor.inOrganisation(1, (tx) => tx.query(insert(1, -1))).catch(() => undefined);
    await query(one.connection.pool, { text: 'select 1/0' }).catch(() => undefined);
    await sql`select 1/0`.execute(one.connection.db).catch(() => undefined);
    expect(await pid()).toBe(before);
    await one.close();
  });

  test('a body that swallows a failed statement is told that nothing was committed', async () => {
    const id = organisation();
    const attempt = ledger.transactor.inOrganisation(id, async (tx) => {
      await tx.query(insert(id, 1));
      await tx.query(insert(id, -1)).catch(() => undefined);
    });
    await expect(attempt).rejects.toThrow('nothing was committed');
    expect(await amounts(id)).toEqual([]);
  });

  test('the last statement takes the commit with it, by Kysely too, and none may follow', async () => {
    const id = organisation();
    await ledger.transactor.inOrganisation(id, async (tx) => {
      await tx.last.query(insert(id, 1));
      // Seen by others before the body ends.
      expect(await seenBesides(id)).toEqual([1]);
      await expect(tx.query(list)).rejects.toThrow('no statement may follow it');
      await expect(tx.last.query(list)).rejects.toThrow('no statement may follow it');
    });
    await ledger.transactor.inOrganisation(id, async (tx) => {
      await tx.query(insert(id, 2));
      await sql`insert into ledger (organisation_id, amount) values (${id}, 3)`.execute(tx.last.kysely);
      expect(await seenBesides(id)).toEqual([1, 2, 3]);
    });
    expect(await amounts(id)).toEqual([1, 2, 3]);
  });

  test('a last statement that raises commits nothing', async () => {
    const id = organisation();
    const attempt = ledger.transactor.inOrganisation(id, async (tx) => {
      await tx.query(insert(id, 1));
      await tx.last.query(insert(id, -1));
    });
    await expect(attempt).rejects.toMatchObject({ code: '23514' });
    expect(await amounts(id)).toEqual([]);
  });

  test('a read-only transaction refuses to write', async () => {
    const attempt = ledger.transactor.inOrganisation(1, (tx) => tx.query(insert(1, 1)), { readOnly: true });
    await expect(attempt).rejects.toMatchObject({ code: '25006' });
  });

  test('a connection lost during commit is told as unknown', async () => {
    const one = await openLedger();
    await onServer(
      one.ownerUrl,
      `create function die() returns trigger language plpgsql security definer as
         $$ begin perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(1); return null; end $$;
       create constraint trigger dies after insert on ledger deferrable initially deferred
         for each row when (new.amount = 13) execute function die()`,
    );
    const attempt = one.transactor.inOrganisation(1, (tx) => tx.query(insert(1, 13)));
    await expect(attempt).rejects.toBeInstanceOf(CommitUnknown);
    await one.transactor.inOrganisation(1, (tx) => tx.query(insert(1, 1)));
    await one.close();
  });

  test('a constraint judged at commit surfaces as itself', async () => {
    const one = await openLedger();
    await onServer(
      one.ownerUrl,
      `create function refuse() returns trigger language plpgsql as
         $$ begin raise exception 'no' using errcode = '23514', constraint = 'judged_late'; end $$;
       create constraint trigger judges after insert on ledger deferrable initially deferred
         for each row execute function refuse()`,
    );
    const attempt = one.transactor.inOrganisation(1, (tx) => tx.query(insert(1, 1)));
    await expect(attempt).rejects.toMatchObject({ constraint: 'judged_late' });
    await one.close();
  });
});

describe('a handle', () => {
  test('throws after its transaction has ended, in either form', async () => {
    let kept: Transaction | undefined;
    await ledger.transactor.inOrganisation(1, async (tx) => {
      kept = tx;
      await tx.query(list);
    });
    await expect(kept?.query(list)).rejects.toThrow('has ended');
    await expect(sql`select 1`.execute(kept!.kysely)).rejects.toThrow('has ended');
    expect(() => kept?.afterCommit(() => undefined)).toThrow('has ended');
  });

  test('is the only way to the database inside a transaction', async () => {
    const { connection, transactor } = ledger;
    await transactor.inOrganisation(1, async (tx) => {
      await expect(transactor.unscoped(async () => undefined)).rejects.toThrow('inside an open transaction');
      await expect(query(connection.pool, { text: 'select 1' })).rejects.toThrow('inside an open transaction');
      await expect(sql`select 1`.execute(connection.db)).rejects.toThrow('inside an open transaction');
      await tx.query(list);
    });
  });

  test('leaves work that outlives it free to begin anew', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    let later: Promise<unknown> | undefined;
    await ledger.transactor.inOrganisation(1, async () => {
      later = promise.then(() => ledger.transactor.unscoped(async () => 'free'));
    });
    resolve();
    expect(await later).toBe('free');
  });
});

describe('after the commit', () => {
  test('callbacks run in order, once it is visible to others', async () => {
    const id = organisation();
    const seen: unknown[] = [];
    await ledger.transactor.inOrganisation(id, async (tx) => {
      await tx.query(insert(id, 9));
      tx.afterCommit(async () => void seen.push(await amounts(id)));
      tx.afterCommit(() => void seen.push('second'));
      expect(seen).toEqual([]);
    });
    expect(seen).toEqual([[9], 'second']);
  });

  test('callbacks never run for what was rolled back', async () => {
    let ran = false;
    const attempt = ledger.transactor.inOrganisation(1, async (tx) => {
      tx.afterCommit(() => void (ran = true));
      throw new Error('no');
    });
    await expect(attempt).rejects.toThrow('no');
    expect(ran).toBe(false);
  });

  test('a callback that fails does not undo the act or stop the next', async () => {
    let ran = false;
    const result = await ledger.transactor.inOrganisation(1, async (tx) => {
      tx.afterCommit(() => Promise.reject(new Error('late')));
      tx.afterCommit(() => void (ran = true));
      return 'done';
    });
    expect([result, ran]).toEqual(['done', true]);
  });
});

describe('what PostgreSQL asks to repeat', () => {
  test('a deadlock is resolved by trying again', async () => {
    const id = organisation();
    await ledger.transactor.inOrganisation(id, (tx) => Promise.all([tx.query(insert(id, 0)), tx.query(insert(id, 0))]));
    const ids = await ledger.transactor.inOrganisation(id, (tx) => tx.query<{ id: number }>(list));
    const add = (order: readonly { id: number }[]) =>
      ledger.transactor.inOrganisation(id, async (tx) => {
        for (const row of order) {
          await tx.query({
            name: 'ledger_add',
            text: 'update ledger set amount = amount + 1 where id = $1',
            values: [row.id],
          });
          await tx.query({ name: 'pause', text: 'select pg_sleep(0.05)', values: [] });
        }
      });
    await Promise.all([add(ids), add(ids.toReversed())]);
    expect(await amounts(id)).toEqual([2, 2]);
  });

  test('a serialisation failure is tried again until both counted', async () => {
    const id = organisation();
    const count = () =>
      ledger.transactor.inOrganisation(
        id,
        async (tx) => {
          const rows = await tx.query(list);
          await tx.query(insert(id, rows.length));
        },
        { isolation: 'serializable' },
      );
    await Promise.all([count(), count(), count()]);
    expect(new Set(await amounts(id))).toEqual(new Set([0, 1, 2]));
  });

  test('what fails every time is given up after five attempts', async () => {
    let tries = 0;
    const attempt = ledger.transactor.inOrganisation(1, async (tx) => {
      tries += 1;
      await sql`do $$ begin raise exception 'again' using errcode = '40001'; end $$`.execute(tx.kysely);
    });
    await expect(attempt).rejects.toMatchObject({ code: '40001' });
    expect(tries).toBe(5);
  });

  test('a prepared statement survives a change of its table', async () => {
    const one = await openLedger({ max: 3 });
    const all = { name: 'all', text: 'select * from ledger', values: [] };
    const everywhere = () =>
      Promise.all(
        [1, 2, 3].map(() =>
          one.transactor.inOrganisation(1, async (tx) => {
            await tx.query(all);
            await sleep(20);
          }),
        ),
      );
    await everywhere();
    await onServer(one.ownerUrl, 'alter table ledger add column note text');
    await everywhere();
    await expect(query(one.connection.pool, all)).resolves.toMatchObject({ rows: [] });
    await one.close();
  });
});

test('a lost connection fails its own transaction and no other', async () => {
  const one = await openLedger({ max: 2 });
  const killed = one.transactor.inOrganisation(1, (tx) =>
    sql`select pg_terminate_backend(pg_backend_pid())`.execute(tx.kysely),
  );
  await expect(killed).rejects.toBeInstanceOf(pg.DatabaseError);
  await one.transactor.inOrganisation(1, (tx) => tx.query(list));
  await one.close();
});

test('a last statement that cannot be written is not committed without itself, nor is what came before it', async () => {
  const one = await openLedger({ max: 1 });
  const amountsOf = () => one.transactor.inOrganisation(1, (tx) => tx.query<{ amount: number }>(list));
  const unwritable = { name: 'unwritable', text: 'select $1::text', values: [{ n: 1n }] };
  const act = one.transactor.inOrganisation(1, async (tx) => {
    await tx.query(insert(1, 5));
    return await tx.last.query(unwritable);
  });
  await expect(act).rejects.toThrow(/BigInt/);
  const together = one.transactor.inOrganisation(1, (tx) =>
    Promise.all([tx.query(insert(1, 6)), tx.query(unwritable), tx.query(insert(1, 7))]),
  );
  await expect(together).rejects.toThrow(/BigInt/);
  expect(await amountsOf()).toEqual([]);
  await one.transactor.inOrganisation(1, (tx) => tx.query(insert(1, 8)));
  expect((await amountsOf()).map(({ amount }) => amount)).toEqual([8]);
  await one.close();
});
