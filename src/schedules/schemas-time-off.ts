// Time off and public holidays on the wire.
import { Type, type Static } from 'typebox';
import { named } from '../platform/http/openapi.ts';
import { NextCursor } from '../platform/http/page.ts';
import { DateText, InstantText, PublicId, WallOrInstantText } from '../platform/http/validation.ts';
import { dateOfDay } from '../platform/time/wall-clock.ts';
import type { Holiday, HolidayRegion } from './holidays.ts';
import { LONGEST_RULE } from './recurrence.ts';
import type { TimeOffRow } from './store-time-off.ts';
import { MOST_AFFECTED, type AffectedList } from './find-affected.ts';
import { askedOf, MOST_EXCEPTIONS, type KeptTimeOff } from './time-off.ts';

const closed = { additionalProperties: false } as const;
const version = Type.Integer({ description: 'The number in the ETag; for If-Match.' });
const timeZone = Type.String({ description: 'Her zone.', examples: ['America/New_York'] });

const fields = {
  firstDate: Type.Optional({ ...DateText, description: 'First whole day off, in her zone. With `lastDate`.' }),
  lastDate: Type.Optional({ ...DateText, description: 'Last whole day off, included.' }),
  start: Type.Optional({
    ...WallOrInstantText,
    description: 'When it begins, where it is not whole days: wall time in her zone, or an instant. With `end`.',
  }),
  end: Type.Optional({ ...WallOrInstantText, description: 'When it ends.' }),
  rule: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: LONGEST_RULE,
      description:
        'It recurs: an RRULE (RFC 5545) of days, weeks, months or years. It names the dates on which the time off begins, from `firstDate` or that of `start` on, which counts only where the rule names it. `UNTIL` is a date, included. `start` and `end` are then wall time.',
      examples: ['FREQ=WEEKLY;BYDAY=TU'],
    }),
  ),
  exceptDates: Type.Optional(
    Type.Array(DateText, { maxItems: MOST_EXCEPTIONS, description: 'Dates on which it does not recur.' }),
  ),
};
const examples = [
  { firstDate: '2030-08-01', lastDate: '2030-08-14' },
  { start: '2030-06-20T14:00', end: '2030-06-20T16:00' },
  { start: '2030-01-01T12:00', end: '2030-01-01T13:00', rule: 'FREQ=WEEKLY;BYDAY=TU', exceptDates: ['2030-06-04'] },
];

export const TimeOffBody = named('TimeOffAsked', Type.Object(fields, { ...closed, minProperties: 1, examples }));

const TimeOffSchema = named(
  'TimeOff',
  Type.Object({ id: PublicId, ...fields }, { examples: [{ id: 51, ...examples[0] }] }),
);

export const TimeOffInForceSchema = named(
  'TimeOffInForce',
  Type.Object(
    { timeZone, timeOff: TimeOffSchema, version },
    { examples: [{ timeZone: 'America/New_York', timeOff: { id: 51, ...examples[0] }, version: 9 }] },
  ),
);

export const TimeOffPage = named(
  'TimeOffPage',
  Type.Object(
    { timeZone, timeOff: Type.Array(TimeOffSchema), version, nextCursor: NextCursor },
    {
      examples: [{ timeZone: 'America/New_York', timeOff: [{ id: 51, ...examples[0] }], version: 9, nextCursor: null }],
    },
  ),
);

export function timeOffWire({ id, timeOff }: TimeOffRow, zone: string): Static<typeof TimeOffSchema> {
  return { id, ...askedWire(timeOff, zone) };
}

export function askedWire(timeOff: KeptTimeOff, zone: string): Static<typeof TimeOffBody> {
  const { exceptDates, ...asked } = askedOf(timeOff, zone);
  return { ...asked, ...(exceptDates === undefined ? {} : { exceptDates: [...exceptDates] }) };
}

