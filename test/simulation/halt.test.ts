import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, inject, test } from 'vitest';
import { haltOf } from '../../simulation/halt.ts';
import { onServer } from '../open-database.ts';

const SIMULATION = join(import.meta.dirname, '..', '..', 'simulation');
/** Halts one of a lane's connections, tells which, and waits to be killed. */
const HALTS = `
  const { openLaneOn } = await import(${JSON.stringify(join(SIMULATION, 'processes.ts'))});
  const lane = await openLaneOn(JSON.parse(process.argv[1]));
  await lane.ready();
  const { processID } = lane.take();
  lane.sleepers.halt(processID);
  console.log(processID);
  setInterval(() => undefined, 1_000);
`;
const ELSEWHERE = process.platform !== 'linux' || process.env['TEST_DATABASE_URL'] !== undefined;

/** As /proc says it: `T` is halted. */
async function stateOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') gone');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[0] ?? '';
}

async function until(pid: number, there: (state: string) => boolean): Promise<string> {
  let state = await stateOf(pid);
  for (let n = 0; n < 1_000 && !there(state); n += 1) {
    await sleep(10);
    state = await stateOf(pid);
  }
  return state;
}

describe.skipIf(ELSEWHERE)('who sleeps until a lock is free is halted', () => {
  test('and goes on when the simulation is killed', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', HALTS, JSON.stringify(inject('cluster'))], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [told] = (await once(child.stdout, 'data')) as [Buffer];
    const pid = Number(told.toString());
    expect(await until(pid, (state) => state === 'T')).toBe('T');
    const [, , database] = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split(' ');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await until(pid, (state) => state !== 'T')).not.toBe('T');
    await onServer(inject('cluster').ownerUrl, `drop database if exists ${database} with (force)`);
  });

  test('but never a process that is not known to be a connection of the lane', async () => {
    const other = spawn('sleep', ['60']);
    const pid = other.pid ?? 0;
    const sleepers = haltOf('simulation_none');
    await sleepers.watch(pid);
    sleepers.halt(pid);
    await sleep(50);
    expect(await stateOf(pid)).not.toBe('T');
    sleepers.close();
    other.kill();
  });
});
