// The wire shapes of what can be done with an appointment now, and of its having been closed.
import { Type, type Static } from 'typebox';
import { named } from '../platform/http/openapi.ts';
import { InstantText } from '../platform/http/validation.ts';
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
