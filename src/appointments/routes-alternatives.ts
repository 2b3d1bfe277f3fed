// The address of what is offered to those whom time off concerns. Taking the time off, and who is affected by it, is schedules/'.
import { Type } from 'typebox';
import { onceOf } from '../platform/http/idempotency.ts';
import { answers, IdempotencyHeaders } from '../platform/http/openapi.ts';
import type { App } from '../platform/http/server.ts';
import { PublicId } from '../platform/http/validation.ts';
import type { BookingTools } from './booking.ts';
import { proposeAlternatives, showAlternatives, type AlternativesOffered } from './propose-alternatives.ts';
import { AlternativesAsked, AlternativesSchema, offerWire } from './schemas-offers.ts';

const PATH = '/api/practitioners/:practitionerId/time-off/:timeOffId/offers';
const tags = ['Waitlist and offers'];
const params = Type.Object({ practitionerId: PublicId, timeOffId: PublicId });
const MANAGERS = ['practitioner', 'staff', 'service'] as const;
const DEFAULT_MOST = 3;
const DEFAULT_HOURS = 48;

export function alternativesRoutes(app: App, tools: BookingTools): void {
  const wire = ({ offers, without }: AlternativesOffered) => ({
    offers: offers.map((offer) => offerWire(offer, tools.clock.now())),
    withoutOffer: [...without],
  });
  app.post(
    PATH,
    {
      config: { access: MANAGERS, scope: 'appointments:write', rate: 'booking' },
      schema: {
        tags,
        operationId: 'offerAlternatives',
        summary: 'Offer other times to all who have an appointment in this time off',
        description:
          'In one act, each gets a few free times under a hold, by mail, and chooses by the link in it. The appointments stay until then. Asked again, only those without an open offer get one.',
        headers: IdempotencyHeaders,
        params,
        body: AlternativesAsked,
        response: answers(
          { 201: AlternativesSchema },
          ['not_found', 'idempotency_key_invalid', 'idempotency_key_reused'],
          { body: true },
        ),
      },
    },
    async (request, reply) => {
      const { actor, body } = request;
      const { alternatives: most = DEFAULT_MOST, answerWithinHours = DEFAULT_HOURS } = body;
      const asked = { ...request.params, most, answerWithinHours };
      const offered = await proposeAlternatives(tools, actor, asked, onceOf(request, actor, tools.clock));
      return await reply.code(201).send(wire(offered));
    },
  );
  app.get(
    PATH,
    {
      config: { access: MANAGERS, scope: 'appointments:read', rate: 'read' },
      schema: {
        tags,
        operationId: 'listAlternatives',
        summary: 'What was offered for this time off, and what was answered',
        params,
        response: answers({ 200: AlternativesSchema }, ['not_found']),
      },
    },
    async ({ actor, params: asked }) => wire(await showAlternatives(tools, actor, asked)),
  );
}
