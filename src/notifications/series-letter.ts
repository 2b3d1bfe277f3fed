// One letter about several appointments of one series, to one reader: what was booked, moved or cancelled in one act, each
// date with its own ways in and out. Each stands in the calendar part under the UID of its life; who is told what is decided elsewhere.
import { cleanText } from './clean-text.ts';
import { writePublication } from './ics.ts';
import { writeHtml } from './letter-html.ts';
import { writeText } from './letter-text.ts';
import { MISSING_NOTE, PLATFORM_NAMES, SANDBOX_LINE, type Words } from './letter-words.ts';
import { webAddress, type LetterKind } from './letter.ts';
import type { Mail } from './mailer.ts';
import type { Recipient } from './store.ts';
import { sayLength, sayMoment, sayShort, saySpan } from './spoken-time.ts';

export type SeriesKind = Extract<
  LetterKind,
  'confirmation' | 'change' | 'cancellation' | 'request' | 'link' | 'link_missing'
>;

export type SeriesDateFacts = {
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  /** Of a change of time; null where it is where it was told to be. */
  readonly previousStart: Temporal.Instant | null;
  readonly join: { readonly url: string; readonly password: string | null } | null;
  readonly manageUrl: string | null;
  readonly uid: string;
  readonly sequence: number;
};

/** Names and other words may be anything that a person typed: they are cleaned here. */
export type SeriesLetterFacts = {
  readonly kind: SeriesKind;
  readonly recipient: Recipient;
  readonly practice: { readonly name: string };
  readonly practitioner: { readonly name: string; readonly address: string };
  readonly client: { readonly name: string; readonly address: string };
  readonly sessionType: string;
  readonly platform: keyof typeof PLATFORM_NAMES | null;
  /** The reader's own. */
  readonly zone: string;
  /** By time. */
  readonly dates: readonly SeriesDateFacts[];
  /** Until when a request can be decided, the first of them. */
  readonly decideBy: Temporal.Instant | null;
  /** Why links are missing, of the first that is. */
  readonly whyMissing: string | null;
  readonly seriesId: number;
  readonly appointmentId: number;
  readonly revision: number;
  readonly messageId: string;
  readonly stamp: Temporal.Instant;
  readonly sandbox: boolean;
  readonly calendarInvitation: boolean;
  readonly organizer: { readonly name: string; readonly address: string };
};

/** Throws a plain Error when an address in it is not a web address. */
export function writeSeriesLetter(given: SeriesLetterFacts): Mail {
  const facts = {
    ...given,
    practice: { name: cleanText(given.practice.name) },
    practitioner: { ...given.practitioner, name: cleanText(given.practitioner.name) },
    client: { ...given.client, name: cleanText(given.client.name) },
    sessionType: cleanText(given.sessionType),
  };
  const words = wordsOf(facts);
  const reader = facts[facts.recipient];
  return {
    messageId: facts.messageId,
    to: { name: reader.name, address: reader.address },
    subject: subjectOf(facts),
    text: writeText(words),
    html: writeHtml(words),
    calendar: hasFile(facts) ? calendarOf(facts) : null,
    headers: {
      'X-Slotkeeper-Appointment': String(facts.appointmentId),
      'X-Slotkeeper-Revision': String(facts.revision),
      'X-Slotkeeper-Series': String(facts.seriesId),
      ...(facts.sandbox ? { 'X-Slotkeeper-Sandbox': 'true' } : {}),
    },
  };
}

/** What asks for nothing to be put down stands in no calendar, or stands there as it is. */
function hasFile({ kind, calendarInvitation }: SeriesLetterFacts): boolean {
  return calendarInvitation && kind !== 'request' && kind !== 'link_missing';
}

// As of a single letter: for the practitioner it names no client.
function subjectOf({ kind, recipient, dates, zone, practitioner }: SeriesLetterFacts): string {
  const many = `${dates.length} appointments`;
  const opening = {
    confirmation: recipient === 'client' ? 'Confirmed' : 'New',
    change: 'Moved',
    link: 'Video links',
    link_missing: 'Video links missing',
    cancellation: 'Cancelled',
    request: recipient === 'client' ? 'Requested' : 'Please decide',
  }[kind];
  const from = dates[0] ? `, from ${sayShort(dates[0].start, zone)}` : '';
  const whom = recipient === 'client' && practitioner.name !== '' ? ` with ${practitioner.name}` : '';
  return `${opening}: ${many}${from}${whom}`;
}

function wordsOf(facts: SeriesLetterFacts): Words {
  const { kind, recipient, dates, practice, zone } = facts;
  const client = recipient === 'client';
  const many = `${dates.length} appointments`;
  const other = client ? facts.practitioner.name || practice.name : facts.client.name || 'a client';
  const heading = {
    confirmation: client ? `Your ${many} are confirmed` : `You have ${dates.length} new appointments`,
    change: client ? `Your ${many} have moved` : `${many} have moved`,
    link: 'The video links are ready',
    link_missing: 'Video links are missing',
    cancellation: client ? `Your ${many} are cancelled` : `${many} are cancelled`,
    request: client ? 'We have your request' : 'A client asks for a series of times',
  }[kind];
  const opening = {
    confirmation: client
      ? `Your ${many} with ${other} are confirmed. We look forward to seeing you.`
      : `You have ${dates.length} new appointments with ${other}.`,
    change: `${client ? 'Your' : 'The'} ${many} with ${other} have new times.`,
    link: `The video links for ${client ? 'your' : 'the'} ${many} with ${other} are ready.`,
    link_missing: `The video meetings for ${many} with ${other} could not be made. The appointments stand, and have no links yet.`,
    cancellation: `${client ? 'Your' : 'The'} ${many} with ${other} have been cancelled. There is nothing you need to do.`,
    request: client
      ? `You have asked for ${many} with ${other}. They are not confirmed yet: you will hear from us.`
      : `${other} asks for ${many}. The times are kept until you approve each, decline it or propose another.`,
  }[kind];
  return {
    heading,
    greeting: facts[recipient].name === '' ? 'Hello,' : `Hello ${facts[recipient].name},`,
    opening,
    details: detailsOf(facts),
    dates: dates.map((date) => dateWords(facts, date, zone)),
    link: null,
    notes: notesOf(facts),
    manage: null,
    closing: closingOf(facts),
  };
}

