// The addresses of places where people work.
import { Type } from 'typebox';
import { onceOf } from '../platform/http/idempotency.ts';
import { answers, IdempotencyHeaders } from '../platform/http/openapi.ts';
import { cursorOf, pageOf, pageQuery } from '../platform/http/page.ts';
import type { App } from '../platform/http/server.ts';
import { PublicId } from '../platform/http/validation.ts';
import { ChangeHeaders, etagOf, expectedVersions } from '../practitioners/call.ts';
import { addLocation, changeLocation, removeLocation } from './change-location.ts';
import { OPEN, REFUSALS, type ScheduleTools } from './routes-door.ts';
import {
  LocationChangeBody,
  LocationPage,
  LocationRemoved,
  LocationSchema,
  locationWire,
  NewLocation,
} from './schemas-locations.ts';
import { listLocations, readLocation } from './store-locations.ts';

const ALL = '/api/locations';
const ONE = `${ALL}/:locationId`;
const STAFF = {
  access: ['staff', 'service'],
  scope: 'practitioners:write',
  rate: 'booking',
  answerHeaders: ['etag'],
} as const;
const tags = ['Schedules'];
const params = Type.Object({ locationId: PublicId });
const cursor = cursorOf('locations', PublicId);

export function locationRoutes(app: App, tools: ScheduleTools): void {
  reading(app, tools);
  adding(app, tools);
  changing(app, tools);
}

function reading(app: App, tools: ScheduleTools): void {
  const listed = {
    tags,
    operationId: 'listLocations',
    summary: 'Places where people work',
    querystring: Type.Object(pageQuery),
    response: answers({ 200: LocationPage }),
  };
  const config = { access: 'public', scope: 'practitioners:read', rate: 'read' } as const;
  app.get(ALL, { config, schema: listed }, async ({ actor, query }) => {
    const page = { after: cursor.decode(query.cursor) ?? 0, limit: query.limit + 1 };
    const found = await tools.transactor.inOrganisation(actor.organisationId, (tx) => listLocations(tx, page), {
      readOnly: true,
    });
    const { items, nextCursor } = pageOf(found, query.limit, cursor, ({ id }) => id);
    return { locations: items.map(locationWire), nextCursor };
  });
  const one = {
    tags,
    operationId: 'getLocation',
    summary: 'One location',
    params,
    response: answers({ 200: LocationSchema }, ['not_found']),
  };
  app.get(ONE, { config: OPEN, schema: one }, async ({ actor, params: { locationId } }, reply) => {
    const found = await tools.transactor.inOrganisation(actor.organisationId, (tx) => readLocation(tx, locationId), {
      readOnly: true,
    });
    void reply.header('etag', etagOf(found.revision));
    return locationWire(found);
  });
}

function adding(app: App, tools: ScheduleTools): void {
  const schema = {
    tags,
    operationId: 'addLocation',
    summary: 'Add a location',
    headers: IdempotencyHeaders,
    body: NewLocation,
    response: answers(
      { 201: LocationSchema },
      ['already_exists', 'limit_reached', 'idempotency_key_invalid', 'idempotency_key_reused'],
      { body: true },
    ),
  };
  const config = { ...STAFF, answerHeaders: ['etag', 'location'] } as const;
  app.post(ALL, { config, schema }, async (request, reply) => {
    const { actor, body } = request;
    const call = { once: onceOf(request, actor, tools.clock), status: 201 };
    const added = await addLocation(tools, actor, { fields: { ...body, address: body.address ?? null }, call });
    void reply.code(201).header('etag', etagOf(added.revision)).header('location', `${ALL}/${added.id}`);
    return locationWire(added);
  });
}

function changing(app: App, tools: ScheduleTools): void {
  const changed = {
    tags,
    operationId: 'changeLocation',
    summary: 'Change a location; hours worked there follow its zone',
    params,
    headers: ChangeHeaders,
    body: LocationChangeBody,
    response: answers({ 200: LocationSchema }, [...REFUSALS, 'already_exists'], { body: true }),
  };
  app.patch(ONE, { config: STAFF, schema: changed }, async (request, reply) => {
    const { actor, body, headers, params: path } = request;
    const once = onceOf(request, actor, tools.clock);
    const call = { once, status: 200, expected: expectedVersions(headers['if-match']) };
    const location = await changeLocation(tools, actor, { id: path.locationId, fields: body, call });
    void reply.header('etag', etagOf(location.revision));
    return locationWire(location);
  });
  const removed = {
    tags,
    operationId: 'removeLocation',
    summary: 'Remove a location at which nobody has hours',
    params,
    headers: ChangeHeaders,
    response: answers({ 200: LocationRemoved }, [...REFUSALS, 'in_use']),
  };
  const config = { access: STAFF.access, scope: STAFF.scope, rate: STAFF.rate } as const;
  app.delete(ONE, { config, schema: removed }, async (request) => {
    const { actor, headers, params: path } = request;
    const once = onceOf(request, actor, tools.clock);
    const call = { once, status: 200, expected: expectedVersions(headers['if-match']) };
    await removeLocation(tools, actor, { id: path.locationId, call });
    return { success: true as const, message: 'Location removed' };
  });
}
