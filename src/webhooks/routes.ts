// The addresses of webhook endpoints: made, seen, changed, paused and removed, their secret changed, a test and repeats sent.
import { onceOf } from '../platform/http/idempotency.ts';
import { answers, IdempotencyHeaders, KEY_REFUSALS } from '../platform/http/openapi.ts';
import { cursorOf, pageOf } from '../platform/http/page.ts';
import type { App } from '../platform/http/server.ts';
import { PublicId } from '../platform/http/validation.ts';
import type { Actor } from '../identity/actor.ts';
import { addEndpoint } from './add-endpoint.ts';
import { changeEndpoint, removeEndpoint } from './change-endpoint.ts';
import { wireId } from './event.ts';
import { replayEvents, sendTest, type Replay, type ReplayTools } from './replay-events.ts';
import { rotateSecret } from './rotate-secret.ts';
import {
  EndpointChangeBody,
  EndpointPage,
  EndpointParams as params,
  EndpointSchema,
  EndpointsQuery,
  EndpointStanding,
  EndpointWithSecret,
  NewEndpoint,
  Removed,
  ReplayBody,
  RotateBody,
  TestSent,
  wireEndpoint,
  wireStanding,
} from './schemas-endpoints.ts';
import { countOwed } from './store-deliveries.ts';
import { listEndpoints, readEndpoint } from './store.ts';

const MANAGE = { access: ['staff', 'service'], scope: 'webhooks:manage' } as const;
const READ = { ...MANAGE, rate: 'read' } as const;
const CHANGE = { ...MANAGE, rate: 'booking' } as const;
const SECRET = { ...CHANGE, answerHeaders: ['cache-control'] } as const;
const ONE = '/api/webhook-endpoints/:webhookEndpointId';
const tags = ['Webhooks'];
const headers = IdempotencyHeaders;
const cursor = cursorOf('webhook-endpoints', PublicId);

export function webhookRoutes(app: App, tools: ReplayTools): void {
  adding(app, tools);
  reading(app, tools);
  changing(app, tools);
  rotating(app, tools);
  sendingAgain(app, tools);
  testing(app, tools);
}

async function standing(tools: ReplayTools, actor: Actor, id: number) {
  return await tools.transactor.inOrganisation(
    actor.organisationId,
    async (tx) => wireStanding(await readEndpoint(tx, id), tools.clock.now(), await countOwed(tx, id)),
    { readOnly: true },
  );
}

async function seen(tools: ReplayTools, actor: Actor, id: number) {
  const endpoint = await tools.transactor.inOrganisation(actor.organisationId, (tx) => readEndpoint(tx, id), {
    readOnly: true,
  });
  return wireEndpoint(endpoint, tools.clock.now());
}

function adding(app: App, tools: ReplayTools): void {
  const schema = {
    tags,
    operationId: 'addWebhookEndpoint',
    summary: 'Have events sent to an address; the secret is shown this once',
    headers,
    body: NewEndpoint,
    response: answers({ 201: EndpointWithSecret }, ['address_not_allowed', 'limit_reached', ...KEY_REFUSALS], {
      body: true,
    }),
  };
  const config = { ...SECRET, answerHeaders: ['location', 'cache-control'] } as const;
  app.post('/api/webhook-endpoints', { config, schema }, async (request, reply) => {
    const { actor, body } = request;
    const wish = { url: body.url, description: body.description ?? null, types: body.events ?? [] };
    const { id, secret } = await addEndpoint(tools, actor, wish, onceOf(request, actor, tools.clock));
    void reply.code(201).header('location', `/api/webhook-endpoints/${id}`).header('cache-control', 'no-store');
    return { ...(await seen(tools, actor, id)), ...(secret === null ? {} : { secret }) };
  });
}

function reading(app: App, tools: ReplayTools): void {
  const listed = {
    tags,
    operationId: 'listWebhookEndpoints',
    summary: 'Where events are sent',
    querystring: EndpointsQuery,
    response: answers({ 200: EndpointPage }),
  };
  app.get('/api/webhook-endpoints', { config: READ, schema: listed }, async ({ actor, query }) => {
    const page = { after: cursor.decode(query.cursor) ?? 0, limit: query.limit + 1 };
    const found = await tools.transactor.inOrganisation(actor.organisationId, (tx) => listEndpoints(tx, page), {
      readOnly: true,
    });
    const { items, nextCursor } = pageOf(found, query.limit, cursor, ({ id }) => id);
    return { endpoints: items.map((endpoint) => wireEndpoint(endpoint, tools.clock.now())), nextCursor };
  });
  const one = {
    tags,
    operationId: 'getWebhookEndpoint',
    summary: 'One endpoint: how it stands, and what it is owed',
    params,
    response: answers({ 200: EndpointStanding }, ['not_found']),
  };
  app.get(ONE, { config: READ, schema: one }, ({ actor, params: path }) =>
    standing(tools, actor, path.webhookEndpointId),
  );
}

