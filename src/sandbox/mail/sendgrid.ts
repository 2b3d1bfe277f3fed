// SendGrid as the sandbox plays it: mail/send, with sandbox mode, which takes a mail and sends nothing.
// https://www.twilio.com/docs/sendgrid/api-reference/mail-send
import { randomBytes } from 'node:crypto';
import {
  Refused,
  isJson,
  jsonObject,
  textOr,
  type Answer,
  type Call,
  type Emulator,
  type Json,
  type Operation,
  type World,
} from '../endpoint.ts';
import type { Address } from '../mailbox.ts';
import { isAddress } from '../people.ts';
import { bearerOf, fromBase64, lowerAddress, readSender, take } from './outbox.ts';
import type { Part } from './write-source.ts';

const RESERVED =
  /^(x-sg-id|x-sg-eid|received|dkim-signature|content-type|content-transfer-encoding|to|from|subject|reply-to|cc|bcc)$/i;
const MOST_ARGUMENT_BYTES = 10_000;

export function sendgrid(world: World): Emulator {
  return {
    provider: 'mail',
    prefix: '/sendgrid',
    fail,
    accountsOf: readersOf,
    endpoints: [{ method: 'POST', path: '/v3/mail/send', operation: 'send', handle: (call) => send(world, call) }],
  };
}

const MESSAGES: Readonly<Record<number, string>> = {
  401: 'The provided authorization grant is invalid, expired, or revoked',
  403: 'access forbidden',
  404: 'Not Found',
  413: 'Payload too large',
  429: 'too many requests',
  503: 'Service Unavailable',
};

function fail(status: number, _operation?: Operation, own?: string): Answer {
  return refusal(status, own ?? MESSAGES[status] ?? 'Internal Server Error', null);
}

function readersOf(call: Call): readonly string[] {
  const envelopes = jsonObject(call.body)?.['personalizations'];
  const envelope: unknown = Array.isArray(envelopes) ? envelopes[0] : undefined;
  const to: unknown = isJson(envelope) ? envelope['to'] : undefined;
  return (Array.isArray(to) ? to : []).flatMap((one: unknown) => lowerAddress(isJson(one) ? one['email'] : undefined));
}

function refusal(status: number, message: string, field: string | null): Answer {
  return { status, body: { errors: [{ message, field }] } };
}

function refuse(field: string, message: string): Refused {
  return new Refused(refusal(400, message, field));
}

function send(world: World, call: Call): Answer {
  if (bearerOf(call.headers.authorization) !== world.credentials().mail.sendgrid.apiKey) throw new Refused(fail(401));
  const body = jsonObject(call.body);
  if (!body) throw new Refused(refusal(400, 'Bad Request', null));
  const envelopes = Array.isArray(body['personalizations']) ? body['personalizations'] : [];
  // Ours writes to one at a time; a batch would come back in events of as many messages.
  const envelope: unknown = envelopes[0];
  if (envelopes.length !== 1 || !isJson(envelope)) {
    throw refuse(
      'personalizations',
      'The personalizations field is required and must have at least one personalization.',
    );
  }
  const to = recipientsOf(envelope['to']);
  const from = senderOf(body['from']);
  if (!from) throw refuse('from.email', 'The from email does not contain a valid address.');
  const subject = textOr(envelope['subject'] ?? body['subject'], '');
  if (subject === '') throw refuse('subject', 'The subject is required.');
  const headers = { ...headersOf('headers', body), ...headersOf('personalizations.0.headers', envelope) };
  const draft = { from, to, subject, alternatives: contentOf(body), files: filesOf(body), headers };
  const hung = argumentsOf(envelope);
  const settings = body['mail_settings'];
  const mode = isJson(settings) ? settings['sandbox_mode'] : undefined;
  if (isJson(mode) && mode['enable'] === true) return { status: 200 };
  const id = randomBytes(16).toString('base64url');
  const own = Object.entries(headers).find(([name]) => /^message-id$/i.test(name))?.[1];
  take(world, 'sendgrid', id, { ...draft, messageId: own ?? `<${id}@geopod.example>` }, hung);
  return { status: 202, headers: { 'x-message-id': id } };
}

function personOf(given: unknown): Address | undefined {
  if (!isJson(given) || !isAddress(given['email'])) return undefined;
  return { name: textOr(given['name'], ''), address: given['email'] };
}

function senderOf(given: unknown): Address | undefined {
  const address = isJson(given) ? readSender(given['email'])?.address : undefined;
  return isJson(given) && address !== undefined ? { name: textOr(given['name'], ''), address } : undefined;
}

function recipientsOf(given: unknown): Address[] {
  const all: readonly unknown[] = Array.isArray(given) ? given : [];
  if (all.length === 0) throw refuse('personalizations.0.to', 'The to array is required, and must have at least one.');
  return all.map((one, at) => {
    const person = personOf(one);
    if (!person) throw refuse(`personalizations.0.to.${at}.email`, 'Does not contain a valid address.');
    return person;
  });
}

function headersOf(field: string, holder: Json): Record<string, string> {
  const given = holder['headers'] ?? {};
  if (!isJson(given)) throw refuse(field, 'The headers must be an object.');
  for (const [name, value] of Object.entries(given)) {
    if (RESERVED.test(name) || typeof value !== 'string') throw refuse(field, `The header ${name} cannot be set.`);
  }
  return given as Record<string, string>;
}

function contentOf(body: Json): Part[] {
  const given: readonly unknown[] = Array.isArray(body['content']) ? body['content'] : [];
  const parts = given.map((one, at) => {
    const [type, value] = isJson(one) ? [textOr(one['type'], ''), textOr(one['value'], '')] : ['', ''];
    if (type === '' || value === '')
      throw refuse(`content.${at}.value`, 'The content value must be a string at least one character in length.');
    if (/charset/i.test(type))
      throw refuse(`content.${at}.type`, "The content type cannot contain ';', or CRLF characters.");
    return { type, content: Buffer.from(value) };
  });
  if (parts.length === 0)
    throw refuse('content', 'Unless a valid template_id is provided, the content parameter is required.');
  const ranks = parts.map(({ type }) => (type.startsWith('text/plain') ? 0 : type.startsWith('text/html') ? 1 : 2));
  if (ranks.some((rank, at) => rank < (ranks[at - 1] ?? 0))) {
    throw refuse(
      'content',
      'If present, text/plain and text/html may only be provided once, in this order, before others.',
    );
  }
  return parts;
}

function filesOf(body: Json): Part[] {
  const given: readonly unknown[] = Array.isArray(body['attachments']) ? body['attachments'] : [];
  return given.map((one, at) => {
    const content = isJson(one) ? fromBase64(one['content']) : undefined;
    if (!isJson(one) || !content || typeof one['filename'] !== 'string') {
      throw refuse(`attachments.${at}.content`, 'The attachment content must be base64 encoded.');
    }
    return { filename: one['filename'], type: textOr(one['type'], 'application/octet-stream'), content };
  });
}

function argumentsOf(envelope: Json): Json {
  const given = envelope['custom_args'] ?? {};
  if (!isJson(given) || JSON.stringify(given).length > MOST_ARGUMENT_BYTES) {
    throw refuse('personalizations.0.custom_args', 'Custom arguments may not exceed 10,000 bytes.');
  }
  return given;
}
