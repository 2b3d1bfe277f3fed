// How late the event loop runs while the heaviest answers there are are made: quarters and months of free time, and page
// after page of a client with thousands of appointments. There is no report endpoint yet; these stand in for one.
import type { Child } from './child.ts';
import { BUSY_CLIENT, FIRST_DATE, FIRST_ID, PRACTITIONERS } from './data-set.ts';
import { drive, get } from './driver.ts';
import type { Lateness } from './loop-probe.ts';
import { median } from './measure.ts';

const READERS = 4;
const LISTERS = 2;
/** The most one page holds. */
const PAGE = 100;

type Workload = { readonly name: string; readonly paths: readonly string[] };

const WORKLOADS: readonly Workload[] = [
  { name: 'idle', paths: [] },
  { name: '92 days', paths: days(92) },
  { name: '30 days', paths: days(30) },
  { name: 'lists', paths: [list()] },
  { name: 'all three', paths: [...days(92), ...days(30), list()] },
];

function days(count: number): readonly string[] {
  const last = Temporal.PlainDate.from(FIRST_DATE).add({ days: count - 1 });
  return Array.from(
    { length: PRACTITIONERS },
    (_, at) => `/api/practitioners/${FIRST_ID + at}/availability?from=${FIRST_DATE}&to=${last.toString()}`,
  );
}

function list(): string {
  return `/api/users/${BUSY_CLIENT}/appointments?limit=${PAGE}`;
}

function asked(product: Child): Promise<Lateness> {
  return new Promise((answered) => {
    product.process.once('message', (late: Lateness) => answered(late));
    product.process.send('loop');
  });
}

export async function eventLoop(product: Child, token: string, rounds: number, seconds: number): Promise<void> {
  console.log('\nevent-loop delay (ms) while heavy answers are made');
  console.log('                       p50      p99      max   (median of rounds; max of all)');
  const judged: Lateness[] = [];
  for (const { name, paths } of WORKLOADS) {
    const seen: Lateness[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      await asked(product);
      await load(product, token, paths, seconds);
      // The first warms up.
      if (round > 0) seen.push(await asked(product));
    }
    const late = {
      p50Ms: median(seen.map((one) => one.p50Ms)),
      p99Ms: median(seen.map((one) => one.p99Ms)),
      maxMs: Math.max(...seen.map((one) => one.maxMs)),
    };
    judged.push(late);
    const columns = [late.p50Ms, late.p99Ms, late.maxMs].map((ms) => ms.toFixed(1).padStart(7)).join('  ');
    console.log(`  ${name.padEnd(16)} ${columns}`);
  }
  const [p99, max] = [Math.max(...judged.map((one) => one.p99Ms)), Math.max(...judged.map((one) => one.maxMs))];
  console.log(`  -> worst p99 ${p99.toFixed(1)} (first mark 10), worst max ${max.toFixed(1)} (aim 50)`);
}

async function load(product: Child, token: string, paths: readonly string[], seconds: number): Promise<void> {
  if (paths.length === 0) {
    await new Promise((over) => setTimeout(over, seconds * 1000));
    return;
  }
  const requests = paths.map((path) => get(path, token));
  let at = 0;
  const connections = paths.length > 1 ? READERS : LISTERS;
  const next = () => requests[(at += 1) % requests.length]!;
  await drive({ port: product.port, connections, seconds, next, status: 200 });
}
