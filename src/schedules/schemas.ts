// Weekly hours on the wire.
import { Type, type Static } from 'typebox';
import { named } from '../platform/http/openapi.ts';
import type { ScheduleInForce } from './store.ts';
import { WEEKDAYS, writtenHoursOf } from './weekly-hours.ts';

/** Eight stretches a day; schedule.ts draws the same line. */
const MAX_ENTRIES = 56;

const HoursSchema = named(
  'WeeklyHoursEntry',
  Type.Object(
    {
      weekday: Type.Enum([...WEEKDAYS]),
      from: Type.String({ pattern: '^(?:[01]\\d|2[0-3]):[0-5]\\d$', examples: ['09:00'] }),
      to: Type.String({
        pattern: '^(?:(?:[01]\\d|2[0-3]):[0-5]\\d|24:00)$',
        examples: ['12:00'],
        description: '24:00 is the end of the day; earlier than `from` is on the next day.',
      }),
    },
    { additionalProperties: false },
  ),
);
const example = [
  { weekday: WEEKDAYS[0], from: '09:00', to: '12:00' },
  { weekday: WEEKDAYS[0], from: '13:00', to: '18:00' },
];
const hours = Type.Array(HoursSchema, { maxItems: MAX_ENTRIES, description: 'None: she does not work.' });

export const WeeklyHoursBody = named(
  'WeeklyHours',
  Type.Object(
    { hours },
    {
      additionalProperties: false,
      description: 'All her hours; they replace those before.',
      examples: [{ hours: example }],
    },
  ),
);

export const WeeklyHoursSchema = named(
  'WeeklyHoursInForce',
  Type.Object(
    {
      timeZone: Type.String({ description: 'The zone the hours are in.', examples: ['America/New_York'] }),
      hours,
      version: Type.Integer({ description: 'The number in the ETag; rises with every change to what can be booked.' }),
    },
    { examples: [{ timeZone: 'America/New_York', hours: example, version: 7 }] },
  ),
);

export function weeklyHoursWire({ schedule }: ScheduleInForce): Static<typeof WeeklyHoursSchema> {
  return { timeZone: schedule.zone, hours: writtenHoursOf(schedule.weekly), version: schedule.version };
}
