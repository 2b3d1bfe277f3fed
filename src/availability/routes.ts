// GET /api/practitioners/{practitionerId}/availability: open to all, answered from one read.
import { createHash } from 'node:crypto';
import type { Directory } from '../identity/store.ts';
import { answers } from '../platform/http/openapi.ts';
import type { App } from '../platform/http/server.ts';
import { Refusal } from '../platform/refusal.ts';
import { offsetIn, steadyAround, zoneTable } from '../platform/time/zone-table.ts';
import { isoAt, labelOf, minuteOf } from '../platform/time/wall-clock.ts';
import { findSlots, type SlotsFound, type SlotTools } from './find-slots.ts';
import { Availability, AvailabilityParams, AvailabilityQuery, NotModified } from './schemas.ts';
import type { Slot } from './slots.ts';

/** Nobody books from a page older than this without asking again; booking itself never trusts it. */
const FRESH_SECONDS = 5;

export function availabilityRoutes(app: App, tools: SlotTools & { readonly directory: Directory }): void {
  app.get(
    '/api/practitioners/:practitionerId/availability',
    {
      config: { access: 'public', rate: 'read', answerHeaders: ['etag', 'cache-control'] },
      schema: {
        operationId: 'getAvailability',
        summary: 'When a practitioner is free',
        description: 'Every start of the grid within working hours, and for each whether it can be booked now.',
        tags: ['Availability'],
        params: AvailabilityParams,
        querystring: AvailabilityQuery,
        response: answers(
          { 200: Availability, 304: NotModified },
          ['not_found', 'practitioner_not_bookable', 'unknown_session_type'],
          {
            guarded: false,
          },
        ),
      },
    },
    async (request, reply) => {
      const { practitionerId } = request.params;
      const { date, from, to, sessionType, timeZone } = request.query;
      const days = daysAsked({ date, from, to });
      const organisationId = await tools.directory.findOrganisation(practitionerId);
      if (organisationId === null) throw new Refusal('not_found', 'There is no practitioner with that id.');
      const found = await findSlots(tools, { organisationId, practitionerId, ...days, sessionType, timeZone });
      const listed = found.days.map((day) => ({ date: day.date, timeSlots: wireSlots(day.slots, found.timeZone) }));
      const body = {
        practitionerId,
        ...(date === undefined ? { days: listed } : listed[0]),
        timeZone: found.timeZone,
        practitionerTimeZone: found.desk.schedule.zone,
        sessionType: {
          id: found.sessionType.id,
          name: found.sessionType.name,
          durationMinutes: found.sessionType.lengthMinutes,
        },
      };
      const etag = etagOf(found, request.url);
      void reply.header('etag', etag).header('cache-control', `public, max-age=${secondsFresh(found, tools)}`);
      if (request.headers['if-none-match'] === etag) return await reply.code(304).send(undefined);
      return body;
    },
  );
}

function daysAsked(query: { date?: string | undefined; from?: string | undefined; to?: string | undefined }) {
  const { date, from, to } = query;
  if (date !== undefined && from === undefined && to === undefined) return { from: date, to: date };
  if (date === undefined && from !== undefined && to !== undefined) return { from, to };
  throw new Refusal('invalid_request', 'Ask for one day with `date`, or for several with `from` and `to`.', {
    errors: [{ pointer: 'query/date', message: 'is required, unless `from` and `to` are both given' }],
  });
}

function wireSlots(slots: readonly Slot[], timeZone: string) {
  const table = zoneTable(timeZone);
  let steady: { offset: number; from: number; until: number } | null = null;
  return slots.map(({ start, end, available, reasons }) => {
    if (!steady || start < steady.from || start >= steady.until) steady = steadyAround(table, start);
    const endOffset = end < steady.until ? steady.offset : offsetIn(table, end);
    const slot = {
      time: labelOf(start, steady.offset),
      available,
      start: isoAt(start, steady.offset),
      end: isoAt(end, endOffset),
    };
    return available ? slot : { ...slot, reasons: [...reasons] };
  });
}

/** Covers everything the answer depends on: what was asked, the versions, what is taken, and when it changes by itself. */
function etagOf(found: SlotsFound, url: string): string {
  const { busy, changesAt, sessionType } = found;
  const parts = [url, busy.versions.schedule, busy.versions.revision, sessionType.id, changesAt, busy.taken.join()];
  return `"${createHash('sha1').update(parts.join('|')).digest('base64url')}"`;
}

function secondsFresh(found: SlotsFound, tools: SlotTools): number {
  if (found.changesAt === null) return FRESH_SECONDS;
  const left = (found.changesAt - minuteOf(tools.clock.now())) * 60;
  return Math.max(0, Math.min(FRESH_SECONDS, left));
}
