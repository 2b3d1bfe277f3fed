// The contracts with the mail services: every call we make, strictly, and what we rely on in the answers.
import { atLeast, BEARER, strict, text, type CallContract, type Schema } from './contract.ts';

const BASE64: Schema = { type: 'string', pattern: '^[A-Za-z0-9+/]+=*$' };
const PERSON: Schema = {
  type: 'string',
  pattern: '^("[^"\\\\<>]{1,240}" <[^<>@\\s]+@[^<>@\\s]+>|[^<>@\\s]+@[^<>@\\s]+)$',
};
const CALENDAR: Schema = { type: 'string', pattern: '^text/calendar; charset=utf-8; method=(REQUEST|CANCEL|PUBLISH)$' };
const REFERENCE: Schema = { type: 'string', pattern: '^[a-z0-9]{10,20}-[0-9]{1,16}-[0-9]{1,16}$' };
const ONCE_KEY = /^[a-z0-9]{10,20}-[0-9]{1,16}-[0-9]{1,16}-[0-9]{1,6}$/;
const MESSAGE_ID: Schema = { type: 'string', pattern: '^<[^<>@\\s]+@[^<>@\\s]+>$' };

const HEADERS = {
  'X-Slotkeeper-Appointment': { type: 'string', pattern: '^[0-9]+$' },
  'X-Slotkeeper-Revision': { type: 'string', pattern: '^[0-9]+$' },
  'X-Slotkeeper-Sandbox': { const: 'true' },
  'Auto-Submitted': { const: 'auto-generated' },
};
const WITHOUT = ['X-Slotkeeper-Sandbox'];

const RESEND_ERROR = atLeast({ statusCode: { type: 'integer' }, name: text(64, 1), message: { type: 'string' } });
const POSTMARK_ERROR = atLeast({ ErrorCode: { type: 'integer' }, Message: { type: 'string' } });
const POSTMARK_TOKEN = { 'x-postmark-server-token': /^\S+$/ };

export const MAIL_CALLS: readonly CallContract[] = [
  {
    under: 'resend',
    method: 'POST',
    path: '/emails',
    headers: { ...BEARER, 'idempotency-key': ONCE_KEY },
    request: {
      as: 'json',
      schema: strict(
        {
          from: PERSON,
          to: { type: 'array', minItems: 1, maxItems: 1, items: PERSON },
          subject: text(300, 1),
          text: text(20_000, 1),
          html: text(60_000, 1),
          headers: strict(HEADERS, WITHOUT),
          tags: {
            type: 'array',
            minItems: 1,
            maxItems: 1,
            items: strict({ name: { const: 'slotkeeper_letter' }, value: REFERENCE }),
          },
          attachments: {
            type: 'array',
            minItems: 1,
            maxItems: 1,
            items: strict({ filename: { const: 'invite.ics' }, content: BASE64, content_type: CALENDAR }),
          },
        },
        ['attachments'],
      ),
    },
    answers: { 200: atLeast({ id: text(100, 1) }) },
    error: RESEND_ERROR,
  },
  {
    under: 'resend',
    method: 'GET',
    path: '/emails/{email_id}',
    headers: BEARER,
    answers: { 200: atLeast({ id: text(100, 1) }) },
    error: RESEND_ERROR,
  },
  {
    under: 'postmark',
    method: 'POST',
    path: '/email',
    headers: POSTMARK_TOKEN,
    request: {
      as: 'json',
      schema: strict(
        {
          From: PERSON,
          To: PERSON,
          Subject: text(300, 1),
          TextBody: text(20_000, 1),
          HtmlBody: text(60_000, 1),
          Headers: {
            type: 'array',
            items: strict({ Name: text(60, 1), Value: text(500, 1) }),
            contains: atLeast({ Name: { const: 'Message-ID' }, Value: MESSAGE_ID }),
          },
          // Names have 20 characters at most, values 80.
          Metadata: strict({
            'slotkeeper-letter': REFERENCE,
            'slotkeeper-sending': { ...text(80, 1), pattern: ONCE_KEY.source },
          }),
          TrackOpens: { const: false },
          TrackLinks: { const: 'None' },
          Attachments: {
            type: 'array',
            minItems: 1,
            maxItems: 1,
            items: strict({ Name: { const: 'invite.ics' }, Content: BASE64, ContentType: CALENDAR }),
          },
        },
        ['Attachments'],
      ),
    },
    answers: { 200: atLeast({ ErrorCode: { const: 0 }, MessageID: text(100, 1) }) },
    error: POSTMARK_ERROR,
  },
  {
    under: 'postmark',
    method: 'GET',
    path: '/messages/outbound',
    query: { count: /^1$/, offset: /^0$/, 'metadata_slotkeeper-sending': ONCE_KEY },
    needs: ['count', 'offset'],
    headers: POSTMARK_TOKEN,
    answers: { 200: atLeast({ Messages: { type: 'array', items: atLeast({ MessageID: text(100, 1) }) } }) },
    error: POSTMARK_ERROR,
  },
  {
    under: 'sendgrid',
    method: 'POST',
    path: '/mail/send',
    headers: BEARER,
    request: {
      as: 'json',
      schema: strict(
        {
          personalizations: {
            type: 'array',
            minItems: 1,
            maxItems: 1,
            items: strict({
              to: {
                type: 'array',
                minItems: 1,
                maxItems: 1,
                items: strict({ email: text(254, 3), name: text(120, 1) }, ['name']),
              },
              headers: strict({ ...HEADERS, 'Message-ID': MESSAGE_ID }, WITHOUT),
              custom_args: strict({ slotkeeper_letter: REFERENCE }),
            }),
          },
          from: strict({ email: text(254, 3), name: text(120, 1) }),
          subject: text(300, 1),
          content: {
            type: 'array',
            minItems: 2,
            maxItems: 3,
            prefixItems: [
              strict({ type: { const: 'text/plain' }, value: text(20_000, 1) }),
              strict({ type: { const: 'text/html' }, value: text(60_000, 1) }),
              strict({
                type: { type: 'string', pattern: '^text/calendar; method=(REQUEST|CANCEL|PUBLISH)$' },
                value: text(20_000, 1),
              }),
            ],
          },
          attachments: {
            type: 'array',
            minItems: 1,
            maxItems: 1,
            items: strict({
              filename: { const: 'invite.ics' },
              type: { const: 'application/ics' },
              content: BASE64,
              disposition: { const: 'attachment' },
            }),
          },
          tracking_settings: strict({
            click_tracking: strict({ enable: { const: false }, enable_text: { const: false } }),
            open_tracking: strict({ enable: { const: false } }),
            subscription_tracking: strict({ enable: { const: false } }),
          }),
        },
        ['attachments'],
      ),
    },
    answers: { 202: null },
    error: atLeast({ errors: { type: 'array', minItems: 1, items: atLeast({ message: { type: 'string' } }) } }),
  },
];
