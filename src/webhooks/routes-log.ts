// The delivery log of an endpoint: what it is owed and was sent, and each try.
import { answers } from '../platform/http/openapi.ts';
import { cursorOf, pageOf } from '../platform/http/page.ts';
import type { App } from '../platform/http/server.ts';
import { PublicId } from '../platform/http/validation.ts';
import type { Transactor } from '../platform/database/transaction.ts';
import { parseWireId } from './event.ts';
import { EndpointParams as params } from './schemas-endpoints.ts';
import { AttemptPage, AttemptsQuery, DeliveriesQuery, DeliveryPage, wireAttempt, wireDelivery } from './schemas-log.ts';
import { listAttempts, listDeliveries } from './store-log.ts';
import { readEndpoint } from './store.ts';

const READ = { access: ['staff', 'service'], scope: 'webhooks:manage', rate: 'read' } as const;
const ONE = '/api/webhook-endpoints/:webhookEndpointId';
const tags = ['Webhooks'];
const deliveryCursor = cursorOf('webhook-deliveries', PublicId);
const attemptCursor = cursorOf('webhook-attempts', PublicId);

export function webhookLogRoutes(app: App, tools: { readonly transactor: Pick<Transactor, 'inOrganisation'> }): void {
  const deliveries = {
    tags,
    operationId: 'listWebhookDeliveries',
    summary: 'What an endpoint is owed and was sent, the newest first',
    params,
    querystring: DeliveriesQuery,
    response: answers({ 200: DeliveryPage }, ['not_found']),
  };
  app.get(`${ONE}/deliveries`, { config: READ, schema: deliveries }, async ({ actor, query, params: path }) => {
    const id = path.webhookEndpointId;
    const before = deliveryCursor.decode(query.cursor);
    const found = await tools.transactor.inOrganisation(
      actor.organisationId,
      async (tx) => {
        await readEndpoint(tx, id);
        return await listDeliveries(tx, id, { before, state: query.state ?? null, limit: query.limit + 1 });
      },
      { readOnly: true },
    );
    const { items, nextCursor } = pageOf(found, query.limit, deliveryCursor, ({ eventId }) => eventId);
    return { deliveries: items.map(wireDelivery), nextCursor };
  });

  const attempts = {
    tags,
    operationId: 'listWebhookAttempts',
    summary: 'Each try to send, the newest first',
    params,
    querystring: AttemptsQuery,
    response: answers({ 200: AttemptPage }, ['not_found']),
  };
  app.get(`${ONE}/attempts`, { config: READ, schema: attempts }, async ({ actor, query, params: path }) => {
    const id = path.webhookEndpointId;
    const before = attemptCursor.decode(query.cursor);
    const eventId = query.eventId === undefined ? null : parseWireId(query.eventId);
    const found = await tools.transactor.inOrganisation(
      actor.organisationId,
      async (tx) => {
        await readEndpoint(tx, id);
        return await listAttempts(tx, id, { before, eventId, limit: query.limit + 1 });
      },
      { readOnly: true },
    );
    const { items, nextCursor } = pageOf(found, query.limit, attemptCursor, (attempt) => attempt.id);
    return { attempts: items.map(wireAttempt), nextCursor };
  });
}
