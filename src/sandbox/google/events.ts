// Google's calls on events: insert with a client's id, get, patch, put and delete, with etags and Google's refusals.
// Overlapping events are accepted, as Google accepts them.
import { randomBytes } from 'node:crypto';
import { jsonObject, textOr, type Answer, type Call, type Endpoint, type Json, type World } from '../endpoint.ts';
import type { Shown } from '../pages.ts';
import type { Drawer, Kept } from '../state.ts';
import { isZone } from '../wall-time.ts';
import { calendarOf, zoneOf } from './calendars.ts';
import { afterReading, conferenceAfter, isMade } from './conference.ts';
import { badRequest, notFound, refuse } from './errors.ts';
import {
  checkFields,
  etagOf,
  fieldsOf,
  mattersToGuests,
  mergedFields,
  shown,
  tagsOf,
  type GoogleEvent,
  type Stretch,
} from './event.ts';
import { listEvents } from './list.ts';
import { acting, type Acting } from './tokens.ts';

const PATH = '/calendar/v3/calendars/:calendarId/events';

export function eventEndpoints(world: World): Endpoint[] {
  const one = `${PATH}/:eventId`;
  return [
    { method: 'POST', path: PATH, operation: 'create', handle: (call) => insert(world, call) },
    { method: 'GET', path: PATH, operation: 'list', handle: (call) => list(world, call) },
    { method: 'GET', path: one, operation: 'read', handle: (call) => get(world, call) },
    { method: 'PATCH', path: one, operation: 'update', handle: (call) => change(world, call, 'patch') },
    { method: 'PUT', path: one, operation: 'update', handle: (call) => change(world, call, 'put') },
    { method: 'DELETE', path: one, operation: 'delete', handle: (call) => remove(world, call) },
  ];
}

/** All live events as Google shows them, each with its `calendarId` beside, for the control door. */
export function listGoogleEvents(world: World, limit: number): Json[] {
  return drawer(world)
    .list({ live: true, limit })
    .map((kept) => ({ ...shown(world, kept.body, kept), calendarId: kept.owner }));
}

/** For the local page behind a Meet link. */
export function findMeetEvent(world: World, code: string): Shown | undefined {
  const found = drawer(world).list({ live: true, tags: [`meet:${code}`], limit: 1 })[0];
  if (!found?.body.conference || !isMade(found.body.conference)) return undefined;
  const topic = textOr(found.body.fields['summary'], '(no title)');
  return { product: 'Google Meet', topic, starts: found.starts, ends: found.ends, zone: zoneOf(found.owner) };
}

function insert(world: World, call: Call): Answer {
  const who = acting(world, call, 'write');
  const calendar = calendarOf(call, who, 'write');
  const version = writeOptions(call);
  const body = bodyOf(call);
  const id = body['id'] ?? randomBytes(16).toString('hex');
  if (typeof id !== 'string' || !/^[a-v0-9]{5,1024}$/.test(id))
    throw badRequest('invalid', 'Invalid resource id value.');
  const fields = fieldsOf(body);
  const stretch = checkFields(fields, calendar, who);
  // A deleted event keeps its id for ever.
  if (drawer(world).find(key(calendar, id))) throw refuse(409, 'duplicate', 'The requested identifier already exists.');
  const now = nowText(world);
  const conference = conferenceAfter(undefined, body['conferenceData'], version, who, world.switches.now());
  const event: GoogleEvent = {
    id,
    calendar,
    status: body['status'] === 'tentative' ? 'tentative' : 'confirmed',
    created: now,
    updated: now,
    version: 0,
    sequence: 0,
    creator: who.email,
    fields,
    ...(conference ? { conference } : {}),
  };
  return keep(world, event, stretch);
}

function list(world: World, call: Call): Answer {
  const who = acting(world, call, 'read');
  const show = (kept: Kept<GoogleEvent>, zone: string | undefined): Json => {
    countReading(world, kept);
    return shown(world, kept.body, kept, zone);
  };
  return listEvents(call, calendarOf(call, who, 'read'), drawer(world), show, world.clock.now());
}

/** A conference that is being made comes nearer with each look at it; its event stays the version it is. */
function countReading(world: World, kept: Kept<GoogleEvent>): void {
  const { conference } = kept.body;
  if (!conference?.pendingReads) return;
  drawer(world).put({ ...kept, body: { ...kept.body, conference: afterReading(conference) } });
}

