// The log: pino, JSON lines on stdout. Ids, codes, durations and outcomes only; no names, addresses, tokens or links.
import { pino, type Logger } from 'pino';

export type Log = Pick<Logger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'child'>;

/** Paths that a library might still put there by itself. Exact paths only: wildcards break Temporal values. */
const REDACTED = [
  'req.headers.authorization',
  'req.headers.cookie',
  'headers.authorization',
  'err.config',
  'email',
  'name',
  'token',
];

export function createLog(level: string): Logger {
  return pino({
    level,
    redact: { paths: REDACTED, censor: '[removed]' },
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
  });
}
