// Halts those of the server's processes that sleep until a lock is free: a commit sets many free at once, and which of them takes
// next what the others want, too, would be the operating system's to say. Halted, they are let go on one at a time.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';

export type Halt = {
  /** One more that may be halted. */
  watch(pid: number): Promise<void>;
  /** One that sleeps and holds nothing of the server's own: the others would wait for it, and the world for them. */
  halt(pid: number): void;
  goOn(pid: number): void;
  /** All go on. */
  close(): void;
};

/** Of a lane's connections, and of no other process: once one of them is not known to be ours, none is ever halted. */
export function haltOf(database: string): Halt {
  const [watched, halted] = [new Set<number>(), new Set<number>()];
  const guard = guardOf();
  let able = true;
  return {
    watch: async (pid) => {
      able &&= await isOurs(pid, database);
      watched.add(pid);
      if (able) guard.stdin.write(`${pid}\n`);
    },
    halt: (pid) => {
      if (!watched.has(pid)) throw new RangeError('not a connection of this lane');
      if (able && process.kill(pid, 'SIGSTOP')) halted.add(pid);
    },
    goOn: (pid) => void (halted.delete(pid) && process.kill(pid, 'SIGCONT')),
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

/** Is told of each, and once its input ends, however this process ends, all go on: a halted one would hear of no shutdown. */
function guardOf() {
  const script = 'trap "" HUP INT TERM; while read -r pid; do all="$all $pid"; done; kill -CONT $all';
  const guard = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  guard.unref();
  (guard.stdin as unknown as { unref(): void }).unref();
  return guard;
}
