// What a data folder says of its server: whether one runs on it, and where it listens. Reads `postmaster.pid`, whose
// lines are told in PostgreSQL's src/include/utils/pidfile.h, and believes it only where the process agrees.
import { chown, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runProgram } from './embedded-program.ts';

export type Postmaster =
  | { readonly state: 'none' }
  /** The file names a process that is gone, unreaped, or not ours. */
  | { readonly state: 'stale' }
  | { readonly state: 'starting' | 'stopping'; readonly pid: number }
  | { readonly state: 'ready'; readonly pid: number; readonly port: number };

/** Beyond the highest pid of any system (Linux 2^22, macOS 99999), within PostgreSQL's int. */
const NOBODY = 999_999_999;

export async function readPostmaster(folder: string): Promise<Postmaster> {
  const lines = await pidLines(folder);
  if (!lines) return { state: 'none' };
  const pid = lines[0]?.trim() ?? '';
  // Never a signal or a look at 0, 1 or a negative number: those mean whole groups of processes, or init.
  if (!/^\d{1,10}$/.test(pid) || Number(pid) <= 1) return { state: 'stale' };
  if (!(await isServerOf(folder, Number(pid)))) return { state: 'stale' };
  const port = Number(lines[3]);
  const status = lines[7]?.trim();
  if (status === 'ready' && port > 0) return { state: 'ready', pid: Number(pid), port };
  return { state: status === 'stopping' ? 'stopping' : 'starting', pid: Number(pid) };
}

/** Puts a pid nobody has into a stale file. PostgreSQL believes a living pid, whoever has it now, and would not start;
 *  without the file it would not find the shared memory that backends of a killed server may still be using. */
export async function disownStale(folder: string): Promise<void> {
  const lines = await pidLines(folder);
  if (!lines || lines[0] === String(NOBODY)) return;
  const path = join(folder, 'postmaster.pid');
  const fresh = `${path}.stale-${process.pid}`;
  await writeFile(fresh, [NOBODY, ...lines.slice(1)].join('\n'), { mode: 0o600 });
  if (process.platform !== 'win32') {
    const { uid, gid } = await stat(folder);
    await chown(fresh, uid, gid);
  }
  // A server may have come up meanwhile, and written its own.
  if ((await pidLines(folder))?.join('\n') === lines.join('\n')) await rename(fresh, path);
  else await rm(fresh);
}

async function pidLines(folder: string): Promise<string[] | undefined> {
  try {
    return (await readFile(join(folder, 'postmaster.pid'), 'utf8')).split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether the process lives and its command line is `postgres -D <our folder>`: pids are given out again. */
async function isServerOf(folder: string, pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (process.platform === 'win32') return true;
  const parameters = await commandLine(pid);
  const program = basename(parameters[0] ?? '');
  const given = parameters[parameters.indexOf('-D') + 1];
  if (program !== 'postgres' || !parameters.includes('-D') || given === undefined) return false;
  return (await realpath(given).catch(() => given)) === (await realpath(folder));
}

/** Empty for a process that is gone or a zombie. */
async function commandLine(pid: number): Promise<string[]> {
  if (process.platform === 'linux') {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  }
  const { code, output } = await runProgram('ps', ['-ww', '-o', 'command=', '-p', String(pid)], {});
  // `ps` joins by spaces; a folder may contain some.
  const parts = /^(\S+) -D (.+?)(?: -[a-zA-Z] .*)?$/.exec(output);
  return code === 0 && parts ? [parts[1] ?? '', '-D', (parts[2] ?? '').replaceAll('"', '')] : [];
}