function detailsOf({
  kind,
  dates,
  sessionType,
  platform,
  decideBy,
  whyMissing,
  zone,
}: SeriesLetterFacts): Words['details'] {
  const [first] = dates;
  return [
    ...(kind === 'link_missing' && whyMissing !== null ? [{ label: 'Why', lines: [whyMissing] }] : []),
    ...(kind === 'request' && decideBy ? [{ label: 'Decided by', lines: [sayMoment(decideBy, zone)] }] : []),
    ...(first ? [{ label: 'Length', lines: [`${sayLength(first.start, first.end)} each`] }] : []),
    ...(sessionType === '' ? [] : [{ label: 'Session', lines: [sessionType] }]),
    ...(platform === null || kind === 'cancellation'
      ? []
      : [{ label: 'Where', lines: [`Online, by ${PLATFORM_NAMES[platform]}; each has a link of its own`] }]),
  ];
}

function dateWords(facts: SeriesLetterFacts, date: SeriesDateFacts, zone: string) {
  const { kind, recipient, platform } = facts;
  const span = saySpan(date.start, date.end, zone);
  const ended = kind === 'cancellation';
  const moved = date.previousStart !== null && !date.previousStart.equals(date.start);
  const join = ended || date.join === null ? null : { ...date.join, url: webAddress(date.join.url) };
  const name = platform === null ? null : PLATFORM_NAMES[platform];
  const follows = !ended && kind !== 'request' && kind !== 'link_missing' && name !== null && join === null;
  return {
    when: span.when,
    lines: [
      span.zone,
      ...(moved && date.previousStart ? [`Until now: ${sayMoment(date.previousStart, zone)}`] : []),
      ...(follows ? [`The ${name} link follows by e-mail.`] : []),
      ...(join?.password == null ? [] : [`Passcode: ${cleanText(join.password)}`]),
    ],
    links: [
      ...(join === null ? [] : [{ label: name === null ? 'Join the meeting' : `Join by ${name}`, url: join.url }]),
      ...(recipient === 'client' && !ended && date.manageUrl !== null
        ? [{ label: 'Move or cancel this one', url: webAddress(date.manageUrl) }]
        : []),
    ],
  };
}

function notesOf({ kind, recipient, platform }: SeriesLetterFacts): string[] {
  if (platform === null || kind === 'cancellation' || kind === 'request') return [];
  if (kind === 'link_missing') return [MISSING_NOTE];
  const name = PLATFORM_NAMES[platform];
  if (recipient === 'practitioner') return [`Sign in with your own ${name} account to start a meeting as its host.`];
  return platform === 'google-meet' ? ['Google Meet may ask you to wait for a moment: the host lets you in.'] : [];
}

function closingOf(facts: SeriesLetterFacts): string[] {
  const { kind, recipient, practice, sandbox, seriesId } = facts;
  const file =
    kind === 'cancellation'
      ? 'The attached calendar file marks them as cancelled in your calendar.'
      : 'The attached calendar file puts all of them in your calendar, or updates them there.';
  return [
    ...(hasFile(facts) ? [file] : []),
    ...(recipient === 'client' && practice.name !== '' ? [`Questions? Please contact ${practice.name}.`] : []),
    ...(sandbox ? [SANDBOX_LINE] : []),
    [practice.name, `Reference ${seriesId}`].filter((word) => word !== '').join(' · '),
  ];
}

function calendarOf(facts: SeriesLetterFacts): NonNullable<Mail['calendar']> {
  const cancelled = facts.kind === 'cancellation';
  const { practitioner, recipient, sessionType, platform, practice } = facts;
  const other = practitioner.name === '' ? 'Appointment' : `Appointment with ${practitioner.name}`;
  const own = sessionType === '' ? 'Appointment' : `Appointment: ${sessionType}`;
  const ics = writePublication(
    facts.dates.map(({ start, end, join, manageUrl, uid, sequence }) => {
      const name = platform === null ? null : PLATFORM_NAMES[platform];
      const lines = cancelled
        ? ['This appointment has been cancelled.']
        : [
            practice.name,
            ...(name === null ? [] : [join ? `Join by ${name}: ${join.url}` : `The ${name} link follows by e-mail.`]),
            ...(join?.password == null ? [] : [`Passcode: ${cleanText(join.password)}`]),
            ...(recipient === 'client' && manageUrl !== null ? [`Move or cancel this appointment: ${manageUrl}`] : []),
            ...(facts.sandbox ? [SANDBOX_LINE] : []),
          ];
      return {
        cancelled,
        uid,
        sequence,
        stamp: facts.stamp,
        start,
        end,
        summary: recipient === 'client' ? other : own,
        description: lines.join('\n'),
        url: cancelled ? null : (join?.url ?? null),
        organizer: facts.organizer,
      };
    }),
  );
  return { method: 'PUBLISH', ics };
}
