// The wire shapes of the waitlist and of offers.
import { Type, type Static } from 'typebox';
import { PLATFORMS } from '../meetings/provider.ts';
import { named } from '../platform/http/openapi.ts';
import { NextCursor, pageQuery } from '../platform/http/page.ts';
import {
  DateText,
  EmailText,
  InstantText,
  PhoneText,
  plainText,
  PublicId,
  WallTimeText,
  ZoneText,
} from '../platform/http/validation.ts';
import { WEEKDAYS } from '../schedules/weekly-hours.ts';
import type { EntrySeen } from './add-waitlist-entry.ts';
import { OFFER_STATES, offerStateAt, type Offer } from './offer.ts';
import { UserId } from './schemas.ts';
import { END_REASONS, ENTRY_STATES, LONGEST_WAIT_DAYS, type Entry, type Window } from './waitlist.ts';

const closed = { additionalProperties: false } as const;
export const EntryParams = Type.Object({ entryId: PublicId });
export const OfferParams = Type.Object({ offerId: PublicId });

/** Any week has these. */
const MOST_WINDOWS = 14;
const MOST_NAMED = 20;

const Windows = Type.Array(
  Type.Object(
    {
      weekdays: Type.Optional(
        Type.Array(Type.Enum([...WEEKDAYS]), { maxItems: 7, uniqueItems: true, description: 'None: all.' }),
      ),
      from: Type.Optional({ ...WallTimeText, description: 'Not earlier than this.' }),
      to: Type.Optional({ ...WallTimeText, description: 'Over by this.' }),
    },
    closed,
  ),
  { maxItems: MOST_WINDOWS, description: 'Hours of the week that suit; none: any.' },
);

/** As a caller writes them. */
export function windowsOf(written: Static<typeof Windows>): Window[] {
  return written.map(({ weekdays, ...times }) => ({
    ...times,
    ...(weekdays ? { weekdays: weekdays.map((day) => WEEKDAYS.indexOf(day) + 1) } : {}),
  }));
}

const practitionerIds = Type.Array(PublicId, { maxItems: MOST_NAMED, uniqueItems: true, description: 'None: any.' });

const wish = {
  userId: 'user-uuid',
  userEmail: 'user@example.com',
  userName: 'John Doe',
  practitionerIds: [123],
  sessionType: 'Initial Consultation',
  lastDate: '2030-07-20',
  windows: [{ weekdays: ['monday', 'tuesday'], to: '12:00' }],
};

export const NewEntry = named(
  'NewWaitlistEntry',
  Type.Object(
    {
      userId: UserId,
      userEmail: EmailText,
      userName: Type.Optional({ ...plainText(200), description: 'As for a booking.' }),
      userPhone: Type.Optional(Type.Union([PhoneText, Type.Null()])),
      practitionerIds: Type.Optional(practitionerIds),
      sessionType: Type.Union([plainText(120), PublicId], { description: 'By name, whatever its case, or id.' }),
      firstDate: Type.Optional({ ...DateText, description: 'Not before this day; left out: from today on.' }),
      lastDate: { ...DateText, description: `Not after this day, at most ${LONGEST_WAIT_DAYS} days ahead.` },
      timeZone: Type.Optional({ ...ZoneText, description: 'Of days and hours; left out: each practitioner’s own.' }),
      windows: Type.Optional(Windows),
      videoMeetingConfig: Type.Optional(Type.Object({ platform: Type.Enum([...PLATFORMS]) }, closed)),
    },
    { ...closed, examples: [wish] },
  ),
);

const Time = Type.Object({
  choice: Type.Integer({ description: 'To accept it.' }),
  holdId: PublicId,
  practitionerId: PublicId,
  date: { ...DateText, description: 'In `timeZone`.' },
  time: WallTimeText,
  timeZone: ZoneText,
  start: InstantText,
  end: InstantText,
});

const offerExample = {
  id: 951,
  kind: 'waitlist',
  state: 'open',
  expiresAt: '2030-06-10T11:00:00Z',
  waitlistEntryId: 950,
  times: [
    {
      choice: 1,
      holdId: 952,
      practitionerId: 123,
      date: '2030-06-20',
      time: '09:00:00',
      timeZone: 'America/New_York',
      start: '2030-06-20T13:00:00Z',
      end: '2030-06-20T14:00:00Z',
    },
  ],
};

export const OfferSchema = named(
  'Offer',
  Type.Object(
    {
      id: PublicId,
      kind: Type.Enum(['waitlist', 'move'], {
        description: '`waitlist`: accepted, it is a new appointment. `move`: the appointment moves there.',
      }),
      state: Type.Enum([...OFFER_STATES]),
      expiresAt: { ...InstantText, description: 'Until then each of its times is kept.' },
      answeredAt: Type.Optional(InstantText),
      toldAt: Type.Optional({ ...InstantText, description: 'When the letter left.' }),
      waitlistEntryId: Type.Optional(PublicId),
      appointmentId: Type.Optional({
        ...PublicId,
        description: 'The one to be moved, or the one that it became.',
      }),
      timeOffId: Type.Optional(PublicId),
      times: Type.Array(Time),
    },
    { examples: [offerExample] },
  ),
);

