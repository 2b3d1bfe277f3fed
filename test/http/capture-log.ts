// A real log whose lines are kept, so that a test can say what was and was not written.
import { pino } from 'pino';

export function captureLog() {
  const lines: Record<string, unknown>[] = [];
  const log = pino(
    { level: 'debug', base: null },
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  return { log, lines };
}
