// What a read of one practitioner's time looks at grows with her own sessions, never with the table. A statement that sets its
// organisation itself is planned while none is set: the planner then takes every table for empty, unless the statement tells it
// otherwise. Seen with ten million appointments: minutes instead of milliseconds.
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BUSY_AMONG, SHARES } from '../../src/availability/store-among.ts';
import { BUSY_READ, COUNTED_READ } from '../../src/availability/store.ts';
import { BUSY_DATES, fillProduct, FIRST_ID, taken } from '../../bench/data-set.ts';
import { openDatabase, type TestDatabase } from '../open-database.ts';

/** Of each practitioner; 10,000 in all. */
const HER_SESSIONS = 200;

let database: TestDatabase;
let client: pg.Client;
let organisation: string;
let sessionType: string;
beforeAll(async () => {
  database = await openDatabase();
  await fillProduct(database.ownerUrl, taken());
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  await owner.query('update session set capacity = 3');
  await owner.query('vacuum analyze');
  const types = await owner.query<{ id: string }>('select session_type_id as id from session limit 1');
  sessionType = types.rows[0]!.id;
  const { rows } = await owner.query<{ organisation_id: string }>('select organisation_id from installation');
  organisation = rows[0]!.organisation_id;
  await owner.end();
  // As requests connect: the plan is made once, for whatever is asked.
  client = new pg.Client({ connectionString: database.url, options: '-c plan_cache_mode=force_generic_plan' });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.close();
});

type Node = {
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  Plans?: Node[];
} & Record<string, unknown>;

/** Rows of tables that were looked at, taken or not. */
function lookedAt(node: Node): number {
  const below = (node.Plans ?? []).reduce((sum, one) => sum + lookedAt(one), 0);
  if (node['Relation Name'] === undefined) return below;
  return below + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
}

async function look(statement: { name: string; text: string }, values: readonly string[]): Promise<number> {
  await client.query(`deallocate all; prepare ${statement.name} as ${statement.text}`);
  const given = values.map((value) => pg.escapeLiteral(value)).join();
  const { rows } = await client.query<{ 'QUERY PLAN': { Plan: Node }[] }>(
    `explain (analyze, format json) execute ${statement.name} (${given})`,
  );
  return lookedAt(rows[0]!['QUERY PLAN'][0]!.Plan);
}

const from = `${BUSY_DATES[0]}T00:00Z`;
const to = `${BUSY_DATES.at(-1)}T23:00Z`;
const practitioner = String(FIRST_ID + 7);
/** Two practitioners, of the one session type there are sessions of. */
const GROUPS = '{$type,$type}';

test.each([
  [
    'her busy time, and none of her sessions for what staff booked over it',
    BUSY_READ,
    [practitioner, from, to, from, '0'],
    1,
  ],
  ['and what counts towards her limits', COUNTED_READ, [practitioner, from, to, from, '0', from, to, 'bench-7'], 6],
  [
    'the same of two among many',
    BUSY_AMONG,
    [`{${practitioner},${FIRST_ID}}`, ...[from, to, from, to].map((at) => `{${at},${at}}`), 'bench-7', '{NULL,NULL}'],
    12,
  ],
  [
    'the seats of two who hold groups',
    BUSY_AMONG,
    [
      `{${practitioner},${FIRST_ID}}`,
      `{${from},${from}}`,
      `{${to},${to}}`,
      '{NULL,NULL}',
      '{NULL,NULL}',
      'bench-7',
      GROUPS,
    ],
    8,
  ],
  ['whose turn it is of two', SHARES, [`{${practitioner},${FIRST_ID}}`, from, to], 3],
] as const)('%s', async (_what, statement, values, times) => {
  const rows = await look(statement, [organisation, ...values.map((value) => value.replaceAll('$type', sessionType))]);
  expect(rows).toBeGreaterThanOrEqual(HER_SESSIONS);
  // And some rows of practitioners, and of an index that is looked into from one side.
  expect(rows).toBeLessThan(times * HER_SESSIONS + 200);
});
