// What is to be told about a session now: letters and reminders, derived together, since a letter tells what a reminder would.
import type { MeetingDetails } from '../meetings/meeting.ts';
import type { LetterRow } from '../notifications/store.ts';
import { lettersOwed, type LettersOwed, type Owed, type Telling } from './letters-owed.ts';
import { linkDigest, type SessionFacts } from './plan.ts';
import { earlier, remindersOwed, type RemindersOwed } from './reminders-owed.ts';

/** As the pass has read it; `since`: when the revision was asked for. */
type Read = {
  readonly facts: SessionFacts;
  readonly wantedAt: Temporal.Instant;
  readonly letters: readonly LetterRow[];
};

type Options = { readonly textsGo: boolean; readonly now: Temporal.Instant };

/** Of all seats of a session together. Its practitioner is reminded of it once, however many come. */
export function lettersOfSeats(
  read: Pick<Read, 'wantedAt' | 'letters'>,
  seats: readonly SessionFacts[],
  meeting: MeetingDetails | null,
  options: Options,
): { readonly letters: Owed; readonly reminders: RemindersOwed } {
  const all = { letters: NOTHING_OWED, reminders: { ...NOTHING_OWED, nextAt: null as Temporal.Instant | null } };
  const first = seats.find(({ live }) => live);
  for (const seat of seats) {
    const { appointment, reminders: asked } = seat;
    const letters = read.letters.filter(({ appointmentId }) => appointmentId === appointment.id);
    const facts = seat === first ? seat : { ...seat, reminders: { ...asked, practitioner: false } };
    // That a link is missing is told once, however many come.
    const known = seat === first || meeting?.status !== 'failed' ? meeting : { ...meeting, status: 'pending' as const };
    const owed = lettersToSend({ ...read, facts, letters }, known, options);
    all.letters = sum(all.letters, owed.letters);
    const nextAt = earlier(all.reminders.nextAt, owed.reminders.nextAt);
    all.reminders = { ...sum(all.reminders, owed.reminders), nextAt };
  }
  return all;
}

const NOTHING_OWED: Owed = { send: [], supersede: [], keep: [], againAt: null };

function sum(one: Owed, other: Owed): Owed {
  return {
    send: [...one.send, ...other.send],
    supersede: [...one.supersede, ...other.supersede],
    keep: [...one.keep, ...other.keep],
    againAt: earlier(one.againAt, other.againAt),
  };
}

/** What is to be told of a session, or of a date of a batch. */
export function tellingOf(
  {
    appointment,
    ...facts
  }: Pick<SessionFacts, 'revision' | 'live' | 'start' | 'end'> & {
    readonly appointment: Pick<SessionFacts['appointment'], 'id' | 'closed' | 'asked' | 'declined'>;
  },
  since: Temporal.Instant,
  meeting: MeetingDetails | null,
): Telling {
  return {
    appointmentId: appointment.id,
    revision: facts.revision,
    live: facts.live,
    closed: appointment.closed,
    asked: appointment.asked,
    declined: appointment.declined,
    start: facts.start,
    end: facts.end,
    link: linkOf(meeting),
    since,
  };
}

function lettersToSend(
  { facts, wantedAt, letters: told }: Read,
  meeting: MeetingDetails | null,
  options: Options,
): { readonly letters: LettersOwed; readonly reminders: RemindersOwed } {
  const { now } = options;
  const telling = { ...tellingOf(facts, wantedAt, meeting), together: (facts.batch ?? null) !== null };
  const letters = lettersOwed(telling, told, now);
  const { from, ...reminders } = facts.reminders;
  const smsReaches = options.textsGo && facts.client.phone !== null;
  const reminding = { ...telling, reminders, from, smsReaches };
  return { letters, reminders: remindersOwed(reminding, told, letters.telling, now) };
}

function linkOf(meeting: MeetingDetails | null): Telling['link'] {
  if (meeting === null) return 'none';
  if (meeting.meetingUrl !== null) return { digest: linkDigest(meeting.meetingUrl) };
  return meeting.status === 'failed' ? 'missing' : 'awaited';
}
