// A real log whose lines are kept, so that a test can say what must never be in them.
import { pino } from 'pino';

export function keptLog(): { log: ReturnType<typeof pino>; lines: string[] } {
  const lines: string[] = [];
  return { log: pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) }), lines };
}
