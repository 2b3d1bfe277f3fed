// P: the bare booking transaction by the driver on a pool of the product's size: lock, insert, journal and job row. Told
// over IPC how long to book and from which list; it has no HTTP, no rules and no answer to write.
import { createServer } from 'node:http';
import pg from 'pg';
import { freeHours, ZONE } from './data-set.ts';
import { outcome } from './driver.ts';

export type Order = { readonly trips: 'five' | 'one'; readonly connections: number; readonly seconds: number };

/** As the product's pool (DATABASE_POOL). */
const POOL = 10;
const LENGTH_MINUTES = 60;
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: POOL });
/** It knows no horizon, and is fast enough to use up the hours within one. */
const nextHour = freeHours(2_000);

const LOCK = { name: 'lock', text: 'select id from reference.resource where id = $1 for update' };
const INSERT = {
  name: 'insert',
  text: `insert into reference.occupancy (resource_id, starts_at, ends_at) values ($1, $2, $3)
         on conflict do nothing returning id`,
};
const RECORD = {
  name: 'record',
  text: `with j as (insert into reference.journal (at, event, subject_id) values (now(), 'appointment.booked', $1))
         insert into reference.job (due_at, subject_id) values (now(), $1)`,
};
const AT_ONCE = {
  name: 'at_once',
  text: `with l as materialized (select id from reference.resource where id = $1 for update),
              o as (insert into reference.occupancy (resource_id, starts_at, ends_at)
                    select id, $2, $3 from l on conflict do nothing returning id),
              j as (insert into reference.journal (at, event, subject_id) select now(), 'appointment.booked', id from o)
         insert into reference.job (due_at, subject_id) select now(), id from o`,
};

async function inFiveTrips(values: readonly [number, string, string]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query({ ...LOCK, values: [values[0]] });
    const { rows } = await client.query<{ id: string }>({ ...INSERT, values: [...values] });
    if (!rows[0]) throw new Error('the hour was taken');
    await client.query({ ...RECORD, values: [rows[0].id] });
    await client.query('commit');
  } finally {
    client.release();
  }
}

async function inOneTrip(values: readonly [number, string, string]): Promise<void> {
  const { rowCount } = await pool.query({ ...AT_ONCE, values: [...values] });
  if (rowCount !== 1) throw new Error('the hour was taken');
}

async function book(order: Order) {
  const latencies: number[] = [];
  const start = performance.now();
  const until = start + order.seconds * 1000;
  const act = order.trips === 'five' ? inFiveTrips : inOneTrip;
  const worker = async () => {
    while (performance.now() < until) {
      const hour = nextHour();
      if (!hour) return;
      const begin = Temporal.PlainDateTime.from(`${hour.date}T${hour.time}`).toZonedDateTime(ZONE).toInstant();
      const values = [hour.practitioner, begin.toString(), begin.add({ minutes: LENGTH_MINUTES }).toString()] as const;
      const sentAt = performance.now();
      await act(values);
      latencies.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: order.connections }, worker));
  return outcome(latencies, (performance.now() - start) / 1000);
}

process.on('message', (order: Order) => {
  book(order).then(
    (result) => process.send?.(result),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
// Only says that it is there.
createServer((_, answer) => answer.end('{}')).listen(Number(process.env['PORT']), '127.0.0.1');
