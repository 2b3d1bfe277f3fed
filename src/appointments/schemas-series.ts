// The wire shapes of what is asked of series: booked, and changed from one date on.
import { Type } from 'typebox';
import { named } from '../platform/http/openapi.ts';
import {
  DateText,
  plainLines,
  plainText,
  PublicId,
  StartTimeText,
  WallTimeText,
  ZoneText,
} from '../platform/http/validation.ts';
import { DurationAsked, forWhom, ModeAsked } from './schemas-session.ts';
import { UserId } from './schemas.ts';
import { FEWEST_DATES, FREQUENCIES, MOST_DATES, SERIES_TAKES } from './series.ts';

const closed = { additionalProperties: false } as const;
export const SeriesParams = Type.Object({ seriesId: PublicId });
export const SeriesDryRun = Type.Object({
  dryRun: Type.Optional(Type.Boolean({ description: 'Tell how each date would fare, and write nothing.' })),
});

export const DateIndex = Type.Integer({
  minimum: 1,
  maximum: MOST_DATES,
  description: 'Which date of the series, from 1.',
});
const take = Type.Enum([...SERIES_TAKES], {
  description: '`all_or_nothing`: where one date cannot be had, none is. `the_rest`: those that can, in one act.',
});
const zoneOfStart = Type.Optional({ ...ZoneText, description: 'The zone of date and time, where it is another.' });

const bookingExample = {
  userId: 'user-uuid',
  practitionerId: 123,
  date: '2030-06-20',
  time: '14:00:00',
  sessionType: 'Initial Consultation',
  userEmail: 'user@example.com',
  userName: 'John Doe',
  repeat: { frequency: 'weekly', count: 12 },
  take: 'the_rest',
};

export const NewSeries = named(
  'NewSeries',
  Type.Object(
    {
      userId: UserId,
      practitionerId: PublicId,
      practitionerName: Type.Optional({ ...plainText(200), description: 'If given, must be the name that is stored.' }),
      date: { ...DateText, description: 'Of the first date, in the practitioner’s zone, or in `timeZone`.' },
      time: { ...StartTimeText, description: 'Its wall time in the practitioner’s zone stays, whatever clocks do.' },
      timeZone: zoneOfStart,
      sessionType: Type.Union([plainText(120), PublicId], { description: 'By name, whatever its case, or id.' }),
      durationMinutes: DurationAsked,
      mode: ModeAsked,
      ...forWhom,
      repeat: Type.Object(
        {
          frequency: Type.Enum([...FREQUENCIES], {
            description:
              '`monthly`: on the same weekday of the month as the first date (the third Thursday); a fifth one means the last.',
          }),
          count: Type.Optional(
            Type.Integer({ minimum: FEWEST_DATES, maximum: MOST_DATES, description: 'How many. Or `until`.' }),
          ),
          until: Type.Optional({
            ...DateText,
            description: `The last day on which one may be; at most ${MOST_DATES} dates.`,
          }),
          onLast: Type.Optional(
            Type.Boolean({ description: 'Monthly: on the last such weekday, which the first date must be.' }),
          ),
        },
        closed,
      ),
      exceptDates: Type.Optional(
        Type.Array(DateText, { maxItems: MOST_DATES, description: 'Dates of the rule that are left out.' }),
      ),
      instead: Type.Optional(
        Type.Array(Type.Object({ index: DateIndex, date: DateText, time: WallTimeText }, closed), {
          maxItems: MOST_DATES,
          description: 'Other times for single dates, as the alternatives of a dry run name them.',
        }),
      ),
      take: Type.Optional(take),
    },
    { ...closed, examples: [bookingExample] },
  ),
);

const which = Type.Enum(['this', 'following'], { description: 'This date alone, or it and all that follow.' });

export const SeriesCancelBody = named(
  'SeriesCancellation',
  Type.Object(
    { index: DateIndex, which, take: Type.Optional(take), reason: Type.Optional(plainLines(1000)) },
    { ...closed, examples: [{ index: 4, which: 'following' }] },
  ),
);

export const SeriesMoveBody = named(
  'SeriesMove',
  Type.Object(
    {
      index: DateIndex,
      which,
      newDate: { ...DateText, description: 'Of the date at `index`; those that follow go by the rule from there.' },
      newTime: StartTimeText,
      timeZone: zoneOfStart,
      take: Type.Optional(take),
    },
    { ...closed, examples: [{ index: 4, which: 'following', newDate: '2030-07-12', newTime: '10:00:00' }] },
  ),
);

/** What it is called where nobody says: nothing is half done unless it was asked for. */
export const DEFAULT_TAKE = 'all_or_nothing';
