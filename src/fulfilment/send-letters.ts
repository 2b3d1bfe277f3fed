// The letters and texts of a session, all seats together: derives what is owed, and hands it over in lots.
import { failureOf, meetingDetails, type OutsideObject } from '../meetings/meeting.ts';
import { endDoubts } from '../notifications/store-doubt.ts';
import { supersedeLetters, type LetterRow } from '../notifications/store.ts';
import type { Gate } from './gate.ts';
import type { Lease } from './lease.ts';
import type { SessionFacts } from './plan.ts';
import { isUnsettled } from './letters-owed.ts';
import { earlier } from './reminders-owed.ts';
import { gather } from './steps/gathering.ts';
import { sendLetter } from './steps/notification.ts';
import { postOf, sendable, watchedPost } from './steps/post.ts';
import { sendText, type TextPost } from './steps/text-message.ts';
import type { Claim } from './store.ts';
import type { PostProvider } from './store-post-awaited.ts';
import { lettersOfSeats } from './telling.ts';

/** Of a group: as many as are surely handed over while the lease lasts that is made sure of before each lot. */
const MOST_LETTERS_AT_ONCE = 10;

type LettersPass = {
  readonly claim: Claim;
  readonly lease: Lease;
  readonly facts: SessionFacts;
  readonly seats: readonly SessionFacts[];
  readonly wantedAt: Temporal.Instant;
  readonly letters: readonly LetterRow[];
  readonly gate: Gate;
  readonly objects: readonly OutsideObject[];
};

export type LettersSent = {
  /** When something left over is due. */
  readonly againAt: Temporal.Instant | null;
  /** When something will be owed although nothing changes. */
  readonly nextAt: Temporal.Instant | null;
  /** Of what is left over: the services by which it goes. */
  readonly waitsFor: readonly PostProvider[];
  /** Some of it was not tried, since its service is not asked now. */
  readonly held: boolean;
};

/** `renew` makes sure of the lease before each lot. */
export async function sendLetters(
  tools: TextPost,
  pass: LettersPass,
  renew: () => Promise<unknown>,
): Promise<LettersSent> {
  const { claim, facts, seats } = pass;
  // No link is waited for that will not come yet.
  const meeting = facts.appointment.asked === null ? meetingDetails(facts.platform, pass.objects) : null;
  const failure = failureOf(facts.platform, pass.objects);
  const options = { textsGo: tools.texter !== null, now: tools.clock.now() };
  const { letters, reminders } = lettersOfSeats(pass, seats, meeting, options);
  const together = await gather(tools, facts, letters);
  const supersede = [...letters.supersede, ...reminders.supersede];
  if (supersede.length > 0) {
    await tools.transactor.inOrganisation(claim.organisationId, (tx) => supersedeLetters(tx.last, supersede));
  }
  const { send, held, waitsAt } = await sendable(pass.gate, [...together.send, ...reminders.send]);
  const waitsFor = new Set([...held, ...pass.letters.filter((letter) => isPutOff(letter, options.now)).map(postOf)]);
  const again: (Temporal.Instant | null)[] = [letters.againAt, reminders.againAt, waitsAt];
  const factsOf = new Map(seats.map((seat) => [seat.appointment.id, seat]));
  for (let at = 0; at < send.length; at += MOST_LETTERS_AT_ONCE) {
    await renew();
    const post = watchedPost(tools, pass.gate, () => pass.lease.until);
    const lot = send.slice(at, at + MOST_LETTERS_AT_ONCE);
    const sending = () =>
      lot.map((letter) => {
        const seat = factsOf.get(letter.appointmentId) ?? facts;
        const context = { facts: seat, meeting, failure, letters: lettersTo(pass, seat), leaseNo: claim.leaseNo };
        if (letter.channel === 'sms') return sendText(post, letter, context);
        return sendLetter(post, { covers: [], ...letter }, { ...context, batch: together.batch });
      });
    // To different people, so neither waits for the other's mail server; but the pass waits for all of them.
    const results = await pass.lease.during(() => Promise.allSettled(sending()));
    await pass.gate.settle();
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
    results.forEach((result, place) => {
      const letter = send[at + place];
      if (result.status === 'rejected' || !letter) return;
      // Now that she knows of the time, she is told of the link that is missing.
      const tellsMissing = failure !== null && letter.recipient === 'practitioner' && letter.kind !== 'link_missing';
      if (result.value === null && tellsMissing) again.push(options.now);
      if (result.value === null) return;
      again.push(result.value);
      waitsFor.add(postOf(letter));
    });
  }
  const kept = new Set([...letters.keep, ...reminders.keep]);
  const doubted = pass.letters.filter(({ id, state }) => state === 'unknown' && !kept.has(id));
  if (doubted.length > 0) {
    const givenUp = doubted.filter((letter) => isGivenUp(letter, factsOf.get(letter.appointmentId), options.now));
    const [ids, givenUpIds] = [doubted, givenUp].map((some) => some.map(({ id }) => id));
    await tools.transactor.inOrganisation(claim.organisationId, (tx) =>
      endDoubts(tx.last, ids ?? [], givenUpIds ?? []),
    );
  }
  return {
    againAt: again.reduce(earlier, null),
    nextAt: earlier(reminders.nextAt, together.nextAt),
    waitsFor: [...waitsFor],
    held: held.length > 0,
  };
}

/** Nothing is going to be told about it any more. One that waits for newer news may yet be the truth again. */
function isGivenUp({ kind }: LetterRow, seat: SessionFacts | undefined, now: Temporal.Instant): boolean {
  return kind === 'reminder' || !seat || seat.appointment.closed || Temporal.Instant.compare(seat.end, now) <= 0;
}

function isPutOff(letter: LetterRow, now: Temporal.Instant): boolean {
  return (
    isUnsettled(letter) && letter.nextAttemptAt !== null && Temporal.Instant.compare(now, letter.nextAttemptAt) < 0
  );
}

/** What was told about one seat alone. */
function lettersTo({ letters }: LettersPass, { appointment }: SessionFacts): readonly LetterRow[] {
  return letters.filter(({ appointmentId }) => appointmentId === appointment.id);
}
