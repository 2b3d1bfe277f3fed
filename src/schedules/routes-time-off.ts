// The addresses of time off. Why somebody is away is her own affair: those who manage her see it, others see no free time.
import { Type } from 'typebox';
import { answers } from '../platform/http/openapi.ts';
import { cursorOf, pageOf, pageQuery } from '../platform/http/page.ts';
import type { App } from '../platform/http/server.ts';
import { PublicId } from '../platform/http/validation.ts';
import { ChangeHeaders, etagOf } from '../practitioners/call.ts';
import { previewTimeOff, type TimeOffPreview } from './find-affected.ts';
import { changeOf, CHANGING, HERS, MANAGERS, readPrivately, REFUSALS, type ScheduleTools } from './routes-door.ts';
import {
  affectedWire,
  askedWire,
  DryRunQuery,
  TimeOffBody,
  TimeOffChanged,
  TimeOffInForceSchema,
  TimeOffPage,
  TimeOffPreviewSchema,
  TimeOffTaken,
  timeOffWire,
} from './schemas-time-off.ts';
import { ScheduleVersion } from './schemas.ts';
import { removeTimeOff, setTimeOff, type TimeOffInForce } from './set-time-off.ts';
import { listTimeOff, readTimeOff } from './store-time-off.ts';

const ALL = '/api/practitioners/:practitionerId/time-off';
const ONE = `${ALL}/:timeOffId`;
const params = Type.Object({ practitionerId: PublicId, timeOffId: PublicId });
const cursor = cursorOf('time-off', PublicId);
const FAULTS = [...REFUSALS, 'time_does_not_exist'] as const;

export function timeOffRoutes(app: App, tools: ScheduleTools): void {
  reading(app, tools);
  adding(app, tools);
  changing(app, tools);
}

function wire({ row, zone, version }: Omit<TimeOffInForce, 'affected'>) {
  return { timeZone: zone, timeOff: timeOffWire(row, zone), version };
}

function takenWire(taken: TimeOffInForce) {
  return { ...wire(taken), ...affectedWire(taken.affected) };
}

/** What it would be, and meet; nothing is written. */
function previewWire({ timeOff, affected, zone, version }: TimeOffPreview) {
  return {
    dryRun: true as const,
    timeZone: zone,
    timeOff: askedWire(timeOff, zone),
    version,
    ...affectedWire(affected),
  };
}

function reading(app: App, tools: ScheduleTools): void {
  const listed = {
    ...HERS,
    operationId: 'listTimeOff',
    summary: 'Time taken off',
    querystring: Type.Object(pageQuery),
    response: answers({ 200: TimeOffPage }, ['not_found']),
  };
  app.get(ALL, { config: MANAGERS, schema: listed }, async (request, reply) => {
    const { practitionerId } = request.params;
    const { limit } = request.query;
    const page = { after: cursor.decode(request.query.cursor) ?? 0, limit: limit + 1 };
    const { inForce, found } = await readPrivately(tools, request.actor, practitionerId, (tx) =>
      listTimeOff(tx, practitionerId, page),
    );
    const { items, nextCursor } = pageOf(found, limit, cursor, ({ id }) => id);
    const { zone, version } = inForce.schedule;
    void reply.header('etag', etagOf(version));
    return { timeZone: zone, timeOff: items.map((row) => timeOffWire(row, zone)), version, nextCursor };
  });
  const one = {
    ...HERS,
    params,
    operationId: 'getTimeOff',
    summary: 'One entry of time off',
    response: answers({ 200: TimeOffInForceSchema }, ['not_found']),
  };
  app.get(ONE, { config: MANAGERS, schema: one }, async (request, reply) => {
    const { practitionerId, timeOffId } = request.params;
    const { inForce, found } = await readPrivately(tools, request.actor, practitionerId, (tx) =>
      readTimeOff(tx, practitionerId, timeOffId),
    );
    const { zone, version } = inForce.schedule;
    void reply.header('etag', etagOf(version));
    return wire({ row: found, zone, version });
  });
}

function adding(app: App, tools: ScheduleTools): void {
  const schema = {
    ...HERS,
    headers: ChangeHeaders,
    operationId: 'takeTimeOff',
    summary: 'Take time off: whole days or a stretch, once or by a rule',
    description:
      'Appointments in it stay, and are told in `affected`. `dryRun=true` tells them and takes nothing. By staff, service keys and herself.',
    querystring: DryRunQuery,
    body: TimeOffBody,
    response: answers({ 200: TimeOffPreviewSchema, 201: TimeOffTaken }, [...FAULTS, 'limit_reached'], { body: true }),
  };
  const config = { ...CHANGING, answerHeaders: ['etag', 'location'] } as const;
  app.post(ALL, { config, schema }, async (request, reply) => {
    const change = { ...changeOf(request, tools, 201), id: null, asked: request.body };
    if (request.query.dryRun) {
      const preview = await previewTimeOff(tools, request.actor, change);
      return await reply.code(200).header('etag', etagOf(preview.version)).send(previewWire(preview));
    }
    const taken = await setTimeOff(tools, request.actor, change);
    const at = `/api/practitioners/${change.practitionerId}/time-off/${taken.row.id}`;
    void reply.code(201).header('etag', etagOf(taken.version)).header('location', at);
    return takenWire(taken);
  });
}

function changing(app: App, tools: ScheduleTools): void {
  const set = {
    ...HERS,
    params,
    headers: ChangeHeaders,
    operationId: 'setTimeOff',
    summary: 'Put other time off in place of this',
    querystring: DryRunQuery,
    body: TimeOffBody,
    response: answers({ 200: TimeOffChanged }, FAULTS, { body: true }),
  };
  app.put(ONE, { config: CHANGING, schema: set }, async (request, reply) => {
    const change = { ...changeOf(request, tools), id: request.params.timeOffId, asked: request.body };
    if (request.query.dryRun) {
      const preview = await previewTimeOff(tools, request.actor, change);
      void reply.header('etag', etagOf(preview.version));
      return previewWire(preview);
    }
    const taken = await setTimeOff(tools, request.actor, change);
    void reply.header('etag', etagOf(taken.version));
    return takenWire(taken);
  });
  const removed = {
    ...HERS,
    params,
    headers: ChangeHeaders,
    operationId: 'removeTimeOff',
    summary: 'Be there after all',
    response: answers({ 200: ScheduleVersion }, REFUSALS),
  };
  app.delete(ONE, { config: CHANGING, schema: removed }, async (request, reply) => {
    const change = { ...changeOf(request, tools), id: request.params.timeOffId };
    const version = await removeTimeOff(tools, request.actor, change);
    void reply.header('etag', etagOf(version));
    return { version };
  });
}
