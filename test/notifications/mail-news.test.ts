// What mail services tell, read: signatures as the services publish them, their words as our few, and the emulators' events
// against the published schemas where these are at hand.
import { createSign, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { isRise, readReference, referenceOf, stopsMail, type DeliveryState } from '../../src/notifications/delivery.ts';
import { addressKeyOf, digestAddress } from '../../src/notifications/mail-trouble.ts';
import { postmarkNews } from '../../src/notifications/providers/postmark-news.ts';
import { resendNews } from '../../src/notifications/providers/resend-news.ts';
import { sendgridNews } from '../../src/notifications/providers/sendgrid-news.ts';
import { loadPublished } from '../contracts/published.ts';
import { openSandbox } from '../sandbox/open-sandbox.ts';

const body = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const at = (seconds: number): Temporal.Instant => Temporal.Instant.fromEpochMilliseconds(seconds * 1000);

const basic = (text: string) => ({
  headers: { authorization: `Basic ${Buffer.from(text).toString('base64')}` },
  body: body({}),
});
const bounce = (type: string, subType = 'General') => ({
  type: 'email.bounced',
  data: { email_id: 'x', bounce: { type, subType } },
});

describe('a signature', () => {
  test('of Svix’s own example is genuine, by either of two secrets, at its time alone', () => {
    // docs.svix.com/receiving/verifying-payloads/how-manual
    const headers = {
      'svix-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'svix-timestamp': '1614265330',
      'svix-signature':
        'v1,bm9ldHUjKzFob2VudXRob2VodWUzMjRvdWVvdW9ldQo= v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    const post = { headers, body: Buffer.from('{"test": 2432232314}') };
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const other = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
    expect(resendNews([secret]).isGenuine(post, at(1_614_265_330))).toBe(true);
    expect(resendNews([other, secret]).isGenuine(post, at(1_614_265_630))).toBe(true);
    expect(resendNews([other]).isGenuine(post, at(1_614_265_330))).toBe(false);
    for (const late of [1_614_265_631, 1_614_265_029])
      expect(resendNews([secret]).isGenuine(post, at(late))).toBe(false);
    expect(resendNews([secret]).isGenuine({ ...post, body: Buffer.from('{}') }, at(1_614_265_330))).toBe(false);
    expect(resendNews([secret]).isGenuine({ ...post, headers: {} }, at(1_614_265_330))).toBe(false);
  });

  test('on P-256 is over time and bytes', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const reader = sendgridNews([publicKey.export({ type: 'spki', format: 'der' }).toString('base64')]);
    const bytes = body([{ event: 'delivered' }]);
    const sign = (time: string) => ({
      body: bytes,
      headers: {
        'x-twilio-email-event-webhook-timestamp': time,
        'x-twilio-email-event-webhook-signature': createSign('sha256')
          .update(time)
          .update(bytes)
          .sign(privateKey, 'base64'),
      },
    });
    const genuine = sign('1600000000');
    expect(reader.isGenuine(genuine, at(1_600_000_100))).toBe(true);
    expect(reader.isGenuine(genuine, at(1_600_000_400))).toBe(false);
    const moved = { ...genuine.headers, 'x-twilio-email-event-webhook-timestamp': '1600000001' };
    expect(reader.isGenuine({ ...genuine, headers: moved }, at(1_600_000_100))).toBe(false);
    const broken = { ...genuine.headers, 'x-twilio-email-event-webhook-signature': 'AAAA' };
    expect(reader.isGenuine({ ...genuine, headers: broken }, at(1_600_000_100))).toBe(false);
  });

  test('that is none is replaced by credentials, compared whole', () => {
    const reader = postmarkNews(['postmark:a-long-password']);
    expect(reader.isGenuine(basic('postmark:a-long-password'), at(0))).toBe(true);
    for (const wrong of ['postmark:a-long-passwor', 'postmark:', ''])
      expect(reader.isGenuine(basic(wrong), at(0))).toBe(false);
  });
});

describe('the words of a service', () => {
  test.each([
    [bounce('Permanent'), 'bounced permanent'],
    [bounce('Transient', 'MailboxFull'), 'bounced transient'],
    [bounce('Transient', 'ContentRejected'), 'bounced blocked'],
    [bounce('Undetermined'), 'bounced undetermined'],
    [{ type: 'email.suppressed', data: {} }, 'bounced suppressed'],
    [{ type: 'email.failed', data: {} }, 'bounced undetermined'],
    [{ type: 'email.opened', data: {} }, undefined],
    [null, undefined],
  ])('%j', (event, said) => {
    const [news] = resendNews([]).read(body(event));
    expect(news && `${news.delivery} ${news.reason}`).toBe(said);
  });

  test.each([
    [{ RecordType: 'Bounce', Type: 'HardBounce' }, 'bounced permanent'],
    [{ RecordType: 'Bounce', Type: 'SoftBounce' }, 'bounced transient'],
    [{ RecordType: 'Bounce', Type: 'Blocked' }, 'bounced blocked'],
    [{ RecordType: 'Bounce', Type: 'AutoResponder' }, undefined],
    [{ RecordType: 'Bounce', Type: 'constructor' }, undefined],
    [{ RecordType: 'SubscriptionChange', SuppressSending: true }, 'bounced suppressed'],
    [{ RecordType: 'SubscriptionChange', SuppressSending: false }, undefined],
    [{ RecordType: 'Open' }, undefined],
  ])('%j', (event, said) => {
    const [news] = postmarkNews([]).read(body(event));
    expect(news && `${news.delivery} ${news.reason}`).toBe(said);
  });

  test.each([
    [{ event: 'bounce', type: 'bounce', bounce_classification: 'Invalid Address' }, 'bounced permanent'],
    [{ event: 'bounce', type: 'bounce' }, 'bounced permanent'],
    [{ event: 'bounce', type: 'blocked' }, 'bounced blocked'],
    [{ event: 'bounce', type: 'bounce', bounce_classification: 'Reputation' }, 'bounced blocked'],
    [{ event: 'dropped', reason: 'Bounced Address' }, 'bounced suppressed'],
    [{ event: 'dropped', reason: 'Maximum size exceeded' }, 'bounced undetermined'],
    [{ event: 'spamreport' }, 'complained complaint'],
    [{ event: 'click' }, undefined],
  ])('%j', (event, said) => {
    const [news] = sendgridNews([]).read(body([event]));
    expect(news && `${news.delivery} ${news.reason}`).toBe(said);
  });

  test('an id with its servers behind it is known by its beginning', () => {
    const event = { event: 'delivered', sg_message_id: '14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0' };
    expect(sendgridNews([]).read(body([event]))[0]?.serviceIds).toContain('14c5d75ce93.dfd.64b469');
  });
});

test('a delivery rises, and never falls', () => {
  const rising: DeliveryState[] = [
    { delivery: 'delayed', reason: 'transient' },
    { delivery: 'delivered', reason: null },
    { delivery: 'bounced', reason: 'transient' },
    { delivery: 'bounced', reason: 'permanent' },
    { delivery: 'complained', reason: 'complaint' },
  ];
  for (const [i, known] of rising.entries())
    for (const [j, news] of rising.entries()) expect(isRise(known, news)).toBe(j > i);
  expect(rising.map(stopsMail)).toEqual([false, false, false, true, true]);
});

test('a reference is of this installation, whole, or nobody’s', () => {
  const reference = referenceOf('abcdefghij012345', 7, 1042);
  expect(readReference('abcdefghij012345', reference)).toEqual({ organisationId: 7, letterId: 1042 });
  for (const other of [
    reference.replace('a', 'b'),
    `${reference}-1`,
    'abcdefghij012345-7-x',
    'abcdefghij012345-0-1',
    '',
  ])
    expect(readReference('abcdefghij012345', other)).toBeNull();
});

test('one address has one digest, whatever its case, and another under another key', () => {
  const key = addressKeyOf(Buffer.alloc(32, 1));
  expect(digestAddress(key, ' Jane@Example.com')).toEqual(digestAddress(key, 'jane@example.com'));
  expect(digestAddress(key, 'jane@example.com')).not.toEqual(
    digestAddress(addressKeyOf(Buffer.alloc(32, 2)), 'jane@example.com'),
  );
});

const published = loadPublished();
describe.skipIf('skipped' in published)('the emulators tell of letters as the services publish', () => {
  test.each([
    [
      'resend',
      '/emails',
      { authorization: 'Bearer re_sandbox_not_real' },
      { from: 'a@b.example', to: ['c@d.example'], subject: 's', text: 't' },
    ],
    [
      'postmark',
      '/email',
      { 'x-postmark-server-token': '5a4db0c5-0000-4000-8000-00000000ba11' },
      { From: 'a@b.example', To: 'c@d.example', Subject: 's', TextBody: 't' },
    ],
    [
      'sendgrid',
      '/mail/send',
      { authorization: 'Bearer SG.sandbox.not-real' },
      {
        personalizations: [{ to: [{ email: 'c@d.example' }] }],
        from: { email: 'a@b.example' },
        subject: 's',
        content: [{ type: 'text/plain', value: 't' }],
      },
    ],
  ] as const)('%s', async (service, path, headers, mail) => {
    if ('skipped' in published) return;
    const sandbox = await openSandbox();
    const sent = await fetch(sandbox.addresses.mailApiUrls[service] + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(mail),
    });
    expect(sent.ok).toBe(true);
    const [letter] = await sandbox.live('mailbox');
    for (const event of ['delivered', 'delayed', 'bounced', 'bounced_for_now', 'blocked', 'complained']) {
      const order = JSON.stringify({ message: letter?.['id'], event, url: `${sandbox.url}/control/status` });
      const told = await fetch(`${sandbox.url}/control/mail/events`, { method: 'POST', body: order });
      const payload = JSON.parse(String(((await told.json()) as Record<string, unknown>)['body'])) as Record<
        string,
        unknown
      >;
      const schema = {
        resend:
          {
            delivered: 'EmailDeliveredEvent',
            delayed: 'EmailDeliveryDelayedEvent',
            complained: 'EmailComplainedEvent',
          }[event] ?? 'EmailBouncedEvent',
        postmark: `Webhook.${String(payload['RecordType'])}`,
        sendgrid: 'EventWebhook',
      }[service];
      expect([event, published.faults(service, schema, payload)]).toEqual([event, []]);
    }
    await sandbox.done();
  });
});
