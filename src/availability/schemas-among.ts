// The wire shapes of free times over many practitioners.
import { Type, type Static } from 'typebox';
import { named } from '../platform/http/openapi.ts';
import { NextCursor } from '../platform/http/page.ts';
import { DateText, PublicId, ZoneText, formText } from '../platform/http/validation.ts';
import { FAIRNESS } from './fairness.ts';
import { MOST_COUNTED_DAYS, MOST_OF_ANY, VIEWS } from './find-among.ts';
import { MOST_PRACTITIONERS } from './find-candidates.ts';
import { MOST_DAYS } from './find-slots.ts';

/** Ids of six digits of all there may be, as an address may be long. */
const LONGEST_LIST = 8_000;
const MOST_LANGUAGES_ASKED = 200;

export const AmongQuery = Type.Object(
  {
    timeZone: { ...ZoneText, description: 'Days and labels in this zone: that of whoever looks.' },
    sessionType: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 120,
        description: 'By name or id; without it the first each one offers.',
      }),
    ),
    practitioner: Type.Optional(
      formText('^[1-9]\\d{0,15}(?:,[1-9]\\d{0,15})*$', '123,789', {
        maxLength: LONGEST_LIST,
        description: 'Any of these ids, with commas between them.',
      }),
    ),
    language: Type.Optional(
      Type.String({
        minLength: 2,
        maxLength: MOST_LANGUAGES_ASKED,
        description: 'Any of these (BCP 47), with commas between them. `pt` finds `pt-BR`, too.',
        examples: ['de,pt-BR'],
      }),
    ),
    location: Type.Optional({ ...PublicId, description: 'Only times within hours at this location.' }),
    from: Type.Optional({ ...DateText, description: 'First day; today without it.' }),
    to: Type.Optional({
      ...DateText,
      description: `Last day, included; without it two weeks in all. At most ${MOST_DAYS} days, ${MOST_COUNTED_DAYS} of \`counts\`.`,
    }),
    view: Type.Enum([...VIEWS], {
      default: 'next',
      description:
        '`next`: the soonest free times of all. `first`: of each practitioner the first. `counts`: how many there are on each day.',
    }),
    any: Type.Optional(
      Type.Enum([...FAIRNESS], {
        description:
          'For a client who takes anybody, with `next`: each time once, and whom to book it with: who was booked longest ago, or who has least to do.',
      }),
    ),
    limit: Type.Integer({
      minimum: 1,
      maximum: MOST_PRACTITIONERS,
      default: 10,
      description: `Times in one answer; at most ${MOST_OF_ANY} with \`any\`.`,
    }),
    cursor: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 512,
        description: '`nextCursor` of the answer before, all else unchanged.',
      }),
    ),
  },
  { additionalProperties: false },
);

const AmongTime = named(
  'AvailabilityTime',
  Type.Object({
    practitionerId: { ...PublicId, description: 'Whose time it is; with `any`, whom to book it with.' },
    date: { ...DateText, description: 'In `timeZone`.' },
    time: Type.String({ description: 'Start on the wall of `timeZone`.', examples: ['09:00 AM'] }),
    start: Type.String({ description: 'The instant it starts, with the offset of `timeZone`.', format: 'date-time' }),
    end: Type.String({ format: 'date-time' }),
    seatsLeft: Type.Optional(Type.Integer({ description: 'Of a group: how many can still come.' })),
    free: Type.Optional(Type.Integer({ description: 'With `any`: how many practitioners are free then.' })),
  }),
);

const AmongPractitioner = Type.Object({
  id: PublicId,
  name: Type.String(),
  timeZone: ZoneText,
  languages: Type.Array(Type.String()),
  sessionType: Type.Object({ id: PublicId, name: Type.String(), durationMinutes: Type.Integer() }),
});

export const Among = named(
  'AvailabilityAmong',
  Type.Object(
    {
      timeZone: ZoneText,
      from: DateText,
      to: DateText,
      asked: Type.Integer({ description: 'How many practitioners match what was asked, free or not.' }),
      timeSlots: Type.Optional(Type.Array(AmongTime, { description: 'Of `next` and `first`, in order of time.' })),
      practitioners: Type.Optional(
        Type.Array(AmongPractitioner, {
          description: 'Those whom `timeSlots` name, and what they would be booked for.',
        }),
      ),
      nextCursor: Type.Optional(NextCursor),
      days: Type.Optional(
        Type.Array(
          Type.Object({
            date: DateText,
            free: Type.Integer({ description: 'Starts that can be booked, of all together.' }),
            practitioners: Type.Integer({ description: 'How many of them have one.' }),
          }),
          { description: 'Of `counts`: every day asked for.' },
        ),
      ),
    },
    {
      examples: [
        {
          timeZone: 'America/New_York',
          from: '2030-06-20',
          to: '2030-07-03',
          asked: 2,
          timeSlots: [
            {
              practitionerId: 123,
              date: '2030-06-20',
              time: '09:00 AM',
              start: '2030-06-20T09:00:00-04:00',
              end: '2030-06-20T10:00:00-04:00',
            },
          ],
          practitioners: [
            {
              id: 123,
              name: 'Dr. Sarah Johnson',
              timeZone: 'America/New_York',
              languages: ['en', 'pt-BR'],
              sessionType: { id: 1, name: 'Initial Consultation', durationMinutes: 60 },
            },
          ],
          nextCursor: null,
        },
      ],
    },
  ),
);

export type AmongAnswer = Static<typeof Among>;
export type AmongQuestion = Static<typeof AmongQuery>;
