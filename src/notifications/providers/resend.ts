// Mail by the API of Resend (resend.com/docs/api-reference/emails/send-email). It drops doubles by our key within a day, and
// writes a Message-ID of its own over any other: the letter's comes back as a tag, not as a header.
import { Type } from 'typebox';
import type { Explanation } from '../../platform/http/client.ts';
import { OutsideError } from '../../platform/outside-error.ts';
import { withoutSlash } from '../../platform/http/provider-api.ts';
import type { Mail, Mailer } from '../mailer.ts';
import { apiMailer, base64, explainStatus, mailbox, type MailApiOptions } from './mail-api.ts';
import { checkHeaders, oneLine } from './smtp-message.ts';

/** The name of the tag that bears the letter's reference. */
export const REFERENCE_TAG = 'slotkeeper_letter';

const Sent = Type.Object({ id: Type.String() });
/** No mail has it: asking for it tells whether the key is taken. */
const NO_MAIL = '00000000-0000-4000-8000-000000000000';
/** The key was used with other words: a letter in doubt that was written anew had been taken the first time. */
const TAKEN_BEFORE = 'invalid_idempotent_request';

export function resendMailer(options: MailApiOptions): Mailer {
  const { http, apiUrl, apiKey, from } = options;
  const shared = { provider: 'mail', headers: { authorization: `Bearer ${apiKey}` } } as const;
  const url = `${withoutSlash(apiUrl)}/emails`;
  return apiMailer(options, {
    name: 'resend',
    repeatsSafely: true,
    async post(mail, { reference, onceKey, repeated }, signal) {
      try {
        const headers = { ...shared.headers, 'idempotency-key': onceKey };
        const body = { json: messageOf(mail, from, reference) };
        const call = { ...shared, operation: 'send', method: 'POST', url, headers, body, explain, signal } as const;
        return (await http.json(call, Sent)).id;
      } catch (error) {
        if (repeated && error instanceof OutsideError && error.facts.providerCode === TAKEN_BEFORE) return null;
        throw error;
      }
    },
    async check(signal) {
      try {
        await http.send({
          ...shared,
          operation: 'read',
          method: 'GET',
          url: `${url}/${NO_MAIL}`,
          signal,
          explain: told,
        });
      } catch (error) {
        // A key that may send, and may not read, is the one to have.
        const known = error instanceof OutsideError && ['absent', 'refused'].includes(error.facts.outcome);
        if (!known) throw error;
      }
    },
  });
}

function messageOf(mail: Mail, from: MailApiOptions['from'], reference: string) {
  return {
    from: mailbox(from),
    to: [mailbox(mail.to)],
    subject: oneLine(mail.subject),
    text: mail.text,
    html: mail.html,
    headers: checkHeaders(mail.headers),
    tags: [{ name: REFERENCE_TAG, value: reference }],
    ...(mail.calendar === null
      ? {}
      : {
          attachments: [
            {
              filename: 'invite.ics',
              content: base64(mail.calendar.ics),
              content_type: `text/calendar; charset=utf-8; method=${mail.calendar.method}`,
            },
          ],
        }),
  };
}

/** Names at fault that are ours to mend in the settings, whatever the status (resend.com/docs/api-reference/errors). */
const OF_THE_ACCOUNT = new Set(['invalid_from_address', 'invalid_access', 'invalid_region', 'security_error']);

function explain(body: unknown, status: number): Explanation {
  const name = nameOf(body);
  if (name !== undefined && OF_THE_ACCOUNT.has(name)) return { code: name, outcome: 'reconnect' };
  return explainStatus(status, name);
}

function told(body: unknown, status: number): Explanation {
  const name = nameOf(body);
  if (name === 'restricted_api_key') return { code: name, outcome: 'refused' };
  return status === 404 ? { code: name, outcome: 'absent' } : explainStatus(status, name);
}

function nameOf(body: unknown): string | undefined {
  const name: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'name') : undefined;
  return typeof name === 'string' ? name : undefined;
}
