// GET /api/practitioners/{practitionerId}/availability: open to all, answered from one read.
import type { Static } from 'typebox';
import type { Directory } from '../identity/store.ts';
import { answers } from '../platform/http/openapi.ts';
import type { App } from '../platform/http/server.ts';
import { Refusal } from '../platform/refusal.ts';
import { minuteOf } from '../platform/time/wall-clock.ts';
import { answerOf, explainedText } from './answer.ts';
import { limitsClients } from './desk.ts';
import { findExplained } from './find-because.ts';
import { findSlots, type SlotsFound, type SlotTools } from './find-slots.ts';
import { Availability, AvailabilityParams, AvailabilityQuery, NotModified } from './schemas.ts';

/** Nobody books from a page older than this without asking again; booking itself never trusts it. */
const FRESH_SECONDS = 5;
const JSON_TYPE = 'application/json; charset=utf-8';

export function availabilityRoutes(app: App, tools: SlotTools & { readonly directory: Directory }): void {
  app.get(
    '/api/practitioners/:practitionerId/availability',
    {
      config: {
        access: 'public',
        scope: 'availability:read',
        rate: 'read',
        answerHeaders: ['etag', 'cache-control'],
      },
      schema: {
        operationId: 'getAvailability',
        summary: 'When a practitioner is free',
        description: 'Every start of the grid within working hours, and for each whether it can be booked now.',
        tags: ['Availability'],
        params: AvailabilityParams,
        querystring: AvailabilityQuery,
        response: answers({ 200: Availability, 304: NotModified }, [
          'not_found',
          'practitioner_not_bookable',
          'unknown_session_type',
          'does_not_match',
        ]),
      },
    },
    async (request, reply) => {
      const { practitionerId } = request.params;
      const { date, from, to, sessionType, durationMinutes, timeZone, order, explain } = request.query;
      const { actor } = request;
      const days = daysAsked({ date, from, to });
      const organisationId = await tools.directory.findOrganisation(practitionerId);
      if (organisationId === null) throw new Refusal('not_found', 'There is no practitioner with that id.');
      const asks = actor.role === 'client' && actor.organisationId === organisationId ? actor.subject : undefined;
      const what = { sessionType, durationMinutes, timeZone, clientSubject: asks };
      const question = { organisationId, practitionerId, from: days.from, to: days.to, ...what };
      if (explain) {
        const explained = await findExplained(tools, actor, question);
        void reply.header('cache-control', 'private, no-store');
        return await reply.type(JSON_TYPE).send(textOf(explainedText(explained, date !== undefined)));
      }
      const found = await findSlots(tools, question);
      const shape = date === undefined ? 'days' : 'day';
      const { text, etag } = answerOf(found, order === 'preferred' ? `${shape}-preferred` : shape);
      // What depends on who asks is not for a cache to hand on.
      const whose = asks !== undefined && limitsClients(found.desk) ? 'private' : 'public';
      void reply.header('etag', etag).header('cache-control', `${whose}, max-age=${secondsFresh(found, tools)}`);
      if (request.headers['if-none-match'] === etag) return await reply.code(304).send(undefined);
      void reply.type(JSON_TYPE);
      return textOf(text);
    },
  );
}

/** Text goes out as it is: its schema documents it, and is held against it in a test. */
function textOf(text: string): Static<typeof Availability> {
  return text as unknown as Static<typeof Availability>;
}

function daysAsked(query: { date?: string | undefined; from?: string | undefined; to?: string | undefined }) {
  const { date, from, to } = query;
  if (date !== undefined && from === undefined && to === undefined) return { from: date, to: date };
  if (date === undefined && from !== undefined && to !== undefined) return { from, to };
  throw new Refusal('invalid_request', 'Ask for one day with `date`, or for several with `from` and `to`.', {
    errors: [faultOfDays(query)],
  });
}

function faultOfDays({
  date,
  from,
  to,
}: {
  date?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}) {
  const other = from === undefined ? 'from' : 'to';
  if (date !== undefined) return { pointer: 'query/date', message: 'does not go with `from` and `to`' };
  if (from !== undefined || to !== undefined) {
    return { pointer: `query/${other}`, message: `is required beside \`${other === 'to' ? 'from' : 'to'}\`` };
  }
  return { pointer: 'query/date', message: 'is required, unless `from` and `to` are both given' };
}

function secondsFresh(found: SlotsFound, tools: SlotTools): number {
  if (found.changesAt === null) return FRESH_SECONDS;
  const left = (found.changesAt - minuteOf(tools.clock.now())) * 60;
  return Math.max(0, Math.min(FRESH_SECONDS, left));
}
