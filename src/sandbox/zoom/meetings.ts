// Zoom's calls on meetings and users, with Zoom's status codes and error codes. No call is de-duplicated: asked twice,
// Zoom makes two meetings.
import { randomInt } from 'node:crypto';
import {
  Refused,
  jsonObject,
  saysJson,
  type Answer,
  type Call,
  type Endpoint,
  type Json,
  type World,
} from '../endpoint.ts';
import { nameOf } from '../people.ts';
import type { Shown } from '../pages.ts';
import type { Drawer } from '../state.ts';
import { refuse } from './errors.ts';
import { listPage } from './list.ts';
import { faultsOf, listed, meetingFrom, patched, shown, type Meeting } from './meeting.ts';
import { ACCOUNT_OWNER, checkToken, type TokenBearer } from './tokens.ts';

/** Create and update calls per host and UTC day (Zoom rate limits, "meeting/webinar create and update"). */
const MOST_CHANGES_PER_DAY = 100;

export function meetingEndpoints(world: World): Endpoint[] {
  const of = '/v2/users/:userId/meetings';
  const one = '/v2/meetings/:meetingId';
  return [
    { method: 'POST', path: of, operation: 'create', handle: (call) => create(world, call) },
    { method: 'GET', path: of, operation: 'list', handle: (call) => list(world, call) },
    { method: 'GET', path: one, operation: 'read', handle: (call) => read(world, call) },
    { method: 'PATCH', path: one, operation: 'update', handle: (call) => change(world, call) },
    { method: 'DELETE', path: one, operation: 'delete', handle: (call) => remove(world, call) },
    { method: 'GET', path: '/v2/users/:userId', operation: 'read', handle: (call) => readUser(world, call) },
  ];
}

function create(world: World, call: Call): Answer {
  const who = checkToken(world, call, 'meeting:write:meeting:admin');
  const asked = userOf(world, who, call.params['userId'] ?? '');
  const body = checkedBody(call);
  const host = typeof body['schedule_for'] === 'string' ? userOf(world, who, body['schedule_for']) : asked;
  countChange(world, host.email);
  const meeting = meetingFrom(body, host, newId(drawer(world)), world.clock.now());
  keep(world, meeting);
  return { status: 201, body: shown(world, meeting) };
}

function list(world: World, call: Call): Answer {
  const who = checkToken(world, call, 'meeting:read:list_meetings:admin');
  const host = userOf(world, who, call.params['userId'] ?? '');
  return listPage(call, host.email, drawer(world), world.clock.now(), (meeting) => listed(world, meeting));
}

function read(world: World, call: Call): Answer {
  const who = checkToken(world, call, 'meeting:read:meeting:admin');
  return { status: 200, body: shown(world, existing(world, who, call)) };
}

function change(world: World, call: Call): Answer {
  const who = checkToken(world, call, 'meeting:update:meeting:admin');
  const meeting = existing(world, who, call);
  const body = checkedBody(call);
  countChange(world, meeting.hostEmail);
  keep(world, patched(meeting, body, world.clock.now()));
  return { status: 204 };
}

function remove(world: World, call: Call): Answer {
  const who = checkToken(world, call, 'meeting:delete:meeting:admin');
  keep(world, existing(world, who, call), false);
  return { status: 204 };
}

function readUser(world: World, call: Call): Answer {
  const who = checkToken(world, call, 'user:read:user:admin');
  return { status: 200, body: userShown(userOf(world, who, call.params['userId'] ?? '')) };
}

function existing(world: World, who: TokenBearer, call: Call): Meeting {
  const id = call.params['meetingId'] ?? '';
  if (!/^\d{9,12}$/.test(id)) throw refuse(400, 300, 'Invalid meeting id.');
  const found = drawer(world).find(id);
  // A user's token does not show others' meetings.
  if (!found?.live || (who.isUser && found.body.hostEmail !== who.address))
    throw refuse(404, 3001, `Meeting does not exist: ${id}.`);
  return found.body;
}

function keep(world: World, meeting: Meeting, live = true): void {
  drawer(world).put({
    id: String(meeting.id),
    owner: meeting.hostEmail,
    live,
    starts: meeting.starts,
    ends: meeting.starts + meeting.duration * 60_000,
    tags: [],
    body: meeting,
  });
}

