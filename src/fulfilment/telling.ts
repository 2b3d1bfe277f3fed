// What is to be told about a session now: letters and reminders, derived together, since a letter tells what a reminder would.
import type { MeetingDetails } from '../meetings/meeting.ts';
import type { LetterRow } from '../notifications/store.ts';
import { lettersOwed, type LettersOwed, type Telling } from './letters-owed.ts';
import { linkDigest, type SessionFacts } from './plan.ts';
import { remindersOwed, type RemindersOwed } from './reminders-owed.ts';

/** As the pass has read it; `since`: when the revision was asked for. */
type Read = {
  readonly facts: SessionFacts;
  readonly wantedAt: Temporal.Instant;
  readonly letters: readonly LetterRow[];
};

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

export function lettersToSend(
  { facts, wantedAt, letters: told }: Read,
  meeting: MeetingDetails | null,
  options: { readonly textsGo: boolean; readonly now: Temporal.Instant },
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
  return meeting.meetingUrl === null ? 'awaited' : { digest: linkDigest(meeting.meetingUrl) };
}
