// Mail by the API of SendGrid (twilio.com/docs/sendgrid/api-reference/mail-send). It knows neither an idempotency key nor a
// look-up by one: a letter in doubt is repeated once, under the Message-ID of ours that it keeps.
import type { Explanation } from '../../platform/http/client.ts';
import { withoutSlash } from '../../platform/http/provider-api.ts';
import type { Mail, Mailer } from '../mailer.ts';
import { apiMailer, base64, explainStatus, shownName, type MailApiOptions } from './mail-api.ts';
import { angledId, checkHeaders, oneLine } from './smtp-message.ts';

/** The custom argument that bears the letter's reference. */
export const REFERENCE_ARGUMENT = 'slotkeeper_letter';

export function sendgridMailer(options: MailApiOptions): Mailer {
  const { http, apiUrl, apiKey, from } = options;
  const post = {
    provider: 'mail',
    operation: 'send',
    method: 'POST',
    url: `${withoutSlash(apiUrl)}/mail/send`,
    headers: { authorization: `Bearer ${apiKey}` },
    explain,
  } as const;
  return apiMailer(options, {
    name: 'sendgrid',
    repeatsSafely: false,
    async post(mail, { reference }, signal) {
      const answered = await http.headers({ ...post, body: { json: messageOf(mail, from, reference) }, signal });
      return answered.get('x-message-id');
    },
    async check(signal) {
      // Sandbox mode looks at everything and sends nothing (twilio.com/docs/sendgrid/for-developers/sending-email/sandbox-mode).
      const nothing = {
        personalizations: [{ to: [{ email: from.address }] }],
        from: personOf(from),
        subject: 'Check',
        content: [{ type: 'text/plain', value: 'Check' }],
        mail_settings: { sandbox_mode: { enable: true } },
      };
      await http.send({ ...post, body: { json: nothing }, signal });
    },
  });
}

function messageOf(mail: Mail, from: MailApiOptions['from'], reference: string) {
  const { calendar } = mail;
  return {
    personalizations: [
      {
        to: [personOf(mail.to)],
        headers: { ...checkHeaders(mail.headers), 'Message-ID': angledId(mail) },
        custom_args: { [REFERENCE_ARGUMENT]: reference },
      },
    ],
    from: personOf(from),
    subject: oneLine(mail.subject),
    // In the order of their plainness, as alternatives are (RFC 2046, 5.1.4). A charset is not taken in a type.
    content: [
      { type: 'text/plain', value: mail.text },
      { type: 'text/html', value: mail.html },
      ...(calendar === null ? [] : [{ type: `text/calendar; method=${calendar.method}`, value: calendar.ics }]),
    ],
    ...(calendar === null
      ? {}
      : {
          attachments: [
            {
              filename: 'invite.ics',
              type: 'application/ics',
              content: base64(calendar.ics),
              disposition: 'attachment',
            },
          ],
        }),
    // A meeting's link must stay what it is, and who reads what and when is nobody's business.
    tracking_settings: {
      click_tracking: { enable: false, enable_text: false },
      open_tracking: { enable: false },
      subscription_tracking: { enable: false },
    },
  };
}

function personOf({ name, address }: MailApiOptions['from']): { email: string; name?: string } {
  const shown = shownName(name);
  return { email: address, ...(shown === undefined ? {} : { name: shown }) };
}

/** `errors[].field` names the field at fault; of ours, it is the settings that are wrong. */
function explain(body: unknown, status: number): Explanation {
  const errors: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'errors') : undefined;
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const field: unknown = typeof first === 'object' && first !== null ? Reflect.get(first, 'field') : undefined;
  if (typeof field !== 'string') return explainStatus(status);
  return field.startsWith('from') ? { code: field, outcome: 'reconnect' } : explainStatus(status, field);
}
