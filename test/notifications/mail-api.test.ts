// The mail services' clients against their emulators, over real HTTP, every call held to its contract; and against answers
// the emulators do not give.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { writeLetter } from '../../src/notifications/letter.ts';
import type { Mailer, Sending } from '../../src/notifications/mailer.ts';
import { postmarkMailer } from '../../src/notifications/providers/postmark.ts';
import { resendMailer } from '../../src/notifications/providers/resend.ts';
import { sendgridMailer } from '../../src/notifications/providers/sendgrid.ts';
import { httpClient } from '../../src/platform/http/client.ts';
import { OutsideError, type OutsideFacts } from '../../src/platform/outside-error.ts';
import { setClock } from '../../src/platform/time/clock.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { checkedFetch, sandboxContracts, type CheckedFetch } from '../contracts/checked-fetch.ts';
import { captureLog } from '../http/capture-log.ts';
import { tinyServer, type Reply, type TinyServer } from '../providers/tiny-server.ts';
import { HOSTILE_NAMES, letterFacts } from './letter-facts.ts';

const SERVICES = ['resend', 'postmark', 'sendgrid'] as const;
type Service = (typeof SERVICES)[number];
const MAILERS = { resend: resendMailer, postmark: postmarkMailer, sendgrid: sendgridMailer };
const AMPLE_MS = 10_000;
const from = { name: 'Hudson Practice', address: 'no-reply@example.com' };
const clock = setClock('2026-12-01T08:00:00Z');
const { log, lines } = captureLog();

type Received = {
  readonly id: string;
  readonly messageId: string;
  readonly to: readonly { readonly name: string; readonly address: string }[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly ical: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly raw: string;
};

let folder: string;
let sandbox: Sandbox;
let checked: CheckedFetch;
let odd: TinyServer | null = null;
let letters = 1000;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slotkeeper-mail-api-'));
  sandbox = await startSandbox({ port: 0, folder, clock, log });
  checked = checkedFetch(globalThis.fetch, sandboxContracts(sandbox.addresses));
});
afterEach(async () => {
  await fetch(`${sandbox.url}/control/faults`, { method: 'DELETE' });
  await fetch(`${sandbox.url}/control/state`, { method: 'DELETE' });
  await odd?.close();
  odd = null;
  const broken = checked.violations.splice(0);
  if (broken.length > 0) throw new Error(`broken contracts:\n${broken.join('\n')}`);
});
afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

function open(service: Service, over: { apiUrl?: string; apiKey?: string; fetch?: typeof fetch } = {}): Mailer {
  const http = httpClient({ clock, log, fetch: over.fetch ?? checked.fetch });
  const { apiKey } = sandbox.credentials.mail[service];
  return MAILERS[service]({ http, log, from, apiKey, apiUrl: sandbox.addresses.mailApiUrls[service], ...over });
}

/** A letter of its own each time. */
function sending(over: Partial<Sending> = {}): Sending {
  letters += 1;
  const reference = `abcdefghij012345-1-${letters}`;
  return { reference, onceKey: `${reference}-1`, repeated: false, ...over };
}

async function mailbox(): Promise<Received[]> {
  return (await (await fetch(`${sandbox.url}/control/mailbox`)).json()) as Received[];
}

async function order(fault: object): Promise<void> {
  const body = JSON.stringify({ provider: 'mail', operation: 'send', ...fault });
  expect((await fetch(`${sandbox.url}/control/faults`, { method: 'POST', body })).status).toBe(201);
}

async function failure(sent: Promise<unknown>): Promise<OutsideFacts> {
  const error: unknown = await sent.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof OutsideError)) throw new Error(`no failure of a provider: ${String(error)}`);
  return error.facts;
}

