// Events on the wire: the one document that the feed and every webhook tell, and a page of the feed.
import { Type } from 'typebox';
import { CALLERS } from '../identity/actor.ts';
import { PLATFORMS } from '../meetings/provider.ts';
import { named, tellsOthers } from '../platform/http/openapi.ts';
import { MAX_PAGE, DEFAULT_PAGE } from '../platform/http/page.ts';
import { InstantText, PublicId, ZoneText } from '../platform/http/validation.ts';
import { EVENT_TYPE_NAMES, EVENT_TYPES, RETENTION_DAYS, TEST_EVENT } from './event.ts';

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

export const EventTypeSchema = named(
  'EventType',
  Type.Enum([...EVENT_TYPE_NAMES], {
    description: Object.entries(EVENT_TYPES)
      .map(([type, says]) => `- \`${type}\`: ${says}`)
      .join('\n'),
  }),
);

const example = {
  id: 'evt_1012',
  type: 'appointment.rescheduled',
  timestamp: '2030-06-01T09:30:00Z',
  subject: { kind: 'appointment', id: 456 },
  sequence: 2,
  data: {
    revision: 2,
    by: 'client',
    from: '2030-06-20T18:00:00Z',
    appointment: {
      id: 456,
      revision: 2,
      status: 'confirmed',
      start: '2030-06-21T18:00:00Z',
      end: '2030-06-21T19:00:00Z',
      timeZone: 'America/New_York',
      practitionerId: 123,
      sessionTypeId: 1,
      clientId: 1004,
      platform: PLATFORMS[0],
      cancelledBy: null,
    },
  },
};

const AppointmentInEvent = Type.Object(
  {
    id: PublicId,
    revision: Type.Integer(),
    status: Type.String({ examples: ['confirmed'] }),
    start: InstantText,
    end: InstantText,
    timeZone: ZoneText,
    practitionerId: PublicId,
    sessionTypeId: PublicId,
    clientId: PublicId,
    platform: nullable(Type.Enum([...PLATFORMS])),
    cancelledBy: nullable(Type.String()),
    seriesId: Type.Optional({ ...PublicId, description: 'Of a date of a series.' }),
  },
  {
    description:
      'As it was when the event was written, moments after it happened: a later `revision` than the event’s is of a later ' +
      'event, which follows. No names, addresses or links: ask GET /api/appointments/{appointmentId} for these.',
  },
);

export const EventSchema = named(
  'Event',
  Type.Object(
    {
      id: Type.String({ description: 'The same at every telling: a repeat is known by it.', examples: ['evt_1012'] }),
      type: Type.String({ description: `An EventType, or \`${TEST_EVENT}\`.`, examples: ['appointment.booked'] }),
      timestamp: { ...InstantText, description: 'When it happened.' },
      subject: Type.Object({ kind: Type.String({ examples: ['appointment'] }), id: PublicId }),
      sequence: Type.Integer({ minimum: 1, description: 'Counts the events of this subject, of every type.' }),
      data: Type.Object({
        revision: Type.Integer({ description: 'The revision the event made.' }),
        by: Type.String({
          description: `Who did it: ${CALLERS.join(', ')} (the client, by a link), or a part of the server.`,
        }),
        from: Type.Optional({ ...InstantText, description: '`appointment.rescheduled`: the start before.' }),
        fields: Type.Optional(Type.Array(Type.String(), { description: 'Of a change: the fields changed.' })),
        appointment: Type.Optional(AppointmentInEvent),
      }),
    },
    { description: 'Something that happened. Later versions may add members and types.', examples: [example] },
  ),
);

for (const [type, summary] of Object.entries(EVENT_TYPES))
  tellsOthers(type, { summary, tag: 'Webhooks', body: 'Event' });

export const EventPage = named(
  'EventPage',
  Type.Object(
    {
      events: Type.Array(EventSchema),
      nextCursor: Type.String({ description: 'Where to go on, at once or later; never null.' }),
      more: Type.Boolean({ description: 'Whether there is more by now.' }),
    },
    { examples: [{ events: [example], nextCursor: 'WyJldmVudHMiLDEwMTJd', more: false }] },
  ),
);

export const FeedQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE, description: 'Events in one answer.' }),
  cursor: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 512,
      description: '`nextCursor` of the answer before; omit for the oldest kept.',
    }),
  ),
  since: Type.Optional({
    ...InstantText,
    description: `Nothing from before it. Events are kept ${RETENTION_DAYS} days.`,
  }),
  types: Type.Optional(Type.Array(EventTypeSchema, { maxItems: EVENT_TYPE_NAMES.length, description: 'These alone.' })),
  appointmentId: Type.Optional({ ...PublicId, description: 'Events of this appointment alone.' }),
});
