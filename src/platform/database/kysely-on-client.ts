// Kysely on a connection somebody else holds, so that its queries and named prepared statements share one transaction.
// It begins, commits and releases nothing.
import {
  DefaultQueryExecutor,
  DummyDriver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  Transaction,
  type DatabaseConnection,
  type Dialect,
} from 'kysely';
import type pg from 'pg';
import type { Statement } from './statement.ts';
import type { Tables } from './tables.ts';

const dialect: Dialect = {
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => new DummyDriver(),
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
};
const adapter = new PostgresAdapter();
const compiler = new PostgresQueryCompiler();
const driver = new DummyDriver();

const COUNTED = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

/** `execute` runs one statement on the connection held. */
export function kyselyOn(execute: (statement: Statement) => Promise<pg.QueryResult>): Transaction<Tables> {
  const connection: DatabaseConnection = {
    async executeQuery<Row>(query: { readonly sql: string; readonly parameters: readonly unknown[] }) {
      const result = await execute({ text: query.sql, values: query.parameters });
      const rows = result.rows as Row[];
      return COUNTED.has(result.command) ? { rows, numAffectedRows: BigInt(result.rowCount ?? 0) } : { rows };
    },
    streamQuery() {
      throw new Error('Rows are not streamed: every list here is bounded');
    },
  };
  const executor = new DefaultQueryExecutor(compiler, adapter, {
    provideConnection: (consumer) => consumer(connection),
  });
  return new Transaction<Tables>({ config: { dialect }, driver, executor, dialect });
}
