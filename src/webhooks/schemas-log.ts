// The delivery log on the wire: what is owed or was sent, and each try. Of an answer its status alone.
import { Type, type Static } from 'typebox';
import { named } from '../platform/http/openapi.ts';
import { NextCursor, pageQuery } from '../platform/http/page.ts';
import { InstantText, PublicId } from '../platform/http/validation.ts';
import { wireId } from './event.ts';
import { EventId, nullable } from './schemas-endpoints.ts';
import { DELIVERY_STATES, type Attempt, type Delivery } from './store-log.ts';

const DeliverySchema = Type.Object({
  eventId: EventId,
  type: Type.String(),
  subject: Type.Object({ kind: Type.String(), id: PublicId }),
  sequence: Type.Integer(),
  timestamp: InstantText,
  state: Type.Enum([...DELIVERY_STATES]),
  attempts: Type.Integer(),
  nextAttemptAt: { ...nullable(InstantText), description: 'The earliest; it waits for earlier events of its subject.' },
  settledAt: nullable(InstantText),
  lastHttpStatus: nullable(Type.Integer()),
  lastError: nullable(Type.String()),
});

export const DeliveryPage = named(
  'WebhookDeliveryPage',
  Type.Object(
    { deliveries: Type.Array(DeliverySchema), nextCursor: NextCursor },
    {
      examples: [
        {
          deliveries: [
            {
              eventId: 'evt_1012',
              type: 'appointment.booked',
              subject: { kind: 'appointment', id: 456 },
              sequence: 1,
              timestamp: '2030-06-01T09:30:00Z',
              state: 'dead',
              attempts: 23,
              nextAttemptAt: null,
              settledAt: '2030-06-04T10:00:00Z',
              lastHttpStatus: 500,
              lastError: 'status_500',
            },
          ],
          nextCursor: null,
        },
      ],
    },
  ),
);

const AttemptSchema = Type.Object({
  eventId: EventId,
  type: Type.String(),
  attempt: Type.Integer(),
  at: InstantText,
  durationMs: Type.Integer(),
  outcome: Type.Enum(['delivered', 'refused', 'failed'], {
    description: 'refused: it answered, and did not take it; failed: it did not answer, or could not.',
  }),
  httpStatus: nullable(Type.Integer()),
  error: nullable(Type.String()),
});

export const AttemptPage = named(
  'WebhookAttemptPage',
  Type.Object(
    { attempts: Type.Array(AttemptSchema), nextCursor: NextCursor },
    {
      examples: [
        {
          attempts: [
            {
              eventId: 'evt_1012',
              type: 'appointment.booked',
              attempt: 1,
              at: '2030-06-01T09:30:01Z',
              durationMs: 84,
              outcome: 'delivered',
              httpStatus: 204,
              error: null,
            },
          ],
          nextCursor: null,
        },
      ],
    },
  ),
);

export const DeliveriesQuery = Type.Object({ ...pageQuery, state: Type.Optional(Type.Enum([...DELIVERY_STATES])) });
export const AttemptsQuery = Type.Object({ ...pageQuery, eventId: Type.Optional(EventId) });

export function wireDelivery(delivery: Delivery): Static<typeof DeliverySchema> {
  const { eventId, subjectKind, subjectId, happenedAt, dueAt, settledAt, lastStatus, ...rest } = delivery;
  return {
    ...rest,
    lastHttpStatus: lastStatus,
    eventId: wireId(eventId),
    subject: { kind: subjectKind, id: subjectId },
    timestamp: happenedAt.toString(),
    nextAttemptAt: delivery.state === 'waiting' ? dueAt.toString() : null,
    settledAt: settledAt?.toString() ?? null,
  };
}

export function wireAttempt({ id: _, eventId, at, status, ...rest }: Attempt): Static<typeof AttemptSchema> {
  return { ...rest, httpStatus: status, eventId: wireId(eventId), at: at.toString() };
}
