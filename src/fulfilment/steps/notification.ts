// The step that sends the letters a session owes: each written from the facts of this moment, marked before it is handed
// over, and settled by what the mail service said.
import type { GuestLinks } from '../../identity/guest-link.ts';
import { isLasting, type MeetingDetails } from '../../meetings/meeting.ts';
import { writeLetter } from '../../notifications/letter.ts';
import { referenceOf } from '../../notifications/delivery.ts';
import { digestAddress } from '../../notifications/mail-trouble.ts';
import { MOST_SAFE_REPEATS, type Mail, type Mailer } from '../../notifications/mailer.ts';
import { findTroubleOf } from '../../notifications/store-delivery.ts';
import {
  settleLetter,
  startLetter,
  type LetterRow,
  type NewLetter,
  type StartedLetter,
} from '../../notifications/store.ts';
import type { Transactor } from '../../platform/database/transaction.ts';
import type { Log } from '../../platform/log.ts';
import { OutsideError, type OutsideFacts } from '../../platform/outside-error.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { backOffMs } from '../back-off.ts';
import { isAsking } from '../letters-owed.ts';
import { reasonToHer } from '../reason.ts';
import type { LetterTogether } from '../letters-together.ts';
import type { SessionFacts } from '../plan.ts';
import type { BatchDate } from '../store-batch.ts';
import { manageUrlOf, messageIdOf, uidOf, variantOf } from './letter-marks.ts';
import { settleTogether, startTogether, writeTogether } from './letter-together.ts';

export type Post = {
  readonly transactor: Pick<Transactor, 'inOrganisation'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly mailer: Mailer;
  readonly installation: string;
  /** Digests addresses; see notifications/mail-trouble.ts. */
  readonly addressKey: Uint8Array;
  readonly sandbox: boolean;
  readonly guestLinks: GuestLinks;
  chance(): number;
};

/** A server that scans what it takes answers late, and what is given up meanwhile comes twice. The lease is held on to meanwhile. */
const SEND_TIMEOUT_MS = 60_000;

/** By a server that has said no so often, a day's tries and more, it is the letter that is not taken: staff see it with the reason. */
const MOST_NOS = 720;

export type LetterContext = {
  readonly facts: SessionFacts;
  readonly meeting: MeetingDetails | null;
  /** The stored error of a meeting that cannot be made. */
  readonly failure: string | null;
  readonly letters: readonly LetterRow[];
  readonly leaseNo: number;
  /** The dates that are told together, this one with them; none where it is told by itself. */
  readonly batch: readonly BatchDate[];
};

/** Sends one letter. Answers when to try again, or null when there is nothing left to do. */
export async function sendLetter(
  post: Post,
  letter: LetterTogether,
  context: LetterContext,
): Promise<Temporal.Instant | null> {
  const { facts } = context;
  const together = letter.covers.length > 0;
  // Before it is marked, so that one we cannot write does not count as sent.
  const mail = together ? writeTogether(post, letter, context) : writeMail(post, letter, context);
  const settle = (begun: StartedLetter, end: Settled) =>
    post.transactor.inOrganisation(facts.organisationId, async (tx) => {
      const outcome = { serviceId: null, ...end, service: post.mailer.service, at: post.clock.now() };
      if (together) await settleTogether(tx, begun, outcome);
      await settleLetter(tx.last, begun, outcome);
    });
  const addressDigest = digestAddress(post.addressKey, mail.to.address);
  const reader = { appointmentId: letter.appointmentId, kind: letter.recipient };
  const repeatAt = post.mailer.repeatsSafely ? post.clock.now() : null;
  const by = { ...facts, leaseNo: context.leaseNo, addressDigest, repeatAt };
  const [trouble, started] = await post.transactor.inOrganisation(facts.organisationId, (tx) =>
    Promise.all([
      findTroubleOf(tx, reader, addressDigest),
      together ? startTogether(tx, letter, by) : startLetter(tx.last, letter, by),
    ]),
  );
  // Overtaken, or no longer ours: the next pass decides anew.
  if (!started) return post.clock.now();
  if (trouble) {
    const error = `address_${trouble.kind} ${trouble.reason}`;
    await settle(started, { state: 'refused', nextAttemptAt: null, error });
    post.log.info({ letter: started.id }, 'a letter was not sent: its address is not to be written to');
    return null;
  }
  const end = await hand(post, mail, started, facts.organisationId);
  await settle(started, end);
  return end.nextAttemptAt;
}

