import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect, query } from '../../src/platform/database/connection.ts';
import { migrate } from '../../src/platform/database/migrate.ts';
import { captureLog } from '../http/capture-log.ts';
import { createDatabase, onServer } from '../open-database.ts';
import { migrationsFolder, quiet } from './ledger.ts';

let database: Awaited<ReturnType<typeof createDatabase>>;
let folder: string;
beforeEach(async () => {
  database = await createDatabase({ empty: true });
  folder = await migrationsFolder({
    '0001-first.sql': 'create table first (id int);',
    '0002-second.sql': 'create table second (id bigint generated always as identity);',
  });
});
afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

const run = () => migrate({ ownerUrl: database.ownerUrl, folder, log: quiet });
const write = (name: string, sql: string) => writeFile(join(folder, name), sql);
const asOwner = async (sql: string) => {
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(sql);
  await client.end();
  return rows;
};

const change = () => write('0003-third.sql', 'alter table first add column more int;');
const reading = async () => {
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  await client.query('begin');
  await client.query('select * from first');
  return client;
};

test('files are applied in order, once', async () => {
  expect(await run()).toEqual({ applied: ['0001-first.sql', '0002-second.sql'] });
  expect(await run()).toEqual({ applied: [] });
  await write('0003-third.sql', 'create table third (id int);');
  expect(await run()).toEqual({ applied: ['0003-third.sql'] });
});

test('processes that start together apply them once between them', async () => {
  const results = await Promise.all([run(), run(), run(), run(), run()]);
  expect(results.flatMap(({ applied }) => applied).toSorted()).toEqual(['0001-first.sql', '0002-second.sql']);
});

test('a missing or empty folder is no migration', async () => {
  expect(await migrate({ ownerUrl: database.ownerUrl, folder: join(folder, 'none'), log: quiet })).toEqual({
    applied: [],
  });
});

test('one that fails is undone whole and named, those before it stay', async () => {
  await write('0003-bad.sql', 'create table third (id int); select 1/0;');
  await expect(run()).rejects.toThrow('Migration 0003-bad.sql failed and was undone: division by zero');
  expect(await asOwner(`select to_regclass('third') as third, count(*)::int from slotkeeper_migration`)).toEqual([
    { third: null, count: 2 },
  ]);
});

describe('one that needs a table which a long transaction has read', () => {
  test('waits for its end, and meanwhile keeps nobody from the table for longer than some seconds', async () => {
    await run();
    await change();
    const other = await reading();
    const { log, lines } = captureLog();
    const running = migrate({ ownerUrl: database.ownerUrl, folder, log });
    let [longestMs, over] = [0, false];
    const looking = (async () => {
      while (!over) {
        const began = performance.now();
        await asOwner('select * from first');
        longestMs = Math.max(longestMs, performance.now() - began);
        if (lines.some(({ msg }) => String(msg).startsWith('a migration waits')) && !over) {
          over = true;
          await other.query('commit');
        }
      }
    })();
    expect(await running).toEqual({ applied: ['0003-third.sql'] });
    over = true;
    await looking;
    await other.end();
    // It did stand before them, and stood back.
    expect(longestMs).toBeGreaterThan(500);
    expect(longestMs).toBeLessThan(4_500);
  }, 60_000);

  test('gives up in the end, says why, and has changed nothing', async () => {
    await run();
    await change();
    const other = await reading();
    const given = migrate({ ownerUrl: database.ownerUrl, folder, log: quiet, patienceMs: 1 });
    await expect(given).rejects.toThrow('0003-third.sql was undone: long transactions keep it from a table');
    await other.end();
    expect(await run()).toEqual({ applied: ['0003-third.sql'] });
  }, 60_000);
});

describe('a history that is not the folder’s is refused by name', () => {
  test('a file changed after it was applied', async () => {
    await run();
    await write('0001-first.sql', 'create table first (id text);');
    await expect(run()).rejects.toThrow('0001-first.sql was changed after it was applied');
  });

  test('but not for its line ends', async () => {
    await write('0003-third.sql', 'create table third (\n  id int\n);\n');
    await run();
    await write('0003-third.sql', 'create table third (\r\n  id int\r\n);\r\n');
    expect(await run()).toEqual({ applied: [] });
  });

  test('a file that comes before one already applied', async () => {
    await write('0005-fifth.sql', 'select 1;');
    await run();
    await write('0004-fourth.sql', 'select 1;');
    await expect(run()).rejects.toThrow('0004-fourth.sql comes before 0005-fifth.sql');
  });

  test('two files of one number, and a name that is none', async () => {
    await write('0002-again.sql', 'select 1;');
    await expect(run()).rejects.toThrow('Two migrations have the number of 0002-second.sql');
    await write('3-third.sql', 'select 1;');
    await expect(run()).rejects.toThrow('3-third.sql is not named');
  });
});

describe('the role of requests', () => {
  test('may read and write what migrations made, and not the history', async () => {
    await run();
    const connection = await connect({ url: database.url, log: quiet });
    // A login held by row-level security itself owns the tables: then there is no second role to speak of.
    const { rows } = await query<Record<string, boolean>>(connection.pool, {
      text: `select has_table_privilege('first', 'insert') and has_table_privilege('first', 'delete') as tables,
                    has_sequence_privilege('second_id_seq', 'usage') as sequences,
                    has_table_privilege('slotkeeper_migration', 'insert') as history,
                    current_user = 'slotkeeper_app' as app`,
    });
    await connection.close();
    expect(rows[0]).toMatchObject({ tables: true, sequences: true, history: !rows[0]?.['app'] });
  });

  test('gets no more of a table than a migration gave it by name', async () => {
    await write('0003-log.sql', `create table log (id int); grant select, insert on log to slotkeeper_app;`);
    await run();
    expect(
      await asOwner(`select has_table_privilege('slotkeeper_app', 'log', 'insert') as insert,
                            has_table_privilege('slotkeeper_app', 'log', 'update') as update`),
    ).toEqual([{ insert: true, update: false }]);
  });

  test('is not needed by a login that may not make it and is held by row-level security', async () => {
    const name = `plain_${Math.random().toString(36).slice(2)}`;
    await onServer(database.ownerUrl, `create role ${name} login password 'x'`);
    await onServer(database.ownerUrl, 'grant create on schema public to public');
    const ownerUrl = database.ownerUrl.replace(/\/\/[^@]*@/, `//${name}:x@`);
    expect((await migrate({ ownerUrl, folder, log: quiet })).applied).toHaveLength(2);
    const connection = await connect({ url: ownerUrl, log: quiet });
    expect(connection.ownRole).toBe(true);
    await connection.close();
    await onServer(
      database.ownerUrl,
      `grant ${name} to current_user; reassign owned by ${name} to current_user; drop owned by ${name}; drop role ${name}`,
    );
  });
});
