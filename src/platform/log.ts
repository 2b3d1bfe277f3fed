// The log: pino, JSON lines on stdout. Ids, codes, durations and outcomes only; no names, addresses, tokens or links.
import pg from 'pg';
import { pino, type Logger } from 'pino';
import { systemClock } from './time/clock.ts';

export type Log = Pick<Logger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'child'>;

/** Paths that a library might still put there by itself. Exact paths only: wildcards break Temporal values. */
const REDACTED = ['req.headers.authorization', 'req.headers.cookie', 'headers.authorization', 'email', 'name', 'token'];
/** A chain of causes longer than this is a loop. */
const MOST_CAUSES = 3;
/** Written in pieces of some hundred lines: a write for each line costs a quarter of a request. As bytes: of text that grows line by
 *  line, each further line has the whole of it copied, to be measured. */
const PIECE_BYTES = 32 * 1_024;
/** Of its own the library cuts pieces to 16 KiB. */
const MOST_PIECE_BYTES = 64 * 1_024;
/** For so long a line may wait for others; a process that is killed loses no more than these. */
const LINE_WAITS_MS = 100;

export function createLog(level: string): Logger {
  // Flushed by pino when the process ends of itself, be it by an error.
  const out = pino.destination({
    dest: 1,
    sync: false,
    minLength: PIECE_BYTES,
    maxWrite: MOST_PIECE_BYTES,
    contentMode: 'buffer',
  });
  let unwritten = 0;
  out.on('write', (bytes: number) => {
    unwritten -= bytes;
  });
  let waiting: NodeJS.Timeout | null = null;
  // Again until all is written: a flush is passed over while an earlier piece is being written. Asked of the library
  // (`periodicFlush`) it writes empty pieces for as long as the process lives.
  const flushSoon = () => {
    waiting ??= setTimeout(() => {
      waiting = null;
      if (unwritten <= 0) return;
      out.flush();
      flushSoon();
    }, LINE_WAITS_MS).unref();
  };
  return pino(
    {
      level,
      redact: { paths: REDACTED, censor: '[removed]' },
      base: null,
      timestamp: isoTime,
      // The destination takes bytes.
      hooks: {
        streamWrite: (line) => {
          const bytes = Buffer.from(line);
          unwritten += bytes.length;
          flushSoon();
          return bytes as unknown as string;
        },
      },
      serializers: { err: (error: unknown) => loggable(error) },
    },
    out,
  );
}

let [second, secondText] = [Number.NaN, ''];

/** As pino's own (`2026-06-22T09:00:00.000Z`), of which all but the last digits is written once a second. */
function isoTime(): string {
  const now = systemClock.now().epochMilliseconds;
  const at = Math.floor(now / 1000);
  if (at !== second)
    [second, secondText] = [
      at,
      Temporal.Instant.fromEpochMilliseconds(at * 1000)
        .toString()
        .slice(0, -1),
    ];
  return `,"time":"${secondText}.${String(now - at * 1000).padStart(3, '0')}Z"`;
}

/** Data exceptions (PostgreSQL, appendix A): their very message quotes the value, and so does a stack, which begins with it. */
const QUOTING_STATE = /^22/;

/**
 * What of an error may be written down. A database error's own `detail` and `where` quote values, and a library's further
 * fields may hold a request; none of them is kept.
 */
export function loggable(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, constraint, routine } = error as { code?: unknown; constraint?: unknown; routine?: unknown };
  return {
    type: error.name,
    ...(isQuoting(error) ? {} : { message: error.message, stack: error.stack }),
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof constraint === 'string' ? { constraint } : {}),
    ...(typeof routine === 'string' ? { routine } : {}),
    ...(error.cause === undefined || depth >= MOST_CAUSES ? {} : { cause: loggable(error.cause, depth + 1) }),
  };
}

function isQuoting(error: Error): boolean {
  return error instanceof pg.DatabaseError && QUOTING_STATE.test(error.code ?? '');
}
