// The step that sends the letters a session owes: each written from the facts of this moment, marked before it is handed
// over, and settled by what the mail service said.
import type { MeetingDetails } from '../../meetings/meeting.ts';
import { writeLetter } from '../../notifications/letter.ts';
import type { Mailer } from '../../notifications/mailer.ts';
import {
  settleLetter,
  startLetter,
  type LetterRow,
  type LetterState,
  type NewLetter,
} from '../../notifications/store.ts';
import type { Transactor } from '../../platform/database/transaction.ts';
import type { Log } from '../../platform/log.ts';
import { OutsideError } from '../../platform/outside-error.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { backOffMs } from '../back-off.ts';
import type { SessionFacts } from '../plan.ts';

export type Post = {
  readonly transactor: Pick<Transactor, 'inOrganisation'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly mailer: Mailer;
  readonly installation: string;
  readonly sandbox: boolean;
  chance(): number;
};

/** No mail server needs longer to take a letter of some kilobytes. */
const SEND_TIMEOUT_MS = 10_000;

/** Sends one letter. Answers when to try again, or null when there is nothing left to do. */
export async function sendLetter(
  post: Post,
  letter: NewLetter,
  context: {
    readonly facts: SessionFacts;
    readonly meeting: MeetingDetails | null;
    readonly letters: readonly LetterRow[];
    readonly leaseNo: number;
  },
): Promise<Temporal.Instant | null> {
  const { facts, leaseNo } = context;
  // Before it is marked, so that one we cannot write does not count as sent.
  const mail = writeMail(post, letter, context);
  const started = await post.transactor.inOrganisation(facts.organisationId, (tx) =>
    startLetter(tx, facts.sessionId, leaseNo, facts.revision, letter),
  );
  // Overtaken, or no longer ours: the next pass decides anew.
  if (!started) return post.clock.now();
  const settle = (state: LetterState, nextAttemptAt: Temporal.Instant | null, error: string | null) =>
    post.transactor.inOrganisation(facts.organisationId, (tx) =>
      settleLetter(tx, started.id, { state, at: post.clock.now(), nextAttemptAt, error }),
    );
  try {
    await post.mailer.send(mail, SEND_TIMEOUT_MS);
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    const { outcome, status, retryAfterMs } = error.facts;
    const said = [outcome, status, error.facts.providerCode].filter((part) => part !== undefined).join(' ');
    if (outcome === 'refused' || outcome === 'absent') {
      post.log.warn({ letter: started.id, outcome, status }, 'a letter was refused and will not be sent');
      await settle('refused', null, said);
      return null;
    }
    if (outcome === 'unknown' && started.repeated) {
      await settle('unknown', null, said);
      return null;
    }
    const next = post.clock.now().add({
      milliseconds: backOffMs(
        { attempts: started.attempts, refused: outcome === 'reconnect', retryAfterMs },
        post.chance(),
      ),
    });
    await settle(outcome === 'unknown' || started.repeated ? 'unknown' : 'queued', next, said);
    return next;
  }
  await settle('sent', null, null);
  return null;
}

function writeMail(
  post: Post,
  letter: NewLetter,
  { facts, meeting, letters }: { facts: SessionFacts; meeting: MeetingDetails | null; letters: readonly LetterRow[] },
) {
  // A letter that is repeated was not told before itself.
  const told = letters.filter(
    (earlier) =>
      earlier.recipient === letter.recipient &&
      earlier.state !== 'superseded' &&
      earlier.state !== 'queued' &&
      variantOf(earlier) !== variantOf(letter),
  );
  const toldLink = told.findLast(({ link }) => link !== null)?.link ?? null;
  const join =
    meeting?.status === 'ready' && meeting.meetingUrl
      ? { url: meeting.meetingUrl, password: meeting.meetingPassword }
      : null;
  return writeLetter({
    kind: letter.kind,
    recipient: letter.recipient,
    practice: facts.practice,
    practitioner: { name: facts.practitioner.name, address: facts.practitioner.email, zone: facts.practitioner.zone },
    client: { name: facts.client.name, address: facts.client.email, zone: facts.client.zone },
    sessionType: facts.sessionType,
    start: facts.start,
    end: facts.end,
    zone: facts.zone,
    previousStart: letter.kind === 'change' ? (told.at(-1)?.startsAt ?? null) : null,
    platform: facts.platform,
    join: letter.kind === 'cancellation' ? null : join,
    linkChanged: toldLink !== null && letter.link !== null && letter.link !== toldLink,
    uid: uidOf(post.installation, facts.appointment.id),
    sequence: facts.revision - 1,
    stamp: post.clock.now(),
    appointmentId: facts.appointment.id,
    revision: facts.revision,
    messageId: messageIdOf(post, letter),
    sandbox: post.sandbox,
    // It is in the calendar already, and a second entry would remind of nothing.
    calendarInvitation: letter.kind !== 'reminder' && facts.practitioner.invitations === 'slotkeeper',
    organizer: post.mailer.from,
  });
}

/** One UID for an appointment's life (RFC 5545, 3.8.4.7). */
function uidOf(installation: string, appointmentId: number): string {
  return `appointment-${appointmentId}@${installation}.slotkeeper`;
}

/** The same for every sending of one letter, so that a receiver can drop a double. */
function messageIdOf(post: Post, letter: NewLetter): string {
  const domain = post.mailer.from.address.split('@')[1] ?? 'slotkeeper.invalid';
  return `${letter.appointmentId}.${variantOf(letter)}.${letter.recipient}.${post.installation}@${domain}`;
}

/** What makes it the same letter or another, among those of one appointment to one reader (see letter_once). */
function variantOf(letter: Pick<NewLetter, 'revision' | 'kind' | 'link' | 'channel' | 'leadMinutes'>): string {
  const { revision, kind } = letter;
  if (kind === 'link') return `${revision}.link-${letter.link ?? ''}`;
  if (kind === 'reminder') return `${revision}.reminder-${letter.channel}-${letter.leadMinutes ?? ''}`;
  return `${revision}.${kind}`;
}
