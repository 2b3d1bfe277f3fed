// The wire shapes of series as they stand, and of each date as it fared.
import { Type, type Static } from 'typebox';
import { named } from '../platform/http/openapi.ts';
import { NextCursor, pageQuery } from '../platform/http/page.ts';
import { DateText, InstantText, PublicId, WallTimeText, ZoneText } from '../platform/http/validation.ts';
import { Refusal } from '../platform/refusal.ts';
import { instantOf, isoOf, minuteOf, resolveWall, wallOf } from '../platform/time/wall-clock.ts';
import { STATES } from './appointment.ts';
import type { SeriesSeen } from './find-series.ts';
import { DateIndex } from './schemas-series.ts';
import { UserId } from './schemas.ts';
import type { SeriesListed } from './store-series-list.ts';
import { FREQUENCIES, type DateTold, type SeriesTold } from './series.ts';

const Nearest = Type.Object({ date: DateText, time: WallTimeText, start: InstantText });
const Free = Type.Object({ date: DateText, time: WallTimeText, start: InstantText, end: InstantText });

const exampleDates = [
  { index: 1, date: '2030-06-20', time: '14:00:00', start: '2030-06-20T14:00:00-04:00', result: 'free' },
  {
    index: 2,
    date: '2030-06-27',
    time: '14:00:00',
    start: '2030-06-27T14:00:00-04:00',
    result: 'refused',
    reasons: ['slot_taken'],
    alternatives: [
      { date: '2030-06-27', time: '15:00:00', start: '2030-06-27T15:00:00-04:00', end: '2030-06-27T16:00:00-04:00' },
    ],
  },
];

const DateResult = named(
  'SeriesDateResult',
  Type.Object(
    {
      index: DateIndex,
      date: { ...DateText, description: 'On the practitioner’s wall.' },
      time: WallTimeText,
      start: Type.Optional({ ...InstantText, description: 'Left out where clocks jump over it.' }),
      result: Type.Enum(['free', 'refused']),
      reasons: Type.Optional(
        Type.Array(Type.String(), {
          description: 'Every reason against it: codes, as a single booking would meet them.',
        }),
      ),
      because: Type.Optional(
        Type.Array(Type.Object({ code: Type.String(), reason: Type.String() }, { additionalProperties: true }), {
          description: 'What stands behind each, as availability with `explain` tells it.',
        }),
      ),
      alternatives: Type.Optional(Type.Array(Free, { description: 'Up to five free times nearest to it.' })),
      nearest: Type.Optional(Type.Array(Nearest, { description: '`time_does_not_exist`: what exists around it.' })),
    },
    { examples: exampleDates },
  ),
);

export const SeriesPreview = named(
  'SeriesPreview',
  Type.Object(
    { dryRun: Type.Literal(true), timeZone: ZoneText, dates: Type.Array(DateResult) },
    { examples: [{ dryRun: true, timeZone: 'America/New_York', dates: exampleDates }] },
  ),
);

const SeriesDate = Type.Object({
  index: DateIndex,
  date: DateText,
  time: WallTimeText,
  start: Type.Optional(InstantText),
  end: Type.Optional(InstantText),
  appointmentId: Type.Optional(PublicId),
  status: Type.Optional(Type.Enum([...STATES])),
  revision: Type.Optional(Type.Integer()),
  reasons: Type.Optional(
    Type.Array(Type.String(), { description: 'Of a date that could not be had: what stood against it then.' }),
  ),
});

const seriesExample = {
  id: 901,
  practitionerId: 123,
  practitionerName: 'Dr. Sarah Johnson',
  sessionTypeId: 1,
  sessionType: 'Initial Consultation',
  frequency: 'weekly',
  timeZone: 'America/New_York',
  dates: [
    {
      index: 1,
      date: '2030-06-20',
      time: '14:00:00',
      start: '2030-06-20T18:00:00Z',
      end: '2030-06-20T19:00:00Z',
      appointmentId: 902,
      status: 'confirmed',
      revision: 1,
    },
    { index: 2, date: '2030-06-27', time: '14:00:00', reasons: ['slot_taken'] },
  ],
};

export const SeriesSchema = named(
  'Series',
  Type.Object(
    {
      id: PublicId,
      practitionerId: PublicId,
      practitionerName: Type.String(),
      sessionTypeId: PublicId,
      sessionType: Type.String(),
      frequency: Type.Enum([...FREQUENCIES]),
      timeZone: { ...ZoneText, description: 'The practitioner’s when it was booked.' },
      dates: Type.Array(SeriesDate),
    },
    { examples: [seriesExample] },
  ),
);

export const SeriesQuery = Type.Object(
  {
    userId: Type.Optional({
      ...UserId,
      description: 'Of this client; left out: a client’s own, for staff those of all.',
    }),
    practitionerId: Type.Optional(PublicId),
    status: Type.Optional(Type.Enum([...STATES], { description: 'Of at least one of its dates.' })),
    from: Type.Optional({ ...InstantText, description: 'Such a date ends after this instant.' }),
    to: Type.Optional({ ...InstantText, description: 'Such a date starts before this instant.' }),
    ...pageQuery,
  },
  { additionalProperties: false },
);

