// The addresses of practitioners and session types. Anybody may read who can be booked and for what; see the acts for who
// may change it.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { mayAdminister, mayManagePractitioner, type Actor } from '../identity/actor.ts';
import type { Directory } from '../identity/store.ts';
import { platformsWith, type Platform } from '../meetings/provider.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { onceOf } from '../platform/http/idempotency.ts';
import { answers, IdempotencyHeaders } from '../platform/http/openapi.ts';
import { cursorOf, pageOf, pageQuery } from '../platform/http/page.ts';
import type { App } from '../platform/http/server.ts';
import { PublicId } from '../platform/http/validation.ts';
import { addPractitioner, type Tools } from './add-practitioner.ts';
import { addSessionType } from './add-session-type.ts';
import { ChangeHeaders, etagOf, expectedVersions } from './call.ts';
import { changePractitioner } from './change-practitioner.ts';
import { changeSessionType } from './change-session-type.ts';
import type { Practitioner } from './practitioner.ts';
import { resourceRoutes } from './routes-resources.ts';
import {
  NewSessionType,
  SessionTypeChangeBody,
  SessionTypePage,
  SessionTypeSchema,
  sessionTypeWire,
} from './schemas-session-type.ts';
import {
  NewPractitioner,
  practitionerWire,
  PractitionerChangeBody,
  PractitionerPage,
  PractitionerSchema,
} from './schemas.ts';
import { listConnected } from './store-offerings.ts';
import { listPractitioners, listSessionTypes, readPractitioner, refuseUnknownPractitioner } from './store.ts';

export type PractitionerTools = Tools & {
  readonly directory: Directory;
  /** Those of which this deployment has an account. */
  readonly platforms: ReadonlySet<Platform>;
};

const OPEN = { access: 'public', scope: 'practitioners:read', rate: 'read' } as const;
const STAFF = {
  access: ['staff', 'service'],
  scope: 'practitioners:write',
  rate: 'booking',
  answerHeaders: ['etag'],
} as const;
/** Of answers made by `tagged`. */
const TAGGED = ['etag', 'cache-control'] as const;
const tags = ['Practitioners'];
const params = Type.Object({ practitionerId: PublicId });
const querystring = Type.Object(pageQuery);
const practitionerCursor = cursorOf('practitioners', PublicId);
const sessionTypeCursor = cursorOf('session-types', PublicId);

export function practitionerRoutes(app: App, tools: PractitionerTools): void {
  listing(app, tools);
  reading(app, tools);
  changing(app, tools);
  sessionTypes(app, tools);
  resourceRoutes(app, tools);
}

/** Who manages her sees all of her, in her own organisation. */
function seesAll(actor: Actor, organisationId: number, practitionerId: number): boolean {
  return actor.organisationId === organisationId && mayManagePractitioner(actor, practitionerId);
}

function listing(app: App, tools: PractitionerTools): void {
  const response = answers({ 200: PractitionerPage });
  const schema = { tags, operationId: 'listPractitioners', summary: 'Who can be booked', querystring, response };
  app.get('/api/practitioners', { config: OPEN, schema }, async ({ actor, query }) => {
    const { limit } = query;
    const after = practitionerCursor.decode(query.cursor) ?? 0;
    const page = { after, limit: limit + 1, inactiveToo: mayAdminister(actor) };
    const found = await tools.transactor.inOrganisation(actor.organisationId, (tx) => listPractitioners(tx, page), {
      readOnly: true,
    });
    const { items, nextCursor } = pageOf(found, limit, practitionerCursor, ({ id }) => id);
    const practitioners = items.map((one) => {
      return practitionerWire(one, seesAll(actor, actor.organisationId, one.id) ? null : tools.platforms);
    });
    return { practitioners, nextCursor };
  });
}

function reading(app: App, tools: PractitionerTools): void {
  const response = answers({ 200: PractitionerSchema }, ['not_found']);
  const schema = { tags, operationId: 'getPractitioner', summary: 'One practitioner', params, response };
  app.get(
    '/api/practitioners/:practitionerId',
    { config: { ...OPEN, answerHeaders: TAGGED }, schema },
    async (request, reply) => {
      const { practitionerId } = request.params;
      // Her id is public, whichever organisation she is in.
      const organisationId = await tools.directory.findOrganisation(practitionerId);
      if (organisationId === null) return refuseUnknownPractitioner();
      const found = await tools.transactor.inOrganisation(
        organisationId,
        (tx) => readPractitioner(tx, practitionerId),
        {
          readOnly: true,
        },
      );
      const isPrivate = seesAll(request.actor, organisationId, practitionerId);
      if (!found.active && !isPrivate) return refuseUnknownPractitioner();
      return tagged(reply, found, isPrivate ? null : tools.platforms);
    },
  );
}

