// The address of a practitioner's weekly hours. Hours are as public as those on a door; free time is availability's.
import { Type } from 'typebox';
import { mayManagePractitioner } from '../identity/actor.ts';
import type { Directory } from '../identity/store.ts';
import { onceOf } from '../platform/http/idempotency.ts';
import { answers } from '../platform/http/openapi.ts';
import type { App } from '../platform/http/server.ts';
import { PublicId } from '../platform/http/validation.ts';
import type { Tools } from '../practitioners/add-practitioner.ts';
import { ChangeHeaders, etagOf, expectedVersions } from '../practitioners/call.ts';
import { refuseUnknownPractitioner } from '../practitioners/store.ts';
import { WeeklyHoursBody, WeeklyHoursSchema, weeklyHoursWire } from './schemas.ts';
import { setWeeklyHours } from './set-weekly-hours.ts';
import { readSchedule } from './store.ts';

export type ScheduleTools = Tools & { readonly directory: Directory };

const ADDRESS = '/api/practitioners/:practitionerId/weekly-hours';
const OPEN = { access: 'public', scope: 'practitioners:read', rate: 'read', answerHeaders: ['etag'] } as const;
const tags = ['Schedules'];
const params = Type.Object({ practitionerId: PublicId });

export function scheduleRoutes(app: App, tools: ScheduleTools): void {
  const read = {
    tags,
    operationId: 'getWeeklyHours',
    summary: 'Weekly hours',
    params,
    response: answers({ 200: WeeklyHoursSchema }, ['not_found'], { guarded: false }),
  };
  app.get(ADDRESS, { config: OPEN, schema: read }, async (request, reply) => {
    const { practitionerId } = request.params;
    const { actor } = request;
    const organisationId = await tools.directory.findOrganisation(practitionerId);
    if (organisationId === null) return refuseUnknownPractitioner();
    const found = await tools.transactor.inOrganisation(organisationId, (tx) => readSchedule(tx, practitionerId), {
      readOnly: true,
    });
    const manages = actor.organisationId === organisationId && mayManagePractitioner(actor, practitionerId);
    if (!found.active && !manages) return refuseUnknownPractitioner();
    void reply.header('etag', etagOf(found.schedule.version));
    return weeklyHoursWire(found);
  });

  const set = {
    tags,
    operationId: 'setWeeklyHours',
    summary: 'Set the weekly hours',
    description: 'By staff, service keys and the practitioner herself. Appointments outside the new hours stay.',
    params,
    headers: ChangeHeaders,
    body: WeeklyHoursBody,
    response: answers(
      { 200: WeeklyHoursSchema },
      ['not_found', 'version_mismatch', 'idempotency_key_invalid', 'idempotency_key_reused'],
      { body: true },
    ),
  };
  const config = {
    access: ['practitioner', 'staff', 'service'],
    scope: 'practitioners:write',
    rate: 'booking',
    answerHeaders: ['etag'],
  } as const;
  app.put(ADDRESS, { config, schema: set }, async (request, reply) => {
    const { actor, body, headers, params: path } = request;
    const call = {
      once: onceOf(request, actor, tools.clock),
      status: 200,
      expected: expectedVersions(headers['if-match']),
    };
    const change = { practitionerId: path.practitionerId, hours: body.hours, call };
    const inForce = await setWeeklyHours(tools, actor, change);
    void reply.header('etag', etagOf(inForce.schedule.version));
    return weeklyHoursWire(inForce);
  });
}
