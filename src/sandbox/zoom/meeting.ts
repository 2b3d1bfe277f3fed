// What Zoom makes of the fields of a meeting: which it refuses (code 300 with errors[]), which it changes silently,
// and how a stored meeting looks in an answer.
import { randomBytes, randomInt } from 'node:crypto';
import { isJson, packed, type Json, type World } from '../endpoint.ts';
import { isZone, wallTimeIn } from '../wall-time.ts';
import type { FieldError } from './errors.ts';

export type Meeting = {
  readonly id: number;
  readonly uuid: string;
  readonly hostId: string;
  readonly hostEmail: string;
  readonly createdAt: string;
  readonly topic: string;
  readonly type: number;
  readonly starts: number;
  readonly duration: number;
  readonly timezone: string;
  readonly agenda: string;
  /** Empty: none. */
  readonly password: string;
  /** The `pwd` of the join link; changes with the password. */
  readonly passcodeMark: string;
  readonly settings: Json;
  readonly trackingFields: readonly unknown[];
};

/** The zone of the account, in which a start_time without zone is read. */
const ACCOUNT_ZONE = 'America/New_York';
/** A start link logs its bearer in as the host, for two hours. */
const START_LINK_MS = 7_200_000;
/** The list cuts the agenda here. */
export const LISTED_AGENDA = 250;

const DEFAULT_SETTINGS: Json = {
  host_video: false,
  participant_video: false,
  join_before_host: false,
  jbh_time: 0,
  mute_upon_entry: false,
  watermark: false,
  use_pmi: false,
  approval_type: 2,
  audio: 'both',
  auto_recording: 'none',
  waiting_room: false,
  meeting_authentication: false,
  email_notification: true,
  private_meeting: false,
};

const RULES: Readonly<Record<string, [holds: (value: unknown) => boolean, message: string]>> = {
  topic: [
    (value) => typeof value === 'string' && value.length <= 200,
    'The topic must be a string of at most 200 characters.',
  ],
  type: [(value) => [1, 2, 3, 8, 10].some((known) => known === value), 'Invalid type.'],
  start_time: [
    (value) => typeof value === 'string' && START_TIME.test(value) && momentOf(value, 'UTC') !== undefined,
    'Invalid start_time. Use yyyy-MM-ddTHH:mm:ssZ or yyyy-MM-ddTHH:mm:ss.',
  ],
  duration: [
    (value) => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 1440,
    'The value must be an integer between 1 and 1440.',
  ],
  timezone: [isZone, 'Invalid timezone.'],
  agenda: [
    (value) => typeof value === 'string' && value.length <= 2000,
    'The agenda must be a string of at most 2000 characters.',
  ],
  password: [
    (value) => typeof value === 'string' && /^[A-Za-z0-9@\-_*!]{0,10}$/.test(value),
    'The passcode may have at most 10 characters of [a-z A-Z 0-9 @ - _ * !].',
  ],
  default_password: [(value) => typeof value === 'boolean', 'The value must be a boolean.'],
  schedule_for: [(value) => typeof value === 'string', 'The value must be a string.'],
  settings: [isJson, 'The value must be an object.'],
  tracking_fields: [
    (value) => Array.isArray(value) && value.every((one) => isJson(one) && typeof one['field'] === 'string'),
    'Each tracking field needs a field.',
  ],
};
const START_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ?$/;
const SETTING_RULES: Readonly<Record<string, (value: unknown) => boolean>> = {
  ...Object.fromEntries(
    [
      'host_video',
      'participant_video',
      'join_before_host',
      'mute_upon_entry',
      'use_pmi',
      'waiting_room',
      'meeting_authentication',
      'email_notification',
      'private_meeting',
    ].map((name) => [name, (value: unknown) => typeof value === 'boolean']),
  ),
  jbh_time: (value) => [0, 5, 10, 15].some((known) => known === value),
  approval_type: (value) => [0, 1, 2].some((known) => known === value),
  audio: (value) => ['both', 'telephony', 'voip', 'thirdParty'].some((known) => known === value),
  auto_recording: (value) => ['local', 'cloud', 'none'].some((known) => known === value),
  alternative_hosts: (value) => typeof value === 'string',
  meeting_invitees: (value) =>
    Array.isArray(value) && value.every((one) => isJson(one) && typeof one['email'] === 'string'),
};

/** Fields that Zoom does not know are ignored, as Zoom ignores them. */
export function faultsOf(body: Json): FieldError[] {
  const faults: FieldError[] = [];
  for (const [field, [holds, message]] of Object.entries(RULES))
    if (body[field] !== undefined && !holds(body[field])) faults.push({ field, message });
  const settings = isJson(body['settings']) ? body['settings'] : {};
  for (const [field, holds] of Object.entries(SETTING_RULES))
    if (settings[field] !== undefined && !holds(settings[field]))
      faults.push({ field: `settings.${field}`, message: 'Invalid field.' });
  return faults;
}

