// What is to be told about a session now: letters and reminders, derived together, since a letter tells what a reminder would.
import type { MeetingDetails } from '../meetings/meeting.ts';
import type { LetterRow, NewLetter } from '../notifications/store.ts';
import { lettersOwed, type LettersOwed, type Telling } from './letters-owed.ts';
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
): Pick<RemindersOwed, 'send' | 'supersede' | 'againAt' | 'nextAt'> {
  const send: NewLetter[] = [];
  const supersede: number[] = [];
  let againAt: Temporal.Instant | null = null;
  let nextAt: Temporal.Instant | null = null;
  const first = seats.find(({ live }) => live);
  for (const seat of seats) {
    const { appointment, reminders: asked } = seat;
    const letters = read.letters.filter(({ appointmentId }) => appointmentId === appointment.id);
    const facts = seat === first ? seat : { ...seat, reminders: { ...asked, practitioner: false } };
    const owed = lettersToSend({ ...read, facts, letters }, meeting, options);
    for (const some of [owed.letters, owed.reminders]) {
      send.push(...some.send);
      supersede.push(...some.supersede);
      againAt = earlier(againAt, some.againAt);
    }
    nextAt = earlier(nextAt, owed.reminders.nextAt);
  }
  return { send, supersede, againAt, nextAt };
}

function lettersToSend(
  { facts, wantedAt, letters: told }: Read,
  meeting: MeetingDetails | null,
  options: Options,
): { readonly letters: LettersOwed; readonly reminders: RemindersOwed } {
  const { now } = options;
  const telling = {
    appointmentId: facts.appointment.id,
    revision: facts.revision,
    live: facts.live,
    closed: facts.appointment.closed,
    asked: facts.appointment.asked,
    declined: facts.appointment.declined,
    start: facts.start,
    end: facts.end,
    link: linkOf(meeting),
    since: wantedAt,
  };
  const letters = lettersOwed(telling, told, now);
  const { from, ...reminders } = facts.reminders;
  const smsReaches = options.textsGo && facts.client.phone !== null;
  const reminding = { ...telling, reminders, from, smsReaches };
  return { letters, reminders: remindersOwed(reminding, told, letters.telling, now) };
}

function linkOf(meeting: MeetingDetails | null): Telling['link'] {
  if (meeting === null) return 'none';
  return meeting.meetingUrl === null ? 'awaited' : { digest: linkDigest(meeting.meetingUrl) };
}