function changing(app: App, tools: ReplayTools): void {
  const changed = {
    tags,
    operationId: 'changeWebhookEndpoint',
    summary: 'Change, pause or resume an endpoint',
    description: 'Also lets one go on that was disabled. What waits for it is tried at once.',
    params,
    headers,
    body: EndpointChangeBody,
    response: answers({ 200: EndpointSchema }, ['not_found', 'address_not_allowed', ...KEY_REFUSALS], { body: true }),
  };
  app.patch(ONE, { config: CHANGE, schema: changed }, async (request) => {
    const { actor, body, params: path } = request;
    const { events, ...fields } = body;
    const change = { ...fields, ...(events === undefined ? {} : { types: events }) };
    const call = { id: path.webhookEndpointId, change };
    await changeEndpoint(tools, actor, call, onceOf(request, actor, tools.clock));
    return await seen(tools, actor, path.webhookEndpointId);
  });
  const removed = {
    tags,
    operationId: 'removeWebhookEndpoint',
    summary: 'Remove an endpoint, with what it is owed and its log',
    params,
    headers,
    response: answers({ 200: Removed }, ['not_found', ...KEY_REFUSALS]),
  };
  app.delete(ONE, { config: CHANGE, schema: removed }, async (request) => {
    const { actor, params: path } = request;
    await removeEndpoint(tools, actor, path.webhookEndpointId, onceOf(request, actor, tools.clock));
    return { success: true as const, message: 'Webhook endpoint removed' };
  });
}

function rotating(app: App, tools: ReplayTools): void {
  const schema = {
    tags,
    operationId: 'rotateWebhookSecret',
    summary: 'Give an endpoint a new secret; it is shown this once',
    description: 'The one before signs beside it for `overlapHours`.',
    params,
    headers,
    body: RotateBody,
    response: answers({ 200: EndpointWithSecret }, ['not_found', ...KEY_REFUSALS], { body: true }),
  };
  app.post(`${ONE}/rotate-secret`, { config: SECRET, schema }, async (request, reply) => {
    const { actor, body, params: path } = request;
    const id = path.webhookEndpointId;
    const secret = await rotateSecret(tools, actor, { id, ...body }, onceOf(request, actor, tools.clock));
    void reply.header('cache-control', 'no-store');
    return { ...(await seen(tools, actor, id)), ...(secret === null ? {} : { secret }) };
  });
}

function sendingAgain(app: App, tools: ReplayTools): void {
  const schema = {
    tags,
    operationId: 'replayWebhookEvents',
    summary: 'Send events again',
    description:
      'One, all that were given up (the oldest 5,000 at once), or those of a range of time. Each keeps its id.',
    params,
    headers,
    body: ReplayBody,
    response: answers({ 202: EndpointStanding }, ['not_found', 'replay_too_large', ...KEY_REFUSALS], { body: true }),
  };
  app.post(`${ONE}/replay`, { config: CHANGE, schema }, async (request, reply) => {
    const { actor, body, params: path } = request;
    const id = path.webhookEndpointId;
    await replayEvents(tools, actor, { id, replay: replayOf(body) }, onceOf(request, actor, tools.clock));
    return await reply.code(202).send(await standing(tools, actor, id));
  });
}

type ReplayAsked = { eventId: string } | { dead: true } | { from: string; to: string };

function replayOf(body: ReplayAsked): Replay {
  if ('eventId' in body) return { kind: 'event', eventId: body.eventId };
  if ('dead' in body) return { kind: 'dead' };
  return { kind: 'range', from: Temporal.Instant.from(body.from), to: Temporal.Instant.from(body.to) };
}

function testing(app: App, tools: ReplayTools): void {
  const schema = {
    tags,
    operationId: 'sendWebhookTest',
    summary: 'Send a test event to an endpoint',
    description: 'Of type `webhook.test`, whatever types it asked for; the log of tries tells what became of it.',
    params,
    headers,
    response: answers({ 202: TestSent }, ['not_found', 'endpoint_not_active', ...KEY_REFUSALS]),
  };
  app.post(`${ONE}/test`, { config: CHANGE, schema }, async (request, reply) => {
    const { actor, params: path } = request;
    const eventId = await sendTest(tools, actor, path.webhookEndpointId, onceOf(request, actor, tools.clock));
    return await reply.code(202).send({ eventId: wireId(eventId) });
  });
}
