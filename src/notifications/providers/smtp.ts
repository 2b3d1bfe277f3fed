// The mailer over SMTP (RFC 5321), by nodemailer's pool. For each failure it says whether the message surely stayed here;
// when to try again is decided elsewhere. Logs ids and outcomes, since a server's replies quote addresses.
import { Readable } from 'node:stream';
import { createTransport, type SendMailOptions } from 'nodemailer';
import type { Log } from '../../platform/log.ts';
import { OutsideError } from '../../platform/outside-error.ts';
import type { Mail, Mailer, Sending } from '../mailer.ts';
import { judgeFailure, NOT_CONFIGURED } from './smtp-failure.ts';
import { isAddress, toMessage } from './smtp-message.ts';

/** Enough for a clinic's burst; mail servers commonly allow ten connections from one address. */
const MAX_CONNECTIONS = 3;
/** Then a connection is replaced: some servers close theirs after a hundred messages of their own accord. */
const MAX_MESSAGES_PER_CONNECTION = 100;
/** A reachable server answers within seconds. */
const CONNECTION_TIMEOUT_MS = 10_000;
const GREETING_TIMEOUT_MS = 10_000;
/** From a free connection to the end of the data: only then may a server take its time (RFC 5321, 4.5.3.2.6). */
const COMMANDS_TIMEOUT_MS = 10_000;
/** Longer than any letter may take: those bounds tell in which phase it ended. */
const SOCKET_TIMEOUT_MS = 120_000;
const CHECK_TIMEOUT_MS = 30_000;
/** Whoever is asked to stop waits no longer for a server that is slow. */
const LAST_LETTERS_MS = 10_000;
/** Less than servers keep an idle client, so that a letter seldom meets a connection about to be closed. */
const IDLE_TIMEOUT_MS = 30_000;
/** A server that never closes its side holds a socket of ours no longer than this. */
const CLOSE_TIMEOUT_MS = 1_000;

export type SmtpOptions = {
  /** `smtp://` or `smtps://`; a function is asked first, and again after a connection failed. null: none is set. */
  readonly url: string | (() => Promise<string>) | null;
  readonly from: { readonly name: string; readonly address: string };
  readonly log: Log;
  /** COMMANDS_TIMEOUT_MS unless set. */
  readonly commandsTimeoutMs?: number;
};

type Transport = {
  readonly url: string;
  send(message: SendMailOptions, signal: AbortSignal, passage: Passage): Promise<void>;
  check(): Promise<void>;
  close(): void;
};

type Passage = {
  /** By which one letter went to a connection: read from means that its data had begun. */
  readonly streams: Pick<Readable, 'readableDidRead'>[];
  readonly mayLeave: () => boolean;
  /** Its words are about to leave. */
  leaves(): void;
};

/** A server is told of a mail what stands in it, and nothing besides. */
export type SmtpMailer = Mailer & {
  send(mail: Mail, timeoutMs: number, sending?: Pick<Sending, 'mayLeave'>): Promise<null>;
};

/** Throws a plain Error for a `url` that is not one. */
export function smtpMailer(options: SmtpOptions): SmtpMailer {
  const { from, log, commandsTimeoutMs = COMMANDS_TIMEOUT_MS } = options;
  const turns = openTurns(MAX_CONNECTIONS);
  const underWay = new Set<Promise<void>>();
  const transports = openTransports(options.url);

  async function sendOne(mail: Mail, timeoutMs: number, sending: Pick<Sending, 'mayLeave'>): Promise<void> {
    const message = toMessage(mail, from);
    const started = performance.now();
    const bound = openBound();
    const passage = passageOf(sending, () => bound.allow(timeoutMs));
    const report = () => ({ messageId: mail.messageId, durationMs: Math.round(performance.now() - started) });
    if (!isAddress(mail.to.address)) {
      log.warn({ ...report(), outcome: 'refused', providerCode: 'EENVELOPE' }, 'mail not sent');
      throw new OutsideError({ provider: 'mail', operation: 'send', outcome: 'refused', providerCode: 'EENVELOPE' });
    }
    const leave = await turns.take(timeoutMs);
    try {
      if (leave === null) throw new Error('no connection came free in time');
      bound.allow(Math.min(timeoutMs, commandsTimeoutMs));
      const transport = await transports.find();
      await transport.send(message, bound.signal, passage);
    } catch (cause) {
      const began = passage.streams.some((stream) => stream.readableDidRead);
      const { connection, ...facts } = options.url === null ? NOT_CONFIGURED : judgeFailure(cause, began);
      if (connection) transports.doubt();
      log.warn({ ...report(), ...facts }, 'mail not sent');
      // Without the cause: its words may quote an address, and causes end in logs.
      throw new OutsideError({ provider: 'mail', operation: 'send', ...facts });
    } finally {
      bound.end();
      leave?.();
    }
    log.info({ ...report(), outcome: 'sent' }, 'mail sent');
  }

  return {
    from,
    // A server takes the same Message-ID twice; whether a reader's drops one is his server's affair.
    repeatsSafely: false,
    service: null,
    async send(mail, timeoutMs, sending = {}) {
      const sent = sendOne(mail, timeoutMs, sending);
      underWay.add(sent);
      try {
        await sent;
        return null;
      } finally {
        underWay.delete(sent);
      }
    },
    async check() {
      await judged(options.url === null, async () => (await transports.find()).check());
    },
    async close() {
      transports.close();
      await within(LAST_LETTERS_MS, Promise.allSettled(underWay)).catch(() => undefined);
    },
  };
}

