// Booking free hours (201) against P, the bare transaction; and asking for an hour that is taken (409) against the
// product's own bookings, with a look at whether conflicts cost it database connections.
import pg from 'pg';
import type { Child } from './child.ts';
import { clientOf, freeHours, type Booking, type Stretch } from './data-set.ts';
import { drive, post, type Outcome } from './driver.ts';
import { inTurn, show, showRatio, type Bench, type Contestant } from './measure.ts';
import type { Order } from './reference-p.ts';

type Servers = { readonly product: Child | null; readonly token: string; readonly p: Child; readonly url: string };

const CONNECTIONS = 8;

function bare(name: string, p: Child, trips: Order['trips']): Contestant {
  return {
    name,
    pids: [p.pid],
    run: (seconds) =>
      new Promise<Outcome>((done, fail) => {
        p.process.once('message', (result: Outcome | { error: string }) => {
          if ('error' in result) fail(new Error(result.error));
          else done(result);
        });
        p.process.send({ trips, connections: CONNECTIONS, seconds } satisfies Order);
      }),
  };
}

function booker(name: string, product: Child, status: number, next: () => string | null): Contestant {
  return {
    name,
    pids: [product.pid],
    run: (seconds) => drive({ port: product.port, connections: CONNECTIONS, seconds, next, status }),
  };
}

export function bookingRequest(token: string, at: number, { practitioner, date, time }: Booking, key?: string): string {
  const body = {
    ...clientOf(at),
    practitionerId: practitioner,
    practitionerName: `Dr. ${practitioner}`,
    date,
    time,
    sessionType: 'Initial Consultation',
  };
  return post('/api/appointments', token, body, key);
}

export async function bookings(bench: Bench, servers: Servers, stretches: readonly Stretch[]): Promise<void> {
  const { product, token, p, url } = servers;
  const five = bare('P, five trips', p, 'five');
  const one = bare('P, one statement', p, 'one');
  if (!product) {
    show(`booking, c=${CONNECTIONS}`, await inTurn(bench, [five, one]));
    return;
  }
  const hour = freeHours();
  let at = 0;
  const booked = booker('product 201', product, 201, () => {
    const free = hour();
    return free && bookingRequest(token, (at += 1), free);
  });
  // As our own client sends it.
  const bookedOnce = booker('product 201, keyed', product, 201, () => {
    const free = hour();
    return free && bookingRequest(token, (at += 1), free, `booking-${at}`);
  });
  const { practitioner, wall } = stretches.find((stretch) => stretch.wall.endsWith('11:00'))!;
  const hourTaken = { practitioner, date: wall.slice(0, 10), time: `${wall.slice(11)}:00` };
  const conflict = bookingRequest(token, 1, hourTaken);
  const refused = booker('product 409', product, 409, () => conflict);
  const refusedOnce = booker('product 409, keyed', product, 409, () =>
    bookingRequest(token, 1, hourTaken, `refusal-${(at += 1)}`),
  );

  const measured = await inTurn(bench, [five, one, booked, bookedOnce]);
  show(`booking a free hour, c=${CONNECTIONS}`, measured);
  for (const judged of measured.slice(2)) showRatio(judged, measured[0]!, 0.4, 0.75);

  const before = await backends(url);
  const [mine, ...taken] = await inTurn(bench, [booked, refused, refusedOnce]);
  const opened = [...(await backends(url))].filter((pid) => !before.has(pid));
  show(`asking for a taken hour, c=${CONNECTIONS}`, [mine!, ...taken]);
  for (const judged of taken) showRatio(judged, mine!, 1, 1.5);
  console.log(`  -> database connections opened meanwhile: ${opened.length} (the mark is 0 once the pool is full)`);
}

/** The server processes that hold a connection now, but ours. */
async function backends(url: string): Promise<ReadonlySet<number>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>(
    `select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
  );
  await client.end();
  return new Set(rows.map(({ pid }) => pid));
}
