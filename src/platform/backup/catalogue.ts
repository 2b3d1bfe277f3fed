// What there is to carry, asked of the database itself: every table, its columns, an order in which foreign keys hold, and
// the sequences. A table that a later migration adds is carried without a word here; what is left out stands below, and why.
import pg from 'pg';

/** Tables that are not carried. A test holds this list and the catalogue against each other. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  slotkeeper_migration: 'written by the migrations themselves; the names stand in the head of the file',
  rate_window: 'counted requests of the running minute, unlogged: worth nothing a minute later',
};

/** In our schema, and not an extension's. */
const OURS = `c.relnamespace = 'public'::regnamespace
        and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`;

export type CarriedTable = {
  readonly name: string;
  /** Those that are written: generated ones follow from them, and a transaction's number means nothing elsewhere. */
  readonly columns: readonly string[];
  /** The primary key, as an `order by` that is the same on every server. */
  readonly order: string;
  /** Row-level security binds its owner. */
  readonly forced: boolean;
};

export type Sequence = { readonly name: string; readonly last: string };

/** Or a tenth of all there ever were: more than anybody uses between a backup and the day it is needed. */
const LEAST_GAP = 1_000_000n;

type TableRow = { name: string; columns: string[]; key: string[] | null; forced: boolean };

/** Referenced tables before those that refer to them. */
export async function listTables(client: pg.Client): Promise<CarriedTable[]> {
  const { rows } = await client.query<TableRow>(
    `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,
            array(select a.attname::text from pg_attribute a left join pg_type t on t.oid = a.atttypid
                   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
                     and not (t.typname = 'xid8' and a.atthasdef) order by a.attnum) as columns,
            (select array_agg(quote_ident(a.attname) || case when a.attcollation <> 0 then ' collate "C"' else '' end
                              order by k.position)
               from pg_index i cross join lateral unnest(i.indkey::int2[]) with ordinality as k(number, position)
               join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
              where i.indrelid = c.oid and i.indisprimary) as key
       from pg_class c
      where ${OURS} and c.relkind in ('r', 'p') and not c.relispartition
      order by c.relname`,
  );
  const carried = rows.filter(({ name }) => !(name in LEFT_OUT));
  const keyless = carried.find(({ key }) => key === null);
  if (keyless)
    throw new Error(`The table ${keyless.name} has no primary key, so its rows have no order to carry them in.`);
  return inOrder(carried, await listReferences(client)).map(({ name, columns, key, forced }) => ({
    name,
    columns,
    order: (key ?? []).join(', '),
    forced,
  }));
}

/** Its place now: past everything a snapshot taken before can hold. */
export async function listSequences(client: pg.Client): Promise<Sequence[]> {
  const { rows } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c where ${OURS} and c.relkind = 'S' order by 1`,
  );
  const sequences: Sequence[] = [];
  for (const { name } of rows) {
    const { rows: places } = await client.query<Omit<Sequence, 'name'>>(
      `select last_value::text as last from ${pg.escapeIdentifier(name)}`,
    );
    if (places[0]) sequences.push({ name, ...places[0] });
  }
  return sequences;
}

/**
 * Goes on well past where they were: ids given out after the backup stand in markers at providers and in other people's
 * systems, and must not come to mean something else.
 */
export async function setSequences(client: pg.Client, sequences: readonly Sequence[]): Promise<void> {
  for (const { name, last } of sequences) {
    const { rows } = await client.query<{ most: string }>(
      'select seqmax::text as most from pg_sequence where seqrelid = $1::regclass',
      [pg.escapeIdentifier(name)],
    );
    const tenth = BigInt(last) / 10n;
    const next = BigInt(last) + (tenth > LEAST_GAP ? tenth : LEAST_GAP);
    if (next > BigInt(rows[0]?.most ?? 0))
      throw new Error(`The sequence ${name} has no room for ids after the backup's.`);
    await client.query('select setval($1::regclass, $2)', [pg.escapeIdentifier(name), next.toString()]);
  }
}

/** Rows in the tables of the schema that hold any, ours and others'. */
export async function countRows(client: pg.Client): Promise<{ readonly name: string; readonly rows: number }[]> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select c.relname as name from pg_class c where ${OURS} and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  );
  const counts: { name: string; rows: number }[] = [];
  for (const { name } of tables) {
    if (name in LEFT_OUT) continue;
    const { rows } = await client.query<{ rows: number }>(
      `select count(*)::float8 as rows from ${pg.escapeIdentifier(name)}`,
    );
    counts.push({ name, rows: rows[0]?.rows ?? 0 });
  }
  return counts;
}

type Reference = { readonly from: string; readonly to: string };

/** Foreign keys that must hold after every statement; those that wait for the commit bind no order. */
async function listReferences(client: pg.Client): Promise<Reference[]> {
  const { rows } = await client.query<Reference>(
    `select distinct f.relname as "from", t.relname as "to"
       from pg_constraint k join pg_class f on f.oid = k.conrelid join pg_class t on t.oid = k.confrelid
      where k.contype = 'f' and not k.condeferrable and k.conrelid <> k.confrelid`,
  );
  return rows;
}

function inOrder(tables: readonly TableRow[], references: readonly Reference[]): TableRow[] {
  const ordered: TableRow[] = [];
  let left = [...tables];
  while (left.length > 0) {
    const names = new Set(left.map(({ name }) => name));
    const blocked = new Set(references.filter(({ to }) => names.has(to)).map(({ from }) => from));
    const free = left.filter(({ name }) => !blocked.has(name));
    if (free.length === 0) throw new Error(`These tables refer to each other in a circle: ${[...names].join(', ')}.`);
    ordered.push(...free);
    left = left.filter(({ name }) => blocked.has(name));
  }
  return ordered;
}
