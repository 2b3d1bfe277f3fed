// Resend as the sandbox plays it: sending with idempotency keys, and reading one mail.
// https://resend.com/docs/api-reference/emails/send-email, /errors, /docs/dashboard/emails/idempotency-keys
import { createHash, randomUUID } from 'node:crypto';
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
import { bearerOf, fromBase64, lowerAddress, ok, readAddress, readSender, take, takenLetters } from './outbox.ts';
import type { Part } from './write-source.ts';

const KEY_LIFE_MS = 24 * 60 * 60 * 1000;
const LONGEST_KEY = 256;
const MOST_RECIPIENTS = 50;

export function resend(world: World): Emulator {
  return {
    provider: 'mail',
    prefix: '/resend',
    fail,
    accountsOf: (call) => [jsonObject(call.body)?.['to']].flat().flatMap(lowerAddress),
    endpoints: [
      { method: 'POST', path: '/emails', operation: 'send', handle: (call) => send(world, call) },
      { method: 'GET', path: '/emails/:id', operation: 'read', handle: (call) => read(world, call) },
    ],
  };
}

const NAMES: Readonly<Record<number, [name: string, message: string]>> = {
  400: ['validation_error', 'The request body is invalid.'],
  401: ['missing_api_key', 'Missing API key in the authorization header.'],
  403: ['invalid_api_key', 'API key is invalid'],
  404: ['not_found', 'The requested endpoint does not exist.'],
  405: ['method_not_allowed', 'Method is not allowed for the requested path.'],
  409: ['concurrent_idempotent_requests', 'Same idempotency key used while original request is still in progress.'],
  422: ['validation_error', 'The request body is invalid.'],
  429: ['rate_limit_exceeded', 'Too many requests. You can only make 10 requests per second.'],
  503: ['service_unavailable', 'The service is unavailable.'],
};

function fail(status: number, _operation?: Operation, own?: string): Answer {
  const [name, message] = NAMES[status] ?? ['application_error', 'An unexpected error occurred.'];
  return refusal(status, own ?? name, message);
}

function refusal(status: number, name: string, message: string): Answer {
  return { status, body: { statusCode: status, name, message } };
}

function refuse(status: number, name: string, message: string): Refused {
  return new Refused(refusal(status, name, message));
}

function checkKey(world: World, call: Call): void {
  const key = bearerOf(call.headers.authorization);
  if (key === undefined) throw new Refused(fail(401));
  if (key !== world.credentials().mail.resend.apiKey) throw new Refused(fail(403));
}

function read(world: World, call: Call): Answer {
  checkKey(world, call);
  const found = takenLetters(world).find(call.params['id'] ?? '');
  if (found?.body.service !== 'resend') throw refuse(404, 'not_found', 'Email not found');
  const { id, from, to, subject, takenAt } = found.body;
  return ok({
    object: 'email',
    id,
    from,
    to: to.map(({ address }) => address),
    subject,
    created_at: takenAt,
    last_event: 'delivered',
  });
}

type Remembered = { readonly digest: string; readonly answer: Answer };

function send(world: World, call: Call): Answer {
  checkKey(world, call);
  const key = textOr(call.headers['idempotency-key'], '');
  if (key.length > LONGEST_KEY) {
    throw refuse(400, 'invalid_idempotency_key', 'The key must be between 1-256 chars.');
  }
  const keys = world.state.drawer<Remembered>('mail-once');
  const now = world.clock.now().epochMilliseconds;
  const known = key === '' ? undefined : keys.find(key);
  const digest = createHash('sha256').update(call.body).digest('hex');
  if (known && known.ends > now) {
    if (known.body.digest === digest) return known.body.answer;
    throw refuse(
      409,
      'invalid_idempotent_request',
      'Same idempotency key used with a different request payload. Change your idempotency key or payload.',
    );
  }
  const answer = accept(world, call);
  if (key !== '') {
    const shared = { owner: '', live: true, starts: now, ends: now + KEY_LIFE_MS, tags: [] };
    keys.put({ id: key, ...shared, body: { digest, answer } });
  }
  return answer;
}

function accept(world: World, call: Call): Answer {
  const body = jsonObject(call.body);
  if (!body) throw refuse(400, 'validation_error', 'The request body is not valid JSON.');
  for (const field of ['from', 'to', 'subject'])
    if (!(field in body)) throw refuse(422, 'missing_required_field', `Missing \`${field}\` field.`);
  const from = readSender(body['from']);
  if (!from) throw wrongAddress('from');
  const to = recipientsOf(body['to']);
  const alternatives = (
    [
      ['text', 'text/plain'],
      ['html', 'text/html'],
    ] as const
  ).flatMap(([field, type]) => (typeof body[field] === 'string' ? [{ type, content: Buffer.from(body[field]) }] : []));
  if (alternatives.length === 0) throw refuse(422, 'missing_required_field', 'Missing `html` or `text` field.');
  const id = randomUUID();
  // Whatever Message-ID was given, the service that carries the mail writes its own.
  const messageId = `<${id.replaceAll('-', '')}@sandbox.resend.example>`;
  const draft = { messageId, from, to, subject: textOr(body['subject'], ''), alternatives, files: filesOf(body) };
  take(world, 'resend', id, { ...draft, headers: headersOf(body) }, { tags: tagsOf(body) });
  return ok({ id });
}

function wrongAddress(field: string): Refused {
  const form = 'The email address needs to follow the `email@example.com` or `Name <email@example.com>` format.';
  return refuse(422, 'validation_error', `Invalid \`${field}\` field. ${form}`);
}

function recipientsOf(given: unknown): Address[] {
  const all = Array.isArray(given) ? given : [given];
  const sound = all.map(readAddress).filter((one) => one !== undefined);
  if (sound.length !== all.length || all.length === 0 || all.length > MOST_RECIPIENTS) throw wrongAddress('to');
  return sound;
}

function filesOf(body: Json): Part[] {
  const given = body['attachments'] ?? [];
  if (!Array.isArray(given)) throw refuse(422, 'validation_error', 'Invalid `attachments` field.');
  return given.map((one: unknown) => {
    const content = isJson(one) ? fromBase64(one['content']) : undefined;
    if (!isJson(one) || !content) {
      throw refuse(422, 'invalid_attachment', 'Attachment must have either a `content` or `path`.');
    }
    return {
      filename: textOr(one['filename'], 'attachment'),
      type: textOr(one['content_type'], 'application/octet-stream'),
      content,
    };
  });
}

function headersOf(body: Json): Record<string, string> {
  const given = body['headers'] ?? {};
  if (!isJson(given)) throw refuse(422, 'validation_error', 'Invalid `headers` field.');
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
}

function tagsOf(body: Json): Json {
  const given = body['tags'] ?? [];
  const wrong = 'Tags should only contain ASCII letters, numbers, underscores, or dashes.';
  if (!Array.isArray(given)) throw refuse(422, 'validation_error', 'Invalid `tags` field.');
  const pairs = given.map((tag: unknown): [string, string] => {
    const [name, value] = isJson(tag) ? [textOr(tag['name'], ''), textOr(tag['value'], '')] : ['', ''];
    if (![name, value].every((text) => /^[A-Za-z0-9_-]{1,256}$/.test(text)))
      throw refuse(422, 'validation_error', wrong);
    return [name, value];
  });
  return Object.fromEntries(pairs);
}
