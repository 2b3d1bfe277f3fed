// The addresses of the waitlist, and of offers with their answers.
import { onceOf } from '../platform/http/idempotency.ts';
import { answers, IdempotencyHeaders } from '../platform/http/openapi.ts';
import { cursorOf, pageOf } from '../platform/http/page.ts';
import type { App } from '../platform/http/server.ts';
import { Refusal } from '../platform/refusal.ts';
import { PublicId } from '../platform/http/validation.ts';
import { mayAdminister } from '../identity/actor.ts';
import { addWaitlistEntry, endWaitlistEntry, showEntry, type WaitlistTools } from './add-waitlist-entry.ts';
import { acceptOffer, declineOffer } from './answer-offer.ts';
import { nameOf } from './client.ts';
import { showOffer } from './find-offer.ts';
import { listEntries } from './store-waitlist.ts';
import {
  EntryPage,
  EntryParams,
  EntryQuery,
  EntrySchema,
  entryWire,
  NewEntry,
  OfferAccept,
  OfferParams,
  OfferSchema,
  offerWire,
  seenWire,
  windowsOf,
} from './schemas-offers.ts';

const tags = ['Waitlist and offers'];
const WAITING = ['client', 'staff', 'service'] as const;
const CHANGE = { access: WAITING, scope: 'appointments:write', rate: 'booking' } as const;
const READ = { access: WAITING, scope: 'appointments:read', rate: 'read' } as const;
const ANSWERING = ['client', 'guest', 'staff', 'service'] as const;
const ANSWER = { access: ANSWERING, scope: 'appointments:write', rate: 'booking' } as const;
const KEY_REFUSALS = ['idempotency_key_invalid', 'idempotency_key_reused'] as const;
const ENTRY = '/api/waitlist/:entryId';
const OFFER = '/api/offers/:offerId';
const cursor = cursorOf('waitlist', PublicId);

export function offerRoutes(app: App, tools: WaitlistTools): void {
  waiting(app, tools);
  listing(app, tools);
  looking(app, tools);
  answering(app, tools);
}

function waiting(app: App, tools: WaitlistTools): void {
  app.post(
    '/api/waitlist',
    {
      config: { ...CHANGE, answerHeaders: ['location'] },
      schema: {
        tags,
        operationId: 'joinWaitlist',
        summary: 'Wait for a time to come free',
        description:
          'What is free, or comes free, and suits is kept for the client until a deadline, and a letter says so; not answered, it passes on to the next who waits.',
        headers: IdempotencyHeaders,
        body: NewEntry,
        response: answers(
          { 201: EntrySchema },
          [
            ...KEY_REFUSALS,
            'not_found',
            'limit_reached',
            'unknown_session_type',
            'does_not_match',
            'platform_not_offered',
            'platform_not_configured',
          ],
          { body: true },
        ),
      },
    },
    async (request, reply) => {
      const { actor, body } = request;
      const wish = {
        userId: body.userId,
        userEmail: body.userEmail,
        userName: body.userName ?? nameOf(actor),
        userPhone: body.userPhone,
        sessionType: body.sessionType,
        platform: body.videoMeetingConfig?.platform ?? null,
        practitionerIds: body.practitionerIds ?? [],
        firstDate: body.firstDate,
        lastDate: body.lastDate,
        timeZone: body.timeZone,
        windows: windowsOf(body.windows ?? []),
      };
      const seen = await addWaitlistEntry(tools, actor, wish, onceOf(request, actor, tools.clock));
      void reply.code(201).header('location', `/api/waitlist/${seen.entry.id}`);
      return seenWire(seen, tools.clock.now());
    },
  );
  app.delete(
    ENTRY,
    {
      config: CHANGE,
      schema: {
        tags,
        operationId: 'leaveWaitlist',
        summary: 'Wait no longer; what was kept is given back',
        headers: IdempotencyHeaders,
        params: EntryParams,
        response: answers({ 200: EntrySchema }, ['not_found', ...KEY_REFUSALS]),
      },
    },
    async (request) => {
      const { actor, params } = request;
      const once = onceOf(request, actor, tools.clock);
      return seenWire(await endWaitlistEntry(tools, actor, params.entryId, once), tools.clock.now());
    },
  );
}

