// The addresses of connections: a practitioner's own, or those of all for staff; and the public one to which providers send
// browsers back, where the state alone says who it was.
import type { FastifyRequest } from 'fastify';
import { onceOf } from '../platform/http/idempotency.ts';
import { answers, IdempotencyHeaders, KEY_REFUSALS } from '../platform/http/openapi.ts';
import type { App } from '../platform/http/server.ts';
import { Type } from 'typebox';
import { acceptGrant } from './accept-grant.ts';
import { checkConnection, readConnection } from './check-connection.ts';
import { refuseStranger } from './connection.ts';
import { connectAccount, type ConnectionTools } from './connect-account.ts';
import { endConnection } from './end-connection.ts';
import { resultAddress, resultPage } from './result-page.ts';
import {
  begunWire,
  CallbackQuery,
  ConnectionBegun,
  ConnectionEnded,
  ConnectionList,
  ConnectionParams,
  ConnectionSchema,
  ConnectionsParams,
  connectionWire,
  endedWire,
  NewConnection,
} from './schemas.ts';
import { listConnections } from './store.ts';

export type ConnectionRouteTools = ConnectionTools & {
  /** Where people reach this server; null: nobody has said. */
  readonly publicUrl: string | null;
  readonly sandbox: boolean;
  /** Where browsers go when all is done; null: a page of ours. */
  readonly connectionsPage: string | null;
};

const HERS = { access: ['practitioner', 'staff', 'service'] } as const;
const READ = { ...HERS, scope: 'connections:read', rate: 'read' } as const;
const CHANGE = { ...HERS, scope: 'connections:write', rate: 'booking' } as const;
const tags = ['Connections'];
const ALL = '/api/practitioners/:practitionerId/connections';
const ONE = `${ALL}/:provider`;
export const CALLBACK = '/api/connections/callback';

export function connectionRoutes(app: App, tools: ConnectionRouteTools): void {
  connecting(app, tools);
  reading(app, tools);
  changing(app, tools);
  returning(app, tools);
}

function connecting(app: App, tools: ConnectionRouteTools): void {
  const schema = {
    tags,
    operationId: 'connectAccount',
    summary: 'Begin to connect an account of a practitioner',
    description: 'A repeat under the same key answers a new link: a link is never shown twice.',
    params: ConnectionsParams,
    headers: IdempotencyHeaders,
    body: NewConnection,
    response: answers({ 201: ConnectionBegun }, ['not_found', 'connections_not_configured', ...KEY_REFUSALS], {
      body: true,
    }),
  };
  const config = { ...CHANGE, answerHeaders: ['cache-control'] } as const;
  app.post(ALL, { config, schema }, async (request, reply) => {
    const { actor, body, params } = request;
    const asked = { ...params, provider: body.provider, redirectUri: redirectUriOf(tools, request) };
    const begun = await connectAccount(tools, actor, asked, onceOf(request, actor, tools.clock));
    return reply.code(201).header('cache-control', 'no-store').send(begunWire(begun));
  });
}

function reading(app: App, tools: ConnectionRouteTools): void {
  const listed = {
    tags,
    operationId: 'listConnections',
    summary: 'The accounts of a practitioner, at most one of each provider',
    params: ConnectionsParams,
    response: answers({ 200: ConnectionList }),
  };
  app.get(ALL, { config: READ, schema: listed }, async ({ actor, params }) => {
    refuseStranger(actor, params.practitionerId);
    const found = await tools.transactor.inOrganisation(
      actor.organisationId,
      (tx) => listConnections(tx, params.practitionerId),
      { readOnly: true },
    );
    return { connections: found.map(connectionWire) };
  });
  const one = {
    tags,
    operationId: 'getConnection',
    summary: 'How one account stands',
    params: ConnectionParams,
    response: answers({ 200: ConnectionSchema }, ['not_found']),
  };
  app.get(ONE, { config: READ, schema: one }, async ({ actor, params }) => {
    refuseStranger(actor, params.practitionerId);
    const found = await tools.transactor.inOrganisation(actor.organisationId, (tx) => readConnection(tx, params), {
      readOnly: true,
    });
    return connectionWire(found);
  });
}

function changing(app: App, tools: ConnectionRouteTools): void {
  const checked = {
    tags,
    operationId: 'checkConnection',
    summary: 'Try an account out now, by a call to its provider',
    description: 'The answer is how it stands after that; a provider that is away changes nothing.',
    params: ConnectionParams,
    headers: IdempotencyHeaders,
    response: answers({ 200: ConnectionSchema }, ['not_found', 'connections_not_configured', ...KEY_REFUSALS]),
  };
  app.post(`${ONE}/check`, { config: CHANGE, schema: checked }, async (request) => {
    const { actor, params } = request;
    return connectionWire(await checkConnection(tools, actor, params, onceOf(request, actor, tools.clock)));
  });
  const ended = {
    tags,
    operationId: 'endConnection',
    summary: 'Disconnect an account, and tell its provider',
    description: 'What was made with the account stays there as it is. Again is answered as once.',
    params: ConnectionParams,
    headers: IdempotencyHeaders,
    response: answers({ 200: ConnectionEnded }, ['not_found', ...KEY_REFUSALS]),
  };
  app.delete(ONE, { config: CHANGE, schema: ended }, async (request) => {
    const { actor, params } = request;
    return endedWire(await endConnection(tools, actor, params, onceOf(request, actor, tools.clock)));
  });
}

function returning(app: App, tools: ConnectionRouteTools): void {
  const page = { description: 'What became of it, for a person.', content: { 'text/html': { schema: Type.String() } } };
  const schema = {
    tags,
    operationId: 'acceptGrant',
    summary: 'Where a provider sends the browser back to',
    description:
      'For browsers alone. With `CONNECTIONS_PAGE` set it redirects there, with `connection` (connected, denied, expired, ' +
      'missing_scopes, failed), `provider` and `missing` in the query.',
    querystring: CallbackQuery,
    response: answers({ 200: page as unknown as ReturnType<typeof Type.String> }, ['connections_not_configured']),
  };
  const config = { access: 'public', rate: 'read', scope: 'connections:write' } as const;
  app.get(CALLBACK, { config, schema }, async (request, reply) => {
    const accepted = await acceptGrant(tools, request.query);
    void reply.header('cache-control', 'no-store');
    if (tools.connectionsPage !== null) return reply.redirect(resultAddress(tools.connectionsPage, accepted));
    return reply.type('text/html; charset=utf-8').send(resultPage(accepted));
  });
}

/** As it is registered with the provider. The sandbox takes any: there the address that was called will do. */
function redirectUriOf(tools: ConnectionRouteTools, request: FastifyRequest): string | null {
  if (tools.publicUrl !== null) return `${tools.publicUrl}${CALLBACK}`;
  const { localAddress = '127.0.0.1', localPort } = request.socket;
  const host =
    localAddress.includes(':') && !localAddress.includes('.')
      ? `[${localAddress}]`
      : localAddress.replace(/^::ffff:/, '');
  return tools.sandbox ? `http://${host}:${localPort}${CALLBACK}` : null;
}