const affectedExample = {
  appointmentId: 456,
  sessionTypeId: 1,
  start: '2030-08-02T18:00:00Z',
  end: '2030-08-02T19:00:00Z',
  userId: 'user-uuid',
  userName: 'John Doe',
};
const affected = {
  affected: Type.Optional(
    Type.Array(
      Type.Object({
        appointmentId: PublicId,
        sessionTypeId: PublicId,
        start: InstantText,
        end: InstantText,
        userId: Type.String(),
        userName: Type.String(),
      }),
      {
        maxItems: MOST_AFFECTED,
        description:
          'Who has an appointment in it that is not over, by start. An API key is told with `appointments:read` alone.',
      },
    ),
  ),
  moreAffected: Type.Optional(Type.Boolean({ description: 'There are others after these.' })),
};
const affectedExamples = { affected: [affectedExample], moreAffected: false };

export const TimeOffTaken = named(
  'TimeOffTaken',
  Type.Object(
    { timeZone, timeOff: TimeOffSchema, version, ...affected },
    {
      examples: [
        { timeZone: 'America/New_York', timeOff: { id: 51, ...examples[0] }, version: 9, ...affectedExamples },
      ],
    },
  ),
);

export const TimeOffPreviewSchema = named(
  'TimeOffPreview',
  Type.Object(
    { dryRun: Type.Literal(true), timeZone, timeOff: TimeOffBody, version, ...affected },
    {
      description: 'What taking it would meet; nothing was taken.',
      examples: [{ dryRun: true, timeZone: 'America/New_York', timeOff: examples[0], version: 8, ...affectedExamples }],
    },
  ),
);

/** By whether it was a dry run. */
export const TimeOffChanged = named(
  'TimeOffChanged',
  Type.Union([TimeOffTaken, TimeOffPreviewSchema], {
    examples: [{ timeZone: 'America/New_York', timeOff: { id: 51, ...examples[0] }, version: 9, ...affectedExamples }],
  }),
);

export const DryRunQuery = Type.Object({
  dryRun: Type.Optional(Type.Boolean({ description: 'Tell who would be affected, and take nothing.' })),
});

export function affectedWire(told: AffectedList | null) {
  if (told === null) return {};
  const { list, more } = told;
  return {
    affected: list.map((one) => ({ ...one, start: one.start.toString(), end: one.end.toString() })),
    moreAffected: more,
  };
}

const RegionText = Type.String({
  minLength: 2,
  maxLength: 20,
  description: 'A country (ISO 3166), or a part of one.',
  examples: ['DE-BY'],
});

export const HolidaysBody = named(
  'HolidaysAsked',
  Type.Object(
    { region: Type.Union([RegionText, Type.Null()], { description: 'null: no holidays are kept.' }) },
    { ...closed, examples: [{ region: 'DE-BY' }] },
  ),
);

const holidayExample = { date: '2030-05-01', name: 'Labour Day' };

export const HolidaysSchema = named(
  'Holidays',
  Type.Object(
    {
      region: Type.Union([RegionText, Type.Null()]),
      holidays: Type.Array(Type.Object({ date: DateText, name: Type.String() }), {
        description:
          'Those of the next 400 days, from today in her zone. She is closed unless the date has hours of its own.',
      }),
      version,
    },
    { examples: [{ region: 'DE-BY', holidays: [holidayExample], version: 9 }] },
  ),
);

export function holidaysWire(
  region: string | null,
  holidays: readonly Holiday[],
  current: number,
): Static<typeof HolidaysSchema> {
  return { region, holidays: holidays.map(({ day, name }) => ({ date: dateOfDay(day), name })), version: current };
}

export const RegionsQuery = Type.Object({
  within: Type.Optional({ ...RegionText, description: 'The parts of this one; without it all countries.' }),
});

export const HolidayRegions = named(
  'HolidayRegions',
  Type.Object(
    { regions: Type.Array(Type.Object({ code: RegionText, name: Type.String() })) },
    { examples: [{ regions: [{ code: 'DE-BY', name: 'Bayern' }] }] },
  ),
);

export function regionsWire(regions: readonly HolidayRegion[]): Static<typeof HolidayRegions> {
  return { regions: regions.map(({ code, name }) => ({ code, name })) };
}
