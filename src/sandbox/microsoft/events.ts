// Graph's calls on the events of a mailbox: create with transactionId, read, list, view, change, delete and cancel.
// Overlapping events are accepted, as Exchange accepts them.
import { randomBytes } from 'node:crypto';
import { jsonObject, saysJson, type Answer, type Call, type Endpoint, type Json, type World } from '../endpoint.ts';
import type { Drawer, Kept } from '../state.ts';
import { itemNotFound, refuse } from './errors.ts';
import {
  countReading,
  etagOf,
  fieldsOf,
  plainIdTag,
  shown,
  stretchOf,
  tagsOf,
  teamsAfter,
  type MicrosoftEvent,
} from './event.ts';
import { listEvents, viewEvents } from './list.ts';
import { expandedAndSelected } from './odata.ts';
import { IN_UTC, preferenceOf } from './time.ts';
import { personFor, type Person } from './tokens.ts';

const GRAPH = '/graph/v1.0/users/:userId';

export function eventEndpoints(world: World): Endpoint[] {
  const one = `${GRAPH}/events/:eventId`;
  const creating = ['events', 'calendar/events', 'calendars/:calendarId/events'].map((path): Endpoint => ({
    method: 'POST',
    path: `${GRAPH}/${path}`,
    operation: 'create',
    mailbox: true,
    handle: (call) => create(world, call),
  }));
  const reading = (path: string, list: typeof listEvents): Endpoint => ({
    method: 'GET',
    path: `${GRAPH}/${path}`,
    operation: 'list',
    mailbox: true,
    handle: (call) => list(world, call, personFor(world, call, 'Calendars.ReadWrite'), drawer(world)),
  });
  const rest: Endpoint[] = [
    { method: 'GET', path: one, operation: 'read', handle: (call) => read(world, call) },
    { method: 'PATCH', path: one, operation: 'update', handle: (call) => change(world, call) },
    { method: 'DELETE', path: one, operation: 'delete', handle: (call) => remove(world, call, 204) },
    { method: 'POST', path: `${one}/cancel`, operation: 'delete', handle: (call) => remove(world, call, 202) },
  ];
  return [
    ...creating,
    reading('events', listEvents),
    reading('calendarView', viewEvents),
    ...rest.map((endpoint) => ({ ...endpoint, mailbox: true })),
  ];
}

/** All live events as Graph shows them, each with its `calendarOwner` beside, for the control door. */
export function listMicrosoftEvents(world: World, limit: number): Json[] {
  return drawer(world)
    .list({ live: true, limit })
    .map((kept) => ({
      ...shown(world, kept.body, kept, IN_UTC),
      singleValueExtendedProperties: kept.body.fields['singleValueExtendedProperties'] ?? [],
      calendarOwner: kept.body.owner.address,
    }));
}

function create(world: World, call: Call): Answer {
  const owner = personFor(world, call, 'Calendars.ReadWrite');
  const { preferred, headers } = preferenceOf(call);
  const body = bodyOf(call);
  const fields = fieldsOf(body);
  const stretch = stretchOf(fields);
  const transactionId = typeof body['transactionId'] === 'string' ? body['transactionId'] : null;
  const first =
    transactionId === null
      ? undefined
      : drawer(world).list({ owner: owner.address, live: true, tags: [`transaction:${transactionId}`], limit: 1 })[0];
  // The same transaction again answers the event it made before.
  if (first) return { status: 201, headers, body: withContext(owner, shown(world, first.body, first, preferred)) };
  const now = world.clock.now().epochMilliseconds;
  const { teamsPendingReads } = world.switches.now();
  const event: MicrosoftEvent = {
    id: newId(),
    owner,
    iCalUId: `040000008200E00074C5B7101A82E008${randomBytes(32).toString('hex').toUpperCase()}`,
    created: now,
    modified: now,
    version: 0,
    fields,
    transactionId,
    teams: teamsAfter(world, { teams: null }, fields),
    ...(teamsPendingReads === 0 ? {} : { linkAfterReads: teamsPendingReads }),
  };
  keep(world, event, stretch);
  return { status: 201, headers, body: withContext(owner, shown(world, event, stretch, preferred)) };
}

