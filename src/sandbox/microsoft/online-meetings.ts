// Graph's standalone online meetings: on no calendar, named by the organiser's object id, and made once per externalId
// by createOrGet. Their times are instants with an offset.
import { randomBytes } from 'node:crypto';
import { isJson, textOr, type Answer, type Call, type Endpoint, type Json, type World } from '../endpoint.ts';
import type { Shown } from '../pages.ts';
import type { Drawer, Kept } from '../state.ts';
import { instantFrom } from '../wall-time.ts';
import { refuse } from './errors.ts';
import { joinUrl, newTeams } from './event.ts';
import { bodyOf, drawer as eventDrawer } from './events.ts';
import { stamp } from './time.ts';
import { personFor, type Person } from './tokens.ts';

export type OnlineMeeting = {
  readonly id: string;
  readonly organizer: Person;
  readonly created: number;
  readonly thread: string;
  readonly subject: string | null;
  readonly externalId: string | null;
  /** Lobby, presenters and other options as last given. */
  readonly options: Json;
};

const HOUR_MS = 3_600_000;
const OPTIONS = [
  'lobbyBypassSettings',
  'allowedPresenters',
  'joinMeetingIdSettings',
  'isEntryExitAnnounced',
  'recordAutomatically',
  'allowMeetingChat',
  'allowTeamworkReactions',
  'allowRecording',
  'allowTranscription',
  'isBroadcast',
];
const MADE_ONCE = ['startDateTime', 'endDateTime', 'subject', 'externalId', 'participants', 'chatInfo', '@odata.type'];

export function onlineMeetingEndpoints(world: World): Endpoint[] {
  const all = '/graph/v1.0/users/:userId/onlineMeetings';
  const endpoints: Endpoint[] = [
    { method: 'POST', path: all, operation: 'create', handle: (call) => create(world, call, organizerOf(world, call)) },
    { method: 'POST', path: `${all}/createOrGet`, operation: 'create', handle: (call) => createOrGet(world, call) },
    { method: 'GET', path: all, operation: 'list', handle: (call) => findByLink(world, call) },
    {
      method: 'GET',
      path: `${all}/:meetingId`,
      operation: 'read',
      handle: (call) => answer(world, existing(world, call), 200),
    },
    { method: 'PATCH', path: `${all}/:meetingId`, operation: 'update', handle: (call) => change(world, call) },
    {
      method: 'DELETE',
      path: `${all}/:meetingId`,
      operation: 'delete',
      handle: (call) => {
        drawer(world).put({ ...existing(world, call), live: false });
        return { status: 204 };
      },
    },
  ];
  return endpoints.map((endpoint) => ({ ...endpoint, mailbox: true }));
}

/** All live standalone meetings as Graph shows them, for the control door. */
export function listOnlineMeetings(world: World, limit: number): Json[] {
  return drawer(world)
    .list({ live: true, limit })
    .map((kept) => shown(world, kept));
}

/** For the local page behind a Teams link, whether an event carries it or it stands alone. */
export function findTeamsMeeting(world: World, thread: string): Shown | undefined {
  const wanted = { live: true, tags: [`thread:${thread}`], limit: 1 };
  const alone = drawer(world).list(wanted)[0];
  const carried = alone ? undefined : eventDrawer(world).list(wanted)[0];
  const found = alone ?? carried;
  const subject = alone ? alone.body.subject : carried?.body.fields['subject'];
  return (
    found && {
      product: 'Microsoft Teams',
      topic: textOr(subject, '(no subject)'),
      starts: found.starts,
      ends: found.ends,
      zone: 'UTC',
    }
  );
}

function create(world: World, call: Call, organizer: Person): Answer {
  const body = checkedBody(call);
  return answer(world, make(world, organizer, body), 201);
}

/** The key is tenant, organiser and externalId: 201 the first time, 200 and the first meeting ever after. */
function createOrGet(world: World, call: Call): Answer {
  const organizer = organizerOf(world, call);
  const body = checkedBody(call);
  const externalId = body['externalId'];
  if (typeof externalId !== 'string' || externalId === '') throw refuse(400, 'BadRequest', 'ExternalId is required.');
  const found = drawer(world).list({
    owner: organizer.address,
    live: true,
    tags: [`external:${externalId}`],
    limit: 1,
  })[0];
  return found ? answer(world, found, 200) : answer(world, make(world, organizer, body), 201);
}

function change(world: World, call: Call): Answer {
  const before = existing(world, call);
  const body = checkedBody(call);
  const stretch = stretchOf(body, before);
  const subject = typeof body['subject'] === 'string' ? body['subject'] : before.body.subject;
  const kept = {
    ...before,
    ...stretch,
    body: { ...before.body, subject, options: { ...before.body.options, ...optionsOf(body) } },
  };
  drawer(world).put(kept);
  return answer(world, kept, 200);
}

