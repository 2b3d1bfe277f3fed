// The addresses of rooms, equipment and video hosts, for those who run the practice.
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { onceOf } from '../platform/http/idempotency.ts';
import { answers, IdempotencyHeaders } from '../platform/http/openapi.ts';
import { cursorOf, pageOf } from '../platform/http/page.ts';
import type { App } from '../platform/http/server.ts';
import { PublicId } from '../platform/http/validation.ts';
import type { Tools } from './add-practitioner.ts';
import { ChangeHeaders, etagOf, expectedVersions } from './call.ts';
import { addResource, changeResource } from './change-resource.ts';
import type { Resource } from './resource.ts';
import {
  NewResource,
  ResourceChangeBody,
  ResourcePage,
  ResourceQuery,
  ResourceSchema,
  resourceWire,
} from './schemas-resources.ts';
import { listResources, readResource } from './store-resources.ts';

const ALL = '/api/resources';
const ONE = `${ALL}/:resourceId`;
/** Hosts' addresses are nobody else's business. */
const READ = { access: ['practitioner', 'staff', 'service'], scope: 'practitioners:read', rate: 'read' } as const;
const WRITE = { access: ['staff', 'service'], scope: 'practitioners:write', rate: 'booking' } as const;
const tags = ['Practitioners'];
const params = Type.Object({ resourceId: PublicId });
const cursor = cursorOf('resources', PublicId);

export function resourceRoutes(app: App, tools: Tools): void {
  reading(app, tools);
  writing(app, tools);
}

function reading(app: App, tools: Tools): void {
  const listed = {
    tags,
    operationId: 'listResources',
    summary: 'Rooms, equipment and video hosts',
    querystring: ResourceQuery,
    response: answers({ 200: ResourcePage }),
  };
  app.get(ALL, { config: READ, schema: listed }, async ({ actor, query }) => {
    const page = { after: cursor.decode(query.cursor) ?? 0, limit: query.limit + 1, kind: query.kind ?? null };
    const found = await tools.transactor.inOrganisation(actor.organisationId, (tx) => listResources(tx, page), {
      readOnly: true,
    });
    const { items, nextCursor } = pageOf(found, query.limit, cursor, ({ id }) => id);
    return { resources: items.map(resourceWire), nextCursor };
  });
  const one = {
    tags,
    operationId: 'getResource',
    summary: 'One room, piece of equipment or video host',
    params,
    response: answers({ 200: ResourceSchema }, ['not_found']),
  };
  const config = { ...READ, answerHeaders: ['etag'] } as const;
  app.get(ONE, { config, schema: one }, async ({ actor, params: { resourceId } }, reply) =>
    tagged(
      reply,
      await tools.transactor.inOrganisation(actor.organisationId, (tx) => readResource(tx, resourceId), {
        readOnly: true,
      }),
    ),
  );
}

function writing(app: App, tools: Tools): void {
  const added = {
    tags,
    operationId: 'addResource',
    summary: 'Add a room, equipment or a video host',
    headers: IdempotencyHeaders,
    body: NewResource,
    response: answers(
      { 201: ResourceSchema },
      ['already_exists', 'unknown_location', 'limit_reached', 'idempotency_key_invalid', 'idempotency_key_reused'],
      { body: true },
    ),
  };
  const adding = { ...WRITE, answerHeaders: ['etag', 'location'] } as const;
  app.post(ALL, { config: adding, schema: added }, async (request, reply) => {
    const { actor, body } = request;
    const call = { once: onceOf(request, actor, tools.clock), status: 201 };
    const { locationId = null, address = null, units = 1, active = true } = body;
    const resource = await addResource(tools, actor, { fields: { ...body, locationId, address, units, active }, call });
    return tagged(reply.code(201).header('location', `${ALL}/${resource.id}`), resource);
  });
  const changed = {
    tags,
    operationId: 'changeResource',
    summary: 'Change or retire a resource',
    params,
    headers: ChangeHeaders,
    body: ResourceChangeBody,
    response: answers(
      { 200: ResourceSchema },
      ['not_found', 'version_mismatch', 'already_exists', 'unknown_location', 'idempotency_key_reused'],
      { body: true },
    ),
  };
  const changing = { ...WRITE, answerHeaders: ['etag'] } as const;
  app.patch(ONE, { config: changing, schema: changed }, async (request, reply) => {
    const { actor, body, headers, params: path } = request;
    const once = onceOf(request, actor, tools.clock);
    const call = { once, status: 200, expected: expectedVersions(headers['if-match']) };
    return tagged(reply, await changeResource(tools, actor, { id: path.resourceId, fields: body, call }));
  });
}

function tagged(reply: Pick<FastifyReply, 'header'>, resource: Resource) {
  void reply.header('etag', etagOf(resource.revision));
  return resourceWire(resource);
}