function read(world: World, call: Call): Answer {
  const owner = personFor(world, call, 'Calendars.ReadWrite');
  const { preferred, headers } = preferenceOf(call);
  const kept = existing(world, call, owner);
  countReading(drawer(world), kept);
  return {
    status: 200,
    headers,
    body: withContext(owner, expandedAndSelected(call, shown(world, kept.body, kept, preferred), kept.body.fields)),
  };
}

function change(world: World, call: Call): Answer {
  const owner = personFor(world, call, 'Calendars.ReadWrite');
  const { preferred, headers } = preferenceOf(call);
  const { body: before } = existing(world, call, owner);
  checkMatch(call, before);
  const body = bodyOf(call);
  if (body['transactionId'] !== undefined && body['transactionId'] !== before.transactionId)
    throw refuse(400, 'ErrorInvalidPropertySet', 'The property transactionId cannot be changed.');
  const given = fieldsOf(body);
  const fields = { ...before.fields, ...given };
  const stretch = stretchOf(fields);
  const event: MicrosoftEvent = {
    ...before,
    fields,
    modified: world.clock.now().epochMilliseconds,
    version: before.version + 1,
    teams: teamsAfter(world, before, given),
  };
  keep(world, event, stretch);
  return { status: 200, headers, body: withContext(owner, shown(world, event, stretch, preferred)) };
}

function remove(world: World, call: Call, status: number): Answer {
  const owner = personFor(world, call, 'Calendars.ReadWrite');
  const kept = existing(world, call, owner);
  checkMatch(call, kept.body);
  keep(world, kept.body, kept, false);
  return { status };
}

function existing(world: World, call: Call, owner: Person): Kept<MicrosoftEvent> {
  const id = call.params['eventId'] ?? '';
  const immutable = drawer(world).find(id);
  // After a move the first id is good for those alone who ask for ids that stay.
  const stays = immutable?.body.plainId === undefined || preferenceOf(call).preferred.immutableIds;
  const found =
    immutable && stays
      ? immutable
      : drawer(world).list({ owner: owner.address, live: true, tags: [plainIdTag(id)], limit: 1 })[0];
  if (!found?.live || found.owner !== owner.address) throw itemNotFound();
  return found;
}

/** What a person does who drags it into another calendar: its plain id is another from then on. */
export function moveEvent(world: World, id: string): { readonly id: string; readonly plainId: string } | undefined {
  const kept = drawer(world).find(id);
  if (!kept?.live) return undefined;
  const event = { ...kept.body, plainId: newId() };
  keep(world, event, kept);
  return { id, plainId: event.plainId };
}

function newId(): string {
  return `AAMkAG${randomBytes(84).toString('base64url')}=`;
}

function keep(
  world: World,
  event: MicrosoftEvent,
  { starts, ends }: { starts: number; ends: number },
  live = true,
): void {
  drawer(world).put({ id: event.id, owner: event.owner.address, live, starts, ends, tags: tagsOf(event), body: event });
}

function checkMatch(call: Call, event: MicrosoftEvent): void {
  const wanted = call.headers['if-match'];
  if (wanted !== undefined && wanted !== '*' && wanted !== etagOf(event))
    throw refuse(
      412,
      'ErrorIrresolvableConflict',
      'The change key passed in the request does not match the current change key for the item.',
    );
}

export function bodyOf(call: Call): Json {
  if (!saysJson(call))
    throw refuse(400, 'RequestBodyRead', 'Entity only allows writes with a JSON Content-Type header.');
  const body = jsonObject(call.body);
  if (!body)
    throw refuse(
      400,
      'BadRequest',
      'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
    );
  return body;
}

function withContext(owner: Person, body: Json): Json {
  return {
    '@odata.context': `https://graph.microsoft.com/v1.0/$metadata#users('${owner.id}')/events/$entity`,
    ...body,
  };
}

export function drawer(world: World): Drawer<MicrosoftEvent> {
  return world.state.drawer<MicrosoftEvent>('microsoft-event');
}
