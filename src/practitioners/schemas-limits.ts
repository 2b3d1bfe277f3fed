// How far ahead and how much can be booked, on the wire.
import { Type } from 'typebox';
import { named } from '../platform/http/openapi.ts';
import { DateText, PublicId } from '../platform/http/validation.ts';
import { LIMIT_BOUNDS, LIMITED, PERIODS } from './limits.ts';

export const HorizonUntil = Type.Union([DateText, Type.Null()], {
  description: 'The last date that can be booked, instead of `horizonDays`. null: those days.',
});
const figure = (bounds: { readonly minimum: number; readonly maximum: number }, description: string) =>
  Type.Union([Type.Integer(bounds), Type.Null()], { default: null, description });
export const LimitSchema = named(
  'BookingLimit',
  Type.Object(
    {
      per: Type.Enum([...PERIODS], { description: 'In her zone; weeks begin on Monday.' }),
      of: Type.Enum([...LIMITED], {
        default: 'practitioner',
        description: '`practitioner`: of all she gives. `client`: of what each client gets of it.',
      }),
      sessionTypeId: Type.Union([PublicId, Type.Null()], {
        default: null,
        description: 'Of this session type alone. null: of all together.',
      }),
      mostSessions: figure(LIMIT_BOUNDS.mostSessions, 'So many sessions that start in it.'),
      mostMinutes: figure(LIMIT_BOUNDS.mostMinutes, 'So many minutes of them, without buffers.'),
    },
    { additionalProperties: false, required: ['per'], examples: [{ per: 'week', mostMinutes: 1200 }] },
  ),
);
