// The wire shapes of what can be done with an appointment now, of how its meeting went, and of its having been closed.
import { Type, type Static } from 'typebox';
import { named } from '../platform/http/openapi.ts';
import { InstantText } from '../platform/http/validation.ts';
import { SUGGEST_AFTER_MINUTES } from '../meetings/life.ts';
import type { AppointmentRead } from './find-appointment.ts';
import { STATES, type Hindrance, type Possibility } from './appointment.ts';

export const Closing = named(
  'Closing',
  Type.Object(
    {
      success: Type.Literal(true),
      message: Type.String(),
      status: Type.Enum([...STATES]),
      revision: Type.Integer({ description: 'For If-Match, in quotation marks.' }),
    },
    {
      examples: [{ success: true, message: 'Appointment completed successfully', status: 'completed', revision: 2 }],
    },
  ),
);

const HINDRANCES: readonly Hindrance[] = [
  'appointment_cancelled',
  'appointment_closed',
  'appointment_in_past',
  'practitioner_not_bookable',
  'cancellation_window_closed',
  'reschedule_window_closed',
];

export const CodeOfHindrance = Type.Enum([...HINDRANCES], {
  description: 'Why not: the code with which it would be refused.',
});

export const Action = named(
  'Action',
  Type.Object(
    {
      allowed: Type.Boolean(),
      reason: Type.Optional(CodeOfHindrance),
      until: Type.Optional({ ...InstantText, description: 'Until when whoever asks may do it, as things are.' }),
      onTimeUntil: Type.Optional({ ...InstantText, description: 'After it, it is late. Left out without a window.' }),
      late: Type.Boolean({ description: 'Now it would be late.' }),
    },
    {
      examples: [{ allowed: true, until: '2030-06-19T18:00:00Z', onTimeUntil: '2030-06-19T18:00:00Z', late: false }],
    },
  ),
);

/** What of a possibility is known; the rest is left out. */
export function wireAction({ reason, until, onTimeUntil, late }: Possibility): Static<typeof Action> {
  return {
    allowed: reason === null,
    ...(reason === null ? {} : { reason }),
    ...(until === null ? {} : { until: until.toString() }),
    ...(onTimeUntil === null ? {} : { onTimeUntil: onTimeUntil.toString() }),
    late,
  };
}

const When = (description: string) => Type.Optional({ ...InstantText, description });

export const MeetingCourse = named(
  'MeetingCourse',
  Type.Object(
    {
      started: When('When the meeting was opened.'),
      ended: When('When it ended. Left out while it goes on, or where nobody told.'),
      hostJoined: When('For its host, staff and services, as all that follows. Left out: the host was not seen.'),
      hostLeft: When('Left out while the host is there, or where nobody told.'),
      guests: Type.Optional(Type.Integer({ description: 'Visits besides the host’s. Who they were is not kept.' })),
      guestJoined: When('When the first of them came.'),
      guestLeft: When('When the last of them left.'),
      waited: Type.Optional(
        Type.Boolean({ description: 'Somebody stood in the waiting room, and no guest came in after.' }),
      ),
    },
    {
      description: 'What the video provider told of the meeting. Left out where it told nothing, and where cancelled.',
      examples: [
        {
          started: '2030-06-20T17:59:30Z',
          ended: '2030-06-20T18:51:00Z',
          hostJoined: '2030-06-20T17:59:31Z',
          hostLeft: '2030-06-20T18:51:00Z',
          guests: 1,
          guestJoined: '2030-06-20T18:01:07Z',
          guestLeft: '2030-06-20T18:50:40Z',
          waited: false,
        },
      ],
    },
  ),
);

export const SuggestedOutcome = Type.Enum(['completed', 'no_show'], {
  description: `For its host, staff and services, from ${SUGGEST_AFTER_MINUTES} minutes after its end: how it seems to have gone. Left out where nobody can tell. It decides nothing by itself; see \`autoClose\` of the practitioner.`,
});

type Course = { meeting?: Static<typeof MeetingCourse>; suggestedOutcome?: Static<typeof SuggestedOutcome> };

/** What whoever asks may know of it; what is not known is left out. */
export function wireCourse({ life, forHost }: Pick<AppointmentRead, 'life' | 'forHost'>): Course {
  if (life === null) return {};
  const open = { ...at('started', life.started), ...at('ended', life.ended) };
  if (forHost === null) return Object.keys(open).length === 0 ? {} : { meeting: open };
  return {
    meeting: {
      ...open,
      ...at('hostJoined', life.hostJoined),
      ...at('hostLeft', life.hostLeft),
      guests: life.guests,
      ...at('guestJoined', life.guestJoined),
      ...at('guestLeft', life.guestLeft),
      waited: life.waited,
    },
    ...(forHost.suggestedOutcome === null ? {} : { suggestedOutcome: forHost.suggestedOutcome }),
  };
}

function at<Name extends string>(name: Name, instant: Temporal.Instant | null): { [Key in Name]?: string } {
  return (instant === null ? {} : { [name]: instant.toString() }) as { [Key in Name]?: string };
}