/** A new meeting from a checked body. A start that is missing or past silently becomes now. */
export function meetingFrom(
  body: Json,
  host: { id: string; email: string },
  id: number,
  now: Temporal.Instant,
): Meeting {
  const password =
    typeof body['password'] === 'string' ? body['password'] : body['default_password'] === false ? '' : newPassword();
  const second = Math.floor(now.epochMilliseconds / 1000) * 1000;
  const wanted = momentOf(body['start_time'], zoneOf(body) ?? ACCOUNT_ZONE);
  return {
    id,
    uuid: randomBytes(16).toString('base64'),
    hostId: host.id,
    hostEmail: host.email,
    createdAt: now.round('second').toString(),
    topic: typeof body['topic'] === 'string' && body['topic'] !== '' ? body['topic'] : 'Zoom Meeting',
    type: typeof body['type'] === 'number' ? body['type'] : 2,
    starts: wanted === undefined || wanted < second ? second : wanted,
    duration: typeof body['duration'] === 'number' ? body['duration'] : 60,
    timezone: zoneOf(body) ?? ACCOUNT_ZONE,
    agenda: typeof body['agenda'] === 'string' ? body['agenda'] : '',
    password,
    passcodeMark: markFor(password),
    settings: settled(DEFAULT_SETTINGS, body['settings']),
    trackingFields: Array.isArray(body['tracking_fields']) ? body['tracking_fields'] : [],
  };
}

/** The meeting after a checked PATCH. A past start is ignored silently. */
export function patched(meeting: Meeting, body: Json, now: Temporal.Instant): Meeting {
  const timezone = zoneOf(body) ?? meeting.timezone;
  const wanted = momentOf(body['start_time'], timezone);
  const password = typeof body['password'] === 'string' ? body['password'] : meeting.password;
  return {
    ...meeting,
    topic: typeof body['topic'] === 'string' && body['topic'] !== '' ? body['topic'] : meeting.topic,
    type: typeof body['type'] === 'number' ? body['type'] : meeting.type,
    starts: wanted === undefined || wanted < now.epochMilliseconds ? meeting.starts : wanted,
    duration: typeof body['duration'] === 'number' ? body['duration'] : meeting.duration,
    timezone,
    agenda: typeof body['agenda'] === 'string' ? body['agenda'] : meeting.agenda,
    password,
    passcodeMark: password === meeting.password ? meeting.passcodeMark : markFor(password),
    settings: settled(meeting.settings, body['settings']),
    trackingFields: Array.isArray(body['tracking_fields']) ? body['tracking_fields'] : meeting.trackingFields,
  };
}

export function listed(world: World, meeting: Meeting): Json {
  return {
    uuid: meeting.uuid,
    id: meeting.id,
    host_id: meeting.hostId,
    topic: meeting.topic,
    type: meeting.type,
    start_time: utc(meeting.starts),
    duration: meeting.duration,
    timezone: meeting.timezone,
    ...(meeting.agenda === '' ? {} : { agenda: meeting.agenda.slice(0, LISTED_AGENDA) }),
    created_at: meeting.createdAt,
    join_url: joinUrl(world, meeting),
  };
}

export function shown(world: World, meeting: Meeting): Json {
  const zak = packed({
    typ: 'zak',
    host: meeting.hostId,
    expires: world.clock.now().epochMilliseconds + START_LINK_MS,
  });
  const digits = String(
    Number.parseInt(Buffer.from(meeting.passcodeMark).toString('hex').slice(0, 8), 16) % 1_000_000,
  ).padStart(6, '0');
  return {
    ...listed(world, meeting),
    host_email: meeting.hostEmail,
    agenda: meeting.agenda,
    status: 'waiting',
    start_url: `${world.url()}/zoom/s/${meeting.id}?zak=${zak}`,
    ...(meeting.password === ''
      ? {}
      : {
          password: meeting.password,
          h323_password: digits,
          pstn_password: digits,
          encrypted_password: meeting.passcodeMark,
        }),
    settings: meeting.settings,
    ...(meeting.trackingFields.length > 0 ? { tracking_fields: meeting.trackingFields } : {}),
    pre_schedule: false,
    creation_source: 'open_api',
  };
}

/** With Z that instant; without, wall time in the zone. */
function momentOf(text: unknown, zone: string): number | undefined {
  if (typeof text !== 'string') return undefined;
  if (!text.endsWith('Z')) return wallTimeIn(text, zone)?.epochMilliseconds;
  return wallTimeIn(text.slice(0, -1), 'UTC')?.epochMilliseconds;
}

function zoneOf(body: Json): string | undefined {
  return typeof body['timezone'] === 'string' && body['timezone'] !== '' ? body['timezone'] : undefined;
}

/** A waiting room switches join_before_host off. */
function settled(before: Json, given: unknown): Json {
  const settings = { ...before, ...(isJson(given) ? given : {}) };
  return settings['waiting_room'] === true ? { ...settings, join_before_host: false } : settings;
}

function joinUrl(world: World, meeting: Meeting): string {
  return `${world.url()}/zoom/j/${meeting.id}${meeting.passcodeMark === '' ? '' : `?pwd=${meeting.passcodeMark}`}`;
}

function newPassword(): string {
  const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789';
  return Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('');
}

function markFor(password: string): string {
  return password === '' ? '' : `${randomBytes(24).toString('base64url')}.1`;
}

function utc(epochMilliseconds: number): string {
  return Temporal.Instant.fromEpochMilliseconds(epochMilliseconds).toString({ smallestUnit: 'second' });
}
