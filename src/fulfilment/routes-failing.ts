// The addresses at which staff see what failed outside and why, and have it tried again.
import { Type } from 'typebox';
import { mayAdminister, type Actor, type KnownActor } from '../identity/actor.ts';
import { onceOf } from '../platform/http/idempotency.ts';
import { answers, IdempotencyHeaders, KEY_REFUSALS } from '../platform/http/openapi.ts';
import { cursorOf, pageOf } from '../platform/http/page.ts';
import type { App } from '../platform/http/server.ts';
import { PublicId } from '../platform/http/validation.ts';
import { Refusal } from '../platform/refusal.ts';
import { retryFulfilment, retryLetter, type RetryTools } from './retry-fulfilment.ts';
import {
  Accepted,
  FulfilmentPage,
  FulfilmentQuery,
  fulfilmentWire,
  LetterPage,
  LetterQuery,
  letterWire,
} from './schemas-failing.ts';
import { listFailedLetters, listOpenFulfilments } from './store-failing.ts';

/** Younger than this, work is only under way. */
const OVERDUE_SECONDS = 30;
const READ = { access: ['staff', 'service'], scope: 'operations:read', rate: 'read' } as const;
const WRITE = { access: ['staff', 'service'], scope: 'operations:write', rate: 'booking' } as const;
const tags = ['Operations'];
const sessions = cursorOf('fulfilments', PublicId);
const letters = cursorOf('letters', PublicId);

export function failingRoutes(app: App, tools: RetryTools): void {
  listing(app, tools);
  retrying(app, tools);
}

function listing(app: App, tools: RetryTools): void {
  const fulfilments = {
    tags,
    operationId: 'listFulfilments',
    summary: 'Sessions whose work outside is not done, and why',
    querystring: FulfilmentQuery,
    response: answers({ 200: FulfilmentPage }),
  };
  app.get('/api/operations/fulfilments', { config: READ, schema: fulfilments }, async ({ actor, query }) => {
    const now = tools.clock.now();
    const page = { after: sessions.decode(query.cursor) ?? 0, limit: query.limit + 1 };
    const dueBefore = now.subtract({ seconds: OVERDUE_SECONDS });
    const found = await tools.transactor.inOrganisation(
      actor.organisationId,
      (tx) => listOpenFulfilments(tx, query.state, now, dueBefore, page),
      { readOnly: true },
    );
    const { items, nextCursor } = pageOf(found, query.limit, sessions, ({ sessionId }) => sessionId);
    return { fulfilments: items.map((one) => fulfilmentWire(one, now)), nextCursor };
  });

  const failed = {
    tags,
    operationId: 'listFailedLetters',
    summary: 'Letters that were refused, or whose fate is unknown, and why',
    querystring: LetterQuery,
    response: answers({ 200: LetterPage }),
  };
  app.get('/api/operations/letters', { config: READ, schema: failed }, async ({ actor, query }) => {
    const page = { after: letters.decode(query.cursor) ?? 0, limit: query.limit + 1 };
    const found = await tools.transactor.inOrganisation(
      actor.organisationId,
      (tx) => listFailedLetters(tx, query.state, page),
      { readOnly: true },
    );
    const { items, nextCursor } = pageOf(found, query.limit, letters, ({ id }) => id);
    return { letters: items.map(letterWire), nextCursor };
  });
}

function retrying(app: App, tools: RetryTools): void {
  const fulfilment = {
    tags,
    operationId: 'retryFulfilment',
    summary: 'Try a session’s work outside again, now',
    description: 'Answered at once; the list tells what became of it. A provider that asked to wait is not hurried.',
    params: Type.Object({ sessionId: PublicId }),
    headers: IdempotencyHeaders,
    response: answers({ 202: Accepted }, ['not_found', 'nothing_to_retry', ...KEY_REFUSALS]),
  };
  app.post(
    '/api/operations/fulfilments/:sessionId/retry',
    { config: WRITE, schema: fulfilment },
    async (request, reply) => {
      const { actor, params } = request;
      await retryFulfilment(tools, known(actor), params.sessionId, onceOf(request, actor, tools.clock));
      return await reply.code(202).send({ success: true, message: 'It is tried again now.' });
    },
  );

  const letter = {
    tags,
    operationId: 'retryLetter',
    summary: 'Send a letter again that was refused, or whose fate is unknown',
    description: 'Written anew from what is true now, under the same Message-ID. One of unknown fate may arrive twice.',
    params: Type.Object({ letterId: PublicId }),
    headers: IdempotencyHeaders,
    response: answers({ 202: Accepted }, [
      'not_found',
      'nothing_to_retry',
      'appointment_in_past',
      'being_worked_at',
      ...KEY_REFUSALS,
    ]),
  };
  app.post('/api/operations/letters/:letterId/retry', { config: WRITE, schema: letter }, async (request, reply) => {
    const { actor, params } = request;
    await retryLetter(tools, known(actor), params.letterId, onceOf(request, actor, tools.clock));
    return await reply.code(202).send({ success: true, message: 'It is sent again now.' });
  });
}

/** The route lets nobody else in. */
function known(actor: Actor): KnownActor {
  if (mayAdminister(actor) && actor.role !== 'anonymous') return { ...actor, role: actor.role };
  throw new Refusal('forbidden', 'Only staff and services may do this.');
}
