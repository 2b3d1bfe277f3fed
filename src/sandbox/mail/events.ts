// What a mail service tells of a letter afterwards, in its own words and under its own signature. Sent when a control call
// asks for it: no emulator bounces anything by itself.
import { createHmac, createSign, randomUUID } from 'node:crypto';
import { webhookKey } from '../credentials.ts';
import type { Json, World } from '../endpoint.ts';
import { inactiveAddresses } from './postmark.ts';
import { takenLetters, type Taken } from './outbox.ts';

export const HAPPENINGS = ['delivered', 'delayed', 'bounced', 'bounced_for_now', 'blocked', 'complained'] as const;
export type Happening = (typeof HAPPENINGS)[number];

export type Post = { readonly body: string; readonly headers: Readonly<Record<string, string>> };

/** The webhook of one letter, as of an instant, signed now; undefined for a letter that no mail service took. */
export function eventOf(
  world: World,
  id: string,
  happening: Happening,
  at: Temporal.Instant,
): (Post & { service: string }) | undefined {
  const taken = takenLetters(world).find(id)?.body;
  if (!taken) return undefined;
  const payload = PAYLOADS[taken.service](taken, happening, at);
  const body = JSON.stringify(payload);
  if (taken.service === 'postmark' && (happening === 'bounced' || happening === 'complained')) {
    const address = taken.to[0]?.address.toLowerCase() ?? '';
    const shared = { owner: '', live: true, starts: 0, ends: 0, tags: [] };
    inactiveAddresses(world).put({ id: address, ...shared, body: null });
  }
  return { service: taken.service, body, headers: SIGNATURES[taken.service](world, body, world.clock.now()) };
}

const SIGNATURES = {
  resend: (world: World, body: string, now: Temporal.Instant) => {
    const id = `msg_${randomUUID().replaceAll('-', '')}`;
    const timestamp = String(Math.floor(now.epochMilliseconds / 1000));
    const { webhookSecret } = world.credentials().mail.resend;
    const key = Buffer.from(webhookSecret.replace(/^whsec_/, ''), 'base64');
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
    return { 'svix-id': id, 'svix-timestamp': timestamp, 'svix-signature': `v1,${signature}` };
  },
  postmark: (world: World) => {
    const { webhookSecret } = world.credentials().mail.postmark;
    return { authorization: `Basic ${Buffer.from(webhookSecret).toString('base64')}` };
  },
  sendgrid: (world: World, body: string, now: Temporal.Instant) => {
    const timestamp = String(Math.floor(now.epochMilliseconds / 1000));
    const signature = createSign('sha256')
      .update(timestamp + body)
      .sign(webhookKey(world.state), 'base64');
    return {
      'x-twilio-email-event-webhook-timestamp': timestamp,
      'x-twilio-email-event-webhook-signature': signature,
    };
  },
} as const;

const PAYLOADS = { resend: resendEvent, postmark: postmarkEvent, sendgrid: sendgridEvents } as const;

function bounce(type: string, subType: string): Json {
  return {
    bounce: { type, subType, message: 'The mail was not taken.', diagnosticCode: ['smtp; 550 5.1.1 user unknown'] },
  };
}

function resendEvent(taken: Taken, happening: Happening, now: Temporal.Instant): Json {
  const told = {
    delivered: ['email.delivered', {}],
    delayed: ['email.delivery_delayed', {}],
    bounced: ['email.bounced', bounce('Permanent', 'General')],
    bounced_for_now: ['email.bounced', bounce('Transient', 'MailboxFull')],
    blocked: ['email.bounced', bounce('Transient', 'ContentRejected')],
    complained: ['email.complained', {}],
  } as const satisfies Record<Happening, readonly [string, Json]>;
  const [type, more] = told[happening];
  return {
    type,
    created_at: now.toString(),
    data: {
      email_id: taken.id,
      created_at: taken.takenAt,
      from: taken.from,
      to: taken.to.map(({ address }) => address),
      subject: taken.subject,
      tags: taken.hung['tags'] ?? {},
      ...more,
    },
  };
}

function postmarkEvent(taken: Taken, happening: Happening, now: Temporal.Instant): Json {
  const address = taken.to[0]?.address ?? '';
  const shared = { MessageID: taken.id, ServerID: 1, MessageStream: 'outbound', Metadata: taken.hung, Tag: '' };
  if (happening === 'delivered') {
    return { RecordType: 'Delivery', ...shared, Recipient: address, DeliveredAt: now.toString(), Details: 'OK' };
  }
  const [type, code] = {
    delayed: ['Transient', 2],
    bounced: ['HardBounce', 1],
    bounced_for_now: ['SoftBounce', 4096],
    blocked: ['SpamNotification', 512],
    complained: ['SpamComplaint', 100_001],
  }[happening] as [string, number];
  return {
    RecordType: happening === 'complained' ? 'SpamComplaint' : 'Bounce',
    ...shared,
    ID: 4_323_372_036_854,
    Type: type,
    TypeCode: code,
    Name: type,
    Description: 'The mail was not taken.',
    Details: 'smtp;550 5.1.1 user unknown',
    Email: address,
    From: taken.from,
    BouncedAt: now.toString(),
    DumpAvailable: false,
    Inactive: type === 'HardBounce' || type === 'SpamComplaint',
    CanActivate: type === 'HardBounce',
    Subject: taken.subject,
  };
}

function sendgridEvents(taken: Taken, happening: Happening, now: Temporal.Instant): Json[] {
  const told: Record<Happening, Json> = {
    delivered: { event: 'delivered', response: '250 OK' },
    delayed: { event: 'deferred', response: '451 try again later', attempt: '1' },
    bounced: {
      event: 'bounce',
      type: 'bounce',
      status: '5.1.1',
      reason: '550 5.1.1 user unknown',
      bounce_classification: 'Invalid Address',
    },
    bounced_for_now: {
      event: 'bounce',
      type: 'bounce',
      status: '4.4.1',
      reason: '421 no answer',
      bounce_classification: 'Technical Failure',
    },
    blocked: { event: 'bounce', type: 'blocked', status: '5.7.1', reason: '550 not wanted' },
    complained: { event: 'spamreport' },
  };
  return [
    {
      email: taken.to[0]?.address ?? '',
      timestamp: Math.floor(now.epochMilliseconds / 1000),
      'smtp-id': taken.messageId,
      sg_event_id: randomUUID(),
      sg_message_id: `${taken.id}.filter0001.16648.5515E0B88.0`,
      ...told[happening],
      ...taken.hung,
    },
  ];
}
