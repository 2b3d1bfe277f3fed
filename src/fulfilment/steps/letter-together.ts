// A letter that tells of several dates of a series: written from the facts of all of them, marked for all of them before it is
// handed over, and settled for all.
import { writeSeriesLetter, type SeriesKind } from '../../notifications/series-letter.ts';
import type { Mail, Mailer } from '../../notifications/mailer.ts';
import { lockAsTold, settleCovered, startCovered } from '../../notifications/store-together.ts';
import { startLetter, type StartedLetter } from '../../notifications/store.ts';
import type { GuestLinks } from '../../identity/guest-link.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { coveredLetter, type LetterTogether } from '../letters-together.ts';
import type { SessionFacts } from '../plan.ts';
import { reasonToHer } from '../reason.ts';
import type { BatchDate } from '../store-batch.ts';
import { manageUrlOf, messageIdOf, uidOf } from './letter-marks.ts';

type Writing = {
  readonly clock: Clock;
  readonly mailer: Pick<Mailer, 'from'>;
  readonly installation: string;
  readonly guestLinks: GuestLinks;
  readonly sandbox: boolean;
};

/** Of a letter whose kind is told together. */
export function writeTogether(
  post: Writing,
  letter: LetterTogether,
  {
    facts,
    batch,
    failure,
  }: { readonly facts: SessionFacts; readonly batch: readonly BatchDate[]; readonly failure: string | null },
): Mail {
  const told = new Set([facts.sessionId, ...letter.covers.map(({ sessionId }) => sessionId)]);
  const dates = batch
    .filter(({ sessionId }) => told.has(sessionId))
    .toSorted((a, b) => Temporal.Instant.compare(a.start, b.start));
  const decideBy = dates
    .flatMap(({ appointment }) => appointment.decideBy ?? [])
    .reduce<Temporal.Instant | null>((a, b) => (a && Temporal.Instant.compare(a, b) <= 0 ? a : b), null);
  const { practitioner, client, zone } = facts;
  return writeSeriesLetter({
    kind: letter.kind as SeriesKind,
    recipient: letter.recipient,
    practice: facts.practice,
    practitioner: { name: practitioner.name, address: practitioner.email },
    client: { name: client.name, address: client.email },
    sessionType: facts.sessionType,
    platform: facts.platform,
    zone: letter.recipient === 'client' ? (client.zone ?? zone) : practitioner.zone,
    dates: dates.map((date) => dateOf(post, letter, facts, date)),
    decideBy,
    whyMissing: failure && reasonToHer(failure),
    seriesId: facts.batch?.seriesId ?? 0,
    appointmentId: facts.appointment.id,
    revision: facts.revision,
    messageId: messageIdOf(post, letter),
    stamp: post.clock.now(),
    sandbox: post.sandbox,
    calendarInvitation: practitioner.invitations === 'slotkeeper',
    organizer: post.mailer.from,
  });
}

function dateOf(post: Writing, letter: LetterTogether, facts: SessionFacts, date: BatchDate) {
  const { meeting } = date;
  const before = date.letters.findLast(
    ({ recipient, state, revision }) =>
      recipient === letter.recipient && state !== 'superseded' && state !== 'queued' && revision < date.revision,
  );
  const join =
    meeting?.status === 'ready' && meeting.meetingUrl
      ? { url: meeting.meetingUrl, password: meeting.meetingPassword }
      : null;
  return {
    start: date.start,
    end: date.end,
    previousStart: letter.kind === 'change' ? (before?.startsAt ?? null) : null,
    join: letter.kind === 'cancellation' ? null : join,
    manageUrl: manageUrlOf(post, { ...facts, appointment: date.appointment, end: date.end }),
    uid: uidOf(post.installation, date.appointment.id),
    sequence: date.revision - 1,
  };
}

/** null: overtaken, or no longer ours. */
export async function startTogether(
  tx: Transaction,
  letter: LetterTogether,
  by: Parameters<typeof startLetter>[2],
): Promise<StartedLetter | null> {
  const mates = letter.covers.map(({ sessionId, telling }) => ({ sessionId, revision: telling.revision }));
  if (!(await lockAsTold(tx, [by, ...mates]))) return null;
  const started = await startLetter(tx, letter, by);
  if (!started) return null;
  const covered = letter.covers.map((mate) => ({ ...coveredLetter(mate, letter), sessionId: mate.sessionId }));
  await startCovered(tx, started.id, covered, by.addressDigest);
  return started;
}

/** The same became of all it told. */
export async function settleTogether(
  tx: Transaction,
  begun: StartedLetter,
  outcome: Parameters<typeof settleCovered>[2],
): Promise<void> {
  await settleCovered(tx, begun, outcome);
}
