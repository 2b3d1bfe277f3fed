// npm run simulate -- --seeds N [--seed K]: plays N seeds from K on against an embedded server of its own, and tells the story
// of the first that fails. With --trace the story of one seed is told in any case. With --replays M each is played M times instead,
// and told where it went on otherwise.
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbedded } from '../src/platform/database/embedded.ts';
import { migrate } from '../src/platform/database/migrate.ts';
import { createLog } from '../src/platform/log.ts';
import { onServer, urlOfDatabase } from '../test/open-database.ts';
import { play } from './play.ts';
import { endChildren, openLaneOn, playAll, type Cluster, type Told } from './processes.ts';
import { replayAll, seedsWith } from './replays.ts';

/** Nothing here outlives the run. */
const CARELESS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  track_activities: 'off',
  track_counts: 'off',
  max_connections: '200',
};
const END_CONNECTIONS = `
  select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`;
const TEMPLATE = 'simulation_template';
/** Of a failed seed on the screen; the whole story is in a file. */
const LAST_LINES = 60;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    processes: { type: 'string', default: '2' },
    // One each has its caches to itself; stories that are played again are to meet other lanes.
    lanes: { type: 'string' },
    trace: { type: 'boolean', default: false },
    replays: { type: 'string', default: '1' },
    customs: { type: 'string', default: 'any' },
  },
});
const [first, seeds] = [Number(values.seed), Number(values.seeds)];
const folder = await mkdtemp(join(tmpdir(), 'slotkeeper-simulation-'));
// The account of the server must be able to pass.
await chmod(folder, 0o711);
const log = createLog('warn');
const server = await startEmbedded({ folder: join(folder, 'postgres'), log, settings: CARELESS });
// Cut off, it leaves nothing behind: a server that somebody uses would not be stopped.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    endChildren();
    void onServer(server.ownerUrl, END_CONNECTIONS)
      .then(leave)
      .finally(() => process.exit(1));
  });
}
try {
  await onServer(server.ownerUrl, `create database ${TEMPLATE}`);
  const ownerUrl = urlOfDatabase(server.ownerUrl, TEMPLATE);
  await migrate({ ownerUrl, folder: join(import.meta.dirname, '..', 'migrations'), log });
  const cluster: Cluster = { ownerUrl: server.ownerUrl, appUrl: server.appUrl, template: TEMPLATE };
  const tell = values.trace ? tellOne : Number(values.replays) > 1 ? tellAgain : tellMany;
  process.exitCode = (await tell(cluster)) ? 0 : 1;
} finally {
  await leave();
}

async function leave(): Promise<void> {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

async function tellOne(cluster: Cluster): Promise<boolean> {
  const lane = await openLaneOn(cluster);
  const played = await play(first, lane);
  await lane.close();
  console.log(played.trace.join('\n'));
  return report(played);
}

async function tellAgain(cluster: Cluster): Promise<boolean> {
  const began = performance.now();
  const [times, lanes] = [Number(values.replays), Number(values.lanes ?? 2)];
  const { played, differing, breaches } = await replayAll(cluster, {
    seeds: seedsWith(values.customs, first, seeds),
    times,
    lanes,
  });
  for (const { seed, at, before, once, again } of differing) {
    console.log(`\nseed ${seed} differs in line ${at + 1}:\n${before.join('\n')}\n- ${once}\n+ ${again}`);
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  for (const breach of breaches) console.log(breach);
  console.log(`${seeds} seeds (${values.customs}), ${played} stories, ${differing.length} seeds differ, ${seconds} s`);
  return differing.length + breaches.length === 0;
}

async function tellMany(cluster: Cluster): Promise<boolean> {
  const began = performance.now();
  let told = 0;
  const hear = (): void => {
    told += 1;
    if (told % 1_000 === 0) console.log(`${told} seeds played`);
  };
  const plays = { first, seeds, processes: Number(values.processes), lanes: Number(values.lanes ?? 1) };
  const { played, acts, failed } = await playAll(cluster, plays, hear);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const [worst] = failed;
  if (worst) {
    const file = join(tmpdir(), `slotkeeper-seed-${worst.seed}.txt`);
    await writeFile(file, `${[...worst.trace, ...worst.breaches].join('\n')}\n`);
    console.log(`${worst.trace.slice(-LAST_LINES).join('\n')}\n(the whole story: ${file})`);
    for (const one of failed.toReversed()) report(one);
  }
  console.log(`${played} seeds, ${acts} acts, ${failed.length} failed, ${seconds} s`);
  return failed.length === 0;
}

function report({ seed, breaches }: Pick<Told, 'seed' | 'breaches'>): boolean {
  if (breaches.length === 0) return true;
  console.log(`\nseed ${seed} fails:\n  ${breaches.join('\n  ')}\nAgain: npm run simulate -- --seed ${seed} --trace\n`);
  return false;
}