/** All live meetings as Zoom shows them to their host, for the control door. */
export function listZoomMeetings(world: World, limit: number): Json[] {
  return drawer(world)
    .list({ live: true, limit })
    .map((kept) => shown(world, kept.body));
}

/** One that is live, as the emulator keeps it. */
export function existingMeeting(world: World, id: string): Meeting | undefined {
  const found = drawer(world).find(id);
  return found?.live ? found.body : undefined;
}

/** Whose meeting it is or was. */
export function hostOfMeeting(world: World, id: string): string | undefined {
  return drawer(world).find(id)?.owner;
}

/** For the local page behind a link. */
export function findMeeting(world: World, id: string): (Shown & { passcodeMark: string }) | undefined {
  const found = drawer(world).find(id);
  if (!found?.live) return undefined;
  const { topic, timezone, passcodeMark } = found.body;
  return { product: 'Zoom', topic, starts: found.starts, ends: found.ends, zone: timezone, passcodeMark };
}

function drawer(world: World): Drawer<Meeting> {
  return world.state.drawer<Meeting>('zoom-meeting');
}

type User = { readonly id: string; readonly email: string };

/** With a user's token she is `me`; an address in its place is none of hers to name. */
function userOf(world: World, who: TokenBearer, addressOrId: string): User {
  if (who.isUser && addressOrId !== 'me') throw refuse(404, 1001, `User does not exist: ${addressOrId}.`);
  const email = world.people.find(addressOrId === 'me' ? who.address : addressOrId);
  if (!email) throw refuse(404, 1001, `User does not exist: ${addressOrId}.`);
  return { id: world.people.idOf('zoom', email), email };
}

function userShown(user: User): Json {
  const name = nameOf(user.email);
  const [first = '', ...rest] = name.split(' ');
  return {
    id: user.id,
    email: user.email,
    type: 2,
    first_name: first,
    last_name: rest.join(' '),
    display_name: name,
    status: 'active',
    language: 'en-US',
    timezone: '',
    role_name: user.email === ACCOUNT_OWNER ? 'Owner' : 'Member',
  };
}

function checkedBody(call: Call): Json {
  if (!saysJson(call)) throw refuse(415, 300, 'Unsupported Content Type');
  const body = jsonObject(call.body);
  if (!body) throw refuse(400, 300, 'Request Body should be a valid JSON object.');
  const faults = faultsOf(body);
  if (faults.length > 0) throw refuse(400, 300, 'Validation Failed.', faults);
  return body;
}

/** Ten or eleven digits, past 2^31, as Zoom's are. */
function newId(meetings: Drawer<Meeting>): number {
  for (let tries = 0; tries < 10; tries++) {
    const id = randomInt(8_000_000_000, 90_000_000_000);
    if (!meetings.find(String(id))) return id;
  }
  throw new Error('no free meeting id in ten tries');
}

function countChange(world: World, host: string): void {
  if (!world.switches.now().zoomDailyLimit) return;
  const now = world.clock.now().toZonedDateTimeISO('UTC');
  const counts = world.state.drawer<number>('zoom-quota');
  const id = `${host} ${now.toPlainDate().toString()}`;
  const count = (counts.find(id)?.body ?? 0) + 1;
  if (count > MOST_CHANGES_PER_DAY) {
    const reset = now.startOfDay().add({ days: 1 }).toInstant().toString();
    throw new Refused({
      status: 429,
      headers: {
        'x-ratelimit-category': 'Light',
        'x-ratelimit-type': 'Daily-limit',
        'x-ratelimit-limit': String(MOST_CHANGES_PER_DAY),
        'x-ratelimit-remaining': '0',
        // A date-time, not seconds: Zoom's form on a daily limit.
        'retry-after': reset,
      },
      body: {
        code: 429,
        message: `You have exceeded the daily rate limit (${MOST_CHANGES_PER_DAY}) of Meeting Create/Update API requests permitted for this user.`,
      },
    });
  }
  counts.put({ id, owner: host, live: true, starts: 0, ends: 0, tags: [], body: count });
}