function changing(app: App, tools: PractitionerTools): void {
  const added = {
    tags,
    operationId: 'addPractitioner',
    summary: 'Add a practitioner',
    headers: IdempotencyHeaders,
    body: NewPractitioner,
    response: answers(
      { 201: PractitionerSchema },
      ['already_exists', 'unknown_session_type', 'idempotency_key_invalid', 'idempotency_key_reused'],
      { body: true },
    ),
  };
  const config = { ...STAFF, answerHeaders: ['location', ...TAGGED] } as const;
  app.post('/api/practitioners', { config, schema: added }, async (request, reply) => {
    const { actor, body } = request;
    const call = { once: onceOf(request, actor, tools.clock), status: 201 };
    const practitioner = await addPractitioner(tools, actor, { ...body, call });
    return tagged(reply.code(201).header('location', `/api/practitioners/${practitioner.id}`), practitioner, null);
  });

  const changed = {
    tags,
    operationId: 'changePractitioner',
    summary: 'Change a practitioner',
    description:
      'Staff change everything; a practitioner changes her own policies, calendar, invitations and reminders.',
    params,
    headers: ChangeHeaders,
    body: PractitionerChangeBody,
    response: answers(
      { 200: PractitionerSchema },
      ['not_found', 'version_mismatch', 'already_exists', 'unknown_session_type', 'idempotency_key_reused'],
      { body: true },
    ),
  };
  const hers = { ...STAFF, access: ['practitioner', 'staff', 'service'], answerHeaders: TAGGED } as const;
  app.patch('/api/practitioners/:practitionerId', { config: hers, schema: changed }, async (request, reply) => {
    const { actor, body, params: path } = request;
    const change = { id: path.practitionerId, fields: body, call: changeCall(request, tools) };
    return tagged(reply, await changePractitioner(tools, actor, change), null);
  });
}

function sessionTypes(app: App, tools: PractitionerTools): void {
  const listed = {
    tags,
    operationId: 'listSessionTypes',
    summary: 'What can be booked',
    querystring,
    response: answers({ 200: SessionTypePage }),
  };
  app.get('/api/session-types', { config: OPEN, schema: listed }, async ({ actor, query }) => {
    const { limit } = query;
    const after = sessionTypeCursor.decode(query.cursor) ?? 0;
    const page = { after, limit: limit + 1, inactiveToo: mayAdminister(actor) };
    const read = async (tx: Transaction) => [await listSessionTypes(tx, page), await listConnected(tx)] as const;
    const organisationId = actor.organisationId;
    const [found, connected] = await tools.transactor.inOrganisation(organisationId, read, { readOnly: true });
    const { items, nextCursor } = pageOf(found, limit, sessionTypeCursor, ({ id }) => id);
    const had = mayAdminister(actor) ? null : platformsWith(tools, { connected });
    return { sessionTypes: items.map((one) => sessionTypeWire(one, had)), nextCursor };
  });

  const added = {
    tags,
    operationId: 'addSessionType',
    summary: 'Add a session type',
    headers: IdempotencyHeaders,
    body: NewSessionType,
    response: answers(
      { 201: SessionTypeSchema },
      ['already_exists', 'unknown_resource', 'idempotency_key_invalid', 'idempotency_key_reused'],
      { body: true },
    ),
  };
  app.post('/api/session-types', { config: STAFF, schema: added }, async (request, reply) => {
    const { actor, body } = request;
    const call = { once: onceOf(request, actor, tools.clock), status: 201 };
    const sessionType = await addSessionType(tools, actor, { ...body, call });
    return reply.code(201).header('etag', etagOf(sessionType.revision)).send(sessionTypeWire(sessionType, null));
  });

  const changed = {
    tags,
    operationId: 'changeSessionType',
    summary: 'Change a session type, at everyone who offers it',
    params: Type.Object({ sessionTypeId: PublicId }),
    headers: ChangeHeaders,
    body: SessionTypeChangeBody,
    response: answers(
      { 200: SessionTypeSchema },
      ['not_found', 'version_mismatch', 'already_exists', 'unknown_resource', 'idempotency_key_reused'],
      { body: true },
    ),
  };
  app.patch('/api/session-types/:sessionTypeId', { config: STAFF, schema: changed }, async (request, reply) => {
    const { actor, body, params: path } = request;
    const change = { id: path.sessionTypeId, fields: body, call: changeCall(request, tools) };
    const sessionType = await changeSessionType(tools, actor, change);
    return reply.header('etag', etagOf(sessionType.revision)).send(sessionTypeWire(sessionType, null));
  });
}

function changeCall(request: FastifyRequest, tools: Pick<Tools, 'clock'>) {
  const once = onceOf(request, request.actor, tools.clock);
  return { once, status: 200, expected: expectedVersions(request.headers['if-match']) };
}

/** What is seen depends on who asks, so a cache may not hand it to another. */
function tagged(
  reply: Pick<FastifyReply, 'header'>,
  practitioner: Practitioner,
  platforms: ReadonlySet<Platform> | null,
) {
  void reply.header('etag', etagOf(practitioner.revision)).header('cache-control', 'private, no-cache');
  return practitionerWire(practitioner, platforms);
}
