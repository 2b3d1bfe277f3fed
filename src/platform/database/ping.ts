// Whether the database answers.
import type pg from 'pg';
import { named } from './connection.ts';

/** Throws where it does not. */
export async function ping(pool: pg.Pool): Promise<void> {
  await named(pool, { name: 'ping', text: 'select 1 as pong' });
}
