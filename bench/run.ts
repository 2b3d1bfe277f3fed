// Builds the references, starts the product on the same database, and lets them run in turn: `npm run bench`, or with
// names of workloads (`npm run bench -- day booking`). BENCH_ROUNDS and BENCH_SECONDS bound it; nothing outlives it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { availabilityOf, identicalReaders } from './availability.ts';
import { bigTable } from './big-table.ts';
import { bookings } from './booking.ts';
import { startChild, type Child } from './child.ts';
import { openCluster, type Cluster } from './cluster.ts';
import { eventLoop } from './event-loop.ts';
import { readiness } from './readiness.ts';
import { fillProduct, fillReferences, taken, type Stretch } from './data-set.ts';
import { searches } from './search.ts';

const ROOT = join(import.meta.dirname, '..');
const WORKLOADS = ['day', 'week', 'month', 'identical', 'booking', 'search', 'loop', 'slots', 'ready'] as const;
/** Takes minutes to fill: it runs where it is named, and alone. */
const BIG = 'big';

/** Five rounds show a spread; a whole run then takes about five minutes. */
const ROUNDS = bounded('BENCH_ROUNDS', 5, 20);
const SECONDS = bounded('BENCH_SECONDS', 3, 30);

/** Requests a minute that nothing here reaches: the limits run, and never refuse. */
const UNREACHED = '60000000';
const LIMITS = [
  'ANONYMOUS_READS',
  'CLIENT_READS',
  'CLIENT_BOOKINGS',
  'STAFF_READS',
  'STAFF_BOOKINGS',
  'SERVICE_READS',
  'SERVICE_BOOKINGS',
];

function bounded(name: string, fallback: number, most: number): number {
  const value = Number(process.env[name] ?? fallback);
  if (!Number.isInteger(value) || value < 1 || value > most) throw new Error(`${name} must be 1 to ${most}`);
  return value;
}

function wanted(name: (typeof WORKLOADS)[number]): boolean {
  const names = process.argv.slice(2);
  const unknown = names.find((each) => each !== BIG && !WORKLOADS.some((workload) => workload === each));
  if (unknown) throw new Error(`There is no workload "${unknown}". There are ${WORKLOADS.join(', ')} and ${BIG}.`);
  return names.length === 0 || names.includes(name);
}

async function startProduct(cluster: Cluster, preload?: string): Promise<Child | null> {
  if (!existsSync(join(ROOT, 'src/main.ts'))) {
    console.log('src/main.ts is not there: the references run alone.');
    return null;
  }
  const limits = Object.fromEntries(LIMITS.map((name) => [`RATE_LIMIT_${name}`, UNREACHED]));
  const env = {
    DATABASE_URL: cluster.url,
    DATA_DIR: join(cluster.scratch, 'data'),
    PROCESS: 'api',
    DEMO: '0',
    SANDBOX_PORT: '0',
  };
  const log = join(cluster.scratch, 'product.log');
  const options = { log, ready: '/health/ready', ...(preload === undefined ? {} : { preload }) };
  return await startChild('src/main.ts', { ...env, ...limits }, options);
}

async function overHttp(cluster: Cluster, children: Child[], stretches: readonly Stretch[]): Promise<void> {
  const token = await fillProduct(cluster.url, stretches);
  const client = new pg.Client({ connectionString: cluster.url });
  await client.connect();
  await fillReferences(client, stretches);
  await client.query('vacuum analyze');
  await client.end();
  const start = async (script: string) => {
    const log = join(cluster.scratch, `${script.slice(6, -3)}.log`);
    const child = await startChild(script, { DATABASE_URL: cluster.url }, { log, ready: '/ready' });
    children.push(child);
    return child;
  };
  const f = await start('bench/reference-f.ts');
  const m = await start('bench/reference-m.ts');
  const p = await start('bench/reference-p.ts');
  const product = await startProduct(cluster);
  if (product) children.push(product);

  const bench = { rounds: ROUNDS, seconds: SECONDS, postmaster: cluster.pid };
  const servers = { product, token, f, m, p, url: cluster.url };
  if (wanted('day')) await availabilityOf(bench, servers, 1);
  if (wanted('week')) await availabilityOf(bench, servers, 7);
  if (wanted('month')) await availabilityOf(bench, servers, 30);
  if (wanted('identical')) await identicalReaders(bench, servers);
  if (wanted('booking')) await bookings(bench, servers, stretches);
  // Adds to the data: nothing before it may find it.
  if (wanted('search')) await searches(bench, servers);
  if (wanted('loop') && product) {
    await product.stop();
    const probed = await startProduct(cluster, 'bench/loop-probe.ts');
    if (probed) children.push(probed);
    if (probed) await eventLoop(probed, token, ROUNDS, SECONDS);
    await probed?.stop();
  }
  if (wanted('ready') && product) await readiness(cluster.scratch, children);
}

console.log(`${ROUNDS} rounds of ${SECONDS} s each, in turn; Node ${process.version}. Quote ratios, not rates.`);
if (wanted('slots')) spawnSync(process.execPath, ['bench/slot-function.ts'], { cwd: ROOT, stdio: 'inherit' });
if (process.argv.includes(BIG)) {
  await bigTable({ rounds: ROUNDS, seconds: SECONDS, postmaster: 0 }, startProduct, taken());
}
if (WORKLOADS.some((name) => name !== 'slots' && wanted(name))) {
  const cluster = await openCluster();
  const children: Child[] = [];
  const stop = async () => {
    for (const child of children.toReversed()) await child.stop();
    await cluster.stop();
  };
  process.once('SIGINT', () => void stop().then(() => process.exit(130)));
  process.once('SIGTERM', () => void stop().then(() => process.exit(143)));
  try {
    await overHttp(cluster, children, taken());
  } finally {
    await stop();
  }
}
