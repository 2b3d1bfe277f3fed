// Postmark as the sandbox plays it: sending one mail, and searching among those sent.
// https://postmarkapp.com/developer/api/email-api, /developer/api/messages-api, /developer/api/overview#error-codes
import { randomUUID } from 'node:crypto';
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
import { fromBase64, lowerAddress, ok, readAddress, readSender, take, takenLetters, type Taken } from './outbox.ts';
import type { Part } from './write-source.ts';

/** Metadata: at most ten fields, names of 20 and values of 80 characters. */
const MOST_FIELDS = 10;
const LONGEST_FIELD = 20;
const LONGEST_VALUE = 80;
const MOST_FOUND = 500;

export function postmark(world: World): Emulator {
  return {
    provider: 'mail',
    prefix: '/postmark',
    fail,
    accountsOf: (call) => lowerAddress(jsonObject(call.body)?.['To']),
    endpoints: [
      { method: 'POST', path: '/email', operation: 'send', handle: (call) => send(world, call) },
      { method: 'GET', path: '/messages/outbound', operation: 'list', handle: (call) => search(world, call) },
    ],
  };
}

/** Addresses that bounced for good or complained: Postmark takes no mail to them any more. */
export function inactiveAddresses(world: Pick<World, 'state'>) {
  return world.state.drawer<null>('mail-inactive');
}

function fail(status: number, _operation?: Operation, own?: string): Answer {
  if (status === 500 && own === undefined) return { status };
  const [code, message] =
    status === 401
      ? [10, 'Request does not contain a valid Server token.']
      : status === 503
        ? [100, 'Server is down for maintenance.']
        : status === 429
          ? [429, 'Rate limit exceeded.']
          : [status === 422 ? 300 : status, 'The request could not be processed.'];
  return { status, body: { ErrorCode: /^\d+$/.test(own ?? '') ? Number(own) : code, Message: message } };
}

function refuse(code: number, message: string, status = 422): Refused {
  return new Refused({ status, body: { ErrorCode: code, Message: message } });
}

function checkToken(world: World, call: Call): void {
  if (call.headers['x-postmark-server-token'] !== world.credentials().mail.postmark.apiKey)
    throw new Refused(fail(401));
}

function send(world: World, call: Call): Answer {
  checkToken(world, call);
  const body = jsonObject(call.body);
  if (!body) throw refuse(402, 'Received invalid JSON input.');
  const from = readSender(body['From']);
  if (!from) throw refuse(300, "Invalid 'From' address.");
  const to = recipientOf(world, body['To']);
  const parts = [
    ['TextBody', 'text/plain'],
    ['HtmlBody', 'text/html'],
  ] as const;
  const alternatives = parts.flatMap(([field, type]) =>
    typeof body[field] === 'string' ? [{ type, content: Buffer.from(body[field]) }] : [],
  );
  if (alternatives.length === 0) throw refuse(300, 'Provide either email TextBody or HtmlBody or both.');
  const id = randomUUID();
  const given = headersOf(body);
  const kept = /^true$/i.test(given.get('x-pm-keepid') ?? '') ? given.get('message-id') : undefined;
  const metadata = metadataOf(body);
  const headers = Object.fromEntries([...given].filter(([name]) => !name.startsWith('x-pm-')));
  const subject = textOr(body['Subject'], '');
  const messageId = kept ?? `<${id}@mtasv.example>`;
  const draft = {
    messageId,
    from,
    to: [to],
    subject,
    alternatives,
    files: filesOf(body),
    headers: restored(body, headers),
  };
  take(world, 'postmark', id, draft, metadata, tagsOf(metadata));
  const submitted = world.clock.now().toString();
  return ok({ To: to.address, SubmittedAt: submitted, MessageID: id, ErrorCode: 0, Message: 'OK' });
}

