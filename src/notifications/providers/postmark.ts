// Mail by the API of Postmark (postmarkapp.com/developer/api/email-api). It knows no idempotency key: a letter in doubt is
// looked up by its metadata before it is sent again.
import { Type } from 'typebox';
import type { Explanation, OutsideCall } from '../../platform/http/client.ts';
import { queryOf, withoutSlash } from '../../platform/http/provider-api.ts';
import type { Mail, Mailer, Sending } from '../mailer.ts';
import { apiMailer, base64, explainStatus, mailbox, type MailApiOptions } from './mail-api.ts';
import { angledId, checkHeaders, oneLine } from './smtp-message.ts';

/** Names of the metadata that bear the letter's reference and the key of this sending. */
export const REFERENCE_FIELD = 'slotkeeper-letter';
const KEY_FIELD = 'slotkeeper-sending';

const Sent = Type.Object({ ErrorCode: Type.Literal(0), MessageID: Type.String() });
const Found = Type.Object({ Messages: Type.Array(Type.Object({ MessageID: Type.String() })) });

export function postmarkMailer(options: MailApiOptions): Mailer {
  const { http, apiKey, from } = options;
  const base = withoutSlash(options.apiUrl);
  const shared = { provider: 'mail', headers: { 'x-postmark-server-token': apiKey }, explain } as const;
  const search = (query: Readonly<Record<string, string>>, signal: AbortSignal): OutsideCall => ({
    ...shared,
    operation: 'list',
    method: 'GET',
    url: `${base}/messages/outbound${queryOf({ count: 1, offset: 0, ...query })}`,
    signal,
  });
  return apiMailer(options, {
    name: 'postmark',
    repeatsSafely: true,
    async post(mail, sending, signal) {
      if (sending.repeated) {
        const known = await http.json(search({ [`metadata_${KEY_FIELD}`]: sending.onceKey }, signal), Found);
        const [before] = known.Messages;
        if (before) return before.MessageID;
      }
      const body = { json: messageOf(mail, from, sending) };
      const call = { ...shared, operation: 'send', method: 'POST', url: `${base}/email`, body, signal } as const;
      return (await http.json(call, Sent)).MessageID;
    },
    check: async (signal) => void (await http.json(search({}, signal), Found)),
  });
}

function messageOf(mail: Mail, from: MailApiOptions['from'], { reference, onceKey }: Sending) {
  const headers = {
    ...checkHeaders(mail.headers),
    'Message-ID': angledId(mail),
    // Without it the Message-ID is replaced (postmarkapp.com/developer/user-guide/send-email-with-smtp).
    'X-PM-KeepID': 'true',
  };
  return {
    From: mailbox(from),
    To: mailbox(mail.to),
    Subject: oneLine(mail.subject),
    TextBody: mail.text,
    HtmlBody: mail.html,
    Headers: Object.entries(headers).map(([Name, Value]) => ({ Name, Value })),
    Metadata: { [REFERENCE_FIELD]: reference, [KEY_FIELD]: onceKey },
    // A meeting's link must stay what it is, and who reads what and when is nobody's business.
    TrackOpens: false,
    TrackLinks: 'None',
    ...(mail.calendar === null
      ? {}
      : {
          Attachments: [
            {
              Name: 'invite.ics',
              Content: base64(mail.calendar.ics),
              // postmarkapp.com/support/article/1101-how-do-i-send-calendar-invites-with-postmark
              ContentType: `text/calendar; charset=utf-8; method=${mail.calendar.method}`,
            },
          ],
        }),
  };
}

/** Sender not confirmed, no credit, account not approved or barred: ours to mend (postmarkapp.com/developer/api/overview). */
const OF_THE_ACCOUNT = new Set([10, 400, 401, 405, 412, 413]);
const DOWN_FOR_MAINTENANCE = 100;

function explain(body: unknown, status: number): Explanation {
  const code: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'ErrorCode') : undefined;
  if (typeof code !== 'number') return explainStatus(status);
  if (status < 500 && status !== 413 && OF_THE_ACCOUNT.has(code)) return { code: String(code), outcome: 'reconnect' };
  if (code === DOWN_FOR_MAINTENANCE) return { code: String(code), outcome: 'retryable' };
  return explainStatus(status, String(code));
}
