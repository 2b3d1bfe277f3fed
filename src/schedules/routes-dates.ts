// The addresses of dates that are not as their week.
import { Type } from 'typebox';
import { answers } from '../platform/http/openapi.ts';
import { cursorOf, pageOf, pageQuery } from '../platform/http/page.ts';
import type { App } from '../platform/http/server.ts';
import { DateText, PublicId } from '../platform/http/validation.ts';
import { dateOfDay, dayNumber, YEARS } from '../platform/time/wall-clock.ts';
import { ChangeHeaders, etagOf } from '../practitioners/call.ts';
import { changeOf, CHANGING, HERS, OPEN, readOpenly, REFUSALS, type ScheduleTools } from './routes-door.ts';
import { DateOverrideBody, DateOverrideInForce, DateOverridePage, overrideWire, ScheduleVersion } from './schemas.ts';
import { removeDateOverride, setDateOverride } from './set-date-override.ts';
import { listOverrides, readOverride } from './store-overrides.ts';

const ALL = '/api/practitioners/:practitionerId/date-overrides';
const ONE = `${ALL}/:date`;
const params = Type.Object({ practitionerId: PublicId, date: DateText });
const querystring = Type.Object({
  from: Type.Optional({ ...DateText, description: 'No earlier than this.' }),
  to: Type.Optional({ ...DateText, description: 'No later than this.' }),
  ...pageQuery,
});
const cursor = cursorOf('date-overrides', DateText);

export function dateRoutes(app: App, tools: ScheduleTools): void {
  reading(app, tools);
  changing(app, tools);
}

function reading(app: App, tools: ScheduleTools): void {
  const listed = {
    ...HERS,
    operationId: 'listDateOverrides',
    summary: 'Dates that are not as their week',
    querystring,
    response: answers({ 200: DateOverridePage }, ['not_found']),
  };
  app.get(ALL, { config: OPEN, schema: listed }, async (request, reply) => {
    const { practitionerId } = request.params;
    const { from = `${YEARS.first}-01-01`, to = `${YEARS.last}-12-31`, limit } = request.query;
    const after = cursor.decode(request.query.cursor);
    const first = after === null ? from : dateOfDay(dayNumber(after) + 1);
    const { inForce, found } = await readOpenly(tools, request.actor, practitionerId, (tx) =>
      listOverrides(tx, practitionerId, { from: first, to, limit: limit + 1 }),
    );
    const { items, nextCursor } = pageOf(found, limit, cursor, ({ date }) => date);
    const { zone, version } = inForce.schedule;
    void reply.header('etag', etagOf(version));
    return { timeZone: zone, overrides: items.map(overrideWire), version, nextCursor };
  });
  const one = {
    ...HERS,
    params,
    operationId: 'getDateOverride',
    summary: 'What holds on one date instead of the week',
    response: answers({ 200: DateOverrideInForce }, ['not_found']),
  };
  app.get(ONE, { config: OPEN, schema: one }, async (request, reply) => {
    const { practitionerId, date } = request.params;
    const { inForce, found } = await readOpenly(tools, request.actor, practitionerId, (tx) =>
      readOverride(tx, practitionerId, date),
    );
    const { zone, version } = inForce.schedule;
    void reply.header('etag', etagOf(version));
    return { timeZone: zone, override: overrideWire(found), version };
  });
}

function changing(app: App, tools: ScheduleTools): void {
  const set = {
    ...HERS,
    params,
    headers: ChangeHeaders,
    operationId: 'setDateOverride',
    summary: 'Set what holds on one date: other hours, or none',
    description: 'For every session type, and on a public holiday too. Appointments already made stay.',
    body: DateOverrideBody,
    response: answers({ 200: DateOverrideInForce }, [...REFUSALS, 'unknown_location', 'limit_reached'], { body: true }),
  };
  app.put(ONE, { config: CHANGING, schema: set }, async (request, reply) => {
    const { actor, body } = request;
    const change = { ...changeOf(request, tools), date: request.params.date, hours: body.hours };
    const { override, zone, version } = await setDateOverride(tools, actor, change);
    void reply.header('etag', etagOf(version));
    return { timeZone: zone, override: overrideWire(override), version };
  });
  const removed = {
    ...HERS,
    params,
    headers: ChangeHeaders,
    operationId: 'removeDateOverride',
    summary: 'Let a date be as its week again',
    response: answers({ 200: ScheduleVersion }, REFUSALS),
  };
  app.delete(ONE, { config: CHANGING, schema: removed }, async (request, reply) => {
    const change = { ...changeOf(request, tools), date: request.params.date };
    const version = await removeDateOverride(tools, request.actor, change);
    void reply.header('etag', etagOf(version));
    return { version };
  });
}
