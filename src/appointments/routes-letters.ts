// What became of the letters of an appointment, and addresses that are not written to any more: for hosts to see, for staff
// to clear.
import { Type } from 'typebox';
import { onceOf } from '../platform/http/idempotency.ts';
import { answers, IdempotencyHeaders } from '../platform/http/openapi.ts';
import { cursorOf, pageOf, pageQuery } from '../platform/http/page.ts';
import type { App } from '../platform/http/server.ts';
import { PublicId } from '../platform/http/validation.ts';
import type { Clock } from '../platform/time/clock.ts';
import type { MailTrouble } from '../notifications/mail-trouble.ts';
import { findMailTrouble, type MailTools } from './find-mail-trouble.ts';
import { listLetters, listOfferLetters } from './list-letters.ts';
import { removeMailTrouble } from './remove-mail-trouble.ts';
import { Done } from './schemas-changes.ts';
import { OfferParams } from './schemas-offers.ts';
import { AppointmentParams, UserParams } from './schemas.ts';
import { LetterList, TroubleAnswer, wireLetter, wireTrouble } from './schemas-letters.ts';

export type LetterTools = MailTools & { readonly clock: Clock };

const tags = ['Mail'];
const STAFF = ['staff', 'service'] as const;
const SHOWN = { tags, response: answers({ 200: TroubleAnswer }, ['not_found']) };
const CLEARING = {
  tags,
  headers: IdempotencyHeaders,
  response: answers({ 200: Done }, ['not_found', 'idempotency_key_invalid', 'idempotency_key_reused']),
};
const CLEARED = { success: true, message: 'The address is written to again' } as const;
const cursor = cursorOf('letters', PublicId);

export function letterRoutes(app: App, tools: LetterTools): void {
  app.get(
    '/api/appointments/:appointmentId/letters',
    {
      config: { access: ['practitioner', ...STAFF], scope: 'appointments:read', rate: 'read' },
      schema: {
        tags,
        operationId: 'listAppointmentLetters',
        summary: 'The delivery log of an appointment, oldest first; for its host',
        params: AppointmentParams,
        querystring: Type.Object(pageQuery, { additionalProperties: false }),
        response: answers({ 200: LetterList }, ['not_found']),
      },
    },
    async ({ actor, params, query: { limit, cursor: given } }) => {
      const after = cursor.decode(given) ?? 0;
      const found = await listLetters(tools, actor, { ...params, after, limit: limit + 1 });
      const { items, nextCursor } = pageOf(found, limit, cursor, ({ id }) => id);
      return { letters: items.map(wireLetter), nextCursor };
    },
  );
  ofOffers(app, tools);
  ofClients(app, tools);
  ofPractitioners(app, tools);
}

function ofOffers(app: App, tools: LetterTools): void {
  app.get(
    '/api/offers/:offerId/letters',
    {
      config: { access: STAFF, scope: 'appointments:read', rate: 'read' },
      schema: {
        tags,
        operationId: 'listOfferLetters',
        summary: 'The delivery log of an offer: its letter, once that was tried',
        params: OfferParams,
        response: answers({ 200: LetterList }, ['not_found']),
      },
    },
    async ({ actor, params }) => {
      const letters = await listOfferLetters(tools, actor, params.offerId);
      return { letters: letters.map(wireLetter), nextCursor: null };
    },
  );
}

function ofClients(app: App, tools: LetterTools): void {
  const path = '/api/users/:userId/mail-trouble';
  const read = { access: STAFF, scope: 'appointments:read', rate: 'read' } as const;
  const shown = { ...SHOWN, operationId: 'getClientMailTrouble', summary: 'Whether a client can be written to' };
  app.get(path, { config: read, schema: { ...shown, params: UserParams } }, async ({ actor, params }) =>
    wireAnswer(await findMailTrouble(tools, actor, { kind: 'client', subject: params.userId })),
  );
  const write = { access: STAFF, scope: 'appointments:write', rate: 'booking' } as const;
  const cleared = { ...CLEARING, operationId: 'clearClientMailTrouble', summary: 'Write to a client’s address again' };
  app.delete(path, { config: write, schema: { ...cleared, params: UserParams } }, async (request) => {
    const { actor, params } = request;
    const person = { kind: 'client', subject: params.userId } as const;
    await removeMailTrouble(tools, actor, person, onceOf(request, actor, tools.clock));
    return CLEARED;
  });
}

function ofPractitioners(app: App, tools: LetterTools): void {
  const path = '/api/practitioners/:practitionerId/mail-trouble';
  const params = Type.Object({ practitionerId: PublicId });
  const read = { access: STAFF, scope: 'practitioners:read', rate: 'read' } as const;
  const shown = {
    ...SHOWN,
    operationId: 'getPractitionerMailTrouble',
    summary: 'Whether a practitioner can be written to',
  };
  app.get(path, { config: read, schema: { ...shown, params } }, async (request) =>
    wireAnswer(
      await findMailTrouble(tools, request.actor, { kind: 'practitioner', id: request.params.practitionerId }),
    ),
  );
  const write = { access: STAFF, scope: 'practitioners:write', rate: 'booking' } as const;
  const summary = 'Write to a practitioner’s address again';
  const cleared = { ...CLEARING, operationId: 'clearPractitionerMailTrouble', summary };
  app.delete(path, { config: write, schema: { ...cleared, params } }, async (request) => {
    const { actor } = request;
    const person = { kind: 'practitioner', id: request.params.practitionerId } as const;
    await removeMailTrouble(tools, actor, person, onceOf(request, actor, tools.clock));
    return CLEARED;
  });
}

function wireAnswer(trouble: MailTrouble | null) {
  return { mailTrouble: trouble && wireTrouble(trouble) };
}
