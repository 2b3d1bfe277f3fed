// Which letters a session owes now, and which it no longer does. Pure: reads the delivery log and the facts, decides, and
// leaves the sending to the step. A letter is owed by what its reader was last told, so that a change overtaking a
// confirmation sends one truthful letter, and a stale one is never sent.
import type { LetterKind } from '../notifications/letter.ts';
import type { LetterRow, NewLetter, Recipient } from '../notifications/store.ts';

/** One truthful letter with the link in it is better than two: this long it waits for the link, and no longer. */
export const LINK_GRACE_MS = 10_000;
/** Of a letter whose outcome nobody knows, one repetition under the same Message-ID; then it counts as told. */
const MOST_SENDINGS_IN_DOUBT = 2;

export type Telling = {
  readonly appointmentId: number;
  readonly revision: number;
  readonly live: boolean;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  /** ready: in hand. awaited: it will come. none: there is to be none. */
  readonly link: 'ready' | 'awaited' | 'none';
  /** When the revision was asked for. */
  readonly since: Temporal.Instant;
};

export type Owed = {
  readonly send: readonly NewLetter[];
  /** Rows that were queued and have been overtaken. */
  readonly supersede: readonly number[];
  /** When something will be owed that is not yet, or a try is due. */
  readonly againAt: Temporal.Instant | null;
};

/** What is owed at `now`, given every letter of the session so far, oldest first. */
export function lettersOwed(telling: Telling, letters: readonly LetterRow[], now: Temporal.Instant): Owed {
  const send: NewLetter[] = [];
  const supersede: number[] = [];
  let againAt: Temporal.Instant | null = null;
  const later = (at: Temporal.Instant) => {
    if (againAt === null || Temporal.Instant.compare(at, againAt) < 0) againAt = at;
  };
  for (const recipient of ['client', 'practitioner'] as const) {
    const mine = letters.filter(
      (letter) => letter.recipient === recipient && letter.appointmentId === telling.appointmentId,
    );
    const last = mine.findLast((letter) => letter.state !== 'superseded');
    const again = last !== undefined && isUnsettled(last) && isCurrent(last, telling) ? last : null;
    for (const letter of mine) if (letter !== again && letter.state === 'queued') supersede.push(letter.id);
    if (again) {
      if (again.nextAttemptAt && Temporal.Instant.compare(now, again.nextAttemptAt) < 0) later(again.nextAttemptAt);
      else send.push({ ...again, withLink: telling.link === 'ready' });
      continue;
    }
    const told = mine.findLast((letter) => letter.state !== 'superseded' && letter.state !== 'queued');
    const kind = kindOwed(telling, told, now);
    if (kind === null) continue;
    const waitUntil = telling.since.add({ milliseconds: LINK_GRACE_MS });
    if (kind !== 'cancellation' && telling.link === 'awaited' && Temporal.Instant.compare(now, waitUntil) < 0) {
      later(waitUntil);
      continue;
    }
    send.push(newLetter(telling, recipient, kind));
  }
  return { send, supersede, againAt };
}

function kindOwed(telling: Telling, told: LetterRow | undefined, now: Temporal.Instant): LetterKind | null {
  if (!telling.live) return told?.kind === 'cancellation' ? null : 'cancellation';
  // Nobody is helped by news of what is over.
  if (Temporal.Instant.compare(telling.end, now) <= 0) return null;
  if (!told) return 'confirmation';
  if (!told.startsAt.equals(telling.start)) return 'change';
  return telling.link === 'ready' && !told.withLink ? 'link' : null;
}

function newLetter(telling: Telling, recipient: Recipient, kind: LetterKind): NewLetter {
  return {
    appointmentId: telling.appointmentId,
    recipient,
    kind,
    revision: telling.revision,
    withLink: telling.link === 'ready',
    startsAt: telling.start,
  };
}

/** Not surely sent: owed still, or cut off while it was being sent. */
function isUnsettled(letter: LetterRow): boolean {
  if (letter.state === 'queued') return true;
  return (letter.state === 'sending' || letter.state === 'unknown') && letter.attempts < MOST_SENDINGS_IN_DOUBT;
}

/** Still says what is true. */
function isCurrent(letter: LetterRow, telling: Telling): boolean {
  if (!telling.live) return letter.kind === 'cancellation';
  return letter.kind !== 'cancellation' && letter.startsAt.equals(telling.start);
}