/** The one in use; where its address is asked for, another takes its place once it has moved. */
function openTransports(given: SmtpOptions['url']) {
  let current = typeof given === 'string' ? openTransport(given) : null;
  let doubted = false;
  let closed = false;

  async function findTransport(): Promise<Transport> {
    if (given === null) throw new Error('no mail server is set');
    const known = current;
    if (known !== null && (!doubted || typeof given === 'string')) return known;
    const url = typeof given === 'string' ? given : await given();
    doubted = false;
    if (current?.url === url) return current;
    // Letters on the old connections finish there.
    current?.close();
    current = openTransport(url);
    if (closed) current.close();
    return current;
  }

  return {
    find: findTransport,
    doubt: (): void => {
      doubted = true;
    },
    close: (): void => {
      closed = true;
      current?.close();
    },
  };
}

function passageOf(sending: Pick<Sending, 'mayLeave'>, leaves: () => void): Passage {
  return { streams: [], mayLeave: () => sending.mayLeave?.() ?? true, leaves };
}

async function judged(nowhere: boolean, check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (cause) {
    const { connection: _, ...facts } = nowhere ? NOT_CONFIGURED : judgeFailure(cause, false);
    throw new OutsideError({ provider: 'mail', operation: 'check', ...facts });
  }
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('it took too long')), ms);
  await Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}

function openTransport(url: string): Transport {
  const { username, hostname } = new URL(url);
  const pool = createTransport({
    url,
    pool: true,
    maxConnections: MAX_CONNECTIONS,
    maxMessages: MAX_MESSAGES_PER_CONNECTION,
    // Whether to try again is the caller's to decide, with the outcome before its eyes.
    maxRequeues: 0,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    dnsTimeout: CONNECTION_TIMEOUT_MS,
    greetingTimeout: GREETING_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    idleTimeout: IDLE_TIMEOUT_MS,
    socketCloseTimeout: CLOSE_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    // A password must not cross a network in the clear because somebody on the way hid STARTTLS (RFC 3207, 6).
    requireTLS: username !== '' && !isLoopback(hostname),
  });
  const passages = new WeakMap<AbortSignal, Passage>();
  pool.use('stream', (mail, done) => {
    const { message, data } = mail;
    const open = message.createReadStream.bind(message);
    message.createReadStream = (streamOptions) => {
      const stream = open(streamOptions);
      const passage = data.signal && passages.get(data.signal);
      if (!passage) return stream;
      const guarded = Readable.from(readWhileTrue(stream, passage));
      passage.streams.push(guarded);
      return guarded;
    };
    done();
  });
  return {
    url,
    async send(message, signal, passage) {
      passages.set(signal, passage);
      await pool.sendMail({ ...message, signal });
    },
    check: () => within(CHECK_TIMEOUT_MS, pool.verify()),
    close: () => pool.close(),
  };
}

/** Read from only once the server has said that it waits for the data. A stream that fails then ends the connection in the middle. */
async function* readWhileTrue(stream: Readable, passage: Passage): AsyncGenerator {
  // All of it first: from the look to the end of the data nothing is waited for, so a process cannot stand still between.
  const whole = Buffer.concat(await stream.toArray());
  if (!passage.mayLeave()) throw new Error('no longer to be sent');
  passage.leaves();
  yield whole;
}

/** A bound that begins anew with each phase. */
function openBound() {
  const bound = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  return {
    signal: bound.signal,
    allow: (ms: number): void => {
      clearTimeout(timer);
      timer = setTimeout(() => bound.abort(new DOMException('No answer in time', 'TimeoutError')), ms);
    },
    end: (): void => clearTimeout(timer),
  };
}

/** So many letters at once, the others in the order of their coming: the bounds of one begin when it has a connection to itself. */
function openTurns(most: number) {
  let free = most;
  const waiting = new Set<() => void>();
  const leave = (): void => {
    const [next] = waiting;
    if (next) next();
    else free += 1;
  };
  return {
    /** How to give it back; null: none came free in time. */
    take: (withinMs: number): Promise<(() => void) | null> =>
      new Promise((resolve) => {
        if (free > 0) {
          free -= 1;
          return resolve(leave);
        }
        const late = setTimeout(() => {
          waiting.delete(begin);
          resolve(null);
        }, withinMs);
        const begin = (): void => {
          clearTimeout(late);
          waiting.delete(begin);
          resolve(leave);
        };
        waiting.add(begin);
      }),
  };
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
