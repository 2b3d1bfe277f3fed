// What a data folder says of its server: whether one runs on it, and where it listens. Reads `postmaster.pid`, whose
// lines are told in PostgreSQL's src/include/utils/pidfile.h, and believes it only where the process agrees. Also how the last
// one ended.
import { chown, open, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
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

/** Names the server that one of our processes stopped last. */
const STOPPED = 'slotkeeper-stopped';

/** Where pg_control (src/include/catalog/pg_control.h) has the state of the cluster, and what it says after an orderly stop. */
const STATE_OFFSET = 16;
const SHUT_DOWN = 1;

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

/** A socket's lock names a process as well, and is believed as well; unlike `postmaster.pid` it guards no shared memory. */
export async function clearSocketLocks(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/^\.s\.PGSQL\.\d+\.lock$/.test(name)) continue;
    const pid = Number((await readFile(join(folder, name), 'utf8').catch(() => '')).split('\n')[0]);
    if (!(pid > 1) || !(await isServerOf(folder, pid))) await rm(join(folder, name), { force: true });
  }
}

/** Whether a server that ran has gone: a look that costs next to nothing, for whoever looks all the time. */
export async function looksGone(pid: number): Promise<boolean> {
  if (!isThere(pid)) return true;
  // Dead and unburied, or a number given out again.
  return process.platform === 'linux' && basename((await commandLine(pid))[0] ?? '') !== 'postgres';
}

/** Said before the signal, so that others who still need the server know that nobody wanted it away from them. */
export async function noteOwnStop(folder: string, pid: number): Promise<void> {
  // One of another account's may lie there.
  await rm(join(folder, STOPPED), { force: true });
  await writeFile(join(folder, STOPPED), String(pid), { mode: 0o600 });
}

/** Whether the server of this pid went down in order, and none of our processes asked it to. */
export async function wasStoppedByHand(folder: string, pid: number): Promise<boolean> {
  if ((await readPostmaster(folder).catch(() => null))?.state !== 'none') return false;
  if ((await readFile(join(folder, STOPPED), 'utf8').catch(() => '')) === String(pid)) return false;
  return await wasShutDown(folder).catch(() => false);
}

async function wasShutDown(folder: string): Promise<boolean> {
  const file = await open(join(folder, 'global', 'pg_control'));
  try {
    // As the machine writes numbers; those we have programs for all write the lowest byte first.
    return (await file.read(Buffer.alloc(4), 0, 4, STATE_OFFSET)).buffer.readInt32LE() === SHUT_DOWN;
  } finally {
    await file.close();
  }
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
  if (!isThere(pid)) return false;
  if (process.platform === 'win32') return true;
  const parameters = await commandLine(pid);
  const program = basename(parameters[0] ?? '');
  const given = parameters[parameters.indexOf('-D') + 1];
  if (program !== 'postgres' || !parameters.includes('-D') || given === undefined) return false;
  return (await realpath(given).catch(() => given)) === (await realpath(folder));
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
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