function recipientOf(world: World, given: unknown): Address {
  const to = readAddress(given);
  if (!to) throw refuse(300, "Invalid 'To' address.");
  if (inactiveAddresses(world).find(to.address.toLowerCase())) {
    throw refuse(
      406,
      'You tried to send to recipient(s) that have been marked as inactive. Found inactive addresses. Inactive recipients are ones that have generated a hard bounce, a spam complaint, or a manual suppression.',
    );
  }
  return to;
}

/** By name in lower case. */
function headersOf(body: Json): Map<string, string> {
  const given = body['Headers'] ?? [];
  if (!Array.isArray(given)) throw refuse(300, "Invalid 'Headers'.");
  return new Map(
    given.map((one: unknown): [string, string] => {
      const name = isJson(one) ? textOr(one['Name'], '') : '';
      if (name === '' || /^(content-.*|from|to|subject)$/i.test(name))
        throw refuse(300, `Header '${name}' not allowed.`);
      return [name.toLowerCase(), isJson(one) ? textOr(one['Value'], '') : ''];
    }),
  );
}

/** The headers that go out, spelt as they were given. */
function restored(body: Json, kept: Readonly<Record<string, string>>): Record<string, string> {
  const names = (body['Headers'] as readonly Json[] | undefined)?.map((one) => String(one['Name'])) ?? [];
  return Object.fromEntries(
    names.filter((name) => name.toLowerCase() in kept).map((name) => [name, kept[name.toLowerCase()] ?? '']),
  );
}

function metadataOf(body: Json): Json {
  const given = body['Metadata'] ?? {};
  const fields = isJson(given) ? Object.entries(given) : [];
  const sound =
    isJson(given) &&
    fields.length <= MOST_FIELDS &&
    fields.every(
      ([name, value]) => name.length <= LONGEST_FIELD && textOr(value, '-'.repeat(99)).length <= LONGEST_VALUE,
    );
  if (!sound) throw refuse(300, 'Invalid metadata content.');
  return given;
}

function tagsOf(metadata: Json): string[] {
  return Object.entries(metadata).map(([name, value]) => `${name}=${String(value)}`);
}

function filesOf(body: Json): Part[] {
  const given = body['Attachments'] ?? [];
  if (!Array.isArray(given)) throw refuse(300, "Invalid 'Attachments'.");
  return given.map((one: unknown) => {
    const content = isJson(one) ? fromBase64(one['Content']) : undefined;
    if (!isJson(one) || !content || typeof one['Name'] !== 'string' || typeof one['ContentType'] !== 'string') {
      throw refuse(300, 'Attachments must have a Name, Content and ContentType.');
    }
    return { filename: one['Name'], type: one['ContentType'], content };
  });
}

function search(world: World, call: Call): Answer {
  checkToken(world, call);
  const [count, offset] = ['count', 'offset'].map((name) => Number(call.query.get(name) ?? 'none'));
  if (!Number.isInteger(count) || !Number.isInteger(offset) || (count ?? 0) > MOST_FOUND) {
    throw refuse(700, 'The parameters count and offset are required.');
  }
  const tags = [...call.query]
    .filter(([name]) => name.startsWith('metadata_'))
    .map(([name, value]) => `${name.slice('metadata_'.length)}=${value}`);
  const found = takenLetters(world)
    .list({ tags, limit: 50_000 })
    .filter(({ body }) => body.service === 'postmark');
  const page = found.toReversed().slice(offset, (offset ?? 0) + (count ?? 0));
  return ok({ TotalCount: found.length, Messages: page.map(({ body }) => shown(body)) });
}

function shown({ id, from, to, subject, takenAt, hung }: Taken): Json {
  return {
    MessageID: id,
    MessageStream: 'outbound',
    From: from,
    To: to.map(({ name, address }) => ({ Email: address, Name: name })),
    Cc: [],
    Bcc: [],
    Recipients: to.map(({ address }) => address),
    ReceivedAt: takenAt,
    Subject: subject,
    Attachments: [],
    Status: 'Sent',
    Metadata: hung,
  };
}
