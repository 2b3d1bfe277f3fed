// The addresses of public holidays: whose a practitioner keeps, which those are, and whose there are to choose from.
import { answers } from '../platform/http/openapi.ts';
import type { App } from '../platform/http/server.ts';
import { dateAt, dayNumber, minuteOf } from '../platform/time/wall-clock.ts';
import { ChangeHeaders, etagOf } from '../practitioners/call.ts';
import { findCalendar, listRegions } from './holidays.ts';
import { changeOf, CHANGING, HERS, OPEN, readOpenly, REFUSALS, type ScheduleTools } from './routes-door.ts';
import {
  HolidayRegions,
  HolidaysBody,
  HolidaysSchema,
  holidaysWire,
  RegionsQuery,
  regionsWire,
} from './schemas-time-off.ts';
import { setHolidays } from './set-holidays.ts';
import type { ScheduleInForce } from './store.ts';

const ADDRESS = '/api/practitioners/:practitionerId/holidays';
/** A year and some weeks, so that the next of each is among them. */
const SHOWN_DAYS = 400;

export function holidayRoutes(app: App, tools: ScheduleTools): void {
  const wire = async ({ schedule, holidayRegion }: ScheduleInForce) => {
    const calendar = holidayRegion === null ? null : await findCalendar(holidayRegion);
    const today = dayNumber(dateAt(minuteOf(tools.clock.now()), schedule.zone));
    return holidaysWire(holidayRegion, calendar?.between(today, today + SHOWN_DAYS) ?? [], schedule.version);
  };

  const read = {
    ...HERS,
    operationId: 'getHolidays',
    summary: 'The public holidays she keeps',
    response: answers({ 200: HolidaysSchema }, ['not_found']),
  };
  app.get(ADDRESS, { config: OPEN, schema: read }, async (request, reply) => {
    const { inForce } = await readOpenly(tools, request.actor, request.params.practitionerId, () => Promise.resolve());
    void reply.header('etag', etagOf(inForce.schedule.version));
    return await wire(inForce);
  });

  const set = {
    ...HERS,
    headers: ChangeHeaders,
    operationId: 'setHolidays',
    summary: 'Set whose public holidays she keeps',
    description: 'On each she is closed, unless that date has hours of its own. Appointments already made stay.',
    body: HolidaysBody,
    response: answers({ 200: HolidaysSchema }, [...REFUSALS, 'unknown_region'], { body: true }),
  };
  app.put(ADDRESS, { config: CHANGING, schema: set }, async (request, reply) => {
    const change = { ...changeOf(request, tools), region: request.body.region };
    const inForce = await setHolidays(tools, request.actor, change);
    void reply.header('etag', etagOf(inForce.schedule.version));
    return await wire(inForce);
  });

  const regions = {
    tags: HERS.tags,
    operationId: 'listHolidayRegions',
    summary: 'Countries and their parts whose holidays are known',
    querystring: RegionsQuery,
    response: answers({ 200: HolidayRegions }),
  };
  const config = { access: 'public', scope: 'practitioners:read', rate: 'read' } as const;
  app.get('/api/holiday-regions', { config, schema: regions }, async ({ query }) =>
    regionsWire(await listRegions(query.within ?? null)),
  );
}
