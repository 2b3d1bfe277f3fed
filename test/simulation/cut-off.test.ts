import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const RUN = join(import.meta.dirname, '..', '..', 'simulation', 'run.ts');
/** More than are played by the time it is cut off. */
const SEEDS = '500';

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}

const titleOf = (pid: number): Promise<string> => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');

test.skipIf(process.platform !== 'linux')('a simulation that is cut off leaves no server and no folder', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'slotkeeper-cut-off-'));
  onTestFinished(() => rm(scratch, { recursive: true, force: true }));
  // The account of the server must be able to pass.
  await chmod(scratch, 0o711);
  const child = spawn(process.execPath, [RUN, '--seeds', SEEDS], {
    env: { ...process.env, TMPDIR: scratch },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  let server = 0;
  const usesIt = async (): Promise<boolean> => {
    const [folder = ''] = await readdir(scratch);
    const file = await readFile(join(scratch, folder, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
    server = Number(file.split('\n')[0]);
    const titles = await Promise.all((await childrenOf(server)).map(titleOf));
    return titles.some((title) => title.includes(' simulation_'));
  };
  await expect.poll(usesIt).toBe(true);
  child.kill('SIGTERM');
  await once(child, 'exit');
  // Its process is there for a moment longer, until somebody has taken note of its end.
  await expect.poll(() => titleOf(server)).toBe('');
  expect(await readdir(scratch)).toEqual([]);
});
