// The client of Twilio over real HTTP: against the emulator, and against answers no emulator gives.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { twilioTexter } from '../../src/notifications/providers/twilio.ts';
import { httpClient } from '../../src/platform/http/client.ts';
import { createLog } from '../../src/platform/log.ts';
import { OutsideError } from '../../src/platform/outside-error.ts';
import { openSandbox } from '../sandbox/open-sandbox.ts';
import { tinyServer, type Reply } from './tiny-server.ts';

const TIMEOUT_MS = 2_000;
const TEXT = { to: '+15551230001', text: 'Reminder: your appointment, Mon 4 Feb 2030, 10:00 (UTC)' };
let sandbox: Awaited<ReturnType<typeof openSandbox>>;
beforeAll(async () => {
  sandbox = await openSandbox();
});
afterAll(() => sandbox.done());

function texter(over: Partial<Parameters<typeof twilioTexter>[0]['config']> = {}) {
  const config = { apiUrl: sandbox.addresses.twilioApiUrl, ...sandbox.credentials.twilio, ...over };
  return twilioTexter({ config, http: httpClient({ clock: sandbox.clock, log: createLog('silent') }) });
}

async function factsOf(work: Promise<unknown>) {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof OutsideError)) throw new Error('it did not fail as it should', { cause: error });
  const { outcome, status, providerCode, retryAfterMs } = error.facts;
  return [outcome, status, providerCode, ...(retryAfterMs === undefined ? [] : [retryAfterMs])];
}

describe('against the emulator', () => {
  it('a text is sent, kept as Twilio keeps it, and found again', async () => {
    const before = sandbox.clock.now();
    const sid = await texter().send(TEXT, TIMEOUT_MS);
    expect(sid).toMatch(/^SM[0-9a-f]{32}$/);
    expect(await sandbox.live('sms')).toMatchObject([{ sid, to: TEXT.to, body: TEXT.text, status: 'queued' }]);
    expect(await texter().find(TEXT, before, TIMEOUT_MS)).toBe(sid);
    expect(await texter().find(TEXT, before.add({ minutes: 1 }), TIMEOUT_MS)).toBeNull();
    expect(await texter().find({ ...TEXT, text: 'Reminder' }, before, TIMEOUT_MS)).toBeNull();
    expect(await texter().find({ ...TEXT, to: '+15551230002' }, before, TIMEOUT_MS)).toBeNull();
  });

  it('a messaging service is named as one', async () => {
    const from = `MG${'0'.repeat(32)}`;
    const sid = await texter({ from }).send({ ...TEXT, to: '+15551230003' }, TIMEOUT_MS);
    expect((await sandbox.live('sms')).at(-1)).toMatchObject({ sid, from: null, messaging_service_sid: from });
  });

  it('each refusal by its code: the number, the credentials', async () => {
    expect(await factsOf(texter().send({ ...TEXT, to: '+15005550001' }, TIMEOUT_MS))).toEqual([
      'refused',
      400,
      '21211',
    ]);
    expect(await factsOf(texter().send({ ...TEXT, to: '+15005550009' }, TIMEOUT_MS))).toEqual([
      'refused',
      400,
      '21614',
    ]);
    expect(await factsOf(texter({ authToken: 'x' }).send(TEXT, TIMEOUT_MS))).toEqual(['reconnect', 401, '20003']);
  });

  it('a lost answer is in doubt, a limit is not', async () => {
    await sandbox.order({ provider: 'twilio', operation: 'create', dropAfterSuccess: true, times: 1 });
    expect((await factsOf(texter().send(TEXT, TIMEOUT_MS)))[0]).toBe('unknown');
    await sandbox.order({ provider: 'twilio', operation: 'create', status: 429, retryAfter: 7, times: 1 });
    expect(await factsOf(texter().send(TEXT, TIMEOUT_MS))).toEqual(['retryable', 429, '20429', 7_000]);
    await sandbox.order({ provider: 'twilio', operation: 'create', status: 500, times: 1 });
    expect(await factsOf(texter().send(TEXT, TIMEOUT_MS))).toEqual(['unknown', 500, '20500']);
    await sandbox.order({ provider: 'twilio', operation: 'list', status: 503, times: 1 });
    expect((await factsOf(texter().find(TEXT, sandbox.clock.now(), TIMEOUT_MS)))[0]).toBe('retryable');
  });
});

const AT = Temporal.Instant.from('2026-08-24T05:01:45Z');
const listed = (...messages: object[]): Reply => ({ status: 200, json: { messages } });
const found = (body: string | null, date: string | null = 'Mon, 24 Aug 2026 05:01:45 +0000') => ({
  sid: 'SM1',
  body,
  date_created: date,
});

describe('against answers no emulator gives', () => {
  it.each<readonly [string, Reply, string | null]>([
    [
      'the words of a trial account before ours',
      listed(found(`Sent from your Twilio trial account - ${TEXT.text}`)),
      'SM1',
    ],
    ['an offset', listed(found(TEXT.text, 'Mon, 24 Aug 2026 07:01:45 +0200')), 'SM1'],
    ['an hour earlier', listed(found(TEXT.text, 'Mon, 24 Aug 2026 04:01:45 +0000')), null],
    ['a date of another form', listed(found(TEXT.text, '2026-08-24')), null],
    ['no date, no body', listed(found(TEXT.text, null), found(null)), null],
    ['nothing', listed(), null],
  ])('a list with %s', async (_title, reply, sid) => {
    const server = await tinyServer(() => reply);
    expect(await texter({ apiUrl: server.url }).find(TEXT, AT, TIMEOUT_MS)).toBe(sid);
    expect(server.asked[0]?.path).toContain('/Messages.json?To=%2B15551230001&PageSize=20');
    await server.close();
  });

  it.each<readonly [string, Reply, readonly unknown[]]>([
    ['a sender that is not ours', { status: 400, json: { code: 21_606 } }, ['reconnect', 400, '21606']],
    ['a reader who wants no more', { status: 400, json: { code: 21_610 } }, ['refused', 400, '21610']],
    ['no JSON', { status: 200, text: 'ok' }, ['unknown', 200, 'answer_not_json']],
    ['no id', { status: 201, json: { status: 'queued' } }, ['unknown', 201, 'answer_unexpected']],
  ])('a create with %s', async (_title, reply, facts) => {
    const server = await tinyServer(() => reply);
    expect(await factsOf(texter({ apiUrl: server.url }).send(TEXT, TIMEOUT_MS))).toEqual(facts);
    const asked = server.asked[0];
    expect(Object.fromEntries(new URLSearchParams(asked?.body))).toEqual({
      To: TEXT.to,
      From: '+15005550006',
      Body: TEXT.text,
    });
    expect(asked?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
    await server.close();
  });
});