/** A cancelled event can still be read, with its status. */
function get(world: World, call: Call): Answer {
  const who = acting(world, call, 'read');
  const kept = existing(world, call, who, 'read');
  const zone = call.query.get('timeZone') ?? undefined;
  if (zone !== undefined && !isZone(zone)) throw badRequest('invalid', 'Invalid time zone.');
  countReading(world, kept);
  return { status: 200, headers: { etag: etagOf(kept.body) }, body: shown(world, kept.body, kept, zone) };
}

function change(world: World, call: Call, how: 'patch' | 'put'): Answer {
  const who = acting(world, call, 'write');
  const { body: before } = existing(world, call, who, 'write');
  checkMatch(call, before);
  const version = writeOptions(call);
  const body = bodyOf(call);
  const fields = how === 'put' ? fieldsOf(body) : mergedFields(before.fields, body);
  const stretch = checkFields(fields, before.calendar, who);
  const conference = conferenceAfter(before.conference, body['conferenceData'], version, who, world.switches.now());
  const { conference: _replaced, ...rest } = before;
  const after: GoogleEvent = {
    ...rest,
    status: statusAfter(before, body, how),
    updated: nowText(world),
    version: before.version + 1,
    fields,
    ...(conference ? { conference } : {}),
  };
  return keep(world, mattersToGuests(before, after) ? { ...after, sequence: before.sequence + 1 } : after, stretch);
}

function remove(world: World, call: Call): Answer {
  const who = acting(world, call, 'write');
  writeOptions(call);
  const kept = existing(world, call, who, 'write');
  if (!kept.live) throw refuse(410, 'deleted', 'Resource has been deleted');
  checkMatch(call, kept.body);
  const { body: before } = kept;
  keep(
    world,
    {
      ...before,
      status: 'cancelled',
      updated: nowText(world),
      version: before.version + 1,
      sequence: before.sequence + 1,
    },
    kept,
  );
  return { status: 204 };
}

function keep(world: World, event: GoogleEvent, { starts, ends }: Stretch): Answer {
  const live = event.status !== 'cancelled';
  drawer(world).put({
    id: key(event.calendar, event.id),
    owner: event.calendar,
    live,
    starts,
    ends,
    tags: tagsOf(event),
    body: event,
  });
  return { status: 200, headers: { etag: etagOf(event) }, body: shown(world, event, { starts, ends }) };
}

function existing(world: World, call: Call, who: Acting, wants: 'read' | 'write'): Kept<GoogleEvent> {
  const found = drawer(world).find(key(calendarOf(call, who, wants), call.params['eventId'] ?? ''));
  if (!found) throw notFound();
  return found;
}

function statusAfter(before: GoogleEvent, body: Json, how: 'patch' | 'put'): GoogleEvent['status'] {
  const given = body['status'];
  if (given === undefined || given === null) return how === 'put' ? 'confirmed' : before.status;
  if (given !== 'confirmed' && given !== 'tentative' && given !== 'cancelled')
    throw badRequest('invalid', 'Invalid status value.');
  return given;
}

function checkMatch(call: Call, event: GoogleEvent): void {
  const wanted = call.headers['if-match'];
  if (wanted !== undefined && wanted !== '*' && wanted !== etagOf(event))
    throw refuse(412, 'conditionNotMet', 'Precondition Failed', { type: 'header', name: 'If-Match' });
}

/** Checks the query of a write and answers conferenceDataVersion. */
function writeOptions(call: Call): string {
  const sendUpdates = call.query.get('sendUpdates');
  if (sendUpdates !== null && !['all', 'externalOnly', 'none'].includes(sendUpdates))
    throw refuse(
      400,
      'invalidParameter',
      `Invalid string value: '${sendUpdates}'. Allowed values: [all, externalonly, none]`,
      { type: 'parameter', name: 'sendUpdates' },
    );
  const version = call.query.get('conferenceDataVersion') ?? '0';
  if (version !== '0' && version !== '1')
    throw refuse(
      400,
      'invalidParameter',
      'Invalid value for conferenceDataVersion. Values must be within the range: [0, 1]',
      { type: 'parameter', name: 'conferenceDataVersion' },
    );
  return version;
}

function bodyOf(call: Call): Json {
  const body = jsonObject(call.body);
  if (!body) throw badRequest('parseError', 'Parse Error');
  return body;
}

function drawer(world: World): Drawer<GoogleEvent> {
  return world.state.drawer<GoogleEvent>('google-event');
}

function key(calendar: string, id: string): string {
  return `${calendar}/${id}`;
}

function nowText(world: World): string {
  return world.clock.now().toString({ smallestUnit: 'millisecond' });
}
