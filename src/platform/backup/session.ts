// The connection a backup or a restore works on: as the owner of the tables, with every setting that shapes how values are
// written pinned, so that the same rows are the same bytes on any server.
import type pg from 'pg';
import { withStartupOptions } from '../database/connection.ts';
import { onDirect } from '../database/direct.ts';

/** Rows flow, but a large table may be looked through, or its indexes filled, for long without a word. */
const SILENCE_MS = 1_800_000;
/** Nobody holds a table longer than this but a migration, and beside one nothing is carried. */
const LOCK_TIMEOUT_MS = 10_000;

const PINNED = [
  '-c TimeZone=UTC',
  '-c DateStyle=ISO',
  '-c IntervalStyle=postgres',
  '-c extra_float_digits=1',
  '-c bytea_output=hex',
  '-c search_path=public',
  // A table is copied in one statement, and a large one takes its time.
  '-c statement_timeout=0',
  '-c idle_in_transaction_session_timeout=0',
  `-c lock_timeout=${LOCK_TIMEOUT_MS}`,
];

export type Session = {
  readonly client: pg.Client;
  /** The login passes row-level security. Else it is the plain owner of the tables, bound by it like everybody. */
  readonly passes: boolean;
};

/** Opens a session, and ends it whatever happened. Throws what the driver throws where the database cannot be reached. */
export async function inSession<T>(url: string, purpose: string, body: (session: Session) => Promise<T>): Promise<T> {
  const asOwner = {
    connectionString: withStartupOptions(url, PINNED),
    application_name: `slotkeeper ${purpose}`,
    answerMs: SILENCE_MS,
    progress: 'both',
  } as const;
  return await onDirect(asOwner, async (client) => {
    const { rows } = await client.query<{ passes: boolean }>(
      'select rolsuper or rolbypassrls as passes from pg_roles where rolname = current_user',
    );
    return await body({ client, passes: rows[0]?.passes ?? false });
  });
}