export type Settled = Pick<Parameters<typeof settleLetter>[2], 'state' | 'nextAttemptAt' | 'error'> & {
  readonly serviceId?: string | null;
};

/** Hands a letter over, and says what became of it. */
export async function hand(
  post: Pick<Post, 'installation' | 'mailer' | 'log' | 'clock' | 'chance'>,
  mail: Mail,
  started: StartedLetter,
  organisationId: number,
): Promise<Settled> {
  const sending = {
    reference: referenceOf(post.installation, organisationId, started.id),
    onceKey: `${referenceOf(post.installation, organisationId, started.id)}-${started.keyNo}`,
    repeated: started.repeated,
  };
  try {
    const serviceId = await post.mailer.send(mail, SEND_TIMEOUT_MS, sending);
    return { state: 'sent', nextAttemptAt: null, error: null, serviceId };
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return judge(post, started, error.facts);
  }
}

function judge(
  post: Pick<Post, 'mailer' | 'log' | 'clock' | 'chance'>,
  started: StartedLetter,
  facts: OutsideFacts,
): Settled {
  const { outcome, status, retryAfterMs, providerCode } = facts;
  const said = (word: string) => [word, status, providerCode].filter((part) => part !== undefined).join(' ');
  const error = said(outcome);
  if (outcome === 'refused' || outcome === 'absent') {
    post.log.warn({ letter: started.id, outcome, status }, 'a letter was refused and will not be sent');
    return { state: 'refused', nextAttemptAt: null, error };
  }
  if (outcome === 'retryable' && (status ?? 0) >= 500 && started.attempts >= MOST_NOS) {
    post.log.warn(
      { letter: started.id, outcome, status },
      'a letter was turned away for too long and will not be sent',
    );
    const state = started.repeated ? 'unknown' : 'refused';
    return { state, nextAttemptAt: null, error: said(state) };
  }
  const mayRepeat = !started.repeated || (post.mailer.repeatsSafely && started.attempts < MOST_SAFE_REPEATS);
  if (outcome === 'unknown' && !mayRepeat) return { state: 'unknown', nextAttemptAt: null, error };
  const waitMs = backOffMs(
    { attempts: started.attempts, refused: outcome === 'reconnect' && isLasting({ ...started, status }), retryAfterMs },
    post.chance(),
  );
  const doubted = outcome === 'unknown' || started.repeated;
  const nextAttemptAt = post.clock.now().add({ milliseconds: waitMs });
  return { state: doubted ? 'unknown' : 'queued', nextAttemptAt, error };
}

function writeMail(
  post: Post,
  letter: NewLetter,
  { facts, meeting, failure, letters }: Pick<LetterContext, 'facts' | 'meeting' | 'failure' | 'letters'>,
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
    join: letter.kind === 'cancellation' || letter.kind === 'declined' ? null : join,
    decideBy: facts.appointment.decideBy,
    whyMissing: failure && reasonToHer(failure),
    // Not part of what a letter is told apart by: it follows from who reads it, and no letter is owed for its sake.
    manageUrl: manageUrlOf(post, facts),
    linkChanged: toldLink !== null && letter.link !== null && letter.link !== toldLink,
    uid: uidOf(post.installation, facts.appointment.id),
    sequence: facts.revision - 1,
    stamp: post.clock.now(),
    appointmentId: facts.appointment.id,
    revision: facts.revision,
    messageId: messageIdOf(post, letter),
    sandbox: post.sandbox,
    calendarInvitation: concernsCalendar(letter, told) && facts.practitioner.invitations === 'slotkeeper',
    organizer: post.mailer.from,
  });
}

/** A reminder would make a second entry. A request makes none, and what never was there is not taken out. */
function concernsCalendar({ kind }: NewLetter, told: readonly LetterRow[]): boolean {
  if (kind === 'reminder' || kind === 'declined' || kind === 'link_missing' || isAsking(kind)) return false;
  return kind !== 'cancellation' || told.length === 0 || told.some((earlier) => !isAsking(earlier.kind));
}
