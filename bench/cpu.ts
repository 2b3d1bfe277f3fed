// The processor time that processes have used, from /proc (Linux; elsewhere nothing is known).
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second as the kernel reports them to user space (proc_pid_stat(5)); 100 on every Linux in use. */
const TICKS = 100;

type Stat = { readonly parent: number; readonly own: number; readonly reaped: number };

function stat(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in brackets and may hold anything; fields are counted from behind it: 4 ppid, 14-17 times.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    return { parent: fields[1]!, own: fields[11]! + fields[12]!, reaped: fields[13]! + fields[14]! };
  } catch {
    return null;
  }
}

/** Seconds used so far by these processes and by all of the database server's, those that have ended included. */
export function cpuSeconds(pids: readonly number[], postmaster: number): number | null {
  if (process.platform !== 'linux') return null;
  let ticks = 0;
  for (const pid of pids) ticks += stat(pid)?.own ?? 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const found = stat(Number(name));
    if (Number(name) === postmaster) ticks += (found?.own ?? 0) + (found?.reaped ?? 0);
    else if (found?.parent === postmaster) ticks += found.own;
  }
  return ticks / TICKS;
}
