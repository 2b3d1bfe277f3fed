// Processes of the last version go on while the schema is already this one's: nothing they use was taken away or tightened
// (docs/decisions/0020-expand-then-contract.md). The catalogues of both are compared.
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MIGRATIONS } from '../../src/composition-database.ts';
import { migrate } from '../../src/platform/database/migrate.ts';
import { quiet } from '../database/ledger.ts';
import { createDatabase } from '../open-database.ts';

/** The newest migration of the version that may still be running. Moved on with each release. */
const LAST_VERSION = '0010-meeting-life.sql';

/** Breaches that are meant: a contraction of what the last version has stopped using. The line, and why. */
const CONTRACTED: Readonly<Record<string, string>> = {
  [`demanded: constraint letter CHECK ((kind = ANY (ARRAY['confirmation'::text, 'change'::text, 'link'::text, 'link_missing'::text, 'cancellation'::text, 'reminder'::text, 'request'::text, 'proposal'::text, 'declined'::text, 'offer'::text])))`]:
    'it allows more',
  [`demanded: constraint letter CHECK ((state = ANY (ARRAY['queued'::text, 'sending'::text, 'sent'::text, 'unknown'::text, 'superseded'::text, 'refused'::text, 'overtaken'::text])))`]:
    'it allows more',
  [`demanded: constraint note CHECK ((kind = ANY (ARRAY['cancel_reason'::text, 'topic'::text, 'description'::text, 'decline_reason'::text, 'override_reason'::text])))`]:
    'it allows more',
  'demanded: constraint occupancy CHECK (((hold_id IS NULL) OR (expires_at IS NOT NULL)))': 'it allows more',
  'demanded: mandatory hold wall_start': 'the last version had no way to place a hold',
  'demanded: mandatory hold zone': 'the last version had no way to place a hold',
  [`demanded: constraint resource CHECK ((kind = ANY (ARRAY['practitioner'::text, 'room'::text, 'equipment'::text, 'video_host'::text])))`]:
    'it allows more',
  [`demanded: constraint resource CHECK ((((kind <> 'practitioner'::text) AND (of_id IS NULL)) = (name IS NOT NULL)))`]:
    'the last version makes practitioners alone, and names none here',
  [`demanded: constraint resource CHECK ((((kind = 'video_host'::text) AND (of_id IS NULL)) = (address IS NOT NULL)))`]:
    'the last version makes practitioners alone',
  'demanded: unique resource  btree (organisation_id, kind, lower(name)) WHERE (name IS NOT NULL)':
    'the last version names none',
  'demanded: trigger appointment seat_within_capacity': 'the last version gives the first seat alone',
  'demanded: trigger hold held_seat_within_capacity': 'the last version keeps no seats',
  'demanded: trigger session session_notes_claims': 'it refuses nothing',
  'demanded: trigger session capacity_above_seats': 'the last version writes no capacity',
};

/** What must still be there: each line stands for something a statement of the last version may name or need. */
const RELIED_ON = `
  select concat_ws(' ', 'column', table_name, column_name, udt_name) as line
    from information_schema.columns where table_schema = 'public'
  union all select concat_ws(' ', 'right', table_name, privilege_type) from information_schema.role_table_grants
             where grantee = 'slotkeeper_app' and table_schema = 'public'
  union all select concat_ws(' ', 'right', table_name, column_name, privilege_type) from information_schema.column_privileges
             where grantee = 'slotkeeper_app' and table_schema = 'public'
  union all select concat_ws(' ', 'policy', tablename, policyname, cmd, qual, with_check) from pg_policies
  union all select concat_ws(' ', 'unique', tablename, regexp_replace(indexdef, '^.* USING', '')) from pg_indexes
             where schemaname = 'public' and indexdef like 'CREATE UNIQUE%'
  union all select concat_ws(' ', 'sequence', sequence_name) from information_schema.sequences where sequence_schema = 'public'
  union all select concat_ws(' ', 'function', oid::regprocedure) from pg_proc where pronamespace = 'public'::regnamespace
  order by 1`;

/** What a row written by the last version could be refused for: none of it may be new on a table that it knows. */
const DEMANDED = `
  select table_name as "of", concat_ws(' ', 'mandatory', table_name, column_name) as line, '{}'::text[] as columns, false as foreign
    from information_schema.columns
   where table_schema = 'public' and is_nullable = 'NO' and column_default is null and is_identity = 'NO'
     and is_generated = 'NEVER'
  union all select conrelid::regclass::text, concat_ws(' ', 'constraint', conrelid::regclass, pg_get_constraintdef(oid)),
                    array(select attname::text from pg_attribute where attrelid = conrelid and attnum = any(conkey)), contype = 'f'
              from pg_constraint where connamespace = 'public'::regnamespace and contype in ('c', 'u', 'x', 'f', 'p')
  union all select tablename, concat_ws(' ', 'unique', tablename, regexp_replace(indexdef, '^.* USING', '')), '{}'::text[], false
              from pg_indexes where schemaname = 'public' and indexdef like 'CREATE UNIQUE%'
  union all select event_object_table, concat_ws(' ', 'trigger', event_object_table, trigger_name), '{}'::text[], false
              from information_schema.triggers where trigger_schema = 'public'
  order by 2`;

