// A database with one small table under row-level security, laid by real migrations from a folder of its own: these
// tests are about the ground, not about the tables of the product.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type Connection } from '../../src/platform/database/connection.ts';
import { migrate } from '../../src/platform/database/migrate.ts';
import { transactor, type Transactor } from '../../src/platform/database/transaction.ts';
import { createLog, type Log } from '../../src/platform/log.ts';
import { createDatabase } from '../open-database.ts';

export const quiet: Log = createLog('silent');

const LEDGER = `
  create table ledger (
    organisation_id bigint not null,
    id bigint generated always as identity,
    amount int not null constraint amount_not_negative check (amount >= 0),
    primary key (organisation_id, id)
  );
  alter table ledger enable row level security;
  alter table ledger force row level security;
  create policy own on ledger using (
    organisation_id = nullif(current_setting('app.organisation_id', true), '')::bigint
    or current_setting('app.scan', true) = 'audit'
  );`;

export type Ledger = {
  url: string;
  ownerUrl: string;
  connection: Connection;
  transactor: Transactor;
  close(): Promise<void>;
};

export async function migrationsFolder(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  await Promise.all(Object.entries(files).map(([name, sql]) => writeFile(join(folder, name), sql)));
  return folder;
}

export async function openLedger(options: { max?: number; log?: Log } = {}): Promise<Ledger> {
  const { url, ownerUrl, drop } = await createDatabase({ empty: true });
  const folder = await migrationsFolder({ '0001-ledger.sql': LEDGER });
  await migrate({ ownerUrl, folder, log: quiet });
  await rm(folder, { recursive: true });
  const connection = await connect({ url, log: options.log ?? quiet, max: options.max ?? 4 });
  return {
    url,
    ownerUrl,
    connection,
    transactor: transactor(connection),
    close: async () => {
      await connection.close();
      await drop();
    },
  };
}

export const insert = (organisationId: number, amount: number) => ({
  name: 'ledger_insert',
  text: 'insert into ledger (organisation_id, amount) values ($1, $2) returning id',
  values: [organisationId, amount],
});

export const list = { name: 'ledger_list', text: 'select id, amount from ledger order by id', values: [] };
