// The addresses of hours that hold from a date on, until one, or for one session type.
import { Type } from 'typebox';
import { answers } from '../platform/http/openapi.ts';
import type { App } from '../platform/http/server.ts';
import { PublicId } from '../platform/http/validation.ts';
import { ChangeHeaders, etagOf } from '../practitioners/call.ts';
import { changeOf, CHANGING, HERS, OPEN, readOpenly, REFUSALS, type ScheduleTools } from './routes-door.ts';
import { HoursPlanBody, HoursPlanInForce, HoursPlanList, planWire, ScheduleVersion } from './schemas.ts';
import { removeHoursPlan, setHoursPlan, type PlanAsked } from './set-hours-plan.ts';
import { listPlans, readPlan, type KeptPlan } from './store-plans.ts';
import type { WrittenHours } from './weekly-hours.ts';

const ALL = '/api/practitioners/:practitionerId/hours-plans';
const ONE = `${ALL}/:planId`;
const params = Type.Object({ practitionerId: PublicId, planId: PublicId });
const FAULTS = [...REFUSALS, 'unknown_location', 'unknown_session_type', 'already_exists'] as const;

export function planRoutes(app: App, tools: ScheduleTools): void {
  reading(app, tools);
  adding(app, tools);
  changing(app, tools);
}

function reading(app: App, tools: ScheduleTools): void {
  const listed = {
    ...HERS,
    operationId: 'listHoursPlans',
    summary: 'Hours that hold within dates, or for a session type',
    response: answers({ 200: HoursPlanList }, ['not_found']),
  };
  app.get(ALL, { config: OPEN, schema: listed }, async (request, reply) => {
    const { practitionerId } = request.params;
    const { inForce, found } = await readOpenly(tools, request.actor, practitionerId, (tx) =>
      listPlans(tx, practitionerId),
    );
    const { zone, version } = inForce.schedule;
    void reply.header('etag', etagOf(version));
    return { timeZone: zone, plans: found.map(planWire), version };
  });
  const one = {
    ...HERS,
    params,
    operationId: 'getHoursPlan',
    summary: 'One set of such hours',
    response: answers({ 200: HoursPlanInForce }, ['not_found']),
  };
  app.get(ONE, { config: OPEN, schema: one }, async (request, reply) => {
    const { practitionerId, planId } = request.params;
    const { inForce, found } = await readOpenly(tools, request.actor, practitionerId, (tx) =>
      readPlan(tx, practitionerId, planId),
    );
    void reply.header('etag', etagOf(inForce.schedule.version));
    return planOf(found, inForce.schedule);
  });
}

function adding(app: App, tools: ScheduleTools): void {
  const schema = {
    ...HERS,
    headers: ChangeHeaders,
    operationId: 'addHoursPlan',
    summary: 'Add hours from a date on, until one, or for a session type',
    description:
      'Of those in force on a date the latest begun holds; those of the session type before those of all; without any the weekly hours.',
    body: HoursPlanBody,
    response: answers({ 201: HoursPlanInForce }, [...FAULTS, 'limit_reached'], { body: true }),
  };
  const config = { ...CHANGING, answerHeaders: ['etag', 'location'] } as const;
  app.post(ALL, { config, schema }, async (request, reply) => {
    const { actor, body } = request;
    const change = { ...changeOf(request, tools, 201), id: null, asked: askedOf(body) };
    const { plan, zone, version } = await setHoursPlan(tools, actor, change);
    const at = `/api/practitioners/${change.practitionerId}/hours-plans/${plan.id}`;
    void reply.code(201).header('etag', etagOf(version)).header('location', at);
    return planOf(plan, { zone, version });
  });
}

function changing(app: App, tools: ScheduleTools): void {
  const set = {
    ...HERS,
    params,
    headers: ChangeHeaders,
    operationId: 'setHoursPlan',
    summary: 'Put other such hours in place of these',
    body: HoursPlanBody,
    response: answers({ 200: HoursPlanInForce }, FAULTS, { body: true }),
  };
  app.put(ONE, { config: CHANGING, schema: set }, async (request, reply) => {
    const { actor, body } = request;
    const change = { ...changeOf(request, tools), id: request.params.planId, asked: askedOf(body) };
    const { plan, zone, version } = await setHoursPlan(tools, actor, change);
    void reply.header('etag', etagOf(version));
    return planOf(plan, { zone, version });
  });
  const removed = {
    ...HERS,
    params,
    headers: ChangeHeaders,
    operationId: 'removeHoursPlan',
    summary: 'Remove such hours',
    response: answers({ 200: ScheduleVersion }, REFUSALS),
  };
  app.delete(ONE, { config: CHANGING, schema: removed }, async (request, reply) => {
    const change = { ...changeOf(request, tools), id: request.params.planId };
    const version = await removeHoursPlan(tools, request.actor, change);
    void reply.header('etag', etagOf(version));
    return { version };
  });
}

type Body = {
  firstDate?: string | null;
  lastDate?: string | null;
  sessionTypeId?: number | null;
  hours: readonly WrittenHours[];
};

function askedOf({ firstDate = null, lastDate = null, sessionTypeId = null, hours }: Body): PlanAsked {
  return { firstDate, lastDate, sessionTypeId, hours };
}

function planOf(plan: KeptPlan, { zone, version }: { readonly zone: string; readonly version: number }) {
  return { timeZone: zone, plan: planWire(plan), version };
}