describe.each(SERVICES)('by %s', (service) => {
  test('a letter arrives whole: text, HTML, calendar with its method, and our headers', async () => {
    const mail = writeLetter(letterFacts());
    const id = await open(service).send(mail, AMPLE_MS, sending());
    const [received] = await mailbox();
    expect(id).toBe(received?.id);
    expect(received).toMatchObject({ to: [mail.to], subject: mail.subject, text: mail.text, html: mail.html });
    expect(received?.ical).toBe(mail.calendar?.ics);
    expect(received?.raw).toMatch(/Content-Type: text\/calendar;[^\r]*method=REQUEST/);
    expect(received?.headers).toMatchObject({
      'auto-submitted': 'auto-generated',
      'x-slotkeeper-appointment': mail.headers['X-Slotkeeper-Appointment'],
    });
    // One service writes its own; the others keep ours, by which a reader's server drops a double.
    expect(received?.messageId === `<${mail.messageId}>`).toBe(service !== 'resend');
  });

  test('a letter without a calendar part has none', async () => {
    await open(service).send({ ...writeLetter(letterFacts()), calendar: null }, AMPLE_MS, sending());
    expect((await mailbox())[0]?.ical).toBeNull();
  });

  test.each(HOSTILE_NAMES)('a name such as %j adds no recipient and breaks nothing', async (name) => {
    const facts = letterFacts({ client: { ...letterFacts().client, name } });
    const mail = writeLetter(facts);
    await open(service).send(mail, AMPLE_MS, sending());
    const [received, ...others] = await mailbox();
    expect(others).toEqual([]);
    expect(received?.to.map(({ address }) => address)).toEqual([mail.to.address]);
  });

  test('a wrong key is for a person to mend, not the letter’s fault', async () => {
    const wrong = open(service, { apiKey: 'wrong-key' });
    expect(await failure(wrong.send(writeLetter(letterFacts()), AMPLE_MS, sending()))).toMatchObject({
      outcome: 'reconnect',
    });
    const asking = open(service, { apiKey: 'wrong-key', fetch: globalThis.fetch });
    expect(await failure(asking.check())).toMatchObject({ outcome: 'reconnect' });
  });

  test('a right key passes the check, and nothing is sent', async () => {
    await open(service, { fetch: globalThis.fetch }).check();
    expect(await mailbox()).toEqual([]);
  });

  test('an address that is none is refused, and asked of nobody', async () => {
    const mail = { ...writeLetter(letterFacts()), to: { name: 'X', address: 'a b@example.com' } };
    expect(await failure(open(service).send(mail, AMPLE_MS, sending()))).toMatchObject({ outcome: 'refused' });
  });

  test('an address that the service will not take is refused', async () => {
    const mail = { ...writeLetter(letterFacts()), to: { name: 'X', address: 'nobody@localhost' } };
    const mailer = open(service, { fetch: globalThis.fetch });
    expect(await failure(mailer.send(mail, AMPLE_MS, sending()))).toMatchObject({ outcome: 'refused' });
  });

  test.each([
    [429, 'retryable'],
    [503, 'retryable'],
    [500, 'unknown'],
    [502, 'unknown'],
    [403, 'reconnect'],
    [404, 'reconnect'],
    [413, 'refused'],
  ])('status %i is %s', async (status, outcome) => {
    await order({ status, ...(status === 429 ? { retryAfter: 7 } : {}) });
    const facts = await failure(open(service).send(writeLetter(letterFacts()), AMPLE_MS, sending()));
    expect(facts).toMatchObject({ outcome, status, provider: 'mail', operation: 'send' });
    expect(facts.retryAfterMs).toBe(status === 429 ? 7_000 : undefined);
    expect(await mailbox()).toEqual([]);
  });

  test('a lost answer leaves a doubt, and a repeat makes no second mail where the service can tell', async () => {
    await order({ dropAfterSuccess: true, times: 1 });
    const first = sending();
    const mailer = open(service);
    expect(await failure(mailer.send(writeLetter(letterFacts()), AMPLE_MS, first))).toMatchObject({
      outcome: 'unknown',
    });
    expect(await mailbox()).toHaveLength(1);
    // Written anew, a moment later.
    const again = writeLetter(letterFacts({ stamp: letterFacts().stamp.add({ seconds: 5 }) }));
    await mailer.send(again, AMPLE_MS, { ...first, repeated: true });
    const received = await mailbox();
    expect(mailer.repeatsSafely).toBe(service !== 'sendgrid');
    expect(received).toHaveLength(mailer.repeatsSafely ? 1 : 2);
    // The same name, for the reader's server to drop one by.
    expect(new Set(received.map(({ messageId }) => messageId)).size).toBe(1);
  });

  test('a repeat of a sending that never arrived sends it', async () => {
    await open(service).send(writeLetter(letterFacts()), AMPLE_MS, sending({ repeated: true }));
    expect(await mailbox()).toHaveLength(1);
  });

  test('no name, address, subject or key is logged', async () => {
    lines.length = 0;
    const mail = writeLetter(letterFacts());
    await open(service).send(mail, AMPLE_MS, sending());
    await order({ status: 400 });
    await failure(open(service).send(mail, AMPLE_MS, sending()));
    const written = JSON.stringify(lines);
    expect(written).toContain('mail sent');
    expect(written).toContain('mail not sent');
    for (const secret of [mail.to.name, mail.to.address, mail.subject, sandbox.credentials.mail[service].apiKey]) {
      expect(written).not.toContain(secret);
    }
  });
});

describe('what a service says of an account is no letter’s fault', () => {
  const cases: [Service, Reply, Partial<OutsideFacts>][] = [
    ['resend', { status: 422, json: { name: 'invalid_from_address' } }, { outcome: 'reconnect' }],
    ['resend', { status: 403, json: { name: 'validation_error' } }, { outcome: 'reconnect' }],
    ['resend', { status: 429, json: { name: 'daily_quota_exceeded' } }, { outcome: 'retryable' }],
    ['resend', { status: 409, json: { name: 'concurrent_idempotent_requests' } }, { outcome: 'retryable' }],
    ['resend', { status: 200, json: { ok: true } }, { outcome: 'unknown', providerCode: 'answer_unexpected' }],
    [
      'postmark',
      { status: 422, json: { ErrorCode: 405, Message: 'x' } },
      { outcome: 'reconnect', providerCode: '405' },
    ],
    ['postmark', { status: 422, json: { ErrorCode: 406, Message: 'x' } }, { outcome: 'refused', providerCode: '406' }],
    ['postmark', { status: 500, json: { ErrorCode: 100, Message: 'x' } }, { outcome: 'retryable' }],
    ['sendgrid', { status: 400, json: { errors: [{ field: 'from.email', message: 'x' }] } }, { outcome: 'reconnect' }],
    ['sendgrid', { status: 400, text: '<html>' }, { outcome: 'refused' }],
    ['sendgrid', { status: 307, text: '' }, { outcome: 'reconnect' }],
  ];
  test.each(cases)('%s: %o', async (service, reply, facts) => {
    odd = await tinyServer(() => reply);
    const mailer = open(service, { apiUrl: odd.url });
    expect(await failure(mailer.send(writeLetter(letterFacts()), AMPLE_MS, sending()))).toMatchObject(facts);
  });

  test('a key that may send and not read passes the check', async () => {
    odd = await tinyServer(() => ({ status: 401, json: { name: 'restricted_api_key' } }));
    await expect(open('resend', { apiUrl: odd.url }).check()).resolves.toBeUndefined();
  });
});
