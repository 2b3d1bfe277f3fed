// Whether ten million appointments are slower than ten thousand: two databases, a product on each, asked the same in turn.
// Only where it is named: `npm run bench -- big`. The table takes minutes to fill; with BENCH_BIG_FOLDER it is kept there.
import pg from 'pg';
import { issueToken } from '../src/identity/token.ts';
import { systemClock } from '../src/platform/time/clock.ts';
import { fillBigTable } from './big-table-fill.ts';
import { bookingRequest } from './booking.ts';
import type { Child } from './child.ts';
import { openCluster, type Cluster } from './cluster.ts';
import { BUSY_DATES, chance, fillProduct, FIRST_ID, freeHours, PRACTITIONERS, type Stretch } from './data-set.ts';
import { drive, get } from './driver.ts';
import { inTurn, median, show, type Bench, type Contestant } from './measure.ts';

const DAYS_OF_FREE_HOURS = 190;

/** Never reached, and counted for each answer. */
const LIMITS = '[{"per": "month", "of": "client", "sessionTypeId": null, "mostSessions": 1000, "mostMinutes": null}]';
const SET_LIMITS = `update practitioner set schedule_version = schedule_version + 1, limits =`;

type Side = { readonly name: string; readonly cluster: Cluster; readonly product: Child; readonly token: string };

export async function bigTable(
  bench: Bench,
  startProduct: (cluster: Cluster) => Promise<Child | null>,
  stretches: readonly Stretch[],
): Promise<void> {
  const clusters: Cluster[] = [];
  const products: Child[] = [];
  const open = async (name: string, kept: string | undefined, fill: (url: string) => Promise<void>): Promise<Side> => {
    const cluster = await openCluster(kept);
    clusters.push(cluster);
    await fill(cluster.url);
    const product = await startProduct(cluster);
    if (!product) throw new Error('there is no product to measure');
    products.push(product);
    return { name, cluster, product, token: await tokenOf(cluster.url) };
  };
  const stop = async () => {
    for (const product of products) await product.stop();
    for (const cluster of clusters) await cluster.stop();
  };
  process.once('SIGINT', () => void stop().then(() => process.exit(130)));
  process.once('SIGTERM', () => void stop().then(() => process.exit(143)));
  try {
    const big = await open('10,000,000', process.env['BENCH_BIG_FOLDER'], async (url) => {
      if (await isFilled(url)) return;
      await fillProduct(url, stretches);
      console.log(`  ${await fillBigTable(url)} appointments`);
    });
    const small = await open('10,000', undefined, async (url) => {
      await fillProduct(url, stretches);
      await ask(url, 'vacuum analyze');
    });
    for (const [title, limits, contestant] of [
      ['a day of availability, one caller', '[]', reader],
      ['a booking, one caller', '[]', await booker([small, big])],
      ['a day of availability under limits, one caller', LIMITS, reader],
    ] as const) {
      for (const { cluster } of [small, big]) await ask(cluster.url, `${SET_LIMITS} '${limits}'`);
      const measured = await inTurn(bench, [small, big].map(contestant));
      show(`${title}: appointments in the table`, measured);
      const [less, more] = measured.map(({ rounds }) => median(rounds.map(({ p50Ms }) => p50Ms)));
      console.log(`  -> p50 with 10,000,000 / with 10,000 = ${(more! / less!).toFixed(2)}; the mark is 1.2`);
    }
  } finally {
    await stop();
  }
}

function reader({ name, cluster, product, token }: Side): Contestant {
  const next = chance(7);
  const following = () => {
    const id = FIRST_ID + Math.floor(next() * PRACTITIONERS);
    const date = BUSY_DATES[Math.floor(next() * BUSY_DATES.length)]!;
    return get(`/api/practitioners/${id}/availability?date=${date}`, token);
  };
  return {
    name,
    pids: [product.pid],
    postmaster: cluster.pid,
    run: (seconds) => drive({ port: product.port, connections: 1, seconds, next: following, status: 200 }),
  };
}

/** Each side books on from where an earlier bench left off. */
async function booker(sides: readonly Side[]): Promise<(side: Side) => Contestant> {
  const given = new Map<Side, number>();
  for (const side of sides) {
    const [row] = await ask<{ n: number }>(
      side.cluster.url,
      `select count(*)::integer as n from session where starts_at > '${BUSY_DATES.at(-1)}T23:59Z'`,
    );
    given.set(side, row!.n);
  }
  return (side) => {
    const { name, cluster, product, token } = side;
    let at = 0;
    const hour = freeHours(DAYS_OF_FREE_HOURS, given.get(side));
    const following = () => {
      const free = hour();
      return free && bookingRequest(token, (at += 1), free);
    };
    return {
      name,
      pids: [product.pid],
      postmaster: cluster.pid,
      run: (seconds) => drive({ port: product.port, connections: 1, seconds, next: following, status: 201 }),
    };
  };
}

async function isFilled(url: string): Promise<boolean> {
  const [row] = await ask<{ n: number }>(
    url,
    `select greatest(reltuples, 0) as n from pg_class where relname = 'appointment'`,
  );
  return row!.n > 1_000_000;
}

async function tokenOf(url: string): Promise<string> {
  const [row] = await ask<{ organisation_id: string; token_key: Buffer }>(
    url,
    'select organisation_id, token_key from installation',
  );
  const organisationId = Number(row!.organisation_id);
  return issueToken(row!.token_key, { role: 'service', subject: 'bench', organisationId }, systemClock.now());
}

async function ask<Row extends object>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}
