// A real SMTP server that keeps every letter it accepts, for anybody's address. It accepts without a sign-in and sends
// nothing on.
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { AddressObject, ParsedMail } from 'mailparser';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';
import type { Log } from '../platform/log.ts';
import type { Clock } from '../platform/time/clock.ts';
import type { Faults } from './faults.ts';
import type { State } from './state.ts';

/** As most providers allow; ours are a few kilobytes. */
const MOST_LETTER_BYTES = 10_485_760;
/** Many workers may send at once; more wait outside. */
const MOST_SENDERS = 100;
/** Shown parsed beside `raw`, with every X- header. */
const KEPT_HEADERS = [
  'date',
  'reply-to',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'auto-submitted',
  'in-reply-to',
  'references',
  'content-type',
  'x-mailer',
];

export type Address = { readonly name: string; readonly address: string };
export type Letter = {
  readonly id: string;
  /** To the millisecond, so that as texts they are in order. */
  readonly receivedAt: string;
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  readonly from: Address | null;
  readonly to: readonly Address[];
  readonly cc: readonly Address[];
  readonly replyTo: readonly Address[];
  readonly subject: string;
  readonly messageId: string | null;
  readonly text: string | null;
  readonly html: string | null;
  /** The first calendar part, or null. */
  readonly ical: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly attachments: readonly { filename: string | null; contentType: string; size: number; text?: string }[];
  /** The full source as it came. */
  readonly raw: string;
};

export type Mailbox = {
  list(limit: number): Letter[];
  count(): number;
  clear(): void;
  /** Starts to listen; resolves with the port in use. */
  listen(port: number, host: string): Promise<number>;
  close(): Promise<void>;
};

type Tools = { readonly state: State; readonly clock: Clock; readonly faults: Faults; readonly log: Log };

export function createMailbox(tools: Tools): Mailbox {
  const letters = tools.state.drawer<Letter>('mail');
  const stopping = new AbortController();
  const sockets = new Map<string, Socket>();

  /** Stores the letter before it is acknowledged, unless a fault says otherwise. */
  async function accept(source: Buffer, session: SMTPServerSession): Promise<Error | null> {
    const order = tools.faults.match({
      provider: 'mail',
      operation: 'send',
      now: tools.clock.now(),
      overHttp: false,
      accounts: () => session.envelope.rcptTo.map(({ address }) => address.toLowerCase()),
    });
    order?.spend();
    const fault = order?.fault;
    const late = async (): Promise<void> => {
      if (fault?.latencyMs) await wait(fault.latencyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    };
    const cut = (): void => void sockets.get(`${session.remoteAddress}:${session.remotePort}`)?.destroy();
    if (fault?.dropBeforeWork) {
      await late();
      cut();
      return null;
    }
    const refusal = fault?.status === undefined ? null : replyError(fault.status, 'refused by a fault on order');
    if (refusal !== null && fault?.afterSuccess !== true) {
      await late();
      return refusal;
    }
    const letter = await letterFrom(source, session, tools.clock);
    const at = Temporal.Instant.from(letter.receivedAt).epochMilliseconds;
    letters.put({
      id: letter.id,
      owner: letter.envelope.to[0] ?? '',
      live: true,
      starts: at,
      ends: at,
      tags: [],
      body: letter,
    });
    await late();
    if (fault?.dropAfterSuccess) cut();
    return refusal;
  }

  const server = smtpServer(accept, tools.log);
  server.server.on('connection', (socket: Socket) => {
    const name = `${socket.remoteAddress}:${socket.remotePort}`;
    sockets.set(name, socket);
    socket.once('close', () => sockets.delete(name));
  });
  return {
    list: (limit) => letters.list({ limit }).map((kept) => kept.body),
    count: () => letters.count({}),
    clear: () => letters.remove('all'),
    listen: (port, host) => listening(server, port, host),
    close: async () => {
      stopping.abort();
      for (const socket of sockets.values()) socket.destroy();
      if (server.server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function smtpServer(
  accept: (source: Buffer, session: SMTPServerSession) => Promise<Error | null>,
  log: Log,
): SMTPServer {
  const server = new SMTPServer({
    banner: 'Slotkeeper sandbox mailbox',
    disabledCommands: ['AUTH', 'STARTTLS'],
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    size: MOST_LETTER_BYTES,
    maxClients: MOST_SENDERS,
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      let length = 0;
      stream.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length <= MOST_LETTER_BYTES) chunks.push(chunk);
      });
      stream.on('error', done);
      stream.on('end', () => {
        if (length > MOST_LETTER_BYTES) return done(replyError(552, 'message exceeds the size limit'));
        accept(Buffer.concat(chunks), session).then((error) => done(error), done);
      });
    },
  });
  server.on('error', (error) => log.debug({ err: error }, 'sandbox: a mail connection failed'));
  return server;
}

function listening(server: SMTPServer, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, host, () => {
      server.server.off('error', reject);
      const address = server.server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

function replyError(code: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode: code });
}

async function letterFrom(source: Buffer, session: SMTPServerSession, clock: Clock): Promise<Letter> {
  // A hundred modules: a start need not wait for them.
  const { simpleParser } = await import('mailparser');
  const mail = await simpleParser(source, { skipImageLinks: true });
  const sender = session.envelope.mailFrom;
  const attachments = mail.attachments.map((part) => ({
    filename: part.filename ?? null,
    contentType: part.contentType,
    size: part.size,
    ...(part.contentType.startsWith('text/') || part.contentType === 'application/ics'
      ? { text: part.content.toString('utf8') }
      : {}),
  }));
  return {
    id: randomUUID(),
    receivedAt: clock.now().toString({ smallestUnit: 'millisecond' }),
    envelope: { from: sender ? sender.address : '', to: session.envelope.rcptTo.map((one) => one.address) },
    from: addresses(mail.from)[0] ?? null,
    to: addresses(mail.to),
    cc: addresses(mail.cc),
    replyTo: addresses(mail.replyTo),
    subject: mail.subject ?? '',
    messageId: mail.messageId ?? null,
    text: mail.text ?? null,
    html: typeof mail.html === 'string' ? mail.html : null,
    ical: attachments.find((one) => /^(text\/calendar|application\/ics)/.test(one.contentType))?.text ?? null,
    headers: keptHeaders(mail),
    attachments,
    raw: source.toString('utf8'),
  };
}

function addresses(given: AddressObject | AddressObject[] | undefined): Address[] {
  const all = given === undefined ? [] : Array.isArray(given) ? given : [given];
  return all.flatMap((one) => one.value.map((value) => ({ name: value.name, address: value.address ?? '' })));
}

function keptHeaders(mail: ParsedMail): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const { key, line } of mail.headerLines)
    if (KEPT_HEADERS.includes(key) || key.startsWith('x-'))
      kept[key] ??= line
        .slice(line.indexOf(':') + 1)
        .replace(/\r?\n\s+/g, ' ')
        .trim();
  return kept;
}