type Demand = {
  readonly of: string;
  readonly line: string;
  readonly columns: readonly string[];
  readonly foreign: boolean;
};
type Schema = { readonly reliedOn: readonly string[]; readonly demanded: readonly Demand[] };

let before: Schema;
let now: Schema;
let client: pg.Client;
const ends: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  const [old, fresh] = [await createDatabase({ empty: true }), await createDatabase()];
  ends.push(old.drop, fresh.drop);
  await migrate({ ownerUrl: old.ownerUrl, folder: await lastMigrations(), log: quiet });
  const last = await opened(old.ownerUrl);
  client = await opened(fresh.ownerUrl);
  [before, now] = [await schemaOf(last), await schemaOf(client)];
});
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

async function opened(connectionString: string): Promise<pg.Client> {
  const one = new pg.Client({ connectionString });
  await one.connect();
  ends.push(() => one.end());
  return one;
}

async function lastMigrations(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slotkeeper-last-'));
  ends.push(() => rm(folder, { recursive: true }));
  for (const name of await readdir(MIGRATIONS)) {
    if (name.endsWith('.sql') && name <= LAST_VERSION) await cp(join(MIGRATIONS, name), join(folder, name));
  }
  return folder;
}

async function schemaOf(at: pg.Client): Promise<Schema> {
  const { rows: relied } = await at.query<{ line: string }>(RELIED_ON);
  const { rows: demanded } = await at.query<Demand>(DEMANDED);
  return { reliedOn: relied.map(({ line }) => line), demanded };
}

/** This version's, had it one change more. */
async function schemaWith(more: string): Promise<Schema> {
  await client.query('begin');
  try {
    await client.query(more);
    return await schemaOf(client);
  } finally {
    await client.query('rollback');
  }
}

/** What a process of the last version would stumble over. */
function breachesOf(later: Schema): string[] {
  const there = new Set(later.reliedOn);
  const demandedBefore = new Set(before.demanded.map(({ line }) => line));
  const known = new Set(before.reliedOn.map((line) => line.split(' ')[1]));
  const columns = new Set(before.reliedOn.map((line) => line.split(' ').slice(0, 3).join(' ')));
  // Nothing of a new column is written by the last version, and neither a check nor a foreign key refuses what is null.
  const ofNewAlone = ({ of, columns: named, foreign }: Demand) => {
    const fresh = named.filter((name) => !columns.has(`column ${of} ${name}`));
    return named.length > 0 && (fresh.length === named.length || (foreign && fresh.length > 0));
  };
  return [
    ...before.reliedOn.filter((line) => !there.has(line)).map((line) => `gone: ${line}`),
    ...later.demanded
      .filter((demand) => known.has(demand.of) && !demandedBefore.has(demand.line) && !ofNewAlone(demand))
      .map(({ line }) => `demanded: ${line}`),
  ];
}

test('nothing that the last version uses was taken away or tightened', () => {
  expect(breachesOf(now).filter((line) => !(line in CONTRACTED))).toEqual([]);
  // No reason outlives what it excuses.
  expect(Object.keys(CONTRACTED).filter((line) => !breachesOf(now).includes(line))).toEqual([]);
});

test.each([
  ['a dropped column', 'alter table letter drop column sms_state', 'gone: column letter sms_state'],
  ['a renamed table', 'alter table note rename to remark', 'gone: column note body text'],
  ['another type', 'alter table note alter body type varchar', 'gone: column note body text'],
  ['a column that must be given', 'alter table note add colour text not null', 'demanded: mandatory note colour'],
  [
    'a column that has become mandatory',
    'alter table client alter phone set not null',
    'demanded: mandatory client phone',
  ],
  ['a tightened value', `alter table note add check (body <> '')`, 'demanded: constraint note CHECK'],
  ['a right taken away', 'revoke insert on note from slotkeeper_app', 'gone: right note INSERT'],
  ['a unique index', 'create unique index on client (organisation_id, name)', 'demanded: unique client'],
])('%s would be found', async (_, sql, found) => {
  expect(breachesOf(await schemaWith(sql)).filter((line) => line.startsWith(found))).not.toEqual([]);
});