function listing(app: App, tools: WaitlistTools): void {
  app.get(
    '/api/waitlist',
    {
      config: READ,
      schema: {
        tags,
        operationId: 'listWaitlist',
        summary: 'Who waits, in the order in which they came; a client sees its own entries',
        querystring: EntryQuery,
        response: answers({ 200: EntryPage }),
      },
    },
    async ({ actor, query }) => {
      const { limit, all = false } = query;
      const subject = mayAdminister(actor) ? null : actor.subject;
      const question = { subject, open: !all, after: cursor.decode(query.cursor) ?? 0, limit: limit + 1 };
      const found = await tools.transactor.inOrganisation(actor.organisationId, (tx) => listEntries(tx, question), {
        readOnly: true,
      });
      const { items, nextCursor } = pageOf(found, limit, cursor, ({ id }) => id);
      return { entries: items.map(entryWire), nextCursor };
    },
  );
  app.get(
    ENTRY,
    {
      config: READ,
      schema: {
        tags,
        operationId: 'getWaitlistEntry',
        summary: 'One entry, with what it was offered',
        params: EntryParams,
        response: answers({ 200: EntrySchema }, ['not_found']),
      },
    },
    async ({ actor, params }) => seenWire(await showEntry(tools, actor, params.entryId), tools.clock.now()),
  );
}

function looking(app: App, tools: WaitlistTools): void {
  app.get(
    '/api/offer',
    {
      config: { access: ['guest'], rate: 'read', answerHeaders: ['cache-control'] },
      schema: {
        tags,
        operationId: 'getGuestOffer',
        summary: 'The one offer a link is for',
        description: 'With the token of the link in the letter. By its id it is then accepted or declined.',
        response: answers({ 200: OfferSchema }),
      },
    },
    async ({ actor }, reply) => {
      if (!actor.offerPass)
        throw new Refusal('forbidden', 'This address is for those who come by the link of an offer.');
      void reply.header('cache-control', 'no-store');
      return offerWire(await showOffer(tools, actor, actor.offerPass.offerId), tools.clock.now());
    },
  );
  app.get(
    OFFER,
    {
      config: { ...READ, access: ANSWERING },
      schema: {
        tags,
        operationId: 'getOffer',
        summary: 'One offer',
        params: OfferParams,
        response: answers({ 200: OfferSchema }, ['not_found']),
      },
    },
    async ({ actor, params }) => offerWire(await showOffer(tools, actor, params.offerId), tools.clock.now()),
  );
}

function answering(app: App, tools: WaitlistTools): void {
  const refusals = [...KEY_REFUSALS, 'not_found', 'hold_expired', 'nothing_to_decide'] as const;
  app.put(
    `${OFFER}/accept`,
    {
      config: ANSWER,
      preValidation: (request, _reply, done) => {
        request.body ??= {};
        done();
      },
      schema: {
        tags,
        operationId: 'acceptOffer',
        summary: 'Take a time that is offered; again is answered as once',
        headers: IdempotencyHeaders,
        params: OfferParams,
        body: OfferAccept,
        response: answers(
          { 200: OfferSchema },
          [
            ...refusals,
            'request_lapsed',
            'does_not_match',
            'already_booked',
            'meeting_elsewhere',
            'platform_not_offered',
            'platform_not_configured',
          ],
          {
            body: true,
          },
        ),
      },
    },
    async (request) => {
      const { actor, params, body } = request;
      const answer = { offerId: params.offerId, choice: body.choice ?? 1 };
      await acceptOffer(tools, actor, answer, onceOf(request, actor, tools.clock));
      return offerWire(await showOffer(tools, actor, params.offerId), tools.clock.now());
    },
  );
  app.put(
    `${OFFER}/decline`,
    {
      config: ANSWER,
      schema: {
        tags,
        operationId: 'declineOffer',
        summary: 'Take none of the times that are offered; again is answered as once',
        headers: IdempotencyHeaders,
        params: OfferParams,
        response: answers({ 200: OfferSchema }, refusals),
      },
    },
    async (request) => {
      const { actor, params } = request;
      await declineOffer(tools, actor, params.offerId, onceOf(request, actor, tools.clock));
      return offerWire(await showOffer(tools, actor, params.offerId), tools.clock.now());
    },
  );
}
