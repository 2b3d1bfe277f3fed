// Twilio's Programmable Messaging: one message out, and the list of those that left. Its create knows no idempotency key.
// https://www.twilio.com/docs/messaging/api/message-resource
import { Type } from 'typebox';
import { deadline, type Explanation, type HttpClient, type OutsideCall } from '../../platform/http/client.ts';
import { queryOf } from '../../platform/http/provider-api.ts';
import type { Texter } from '../texter.ts';

export type TwilioConfig = {
  /** `https://api.twilio.com`, without a trailing slash. */
  readonly apiUrl: string;
  readonly accountSid: string;
  readonly authToken: string;
  /** A number in E.164, a messaging service (`MG...`) or an alphanumeric sender. */
  readonly from: string;
};

/** Newest first; more than one reader gets in the minutes between a sending and its look-up. */
const MOST_LOOKED_AT = 20;
/** Their clock may be behind ours by as much. */
const CLOCKS_DIFFER_MS = 30_000;
/** The sender is not ours, or there is none: no message leaves until a person changes it (Twilio error dictionary). */
const SENDER_CODES: ReadonlySet<string> = new Set(['20404', '21212', '21603', '21606', '21659', '21660', '21703']);

const Message = Type.Object({ sid: Type.String({ minLength: 1, maxLength: 64 }) });
const Messages = Type.Object({
  messages: Type.Array(
    Type.Object({
      sid: Type.String({ minLength: 1, maxLength: 64 }),
      body: Type.Union([Type.String(), Type.Null()]),
      date_created: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
});

export function twilioTexter({ config, http }: { readonly config: TwilioConfig; readonly http: HttpClient }): Texter {
  const url = `${config.apiUrl}/2010-04-01/Accounts/${encodeURIComponent(config.accountSid)}/Messages.json`;
  const basic = Buffer.from(`${config.accountSid}:${config.authToken}`).toString('base64');
  const shared = { provider: 'twilio', headers: { authorization: `Basic ${basic}` }, explain } as const;
  const sender = config.from.startsWith('MG') ? 'MessagingServiceSid' : 'From';
  return {
    service: 'twilio',
    send: async ({ to, text }, timeoutMs) => {
      const call: OutsideCall = {
        ...shared,
        operation: 'create',
        method: 'POST',
        url,
        body: { form: { To: to, [sender]: config.from, Body: text } },
        signal: deadline({ timeoutMs }),
      };
      return (await http.json(call, Message)).sid;
    },
    find: async ({ to, text }, since, timeoutMs) => {
      const call: OutsideCall = {
        ...shared,
        operation: 'list',
        method: 'GET',
        url: `${url}${queryOf({ To: to, PageSize: MOST_LOOKED_AT })}`,
        signal: deadline({ timeoutMs }),
      };
      const from = since.subtract({ milliseconds: CLOCKS_DIFFER_MS });
      const { messages } = await http.json(call, Messages);
      const found = messages.find(({ body, date_created: date }) => {
        const at = date === null ? null : instantOf(date);
        // A trial account puts words of its own before ours.
        return body?.endsWith(text) === true && at !== null && Temporal.Instant.compare(at, from) >= 0;
      });
      return found?.sid ?? null;
    },
  };
}

function explain(body: unknown): Explanation {
  if (typeof body !== 'object' || body === null || !('code' in body)) return {};
  const code = String(body.code);
  return { code, ...(SENDER_CODES.has(code) ? { outcome: 'reconnect' } : {}) };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Thu, 24 Aug 2023 05:01:45 +0000` (RFC 2822, 3.3); null: another form. */
function instantOf(date: string): Temporal.Instant | null {
  const parts = /^\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}:\d{2}:\d{2}) ([+-]\d{4})$/.exec(date);
  const [, day = '', name = '', year = '', time = '', offset = ''] = parts ?? [];
  const month = MONTHS.indexOf(name) + 1;
  if (month === 0) return null;
  return Temporal.Instant.from(`${year}-${String(month).padStart(2, '0')}-${day}T${time}${offset}`);
}
