// Twilio's messages as the sandbox plays them: created and listed under Basic credentials, with Twilio's error codes. No create
// is de-duplicated. https://www.twilio.com/docs/messaging/api/message-resource
import { randomBytes } from 'node:crypto';
import { Refused, type Answer, type Call, type Emulator, type Json, type Operation, type World } from '../endpoint.ts';

const PATH = '/2010-04-01/Accounts/:accountSid/Messages.json';
const LONGEST_BODY = 1_600;
const DEFAULT_PAGE = 50;
const MOST_PER_PAGE = 1_000;
/** Numbers that fail on purpose, as with Twilio's test credentials. */
const MAGIC: Readonly<Record<string, readonly [number, string]>> = {
  '+15005550001': [21_211, "Invalid 'To' Phone Number: +15005550001"],
  '+15005550009': [21_614, "'To' number is not a valid mobile number"],
};

export type SmsMessage = {
  readonly sid: string;
  readonly account_sid: string;
  readonly to: string;
  readonly from: string | null;
  readonly messaging_service_sid: string | null;
  readonly body: string;
  readonly status: string;
  readonly direction: string;
  readonly num_segments: string;
  readonly date_created: string;
  readonly date_updated: string;
  readonly date_sent: string | null;
  readonly error_code: number | null;
  readonly error_message: string | null;
  readonly uri: string;
};

export function twilio(world: World): Emulator {
  return {
    provider: 'twilio',
    prefix: '/twilio',
    endpoints: [
      { method: 'POST', path: PATH, operation: 'create', handle: (call) => create(world, call) },
      { method: 'GET', path: PATH, operation: 'list', handle: (call) => list(world, call) },
    ],
    fail,
    accountsOf: (call) => [new URLSearchParams(call.body).get('To') ?? call.query.get('To') ?? ''],
  };
}

/** Every message, oldest first. */
export function listSms(world: World, limit: number): SmsMessage[] {
  return drawer(world)
    .list({ live: true, limit })
    .map(({ body }) => body);
}

function create(world: World, call: Call): Answer {
  const accountSid = checkCaller(world, call);
  const form = new URLSearchParams(call.body);
  const [to, body] = [form.get('To') ?? '', form.get('Body') ?? ''];
  const [from, service] = [form.get('From'), form.get('MessagingServiceSid')];
  if (to === '') throw refuse(400, 21_604, "A 'To' phone number is required.");
  if (!/^\+[1-9]\d{6,14}$/.test(to)) throw refuse(400, 21_211, `Invalid 'To' Phone Number: ${to}`);
  const magic = MAGIC[to];
  if (magic) throw refuse(400, ...magic);
  if (!from && !service) throw refuse(400, 21_603, "A 'From' phone number is required.");
  if (from && !/^(\+[1-9]\d{6,14}|[A-Za-z0-9 ]{1,11})$/.test(from)) {
    throw refuse(400, 21_212, `Invalid 'From' Phone Number: ${from}`);
  }
  if (body === '') throw refuse(400, 21_602, 'Message body is required.');
  if (body.length > LONGEST_BODY) throw refuse(400, 21_617, 'The concatenated message body exceeds 1600 characters.');
  const sid = `SM${randomBytes(16).toString('hex')}`;
  const at = world.clock.now();
  const message: SmsMessage = {
    sid,
    account_sid: accountSid,
    to,
    from: service ? null : from,
    messaging_service_sid: service,
    body,
    status: service ? 'accepted' : 'queued',
    direction: 'outbound-api',
    num_segments: '1',
    date_created: rfc2822(at),
    date_updated: rfc2822(at),
    date_sent: null,
    error_code: null,
    error_message: null,
    uri: `/2010-04-01/Accounts/${accountSid}/Messages/${sid}.json`,
  };
  const ms = at.epochMilliseconds;
  drawer(world).put({ id: sid, owner: to, live: true, starts: ms, ends: ms, tags: [], body: message });
  return { status: 201, body: message };
}

/** Newest first, as Twilio lists them. */
function list(world: World, call: Call): Answer {
  const accountSid = checkCaller(world, call);
  const to = call.query.get('To');
  const size = Number(call.query.get('PageSize') ?? DEFAULT_PAGE);
  if (!Number.isInteger(size) || size < 1 || size > MOST_PER_PAGE) throw refuse(400, 20_006, 'Invalid PageSize');
  const wanted = { live: true, ...(to === null ? {} : { owner: to }) };
  const count = drawer(world).count(wanted);
  const kept = drawer(world).list({ ...wanted, skip: Math.max(0, count - size), limit: size });
  const messages = kept.map(({ body }) => body).toReversed();
  const uri = `/2010-04-01/Accounts/${accountSid}/Messages.json`;
  return {
    status: 200,
    body: {
      messages,
      page: 0,
      page_size: size,
      uri,
      first_page_uri: uri,
      next_page_uri: null,
      previous_page_uri: null,
    },
  };
}

function checkCaller(world: World, call: Call): string {
  const { accountSid, authToken } = world.credentials().twilio;
  const encoded = /^basic +(\S+)$/i.exec(call.headers.authorization ?? '')?.[1] ?? '';
  const isOurs = Buffer.from(encoded, 'base64').toString('utf8') === `${accountSid}:${authToken}`;
  if (!isOurs || call.params['accountSid'] !== accountSid) throw refuse(401, 20_003, 'Authenticate');
  return accountSid;
}

function drawer(world: World) {
  return world.state.drawer<SmsMessage>('sms');
}

function refuse(status: number, code: number, message: string): Refused {
  return new Refused({ status, body: said(status, code, message) });
}

function said(status: number, code: number, message: string): Json {
  return { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
}

const FAILURES: Readonly<Record<number, readonly [code: number, message: string]>> = {
  400: [21_211, "Invalid 'To' Phone Number"],
  401: [20_003, 'Authenticate'],
  403: [20_403, 'Forbidden'],
  404: [20_404, 'The requested resource was not found'],
  429: [20_429, 'Too Many Requests'],
};

function fail(status: number, _operation?: Operation, own?: string): Answer {
  const [code, message] = FAILURES[status] ?? [20_500, 'Internal Server Error'];
  return { status, body: said(status, own === undefined ? code : Number(own), message) };
}

function rfc2822(at: Temporal.Instant): string {
  const utc = at.toZonedDateTimeISO('UTC');
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' }).format(at.epochMilliseconds);
  const day = String(utc.day).padStart(2, '0');
  const time = utc.toPlainTime().toString({ smallestUnit: 'second' });
  return `${part({ weekday: 'short' })}, ${day} ${part({ month: 'short' })} ${utc.year} ${time} +0000`;
}
