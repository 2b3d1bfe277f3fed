// The addresses of API keys: made, listed, looked at and revoked by staff, or by a service that was given the scope.
import { Type } from 'typebox';
import { onceOf } from '../platform/http/idempotency.ts';
import { answers, IdempotencyHeaders, KEY_REFUSALS } from '../platform/http/openapi.ts';
import { cursorOf, pageOf, pageQuery } from '../platform/http/page.ts';
import type { App } from '../platform/http/server.ts';
import { PublicId } from '../platform/http/validation.ts';
import type { ApiKeys } from './authenticate-api-key.ts';
import { createApiKey, type ApiKeyTools } from './create-api-key.ts';
import { revokeApiKey } from './revoke-api-key.ts';
import { ApiKeyMade, ApiKeyPage, ApiKeyParams, ApiKeySchema, NewApiKey, wireApiKey } from './schemas.ts';
import { listKeys, readKey } from './store-api-keys.ts';

export type IdentityRouteTools = ApiKeyTools & { readonly apiKeys: Pick<ApiKeys, 'forget'> };

const MANAGE = { access: ['staff', 'service'], scope: 'api-keys:manage' } as const;
const READ = { ...MANAGE, rate: 'read' } as const;
const CHANGE = { ...MANAGE, rate: 'booking' } as const;
const tags = ['API keys'];
const cursor = cursorOf('api-keys', PublicId);
const ADDRESS = '/api/api-keys/:apiKeyId';

export function identityRoutes(app: App, tools: IdentityRouteTools): void {
  making(app, tools);
  reading(app, tools);
  revoking(app, tools);
}

function making(app: App, tools: IdentityRouteTools): void {
  const schema = {
    tags,
    operationId: 'createApiKey',
    summary: 'Make an API key; its secret is shown this once',
    headers: IdempotencyHeaders,
    body: NewApiKey,
    response: answers({ 201: ApiKeyMade }, KEY_REFUSALS, { body: true }),
  };
  const config = { ...CHANGE, answerHeaders: ['location', 'cache-control'] } as const;
  app.post('/api/api-keys', { config, schema }, async (request, reply) => {
    const { actor, body } = request;
    const { name, scopes, expiresAt } = body;
    const wish = { name, scopes, expiresAt: expiresAt === undefined ? null : Temporal.Instant.from(expiresAt) };
    const call = { once: onceOf(request, actor, tools.clock), status: 201 };
    const { key, secret } = await createApiKey(tools, actor, wish, call);
    void reply.code(201).header('location', `/api/api-keys/${key.id}`).header('cache-control', 'no-store');
    return { ...wireApiKey(key, tools.clock.now()), ...(secret === null ? {} : { secret }) };
  });
}

function reading(app: App, tools: IdentityRouteTools): void {
  const listed = {
    tags,
    operationId: 'listApiKeys',
    summary: 'The API keys, revoked and expired ones too, in the order in which they were made',
    querystring: Type.Object(pageQuery),
    response: answers({ 200: ApiKeyPage }),
  };
  app.get('/api/api-keys', { config: READ, schema: listed }, async ({ actor, query }) => {
    const page = { after: cursor.decode(query.cursor) ?? 0, limit: query.limit + 1 };
    const found = await tools.transactor.inOrganisation(actor.organisationId, (tx) => listKeys(tx, page), {
      readOnly: true,
    });
    const { items, nextCursor } = pageOf(found, query.limit, cursor, ({ id }) => id);
    const now = tools.clock.now();
    return { apiKeys: items.map((key) => wireApiKey(key, now)), nextCursor };
  });

  const one = {
    tags,
    operationId: 'getApiKey',
    summary: 'One API key',
    params: ApiKeyParams,
    response: answers({ 200: ApiKeySchema }, ['not_found']),
  };
  app.get(ADDRESS, { config: READ, schema: one }, async ({ actor, params }) => {
    const key = await tools.transactor.inOrganisation(actor.organisationId, (tx) => readKey(tx, params.apiKeyId), {
      readOnly: true,
    });
    return wireApiKey(key, tools.clock.now());
  });
}

function revoking(app: App, tools: IdentityRouteTools): void {
  const schema = {
    tags,
    operationId: 'revokeApiKey',
    summary: 'Revoke an API key for good; again is answered as once',
    params: ApiKeyParams,
    headers: IdempotencyHeaders,
    response: answers({ 200: ApiKeySchema }, ['not_found', ...KEY_REFUSALS]),
  };
  app.delete(ADDRESS, { config: CHANGE, schema }, async (request) => {
    const { actor, params } = request;
    const call = { once: onceOf(request, actor, tools.clock), status: 200 };
    return wireApiKey(await revokeApiKey(tools, actor, params.apiKeyId, call), tools.clock.now());
  });
}
