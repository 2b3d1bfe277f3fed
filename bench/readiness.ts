// How long until the product answers that it is ready, on its embedded database: at the first start, at a warm one, and
// after server and database were killed at once.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild, type Child } from './child.ts';
import { median } from './measure.ts';

const TIMES = 3;

async function timed(dataDir: string, log: string, children: Child[]): Promise<{ child: Child; seconds: number }> {
  const start = performance.now();
  const env = { DATA_DIR: dataDir, SANDBOX_PORT: '0' };
  const child = await startChild('src/main.ts', env, { log, ready: '/health/ready' });
  children.push(child);
  return { child, seconds: (performance.now() - start) / 1000 };
}

/** Of the database in this folder, which the product started. */
function postmasterIn(dataDir: string): number {
  const [file] = globSync('**/postmaster.pid', { cwd: dataDir });
  const pid = file === undefined ? Number.NaN : Number(readFileSync(join(dataDir, file), 'utf8').split('\n')[0]);
  if (!(pid > 1)) throw new Error(`no database runs under ${dataDir}`);
  return pid;
}

export async function readiness(scratch: string, children: Child[]): Promise<void> {
  const dataDir = join(scratch, 'own');
  const log = join(scratch, 'readiness.log');
  const first = await timed(dataDir, log, children);
  await first.child.stop();
  const warm: number[] = [];
  const killed: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const { child, seconds } = await timed(dataDir, log, children);
    warm.push(seconds);
    const postmaster = postmasterIn(dataDir);
    child.process.kill('SIGKILL');
    process.kill(postmaster, 'SIGKILL');
    const again = await timed(dataDir, log, children);
    killed.push(again.seconds);
    await again.child.stop();
  }
  console.log('\nready after start');
  console.log(`  first ${first.seconds.toFixed(2)} s`);
  console.log(`  warm ${median(warm).toFixed(2)} s (first mark 3 s, aim 1.5 s)`);
  console.log(`  after kill -9 of server and database ${median(killed).toFixed(2)} s (first mark 5 s, aim 3 s)`);
}
