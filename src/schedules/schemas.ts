// Hours on the wire: of every week, of some weeks or one session type, of one date.
import { Type, type Static } from 'typebox';
import { named } from '../platform/http/openapi.ts';
import { NextCursor } from '../platform/http/page.ts';
import { DateText, PublicId, formText } from '../platform/http/validation.ts';
import { MOST_PLANS } from './set-hours-plan.ts';
import type { KeptPlan } from './store-plans.ts';
import type { DateOverride } from './schedule.ts';
import type { ScheduleInForce } from './store.ts';
import { WEEKDAYS, writtenDayHoursOf, writtenHoursOf } from './weekly-hours.ts';

/** Eight stretches a day; faults.ts draws the same line. */
const MAX_ENTRIES = 56;
const MAX_DAY_ENTRIES = 8;
const closed = { additionalProperties: false } as const;

const stretch = {
  from: formText('^(?:[01]\\d|2[0-3]):[0-5]\\d$', '09:00'),
  to: formText('^(?:(?:[01]\\d|2[0-3]):[0-5]\\d|24:00)$', '12:00', {
    description: '24:00 is the end of the day; earlier than `from` is on the next day.',
  }),
  locationId: Type.Optional({
    ...PublicId,
    description: 'Where she then is; the hours are in that location’s zone. Without it in her own.',
  }),
};
const HoursSchema = named('WeeklyHoursEntry', Type.Object({ weekday: Type.Enum([...WEEKDAYS]), ...stretch }, closed));
const DayHoursSchema = named('DayHoursEntry', Type.Object(stretch, closed));
const example = [
  { weekday: WEEKDAYS[0], from: '09:00', to: '12:00' },
  { weekday: WEEKDAYS[0], from: '13:00', to: '18:00' },
];
const hours = Type.Array(HoursSchema, { maxItems: MAX_ENTRIES, description: 'None: she does not work.' });
const timeZone = Type.String({ description: 'The zone the hours are in.', examples: ['America/New_York'] });
const version = Type.Integer({
  description: 'The number in the ETag; rises with every change to what can be booked.',
});

export const WeeklyHoursBody = named(
  'WeeklyHours',
  Type.Object(
    { hours },
    { ...closed, description: 'All her hours; they replace those before.', examples: [{ hours: example }] },
  ),
);

export const WeeklyHoursSchema = named(
  'WeeklyHoursInForce',
  Type.Object(
    { timeZone, hours, version },
    { examples: [{ timeZone: 'America/New_York', hours: example, version: 7 }] },
  ),
);

export function weeklyHoursWire({ schedule }: ScheduleInForce): Static<typeof WeeklyHoursSchema> {
  return { timeZone: schedule.zone, hours: writtenHoursOf(schedule.weekly), version: schedule.version };
}

/** After something was removed. */
export const ScheduleVersion = named(
  'ScheduleVersion',
  Type.Object({ version }, { description: 'Removed; the version the schedule has now.', examples: [{ version: 8 }] }),
);

const FIRST = 'The first date on which they hold; null: from ever on, for a session type alone.';
const LAST = 'The last date on which they hold; null: until others begin.';
const TYPE = 'The session type they hold for; null: for all that have no hours of their own.';
const orNull = <T extends typeof DateText | typeof PublicId>(schema: T, description: string) =>
  Type.Union([schema, Type.Null()], { description });

const mornings = [{ weekday: WEEKDAYS[0], from: '08:00', to: '12:00' }];

export const HoursPlanBody = named(
  'HoursPlanAsked',
  Type.Object(
    {
      firstDate: Type.Optional(orNull(DateText, FIRST)),
      lastDate: Type.Optional(orNull(DateText, LAST)),
      sessionTypeId: Type.Optional(orNull(PublicId, TYPE)),
      hours,
    },
    {
      ...closed,
      description: 'Hours instead of the weekly ones: from a date on, until one, or for a session type.',
      examples: [{ firstDate: '2031-01-01', hours: mornings }],
    },
  ),
);

const planExample = { id: 41, firstDate: '2031-01-01', lastDate: null, sessionTypeId: null, hours: mornings };

const HoursPlanSchema = named(
  'HoursPlan',
  Type.Object(
    {
      id: PublicId,
      firstDate: orNull(DateText, FIRST),
      lastDate: orNull(DateText, LAST),
      sessionTypeId: orNull(PublicId, TYPE),
      hours,
    },
    { examples: [planExample] },
  ),
);

export const HoursPlanInForce = named(
  'HoursPlanInForce',
  Type.Object(
    { timeZone, plan: HoursPlanSchema, version },
    { examples: [{ timeZone: 'America/New_York', plan: planExample, version: 8 }] },
  ),
);

export const HoursPlanList = named(
  'HoursPlanList',
  Type.Object(
    { timeZone, plans: Type.Array(HoursPlanSchema, { maxItems: MOST_PLANS }), version },
    { examples: [{ timeZone: 'America/New_York', plans: [planExample], version: 8 }] },
  ),
);

export function planWire({ id, firstDate, lastDate, sessionTypeId, weekly }: KeptPlan): Static<typeof HoursPlanSchema> {
  return { id, firstDate, lastDate, sessionTypeId, hours: writtenHoursOf(weekly) };
}

const dayHours = Type.Array(DayHoursSchema, { maxItems: MAX_DAY_ENTRIES, description: 'None: closed on that date.' });

export const DateOverrideBody = named(
  'DateOverrideAsked',
  Type.Object(
    { hours: dayHours },
    { ...closed, examples: [{ hours: [{ from: '10:00', to: '14:00' }] }, { hours: [] }] },
  ),
);

const overrideExample = { date: '2030-12-24', hours: [{ from: '10:00', to: '14:00' }] };
const OverrideSchema = named(
  'DateOverride',
  Type.Object({ date: DateText, hours: dayHours }, { examples: [overrideExample] }),
);

export const DateOverrideInForce = named(
  'DateOverrideInForce',
  Type.Object(
    { timeZone, override: OverrideSchema, version },
    { examples: [{ timeZone: 'America/New_York', override: overrideExample, version: 9 }] },
  ),
);

export const DateOverridePage = named(
  'DateOverridePage',
  Type.Object(
    { timeZone, overrides: Type.Array(OverrideSchema), version, nextCursor: NextCursor },
    { examples: [{ timeZone: 'America/New_York', overrides: [overrideExample], version: 9, nextCursor: null }] },
  ),
);

export function overrideWire({ date, intervals }: DateOverride): Static<typeof OverrideSchema> {
  return { date, hours: intervals.map(writtenDayHoursOf) };
}
