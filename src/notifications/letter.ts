// A letter about one appointment, to one reader: which mail it makes. Says the same in text, HTML and calendar form, from one
// set of facts; who is written to, and when, is decided elsewhere.
import { cleanText } from './clean-text.ts';
import { writeInvitation } from './ics.ts';
import { writeHtml } from './letter-html.ts';
import { writeText } from './letter-text.ts';
import { PLATFORM_NAMES, SANDBOX_LINE, chooseWords, isMoved, manageOf, type WordFacts } from './letter-words.ts';
import type { Mail } from './mailer.ts';
import { sayShort } from './spoken-time.ts';

export const LETTER_KINDS = [
  'confirmation',
  'change',
  'link',
  'link_missing',
  'cancellation',
  'reminder',
  'request',
  'proposal',
  'declined',
] as const;
export type LetterKind = (typeof LETTER_KINDS)[number];

/** Those in the delivery log: an offer is of no appointment, or of one that may move. */
export const LOGGED_KINDS = [...LETTER_KINDS, 'offer'] as const;
export type LoggedKind = (typeof LOGGED_KINDS)[number];

/** Names and other words may be anything that a person typed: they are cleaned here. */
export type LetterFacts = WordFacts & {
  readonly kind: LetterKind;
  readonly practitioner: { readonly address: string };
  readonly client: { readonly address: string };
  /** For the calendar: the same for the appointment's life, rising with each change, and when this was written. */
  readonly uid: string;
  readonly sequence: number;
  readonly stamp: Temporal.Instant;
  readonly revision: number;
  /** Without angle brackets. */
  readonly messageId: string;
  /** Equal to the mail's From: calendars refuse an invitation from anybody else. */
  readonly organizer: { readonly name: string; readonly address: string };
};

/** Throws a plain Error when an address in it is not a web address: no letter may carry another kind of link. */
export function writeLetter(given: LetterFacts): Mail {
  const facts = cleanFacts(given);
  const words = chooseWords(facts);
  const reader = facts[facts.recipient];
  return {
    messageId: facts.messageId,
    to: { name: reader.name, address: reader.address },
    subject: writeSubject(facts),
    text: writeText(words),
    html: writeHtml(words),
    calendar: facts.calendarInvitation ? writeCalendar(facts) : null,
    headers: {
      'X-Slotkeeper-Appointment': String(facts.appointmentId),
      'X-Slotkeeper-Revision': String(facts.revision),
      ...(facts.sandbox ? { 'X-Slotkeeper-Sandbox': 'true' } : {}),
    },
  };
}

// Whatever a person typed is one clean line from here on.
function cleanFacts(given: LetterFacts): LetterFacts {
  return {
    ...given,
    practice: { name: cleanText(given.practice.name) },
    practitioner: { ...given.practitioner, name: cleanText(given.practitioner.name) },
    client: { ...given.client, name: cleanText(given.client.name) },
    sessionType: cleanText(given.sessionType),
    join: given.join && {
      url: webAddress(given.join.url),
      password: given.join.password === null ? null : cleanText(given.join.password),
    },
    manageUrl: given.manageUrl === null ? null : webAddress(given.manageUrl),
    organizer: { ...given.organizer, name: cleanText(given.organizer.name) },
  };
}

export function webAddress(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) {
    throw new Error('a link of a letter is not a web address');
  }
  return parsed.href;
}

// A subject shows on locked screens and in notifications: for the practitioner it names no client, for nobody a reason.
function writeSubject(facts: LetterFacts): string {
  const moved = isMoved(facts);
  if (facts.recipient === 'practitioner') {
    const opening = {
      confirmation: 'New appointment',
      change: moved ? 'Appointment moved' : 'Appointment updated',
      link: facts.linkChanged ? 'Video link changed' : 'Video link ready',
      link_missing: 'Video link missing',
      cancellation: 'Appointment cancelled',
      reminder: 'Reminder',
      request: 'Please decide',
      proposal: 'Time proposed',
      declined: 'Request declined',
    }[facts.kind];
    return `${opening}: ${sayShort(facts.start, facts.practitioner.zone)}`;
  }
  const opening = {
    confirmation: 'Confirmed',
    change: moved ? 'Moved' : 'Updated',
    link: facts.linkChanged ? 'Your video link has changed' : 'Your video link',
    link_missing: 'Your video link is missing',
    cancellation: 'Cancelled',
    reminder: 'Reminder',
    request: 'Requested',
    proposal: 'Please answer: another time',
    declined: 'Not confirmed',
  }[facts.kind];
  const when = sayShort(facts.start, facts.client.zone ?? facts.zone);
  return facts.practitioner.name === '' ? `${opening}: ${when}` : `${opening}: ${when} with ${facts.practitioner.name}`;
}

function writeCalendar(facts: LetterFacts): NonNullable<Mail['calendar']> {
  const cancelled = facts.kind === 'cancellation';
  const method = cancelled ? 'CANCEL' : 'REQUEST';
  const reader = facts[facts.recipient];
  const ics = writeInvitation({
    method,
    uid: facts.uid,
    sequence: facts.sequence,
    stamp: facts.stamp,
    start: facts.start,
    end: facts.end,
    zone: facts.zone,
    summary: summarise(facts),
    description: describe(facts),
    url: cancelled ? null : (facts.join?.url ?? null),
    organizer: facts.organizer,
    attendee: { name: reader.name, address: reader.address },
  });
  return { method, ics };
}

function summarise(facts: LetterFacts): string {
  const { name } = facts.practitioner;
  if (facts.recipient === 'client') return name === '' ? 'Appointment' : `Appointment with ${name}`;
  return facts.sessionType === '' ? 'Appointment' : `Appointment: ${facts.sessionType}`;
}

function describe(facts: LetterFacts): string {
  if (facts.kind === 'cancellation') return 'This appointment has been cancelled.';
  const lines = [facts.practice.name];
  if (facts.platform !== null) {
    const name = PLATFORM_NAMES[facts.platform];
    if (facts.join === null) lines.push(`The ${name} link follows by e-mail.`);
    else {
      lines.push(`Join by ${name}: ${facts.join.url}`);
      if (facts.join.password !== null) lines.push(`Passcode: ${facts.join.password}`);
    }
  }
  const manage = manageOf(facts);
  if (manage !== null) lines.push(`${manage.label}: ${manage.url}`);
  if (facts.sandbox) lines.push(SANDBOX_LINE);
  return lines.join('\n');
}
