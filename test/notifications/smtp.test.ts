import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeLetter } from '../../src/notifications/letter.ts';
import type { Mail } from '../../src/notifications/mailer.ts';
import { smtpMailer, type SmtpMailer, type SmtpOptions } from '../../src/notifications/providers/smtp.ts';
import { OutsideError, type OutsideFacts } from '../../src/platform/outside-error.ts';
import { HOSTILE_NAMES, letterFacts } from './letter-facts.ts';
import { openBrokenServer, openMailbox, type Step } from './mail-server.ts';

const from = { name: 'Hudson Practice', address: 'no-reply@example.com' };
/** Ample for a machine under load; only the tests of silence run into theirs. */
const AMPLE_MS = 10_000;
const SHORT_MS = 300;

let logged = '';
const log = pino(
  new Writable({
    write(chunk: Buffer, _encoding, done) {
      logged += chunk.toString();
      done();
    },
  }),
);
const mailers: SmtpMailer[] = [];

function open(url: SmtpOptions['url']): SmtpMailer {
  const mailer = smtpMailer({ url, from, log });
  mailers.push(mailer);
  return mailer;
}

async function failure(sending: Promise<unknown>): Promise<OutsideFacts> {
  const error: unknown = await sending.then(
    () => null,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(OutsideError);
  if (!(error instanceof OutsideError)) throw error;
  expect(error.facts).toMatchObject({ provider: 'mail', operation: 'send' });
  return error.facts;
}

const letter = (change: Partial<Mail> = {}): Mail => ({ ...writeLetter(letterFacts()), ...change });

beforeEach(() => {
  logged = '';
});
afterEach(async () => {
  await Promise.all(mailers.splice(0).map((mailer) => mailer.close()));
});

describe('a letter that leaves', () => {
  test('arrives as text, HTML and calendar alternatives, with the calendar as a file', async () => {
    await using mailbox = await openMailbox();
    const mail = letter();
    await open(mailbox.url).send(mail, AMPLE_MS);
    const [received] = mailbox.inbox;
    expect(mailbox.inbox).toHaveLength(1);
    expect(received?.to).toEqual(['jane@example.com']);
    const { parsed, raw } = received ?? {};
    expect(parsed?.messageId).toBe(`<${mail.messageId}>`);
    expect(parsed?.subject).toBe(mail.subject);
    expect(parsed?.from?.value).toEqual([from]);
    expect(parsed?.to).toMatchObject({ value: [{ name: 'Jane Doe', address: 'jane@example.com' }] });
    expect(parsed?.text?.trim()).toBe(mail.text.trim());
    expect(String(parsed?.html).trim()).toBe(mail.html.trim());
    expect(parsed?.headers.get('auto-submitted')).toBe('auto-generated');
    expect(parsed?.headers.get('x-slotkeeper-appointment')).toBe('77');
    expect(parsed?.headers.has('x-mailer')).toBe(false);
    expect(raw).toMatch(/Content-Type: multipart\/alternative/);
    expect(raw).toMatch(/Content-Type: text\/calendar; charset=utf-8; method=REQUEST/);
    const calendars = parsed?.attachments ?? [];
    expect(calendars.map((one) => one.contentType).toSorted()).toEqual(['application/ics', 'text/calendar']);
    expect(calendars.find((one) => one.contentType === 'application/ics')?.filename).toBe('invite.ics');
    for (const calendar of calendars) expect(calendar.content.toString()).toBe(mail.calendar?.ics);
  });

  test('a cancellation is CANCEL in the content type as in the calendar, and without a calendar there is none', async () => {
    await using mailbox = await openMailbox();
    const mailer = open(mailbox.url);
    await mailer.send(writeLetter(letterFacts({ kind: 'cancellation' })), AMPLE_MS);
    await mailer.send(letter({ calendar: null }), AMPLE_MS);
    expect(mailbox.inbox[0]?.raw).toMatch(/text\/calendar; charset=utf-8; method=CANCEL/);
    expect(mailbox.inbox[1]?.raw).not.toMatch(/calendar;|application\/ics/);
  });

  test.each(HOSTILE_NAMES)('%j adds no header and no recipient, and is read as it was cleaned', async (name) => {
    await using mailbox = await openMailbox();
    const { client, practitioner } = letterFacts();
    const mail = writeLetter(letterFacts({ client: { ...client, name }, practitioner: { ...practitioner, name } }));
    await open(mailbox.url).send({ ...mail, headers: { ...mail.headers, 'X-Name': `for ${name}` } }, AMPLE_MS);
    const [received] = mailbox.inbox;
    expect(received?.to).toEqual(['jane@example.com']);
    expect(received?.parsed.bcc).toBeUndefined();
    expect(received?.parsed.to).toMatchObject({ value: [{ address: 'jane@example.com' }] });
    expect(received?.parsed.subject?.replace('= ?', '=?')).toBe(mail.subject);
    expect([...(received?.parsed.headers.keys() ?? [])].toSorted()).toEqual(
      ['auto-submitted', 'content-type', 'date', 'from', 'message-id', 'mime-version', 'subject', 'to']
        .concat('x-name', 'x-slotkeeper-appointment', 'x-slotkeeper-revision')
        .toSorted(),
    );
    // RFC 5322, 2.1.1.
    for (const line of (received?.raw ?? '').split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(998);
  });

  test('a further header cannot stand in for one of the mail’s own', async () => {
    const mailer = open('smtp://127.0.0.1:1');
    for (const name of ['Bcc', 'from', 'Content-Type', 'X-A: b\r\nBcc', 'Auto-Submitted', '']) {
      await expect(mailer.send(letter({ headers: { [name]: 'x' } }), AMPLE_MS)).rejects.toThrow('not a header to add');
    }
    await expect(mailer.send(letter({ messageId: 'a> <b@c' }), AMPLE_MS)).rejects.toThrow('not a Message-ID');
  });

  test('many letters at once share a few connections', async () => {
    let connections = 0;
    await using mailbox = await openMailbox({
      onConnect(_session, done) {
        connections += 1;
        done();
      },
    });
    const mailer = open(mailbox.url);
    await Promise.all(
      Array.from({ length: 60 }, (_, at) => mailer.send(letter({ messageId: `m${at}@x.example` }), AMPLE_MS)),
    );
    expect(new Set(mailbox.inbox.map((one) => one.parsed.messageId)).size).toBe(60);
    expect(connections).toBeLessThanOrEqual(3);
  });

  test('closing lets a letter under way arrive', async () => {
    await using mailbox = await openMailbox();
    const mailer = open(mailbox.url);
    const sending = mailer.send(letter(), AMPLE_MS);
    await expect.poll(() => mailbox.inbox.length).toBe(1);
    await mailer.close();
    await sending;
    expect((await failure(mailer.send(letter(), AMPLE_MS))).outcome).toBe('retryable');
  });
});

const slowly = (ms: number, done: () => void) => void setTimeout(done, ms);

describe('a server that takes its time', () => {
  const COMMANDS_MS = 1_500;
  const openHasty = (url: string) => {
    const mailer = smtpMailer({ url, from, log, commandsTimeoutMs: COMMANDS_MS });
    mailers.push(mailer);
    return mailer;
  };

  test('over a letter it has in hand is waited for, one after the other, and each is sent once', async () => {
    let taken = 0;
    await using mailbox = await openMailbox({
      onData(stream, _session, done) {
        stream.resume();
        stream.on('end', () => {
          taken += 1;
          slowly(COMMANDS_MS + SHORT_MS, done);
        });
      },
    });
    const mailer = openHasty(mailbox.url);
    // More than it has connections: those who wait for one lose nothing by it.
    await Promise.all(
      Array.from({ length: 4 }, (_, at) => mailer.send(letter({ messageId: `slow${at}@x.example` }), AMPLE_MS)),
    );
    expect(taken).toBe(4);
  });

  test('over a command is not, and the letter surely stays here', async () => {
    await using mailbox = await openMailbox({
      onMailFrom: (_address, _session, done) => slowly(2 * COMMANDS_MS, done),
    });
    expect((await failure(openHasty(mailbox.url).send(letter(), AMPLE_MS))).outcome).toBe('retryable');
    expect(mailbox.inbox).toEqual([]);
  });

  test('for too long leaves those who waited for a connection here', async () => {
    await using mailbox = await openMailbox({ onData: (stream) => void stream.resume() });
    const mailer = openHasty(mailbox.url);
    const sends = Array.from({ length: 4 }, () => failure(mailer.send(letter(), SHORT_MS)));
    const outcomes = (await Promise.all(sends)).map(({ outcome }) => outcome);
    expect(outcomes.toSorted()).toEqual(['retryable', 'unknown', 'unknown', 'unknown']);
  });
});

describe('a letter that is not true any more', () => {
  test.each([[[]], [['PIPELINING', '8BITMIME']]])(
    'once the server waits for its words, does not leave, and the next one does (%j)',
    async (offers) => {
      let stillTrue = true;
      await using mailbox = await openMailbox({
        disabledCommands: ['AUTH', 'STARTTLS'],
        hidePIPELINING: offers.length === 0,
        onRcptTo(_address, _session, done) {
          stillTrue = false;
          done();
        },
      });
      const mailer = open(mailbox.url);
      const facts = await failure(mailer.send(letter(), AMPLE_MS, { mayLeave: () => stillTrue }));
      expect(facts.outcome).toBe('retryable');
      await mailer.send(letter({ messageId: 'next@x.example' }), AMPLE_MS, { mayLeave: () => true });
      expect(mailbox.inbox.map(({ parsed }) => parsed.messageId)).toEqual(['<next@x.example>']);
    },
  );
  test('and one that is, is gone whole before the process can stand still', async () => {
    await using mailbox = await openMailbox();
    const sockets = new Set<Socket>();
    const meet = (given: unknown): void => void sockets.add((given as { socket: Socket }).socket);
    subscribe('net.client.socket', meet);
    const mailer = open(mailbox.url);
    const mayLeave = (): boolean => {
      setImmediate(() => {
        for (const socket of sockets) socket.destroy();
      });
      return true;
    };
    const facts = await failure(mailer.send(letter(), AMPLE_MS, { mayLeave }));
    unsubscribe('net.client.socket', meet);
    // What came of it is not known here any more, but it is there.
    expect(facts.outcome).toBe('unknown');
    await expect.poll(() => mailbox.inbox.length).toBe(1);
  });
});

describe('a letter that does not', () => {
  const before = ['connect', 'EHLO', 'MAIL', 'RCPT', 'DATA'] as const satisfies readonly Step[];
  const after = ['body', 'end'] as const satisfies readonly Step[];
  const extensions = [[], ['PIPELINING', '8BITMIME', 'SIZE 35882577', 'ENHANCEDSTATUSCODES']];
  const cases = (steps: readonly Step[]) =>
    steps.flatMap((at) =>
      (['close', 'reset', 'silence'] as const).flatMap((act) => extensions.map((offers) => ({ at, act, offers }))),
    );

  test.each(cases(before))(
    '$act at $at, before any of it was sent, may be sent again ($offers)',
    async ({ at, act, offers }) => {
      await using server = await openBrokenServer({ at, act }, offers);
      const facts = await failure(open(server.url).send(letter(), act === 'silence' ? SHORT_MS : AMPLE_MS));
      expect(facts.outcome).toBe('retryable');
      expect(server.taken()).toBe(0);
    },
  );

  test.each(cases(after))(
    '$act at $at, once its data had begun, leaves it unknown ($offers)',
    async ({ at, act, offers }) => {
      await using server = await openBrokenServer({ at, act }, offers);
      const facts = await failure(open(server.url).send(letter(), act === 'silence' ? SHORT_MS : AMPLE_MS));
      expect(facts.outcome).toBe('unknown');
    },
  );

  test.each(['close', 'reset', 'silence'] as const)(
    '%s on a connection that served before judges as on a new one',
    async (act) => {
      for (const [at, outcome] of [
        ['MAIL', 'retryable'],
        ['end', 'unknown'],
      ] as const) {
        await using server = await openBrokenServer({ at, act }, [], 1);
        const mailer = open(server.url);
        await mailer.send(letter(), AMPLE_MS);
        const facts = await failure(mailer.send(letter(), act === 'silence' ? SHORT_MS : AMPLE_MS));
        expect(facts.outcome).toBe(outcome);
        // Nothing is sent twice behind the caller's back.
        expect(server.taken()).toBe(at === 'end' ? 2 : 1);
      }
    },
  );

  const replies = [
    ['connect', '421 4.3.2 Later', 'retryable'],
    ['connect', '554 No', 'retryable'],
    ['MAIL', '451 4.3.0 Later', 'retryable'],
    ['MAIL', '550 5.7.1 No', 'refused'],
    ['MAIL', '530 5.7.0 Authentication required', 'reconnect'],
    ['MAIL', '503 5.5.1 Bad sequence', 'retryable'],
    ['RCPT', '450 4.2.1 Greylisted', 'retryable'],
    ['RCPT', '550 5.1.1 No such user jane@example.com', 'refused'],
    ['RCPT', '421 4.7.0 Closing', 'retryable'],
    ['DATA', '452 4.3.1 Full', 'retryable'],
    ['DATA', '554 5.5.1 No', 'refused'],
    ['end', '451 4.7.1 Later', 'retryable'],
    ['end', '421 4.7.0 Closing', 'retryable'],
    ['end', '552 5.2.3 Too large', 'refused'],
    // RFC 5321, 4.2.1: of the command or the whole system, not of this mailbox or this message.
    ['EHLO', '502 5.5.1 No', 'retryable'],
    ['MAIL', '501 5.5.4 What?', 'retryable'],
    ['MAIL', '537 No', 'retryable'],
    ['RCPT', '500 What?', 'retryable'],
    ['RCPT', '521 5.1.10 Takes no mail', 'refused'],
    ['DATA', '502 5.5.1 No', 'retryable'],
    ['end', '500 5.3.0 Broken', 'retryable'],
    ['end', '504 What?', 'retryable'],
    ['end', '556 5.1.10 Takes no mail', 'refused'],
    ['end', '354 What?', 'unknown'],
    ['end', 'gibberish', 'unknown'],
  ] as const;
  test.each(replies)('at %s the reply "%s" means %s', async (at, act, outcome) => {
    for (const offers of extensions) {
      await using server = await openBrokenServer({ at, act }, offers);
      const facts = await failure(open(server.url).send(letter(), AMPLE_MS));
      expect(facts.outcome).toBe(outcome);
      const enhanced = / ([45]\.\d\.\d) /.exec(act)?.[1];
      const status = /^[345]/.test(act) ? Number(act.slice(0, 3)) : undefined;
      expect(facts).toMatchObject({ ...(enhanced && { providerCode: enhanced }), ...(status && { status }) });
      expect(JSON.stringify(facts)).not.toContain('example.com');
    }
  });

  test('no server at all may be tried again', async () => {
    const free = createServer();
    const port = await new Promise<number>((resolve) => {
      free.listen(0, '127.0.0.1', () => {
        const address = free.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    await new Promise((resolve) => {
      free.close(resolve);
    });
    expect((await failure(open(`smtp://127.0.0.1:${port}`).send(letter(), AMPLE_MS))).outcome).toBe('retryable');
  });

  test('a wrong password asks for an administrator, a sign-in that fails for now does not', async () => {
    for (const [responseCode, outcome] of [
      [535, 'reconnect'],
      [454, 'retryable'],
    ] as const) {
      await using mailbox = await openMailbox({
        disabledCommands: ['STARTTLS'],
        allowInsecureAuth: true,
        onAuth: (_auth, _session, done) => done(Object.assign(new Error('no'), { responseCode })),
      });
      const facts = await failure(open(mailbox.url.replace('//', '//user:wrong@')).send(letter(), AMPLE_MS));
      expect(facts).toMatchObject({ outcome, status: responseCode });
    }
  });

  test('an address no server could take is refused without asking one', async () => {
    await using mailbox = await openMailbox();
    const mailer = open(mailbox.url);
    for (const address of ['', 'nobody', 'a@b.example>\r\nRCPT TO:<x@y.example', 'a@b.example, c@d.example']) {
      expect((await failure(mailer.send(letter({ to: { name: 'X', address } }), AMPLE_MS))).outcome).toBe('refused');
    }
    await mailer.send(letter(), AMPLE_MS);
    expect(mailbox.inbox.map((one) => one.to)).toEqual([['jane@example.com']]);
  });

  test('one letter refused does not hold up the next', async () => {
    await using mailbox = await openMailbox({
      onRcptTo: (address, _session, done) =>
        done(address.address.startsWith('no') ? Object.assign(new Error('no'), { responseCode: 550 }) : null),
    });
    const mailer = open(mailbox.url);
    expect(
      (await failure(mailer.send(letter({ to: { name: '', address: 'no@example.com' } }), AMPLE_MS))).outcome,
    ).toBe('refused');
    await mailer.send(letter(), AMPLE_MS);
    expect(mailbox.inbox).toHaveLength(1);
  });
});

test('a server that moved is found again after a connection failed', async () => {
  const first = await openMailbox();
  await using second = await openMailbox();
  let asked = 0;
  let url = first.url;
  const mailer = open(() => {
    asked += 1;
    return Promise.resolve(url);
  });
  await mailer.send(letter(), AMPLE_MS);
  await mailer.send(letter(), AMPLE_MS);
  expect(asked).toBe(1);
  await first.close();
  url = second.url;
  expect((await failure(mailer.send(letter(), AMPLE_MS))).outcome).toBe('retryable');
  await mailer.send(letter(), AMPLE_MS);
  expect([first.inbox.length, second.inbox.length, asked]).toEqual([2, 1, 2]);
});

test('where no mail server is set an administrator must act, and no letter is blamed', async () => {
  const nowhere = open(null);
  const facts = { outcome: 'reconnect', providerCode: 'not_configured' };
  expect(await failure(nowhere.send(letter(), AMPLE_MS))).toMatchObject(facts);
  await expect(nowhere.check()).rejects.toMatchObject({ facts });
});

test('a server whose address is not known yet may be tried again', async () => {
  expect((await failure(open(() => Promise.reject(new Error('not up'))).send(letter(), AMPLE_MS))).outcome).toBe(
    'retryable',
  );
});

test('a password is not sent in the clear to another machine', async () => {
  // Any address of ours that is not loopback will do; without STARTTLS the exchange ends before AUTH.
  let signedIn = false;
  await using mailbox = await openMailbox({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth(_auth, _session, done) {
      signedIn = true;
      done(null, { user: 'user' });
    },
  });
  const url = mailbox.url.replace('//127.0.0.1', '//user:secret@0x7f000001');
  expect((await failure(open(url).send(letter(), AMPLE_MS))).outcome).toBe('retryable');
  expect(signedIn).toBe(false);
});

test('the log has ids, outcomes and durations, never a name or an address', async () => {
  await using mailbox = await openMailbox();
  await using broken = await openBrokenServer({ at: 'RCPT', act: '550 5.1.1 <jane@example.com> Jane Doe unknown' });
  await open(mailbox.url).send(letter(), AMPLE_MS);
  await failure(open(broken.url).send(letter(), AMPLE_MS));
  const lines = logged
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  const messageId = letterFacts().messageId;
  expect(lines).toEqual([
    expect.objectContaining({ messageId, outcome: 'sent', durationMs: expect.any(Number) }),
    expect.objectContaining({ messageId, outcome: 'refused', status: 550, providerCode: '5.1.1' }),
  ]);
  expect(logged).not.toMatch(/example\.com|Jane|Hudson|Sarah|127\.0\.0\.1/);
});
