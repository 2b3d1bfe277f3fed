// The addresses of holds: a time is kept while the client fills in the form. Booked with it is at POST /api/appointments. Hangs those
// of series and of what is offered, too: all of them keep time.
import { REASONS } from '../availability/reasons.ts';
import { onceOf } from '../platform/http/idempotency.ts';
import { answers, IdempotencyHeaders, KEY_REFUSALS } from '../platform/http/openapi.ts';
import type { App } from '../platform/http/server.ts';
import { showHold } from './find-hold.ts';
import { holdSlot, type HoldTools } from './hold-slot.ts';
import type { WaitlistTools } from './add-waitlist-entry.ts';
import type { SeriesTools } from './book-series.ts';
import { releaseHold } from './release-hold.ts';
import { alternativesRoutes } from './routes-alternatives.ts';
import { offerRoutes } from './routes-offers.ts';
import { seriesRoutes } from './routes-series.ts';
import { HoldParams, HoldSchema, NewHold, wireHold } from './schemas-holds.ts';

const tags = ['Holds'];
/** Whoever may book. Without a token nothing is held: nobody could be told apart, or kept from holding everything. */
const HOLDERS = ['client', 'staff', 'service'] as const;
const CHANGE = { access: HOLDERS, scope: 'appointments:write', rate: 'booking' } as const;
const READ = { access: HOLDERS, scope: 'appointments:read', rate: 'read' } as const;
const ADDRESS = '/api/holds/:holdId';

export type KeepingTools = HoldTools & SeriesTools & WaitlistTools;

export function holdRoutes(app: App, tools: KeepingTools): void {
  seriesRoutes(app, tools);
  offerRoutes(app, tools);
  alternativesRoutes(app, tools);
  placing(app, tools);
  app.get(
    ADDRESS,
    {
      config: READ,
      schema: {
        tags,
        operationId: 'getHold',
        summary: 'One hold',
        params: HoldParams,
        response: answers({ 200: HoldSchema }, ['not_found']),
      },
    },
    async ({ actor, params }) => wireHold(await showHold(tools, actor, params.holdId)),
  );
  app.delete(
    ADDRESS,
    {
      config: CHANGE,
      schema: {
        tags,
        operationId: 'releaseHold',
        summary: 'Release a hold; what is no longer open stays as it is',
        headers: IdempotencyHeaders,
        params: HoldParams,
        response: answers({ 200: HoldSchema }, ['not_found', ...KEY_REFUSALS]),
      },
    },
    async (request) => {
      const { actor, params } = request;
      return wireHold(await releaseHold(tools, actor, params.holdId, onceOf(request, actor, tools.clock)));
    },
  );
}

function placing(app: App, tools: HoldTools): void {
  app.post(
    '/api/holds',
    {
      config: { ...CHANGE, answerHeaders: ['location'] },
      schema: {
        tags,
        operationId: 'holdSlot',
        summary: 'Hold a time while the client fills in the form',
        description:
          'Judged as a booking of it would be. Until `expiresAt` it is nobody else’s, and `POST /api/appointments` with its id as `holdId` succeeds. Of a session type held in groups it keeps a seat.',
        headers: IdempotencyHeaders,
        body: NewHold,
        response: answers(
          { 201: HoldSchema },
          [
            ...KEY_REFUSALS,
            ...REASONS,
            'not_found',
            'limit_reached',
            'practitioner_not_bookable',
            'unknown_session_type',
            'does_not_match',
            'time_does_not_exist',
          ],
          { body: true },
        ),
      },
    },
    async (request, reply) => {
      const { actor, body } = request;
      const { practitionerId, sessionType, durationMinutes, date, time, timeZone, userId } = body;
      const start = { wall: { date, time }, timeZone };
      const wish = { practitionerId, sessionType, durationMinutes, start, userId };
      const hold = await holdSlot(tools, actor, wish, onceOf(request, actor, tools.clock));
      void reply.code(201).header('location', `/api/holds/${hold.id}`);
      return wireHold(hold);
    },
  );
}