const entryExample = {
  id: 950,
  userId: 'user-uuid',
  sessionTypeId: 1,
  practitionerIds: [123],
  firstDate: '2030-06-10',
  lastDate: '2030-07-20',
  windows: [{ weekdays: ['monday', 'tuesday'], to: '12:00' }],
  state: 'offered',
  createdAt: '2030-06-01T09:00:00Z',
};

const entryFields = {
  id: PublicId,
  userId: Type.String(),
  sessionTypeId: PublicId,
  practitionerIds,
  firstDate: DateText,
  lastDate: DateText,
  timeZone: Type.Optional(ZoneText),
  windows: Windows,
  state: Type.Enum([...ENTRY_STATES], {
    description: '`offered`: a time is kept for it. `ended`: by itself, `endedBecause` says why.',
  }),
  endedBecause: Type.Optional(
    Type.Enum([...END_REASONS], {
      description:
        '`days_over`; `offers_lapsed`: it let several pass; `shared_now`: it waited for what became a group, before seats were waited for.',
    }),
  ),
  createdAt: InstantText,
};

export const EntrySchema = named(
  'WaitlistEntry',
  Type.Object(
    { ...entryFields, sessionType: Type.String(), offers: Type.Array(OfferSchema) },
    { examples: [{ ...entryExample, sessionType: 'Initial Consultation', offers: [offerExample] }] },
  ),
);

export const EntryPage = named(
  'Waitlist',
  Type.Object(
    { entries: Type.Array(Type.Object(entryFields)), nextCursor: NextCursor },
    { examples: [{ entries: [entryExample], nextCursor: null }] },
  ),
);

export const EntryQuery = Type.Object(
  {
    all: Type.Optional(Type.Boolean({ description: 'Those that are over, too.' })),
    ...pageQuery,
  },
  closed,
);

export const OfferAccept = named(
  'OfferAcceptance',
  Type.Object(
    {
      choice: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 10, description: 'Which of its times; left out: the first.' }),
      ),
    },
    { ...closed, examples: [{ choice: 1 }] },
  ),
);

export const AlternativesAsked = named(
  'AlternativesAsked',
  Type.Object(
    {
      alternatives: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 5, description: 'For each appointment at most so many; left out: 3.' }),
      ),
      answerWithinHours: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 168,
          description: 'So long they are kept, and not beyond the first of them; left out: 48.',
        }),
      ),
    },
    { ...closed, examples: [{ alternatives: 3, answerWithinHours: 48 }] },
  ),
);

const moveExample = { ...offerExample, kind: 'move', appointmentId: 456, timeOffId: 51, waitlistEntryId: undefined };

export const AlternativesSchema = named(
  'Alternatives',
  Type.Object(
    {
      offers: Type.Array(OfferSchema),
      withoutOffer: Type.Array(PublicId, {
        description: 'Appointments in the time off for which nothing could be offered, or was yet: a person must call.',
      }),
    },
    { examples: [{ offers: [JSON.parse(JSON.stringify(moveExample))], withoutOffer: [457] }] },
  ),
);

export function entryWire(entry: Entry) {
  const { id, clientSubject, sessionTypeId, firstDate, lastDate, zone, windows, state, createdAt } = entry;
  return {
    id,
    userId: clientSubject,
    sessionTypeId,
    practitionerIds: [...entry.practitionerIds],
    firstDate,
    lastDate,
    ...(zone === null ? {} : { timeZone: zone }),
    windows: windows.map(({ weekdays, from, to }) => ({
      ...(weekdays ? { weekdays: weekdays.map((day) => WEEKDAYS[day - 1] ?? 'monday') } : {}),
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    })),
    state,
    ...(entry.endedBecause === null ? {} : { endedBecause: entry.endedBecause }),
    createdAt: createdAt.toString(),
  };
}

export function seenWire({ entry, sessionType, offers }: EntrySeen, now: Temporal.Instant): Static<typeof EntrySchema> {
  return { ...entryWire(entry), sessionType, offers: offers.map((offer) => offerWire(offer, now)) };
}

export function offerWire(offer: Offer, now: Temporal.Instant): Static<typeof OfferSchema> {
  const { id, kind, expiresAt, answeredAt, letterSentAt, entryId, appointmentId, timeOffId } = offer;
  return {
    id,
    kind,
    state: offerStateAt(offer, now),
    expiresAt: expiresAt.toString(),
    ...(answeredAt ? { answeredAt: answeredAt.toString() } : {}),
    ...(letterSentAt ? { toldAt: letterSentAt.toString() } : {}),
    ...(entryId === null ? {} : { waitlistEntryId: entryId }),
    ...(appointmentId === null ? {} : { appointmentId }),
    ...(timeOffId === null ? {} : { timeOffId }),
    times: offer.times.map((hold, i) => {
      const [date = '', time = ''] = hold.wallStart.split('T');
      return {
        choice: i + 1,
        holdId: hold.id,
        practitionerId: hold.practitionerId,
        date,
        time: `${time}:00`,
        timeZone: hold.zone,
        start: hold.time.from.toString(),
        end: hold.time.to.toString(),
      };
    }),
  };
}
