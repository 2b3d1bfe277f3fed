// Halts those of the server's processes that sleep until a lock is free: a commit sets many free at once, and which of them takes
// next what the others want, too, would be the operating system's to say. Halted, they are let go on one at a time.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';

export type Halt = {
  /** One that sleeps and holds nothing of the server's own: the others would wait for it, and the world for them. */
  halt(pid: number): void;
  goOn(pid: number): void;
  /** All go on. */
  close(): void;
};

/** Where processes cannot be halted those set free at once go on at once. */
const NOT_HERE: Halt = { halt: () => undefined, goOn: () => undefined, close: () => undefined };

/** Of a lane's connections, and of no other process: where any of them is not known to be ours, none is ever halted. */
export async function haltOf(pids: readonly number[], database: string): Promise<Halt> {
  const ours = await Promise.all(pids.map((pid) => isOurs(pid, database)));
  if (ours.includes(false)) return NOT_HERE;
  const guard = guardOf(pids);
  return {
    halt: (pid) => {
      if (!pids.includes(pid)) throw new RangeError('not a connection of this lane');
      process.kill(pid, 'SIGSTOP');
    },
    goOn: (pid) => void process.kill(pid, 'SIGCONT'),
    close: () => void guard.stdin.end(),
  };
}

/** A server elsewhere has numbers of its own; here the process is named after the database, whose name is nobody else's. */
async function isOurs(pid: number, database: string): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  try {
    const title = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    process.kill(pid, 0);
    return title.startsWith('postgres: ') && title.split(' ').includes(database);
  } catch {
    return false;
  }
}

/** Once its input ends, and that is however this process ends, all go on: a halted one would hear of no shutdown. */
function guardOf(pids: readonly number[]) {
  const script = 'trap "" HUP INT TERM; cat >/dev/null; kill -CONT "$@"';
  const guard = spawn('/bin/sh', ['-c', script, 'sh', ...pids.map(String)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  (guard.stdin as unknown as { unref(): void }).unref();
  return guard;
}
