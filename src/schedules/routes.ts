// The address of a practitioner's weekly hours, and all that makes up her schedule beside them. Hours are as public as those
// on a door; free time is availability's.
import { answers } from '../platform/http/openapi.ts';
import type { App } from '../platform/http/server.ts';
import { ChangeHeaders, etagOf } from '../practitioners/call.ts';
import { dateRoutes } from './routes-dates.ts';
import { changeOf, CHANGING, HERS, OPEN, readOpenly, REFUSALS, type ScheduleTools } from './routes-door.ts';
import { holidayRoutes } from './routes-holidays.ts';
import { locationRoutes } from './routes-locations.ts';
import { planRoutes } from './routes-plans.ts';
import { timeOffRoutes } from './routes-time-off.ts';
import { WeeklyHoursBody, WeeklyHoursSchema, weeklyHoursWire } from './schemas.ts';
import { setWeeklyHours } from './set-weekly-hours.ts';

const ADDRESS = '/api/practitioners/:practitionerId/weekly-hours';

export function scheduleRoutes(app: App, tools: ScheduleTools): void {
  weeklyHours(app, tools);
  planRoutes(app, tools);
  dateRoutes(app, tools);
  timeOffRoutes(app, tools);
  holidayRoutes(app, tools);
  locationRoutes(app, tools);
}

function weeklyHours(app: App, tools: ScheduleTools): void {
  const read = {
    ...HERS,
    operationId: 'getWeeklyHours',
    summary: 'Weekly hours',
    response: answers({ 200: WeeklyHoursSchema }, ['not_found']),
  };
  app.get(ADDRESS, { config: OPEN, schema: read }, async (request, reply) => {
    const { inForce } = await readOpenly(tools, request.actor, request.params.practitionerId, () => Promise.resolve());
    void reply.header('etag', etagOf(inForce.schedule.version));
    return weeklyHoursWire(inForce);
  });

  const set = {
    ...HERS,
    headers: ChangeHeaders,
    operationId: 'setWeeklyHours',
    summary: 'Set the weekly hours',
    description: 'By staff, service keys and the practitioner herself. Appointments outside the new hours stay.',
    body: WeeklyHoursBody,
    response: answers({ 200: WeeklyHoursSchema }, [...REFUSALS, 'unknown_location'], { body: true }),
  };
  app.put(ADDRESS, { config: CHANGING, schema: set }, async (request, reply) => {
    const { actor, body } = request;
    const inForce = await setWeeklyHours(tools, actor, { ...changeOf(request, tools), hours: body.hours });
    void reply.header('etag', etagOf(inForce.schedule.version));
    return weeklyHoursWire(inForce);
  });
}