function findByLink(world: World, call: Call): Answer {
  const organizer = organizerOf(world, call);
  const link = /^joinWebUrl\s+eq\s+'([^']+)'$/i.exec(call.query.get('$filter') ?? '')?.[1];
  if (!link) throw refuse(400, 'BadRequest', "A $filter of the form JoinWebUrl eq '...' is required.");
  const thread = /meetup-join\/([^/]+)\//.exec(link)?.[1] ?? '';
  const found = drawer(world).list({
    owner: organizer.address,
    live: true,
    tags: [`thread:${decodeURIComponent(thread)}`],
    limit: 1,
  });
  return { status: 200, body: { value: found.map((kept) => shown(world, kept)) } };
}

function make(world: World, organizer: Person, body: Json): Kept<OnlineMeeting> {
  const now = world.clock.now().epochMilliseconds;
  const externalId = typeof body['externalId'] === 'string' ? body['externalId'] : null;
  const { thread } = newTeams();
  const meeting: OnlineMeeting = {
    id: Buffer.from(`1*${organizer.id}*0**${thread}*${randomBytes(6).toString('hex')}`).toString('base64url'),
    organizer,
    created: now,
    thread,
    subject: typeof body['subject'] === 'string' ? body['subject'] : null,
    externalId,
    options: optionsOf(body),
  };
  const stretch = stretchOf(body, { starts: now, ends: now + HOUR_MS });
  const tags = [`thread:${thread}`, ...(externalId === null ? [] : [`external:${externalId}`])];
  const kept = { id: meeting.id, owner: organizer.address, live: true, ...stretch, tags, body: meeting };
  drawer(world).put(kept);
  return kept;
}

/** Start without end lasts an hour; end without start is an error. */
function stretchOf(body: Json, before: { starts: number; ends: number }): { starts: number; ends: number } {
  const moment = (name: string): number | undefined => {
    if (body[name] === undefined || body[name] === null) return undefined;
    const at = instantFrom(body[name]);
    if (!at) throw refuse(400, 'BadRequest', `${name} must be a date-time with an offset.`);
    return at.epochMilliseconds;
  };
  const starts = moment('startDateTime');
  const ends = moment('endDateTime');
  if (starts === undefined && ends === undefined) return { starts: before.starts, ends: before.ends };
  if (starts === undefined) throw refuse(400, 'BadRequest', 'endDateTime needs startDateTime.');
  if (ends !== undefined && ends < starts) throw refuse(400, 'BadRequest', 'endDateTime is before startDateTime.');
  return { starts, ends: ends ?? starts + HOUR_MS };
}

function checkedBody(call: Call): Json {
  const body = bodyOf(call);
  for (const name of Object.keys(body))
    if (!OPTIONS.includes(name) && !MADE_ONCE.includes(name))
      throw refuse(
        400,
        'BadRequest',
        `The property '${name}' does not exist on type 'microsoft.graph.onlineMeeting' or cannot be set here.`,
      );
  return body;
}

function optionsOf(body: Json): Json {
  return Object.fromEntries(OPTIONS.filter((name) => body[name] !== undefined).map((name) => [name, body[name]]));
}

/** With an app's own token the path must name the organiser by object id: an address is refused. */
function organizerOf(world: World, call: Call): Person {
  const person = personFor(world, call, 'OnlineMeetings.ReadWrite.All');
  // It binds apps that act as themselves; a person's own token needs none.
  const token = world.tokens.check('microsoft', call.headers.authorization);
  const isApp = typeof token === 'object' && token.grant === undefined;
  if (isApp && world.switches.now().teamsPolicy === 'missing')
    throw refuse(403, 'Forbidden', 'No application access policy found for this app.');
  if ((call.params['userId'] ?? '').includes('@'))
    throw refuse(400, 'BadRequest', 'The user in the path must be given by object id.');
  return person;
}

function existing(world: World, call: Call): Kept<OnlineMeeting> {
  const organizer = organizerOf(world, call);
  const found = drawer(world).find(call.params['meetingId'] ?? '');
  if (!found?.live || found.owner !== organizer.address)
    throw refuse(404, 'NotFound', 'The online meeting was not found.');
  return found;
}

function answer(world: World, kept: Kept<OnlineMeeting>, status: number): Answer {
  return { status, body: shown(world, kept) };
}

function shown(world: World, kept: Kept<OnlineMeeting>): Json {
  const { body: meeting } = kept;
  const { organizer } = meeting;
  const identity = { user: { id: organizer.id, displayName: organizer.name } };
  return {
    id: meeting.id,
    creationDateTime: stamp(meeting.created),
    startDateTime: stamp(kept.starts),
    endDateTime: stamp(kept.ends),
    joinWebUrl: joinUrl(world, meeting.thread),
    subject: meeting.subject,
    externalId: meeting.externalId,
    videoTeleconferenceId: null,
    isBroadcast: false,
    allowedPresenters: 'everyone',
    lobbyBypassSettings: { scope: 'organization', isDialInBypassEnabled: false },
    ...(isJson(meeting.options) ? meeting.options : {}),
    participants: { organizer: { upn: organizer.address, role: 'presenter', identity }, attendees: [] },
    chatInfo: { threadId: meeting.thread, messageId: '0', replyChainMessageId: null },
  };
}

function drawer(world: World): Drawer<OnlineMeeting> {
  return world.state.drawer<OnlineMeeting>('online-meeting');
}
