// The wire shapes of availability: the contract's, with instants beside its labels.
import { Type } from 'typebox';
import { named } from '../platform/http/openapi.ts';
import { DateText, PublicId, ZoneText } from '../platform/http/validation.ts';
import { LENGTH_MINUTES } from '../practitioners/session-type.ts';
import { BECAUSE, BECAUSE_WORDS, type BecauseCode } from './explanation.ts';
import { REASONS } from './reasons.ts';

export const AvailabilityQuery = Type.Object(
  {
    date: Type.Optional({ ...DateText, description: 'One day. Instead of `from` and `to`.' }),
    from: Type.Optional({ ...DateText, description: 'First of several days; the answer then has `days`.' }),
    to: Type.Optional({ ...DateText, description: 'Last of several days, included; at most 92 days in all.' }),
    sessionType: Type.Optional(
      Type.String({ minLength: 1, maxLength: 120, description: 'By name or id; without it the first on offer.' }),
    ),
    durationMinutes: Type.Optional(
      Type.Integer({ ...LENGTH_MINUTES, description: 'Of the lengths it is held at; its own without one.' }),
    ),
    order: Type.Optional(
      Type.Enum(['time', 'preferred'], {
        description:
          '`preferred`: as the practitioner would have them taken (`packing`), free ones first. Otherwise by time.',
      }),
    ),
    explain: Type.Optional(
      Type.Boolean({
        description:
          'With every start her hours could have and all that stands against it, in `because`. At most 31 days. Who manages her is told which appointment or entry.',
      }),
    ),
    timeZone: Type.Optional({
      ...ZoneText,
      description: 'Days and labels in this zone; the practitioner’s without it.',
    }),
  },
  { additionalProperties: false },
);

export const AvailabilityParams = Type.Object({ practitionerId: PublicId });

const BecauseSchema = named(
  'Because',
  Type.Object(
    {
      code: Type.Enum(Object.keys(BECAUSE) as BecauseCode[], {
        description: ['Closed; a later version may add some.', '']
          .concat(Object.entries(BECAUSE_WORDS).map(([code, words]) => `- \`${code}\`: ${words}.`))
          .join('\n'),
      }),
      reason: Type.String({ description: 'The reason it is of, and the code a booking would meet.' }),
      date: Type.Optional({ ...DateText, description: 'Of `date_override` and `holiday`.' }),
      holiday: Type.Optional(Type.String()),
      bookBy: Type.Optional(
        Type.String({
          format: 'date-time',
          description: 'Of `notice_too_short`: the last instant at which it could be booked.',
        }),
      ),
      opensAt: Type.Optional(
        Type.String({
          format: 'date-time',
          description: 'Of `beyond_horizon`: the instant from which it lies within her horizon.',
        }),
      ),
      lastDate: Type.Optional({
        ...DateText,
        description:
          'Of `beyond_horizon`, in place of `opensAt`: the last date that can be booked at all, in her zone.',
      }),
      limit: Type.Optional(
        Type.Object({}, { additionalProperties: true, description: 'The one that would be passed.' }),
      ),
      timeOffId: Type.Optional(PublicId),
      resourceId: Type.Optional({ ...PublicId, description: 'Of the room, equipment or video host that is taken.' }),
      sessionId: Type.Optional(PublicId),
      appointmentIds: Type.Optional(Type.Array(PublicId)),
      holdId: Type.Optional(PublicId),
    },
    {
      description: 'Ids and limits are told to those who manage her.',
      examples: [{ code: 'holiday', reason: 'outside_hours', date: '2030-12-25', holiday: 'Christmas Day' }],
    },
  ),
);

const Skipped = Type.Optional(
  Type.Array(
    Type.Object({
      date: { ...DateText, description: 'As `time`, on the wall of the hours.' },
      time: Type.String({ description: '`HH:mm`.' }),
      timeZone: { ...ZoneText, description: 'Whose wall that is: the practitioner’s or a location’s.' },
      reasons: Type.Array(Type.String()),
      because: Type.Array(BecauseSchema),
    }),
    {
      description:
        'With `explain`: starts of her hours that clocks jump over on that date; in another `timeZone`, those of the jumps that happen on it.',
    },
  ),
);

const TimeSlot = named(
  'TimeSlot',
  Type.Object({
    time: Type.String({ description: 'Start on the wall.', examples: ['09:00 AM'] }),
    available: Type.Boolean(),
    start: Type.String({ description: 'The instant it starts, with the offset of `timeZone`.', format: 'date-time' }),
    end: Type.String({ format: 'date-time' }),
    reasons: Type.Optional(Type.Array(Type.Enum([...REASONS]), { description: 'Why not, where it is not available.' })),
    seatsLeft: Type.Optional(
      Type.Integer({
        description: 'Of a group: how many can still come. Of a session that nobody has booked yet, all.',
      }),
    ),
    because: Type.Optional(
      Type.Array(BecauseSchema, {
        description: 'With `explain`: all that stands against it. Empty: it can be booked.',
      }),
    ),
  }),
);

export const Availability = named(
  'Availability',
  Type.Object(
    {
      practitionerId: PublicId,
      date: Type.Optional(DateText),
      timeSlots: Type.Optional(Type.Array(TimeSlot)),
      skipped: Skipped,
      days: Type.Optional(
        Type.Array(Type.Object({ date: DateText, timeSlots: Type.Array(TimeSlot), skipped: Skipped })),
      ),
      timeZone: ZoneText,
      sessionType: Type.Object({ id: PublicId, name: Type.String(), durationMinutes: Type.Integer() }),
      practitionerTimeZone: ZoneText,
    },
    {
      description:
        'Every start of the grid within working hours; `date` and `timeSlots` for one day, `days` for several.',
      examples: [
        {
          practitionerId: 123,
          date: '2030-06-20',
          timeSlots: [
            {
              time: '09:00 AM',
              available: true,
              start: '2030-06-20T09:00:00-04:00',
              end: '2030-06-20T10:00:00-04:00',
            },
            {
              time: '10:00 AM',
              available: false,
              start: '2030-06-20T10:00:00-04:00',
              end: '2030-06-20T11:00:00-04:00',
              reasons: ['slot_taken'],
            },
          ],
          timeZone: 'America/New_York',
          sessionType: { id: 1, name: 'Initial Consultation', durationMinutes: 60 },
          practitionerTimeZone: 'America/New_York',
        },
      ],
    },
  ),
);

/** An answer without a body (RFC 9110, 15.4.5). */
export const NotModified = Type.Unsafe<undefined>({ type: 'null', description: 'Unchanged since the ETag sent' });