const Listed = Type.Object({
  id: PublicId,
  userId: Type.String(),
  practitionerId: PublicId,
  practitionerName: Type.String(),
  sessionTypeId: PublicId,
  sessionType: Type.String(),
  frequency: Type.Enum([...FREQUENCIES]),
  timeZone: ZoneText,
  bookedAt: InstantText,
  datesBooked: Type.Integer({ description: 'Appointments in it, in whatever state.' }),
  datesOn: Type.Integer({ description: 'Of these, pending or confirmed.' }),
  firstStart: Type.Optional({ ...InstantText, description: 'Of those that are on.' }),
  lastStart: Type.Optional(InstantText),
});

const listedExample = {
  id: 901,
  userId: 'user-uuid',
  practitionerId: 123,
  practitionerName: 'Dr. Sarah Johnson',
  sessionTypeId: 1,
  sessionType: 'Initial Consultation',
  frequency: 'weekly',
  timeZone: 'America/New_York',
  bookedAt: '2030-06-01T09:00:00Z',
  datesBooked: 4,
  datesOn: 3,
  firstStart: '2030-06-27T18:00:00Z',
  lastStart: '2030-07-11T18:00:00Z',
};

export const SeriesList = named(
  'SeriesList',
  Type.Object(
    { series: Type.Array(Listed), nextCursor: NextCursor },
    { examples: [{ series: [listedExample], nextCursor: null }] },
  ),
);

export const SeriesBooked = named(
  'SeriesBooked',
  Type.Object(
    {
      success: Type.Literal(true),
      series: SeriesSchema,
      refused: Type.Array(DateResult, {
        description: 'The dates that could not be had, with alternatives; empty in a repeat under the same key.',
      }),
    },
    { examples: [{ success: true, series: seriesExample, refused: [exampleDates[1]] }] },
  ),
);

export const SeriesMoveAnswer = named(
  'SeriesMoved',
  Type.Union([SeriesBooked, SeriesPreview], {
    examples: [{ success: true, series: seriesExample, refused: [] }],
  }),
);

function freeWire(start: number, lengthMinutes: number, zone: string): Static<typeof Free> {
  const { date, time } = wallOf(instantOf(start), zone);
  return { date, time, start: isoOf(start, zone), end: isoOf(start + lengthMinutes, zone) };
}

function resultWire(date: DateTold, { zone, lengthMinutes }: SeriesTold): Static<typeof DateResult> {
  const { wall, start, reasons, because, alternatives } = date;
  const fared = {
    index: date.index,
    date: wall.date,
    time: `${wall.time.slice(0, 5)}:00`,
    ...(start ? { start: isoOf(start.minute, zone) } : {}),
  };
  if (reasons.length === 0) return { ...fared, result: 'free' };
  const gap = start === null ? resolveWall({ ...wall, zone }) : null;
  const nearest = gap?.kind === 'gap' ? [gap.before, gap.after] : [];
  return {
    ...fared,
    result: 'refused',
    reasons: [...reasons],
    ...(because ? { because: [...because] } : {}),
    alternatives: alternatives.map((free) => freeWire(free, date.lengthMinutes ?? lengthMinutes, zone)),
    ...(nearest.length > 0
      ? {
          nearest: nearest.map((near) => ({
            date: near.date,
            time: near.time,
            start: isoOf(minuteOf(near.instant), zone),
          })),
        }
      : {}),
  };
}

export function previewWire(told: SeriesTold): Static<typeof SeriesPreview> {
  return { dryRun: true, timeZone: told.zone, dates: told.dates.map((date) => resultWire(date, told)) };
}

export function seriesWire({ series, dates }: SeriesSeen): Static<typeof SeriesSchema> {
  return {
    id: series.id,
    practitionerId: series.practitionerId,
    practitionerName: series.practitionerName,
    sessionTypeId: series.sessionTypeId,
    sessionType: series.sessionType,
    frequency: series.frequency,
    timeZone: series.zone,
    dates: dates.map(({ position, wallStart, appointment, reasons }) => {
      if (!appointment) {
        const [date = '', time = ''] = wallStart.split('T');
        return { index: position, date, time: `${time}:00`, reasons: [...reasons] };
      }
      return {
        index: position,
        ...wallOf(appointment.start, appointment.zone),
        start: appointment.start.toString(),
        end: appointment.end.toString(),
        appointmentId: appointment.id,
        status: appointment.state,
        revision: appointment.revision,
      };
    }),
  };
}

export function listedWire(listed: SeriesListed): Static<typeof Listed> {
  const { clientSubject, zone, createdAt, firstStart, lastStart, ...same } = listed;
  return {
    ...same,
    userId: clientSubject,
    timeZone: zone,
    bookedAt: createdAt.toString(),
    ...(firstStart ? { firstStart: firstStart.toString() } : {}),
    ...(lastStart ? { lastStart: lastStart.toString() } : {}),
  };
}

export function changedWire(seen: SeriesSeen, told: SeriesTold | null): Static<typeof SeriesBooked> {
  const refused = told?.dates.filter(({ reasons }) => reasons.length > 0) ?? [];
  return {
    success: true,
    series: seriesWire(seen),
    refused: told ? refused.map((date) => resultWire(date, told)) : [],
  };
}

/** The refusal of an act that took nothing: each date with its result. */
export function refusalOfDates(told: SeriesTold): Refusal {
  const refused = told.dates.filter(({ reasons }) => reasons.length > 0).length;
  return new Refusal(
    'dates_refused',
    `${refused} of ${told.dates.length} dates cannot be had, so nothing was changed. Choose other times for them, leave them out, or take the rest.`,
    { extra: { timeZone: told.zone, dates: told.dates.map((date) => resultWire(date, told)) } },
  );
}
