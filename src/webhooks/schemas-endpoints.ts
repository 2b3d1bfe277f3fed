// Endpoints on the wire, and what is asked of them.
import { Type, type Static } from 'typebox';
import { named } from '../platform/http/openapi.ts';
import { NextCursor, pageQuery } from '../platform/http/page.ts';
import { InstantText, plainText, PublicId, formText } from '../platform/http/validation.ts';
import { DESCRIPTION_MAX, OVERLAP_HOURS, REASONS, STATES, troubleSaid, URL_MAX, type Endpoint } from './endpoint.ts';
import { EVENT_TYPE_NAMES } from './event.ts';
import { EventTypeSchema } from './schemas.ts';
import type { OwedCounts } from './store-deliveries.ts';

const closed = { additionalProperties: false } as const;
export const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);
export const EventId = formText('^evt_[0-9]{1,16}$', 'evt_1012');

const Url = Type.String({
  minLength: 1,
  maxLength: URL_MAX,
  format: 'plain-text',
  description: 'https://, without user or password, at a public address.',
  examples: ['https://example.com/hooks/slotkeeper'],
});
const Events = Type.Array(EventTypeSchema, {
  maxItems: EVENT_TYPE_NAMES.length,
  uniqueItems: true,
  description: 'The types it is sent; none: all, those of later versions too.',
});
const Description = plainText(DESCRIPTION_MAX);

const example = {
  id: 1010,
  url: 'https://example.com/hooks/slotkeeper',
  description: 'Our own calendar',
  events: [],
  state: 'active' as const,
  disabledReason: null,
  createdAt: '2030-06-01T09:00:00Z',
  secretVersion: 1,
  previousSecretUntil: null,
  lastDeliveredAt: '2030-06-01T09:30:01Z',
  failingSince: null,
  unansweredRounds: 0,
  lastError: null,
  lastErrorText: null,
  nextAttemptAt: null,
};

const shown = {
  id: PublicId,
  url: Type.String(),
  description: nullable(Type.String()),
  events: Type.Array(Type.String()),
  state: Type.Enum([...STATES]),
  disabledReason: nullable(
    Type.Enum([...REASONS], {
      description: 'failing: no answer for three days, or only refusals for five; gone: it answered 410.',
    }),
  ),
  createdAt: InstantText,
  secretVersion: Type.Integer(),
  previousSecretUntil: { ...nullable(InstantText), description: 'So long the secret before signs as well.' },
  lastDeliveredAt: nullable(InstantText),
  failingSince: { ...nullable(InstantText), description: 'Nothing has been taken since then.' },
  unansweredRounds: Type.Integer({ description: 'Tries in a row without an answer; the more, the longer the wait.' }),
  lastError: nullable(Type.String({ examples: ['timeout'] })),
  lastErrorText: { ...nullable(Type.String()), description: 'The same, said to a person.' },
  nextAttemptAt: nullable(InstantText),
};

export const EndpointSchema = named('WebhookEndpoint', Type.Object(shown, { examples: [example] }));

export const EndpointStanding = named(
  'WebhookEndpointStanding',
  Type.Object(
    {
      ...shown,
      waiting: Type.Integer({ description: 'Events it is still owed.' }),
      dead: Type.Integer({ description: 'Events that were given up; see replay.' }),
    },
    { examples: [{ ...example, waiting: 0, dead: 0 }] },
  ),
);

export const EndpointWithSecret = named(
  'WebhookEndpointWithSecret',
  Type.Object(
    {
      ...shown,
      secret: Type.Optional(
        Type.String({
          description: 'Verifies signatures. In this answer alone, and not in a repeat of it: keep it now.',
        }),
      ),
    },
    { examples: [{ ...example, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw...' }] },
  ),
);

export const EndpointPage = named(
  'WebhookEndpointPage',
  Type.Object(
    { endpoints: Type.Array(EndpointSchema), nextCursor: NextCursor },
    { examples: [{ endpoints: [example], nextCursor: null }] },
  ),
);

export const NewEndpoint = named(
  'NewWebhookEndpoint',
  Type.Object(
    { url: Url, events: Type.Optional(Events), description: Type.Optional(Description) },
    {
      ...closed,
      examples: [
        { url: example.url, events: ['appointment.booked', 'appointment.cancelled'], description: 'Our own calendar' },
      ],
    },
  ),
);

export const EndpointChangeBody = named(
  'WebhookEndpointChange',
  Type.Object(
    {
      url: Type.Optional(Url),
      events: Type.Optional(Events),
      description: Type.Optional(nullable(Description)),
      state: Type.Optional(
        Type.Enum(['active', 'paused'], { description: 'Paused, it is sent nothing; what happens is kept for it.' }),
      ),
    },
    { ...closed, minProperties: 1, examples: [{ state: 'paused' }] },
  ),
);

export const RotateBody = named(
  'WebhookSecretRotation',
  Type.Object(
    {
      overlapHours: Type.Integer({ ...OVERLAP_HOURS, description: 'So long both secrets sign; 0 after a leak.' }),
    },
    { ...closed, examples: [{ overlapHours: 24 }] },
  ),
);

export const ReplayBody = named(
  'WebhookReplay',
  Type.Union(
    [
      Type.Object({ eventId: EventId }, closed),
      Type.Object({ dead: Type.Literal(true) }, closed),
      Type.Object({ from: InstantText, to: InstantText }, closed),
    ],
    {
      // Needed in any case: without it, no body would be.
      type: 'object',
      minProperties: 1,
      description: 'One event; or all that was given up; or what happened from `from` until just before `to`.',
      examples: [{ dead: true }],
    },
  ),
);

export const TestSent = named(
  'WebhookTestSent',
  Type.Object({ eventId: EventId }, { examples: [{ eventId: 'evt_1012' }] }),
);

export const Removed = named(
  'WebhookEndpointRemoved',
  Type.Object(
    { success: Type.Literal(true), message: Type.String() },
    { examples: [{ success: true, message: 'Webhook endpoint removed' }] },
  ),
);

export const EndpointParams = Type.Object({ webhookEndpointId: PublicId });
export const EndpointsQuery = Type.Object(pageQuery);

export function wireEndpoint(endpoint: Endpoint, now: Temporal.Instant): Static<typeof EndpointSchema> {
  const { previousUntil, reason, state } = endpoint;
  const overlapping = previousUntil !== null && Temporal.Instant.compare(now, previousUntil) < 0;
  return {
    id: endpoint.id,
    url: endpoint.url,
    description: endpoint.description,
    events: [...endpoint.types],
    state,
    disabledReason: REASONS.find((known) => known === reason) ?? null,
    createdAt: endpoint.createdAt.toString(),
    secretVersion: endpoint.secretVersion,
    previousSecretUntil: overlapping ? previousUntil.toString() : null,
    lastDeliveredAt: endpoint.lastDeliveredAt?.toString() ?? null,
    failingSince: endpoint.failingSince?.toString() ?? null,
    unansweredRounds: endpoint.failures,
    lastError: endpoint.lastError,
    lastErrorText: troubleSaid(endpoint.lastError),
    nextAttemptAt: (state === 'active' && endpoint.dueAt?.toString()) || null,
  };
}

export function wireStanding(
  endpoint: Endpoint,
  now: Temporal.Instant,
  owed: OwedCounts,
): Static<typeof EndpointStanding> {
  return { ...wireEndpoint(endpoint, now), ...owed };
}
