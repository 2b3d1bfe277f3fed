// The addresses at which staff see what the sweep has found, decide about it, and let it mend or only report.
import { Type } from 'typebox';
import { mayAdminister, type Actor, type KnownActor } from '../identity/actor.ts';
import { onceOf } from '../platform/http/idempotency.ts';
import { answers, IdempotencyHeaders, KEY_REFUSALS } from '../platform/http/openapi.ts';
import { cursorOf, pageOf } from '../platform/http/page.ts';
import type { App } from '../platform/http/server.ts';
import { PublicId } from '../platform/http/validation.ts';
import { Refusal } from '../platform/refusal.ts';
import { decideDrift, type DecideTools } from './decide-drift.ts';
import {
  Decided,
  DecisionBody,
  DriftPage,
  DriftQuery,
  driftWire,
  ModeBody,
  statusWire,
  SweepStatus,
} from './schemas-sweep.ts';
import { setSweepMode } from './set-sweep-mode.ts';
import { countDrift, listDrift } from './store-drift.ts';
import { countLatePlaces, readSweepMode } from './store-sweep.ts';
import { LATE_HOURS } from './sweep.ts';

const READ = { access: ['staff', 'service'], scope: 'operations:read', rate: 'read' } as const;
const WRITE = { access: ['staff', 'service'], scope: 'operations:write', rate: 'booking' } as const;
const tags = ['Operations'];
const places = cursorOf('drift', PublicId);

export function sweepRoutes(app: App, tools: DecideTools): void {
  showing(app, tools);
  deciding(app, tools);
}

function showing(app: App, tools: DecideTools): void {
  const list = {
    tags,
    operationId: 'listDrift',
    summary: 'What stands at a provider and differs from what was agreed',
    querystring: DriftQuery,
    response: answers({ 200: DriftPage }),
  };
  app.get('/api/operations/drift', { config: READ, schema: list }, async ({ actor, query }) => {
    const page = { after: places.decode(query.cursor) ?? 0, limit: query.limit + 1 };
    const found = await tools.transactor.inOrganisation(
      actor.organisationId,
      (tx) => listDrift(tx, query.state, page),
      { readOnly: true },
    );
    const { items, nextCursor } = pageOf(found, query.limit, places, ({ id }) => id);
    return { drift: items.map(driftWire), nextCursor };
  });

  const status = {
    tags,
    operationId: 'getSweep',
    summary: 'How the comparison with the providers stands',
    response: answers({ 200: SweepStatus }),
  };
  app.get('/api/operations/sweep', { config: READ, schema: status }, async ({ actor }) => {
    const before = tools.clock.now().subtract({ hours: LATE_HOURS });
    return await tools.transactor.inOrganisation(
      actor.organisationId,
      async (tx) => statusWire(await readSweepMode(tx), await countLatePlaces(tx, before), await countDrift(tx)),
      { readOnly: true },
    );
  });
}

function deciding(app: App, tools: DecideTools): void {
  const decision = {
    tags,
    operationId: 'decideDrift',
    summary: 'Put right, remove or leave what differs',
    description: 'Answered at once; the list tells what became of it.',
    params: Type.Object({ driftId: PublicId }),
    headers: IdempotencyHeaders,
    body: DecisionBody,
    response: answers({ 202: Decided }, [
      'not_found',
      'nothing_to_retry',
      'does_not_match',
      'being_worked_at',
      ...KEY_REFUSALS,
    ]),
  };
  app.post('/api/operations/drift/:driftId/decision', { config: WRITE, schema: decision }, async (request, reply) => {
    const { actor, params, body } = request;
    const decided = { driftId: params.driftId, decision: body.decision };
    await decideDrift(tools, known(actor), decided, onceOf(request, actor, tools.clock));
    return await reply.code(202).send({ success: true, message: 'It is seen to.' });
  });

  const mode = {
    tags,
    operationId: 'setSweepMode',
    summary: 'Let the sweep put right what it finds, or only report',
    headers: IdempotencyHeaders,
    body: ModeBody,
    response: answers({ 202: Decided }, [...KEY_REFUSALS]),
  };
  app.post('/api/operations/sweep/mode', { config: WRITE, schema: mode }, async (request, reply) => {
    const { actor, body } = request;
    await setSweepMode(tools, known(actor), body.mode, onceOf(request, actor, tools.clock));
    return await reply.code(202).send({ success: true, message: 'Every place is compared anew, soon.' });
  });
}

/** The route lets nobody else in. */
function known(actor: Actor): KnownActor {
  if (mayAdminister(actor) && actor.role !== 'anonymous') return { ...actor, role: actor.role };
  throw new Refusal('forbidden', 'Only staff and services may do this.');
}
