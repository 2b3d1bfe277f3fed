// Which letters a session owes now, and which it no longer does. Pure: reads the delivery log and the facts, decides, and
// leaves the sending to the step. A letter is owed by what its reader was last told, so that a change overtaking a
// confirmation sends one truthful letter, and a stale one is never sent.
import type { Party } from '../appointments/appointment.ts';
import type { LetterKind } from '../notifications/letter.ts';
import type { LetterRow, NewLetter, Recipient } from '../notifications/store.ts';

/** One truthful letter with the link in it is better than two: this long it waits for the link, and no longer. */
export const LINK_GRACE_MS = 10_000;
export type Telling = {
  readonly appointmentId: number;
  readonly revision: number;
  readonly live: boolean;
  /** Somebody has said how it went. */
  readonly closed: boolean;
  /** Of a request: whose word is waited for. */
  readonly asked: Party | null;
  /** It was a request, and was not agreed to. */
  readonly declined: boolean;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  /** In hand, and told apart by its digest. awaited: it will come. missing: a person must act first. none: there is to be none. */
  readonly link: { readonly digest: string } | 'awaited' | 'missing' | 'none';
  /** When the revision was asked for. */
  readonly since: Temporal.Instant;
  /** It is told together with others that one act has changed (letters-together.ts). */
  readonly together?: boolean;
};

export type Owed = {
  readonly send: readonly NewLetter[];
  /** Rows that were queued and have been overtaken. */
  readonly supersede: readonly number[];
  /** Rows that are sent again, now or later. */
  readonly keep: readonly number[];
  /** When something will be owed that is not yet, or a try is due. */
  readonly againAt: Temporal.Instant | null;
};

export type LettersOwed = Owed & {
  /** Who is being told of the time now, or will be once a letter may leave. */
  readonly telling: ReadonlySet<Recipient>;
};

/** What is owed at `now`, reminders apart, given every letter of the session so far, oldest first. */
export function lettersOwed(telling: Telling, all: readonly LetterRow[], now: Temporal.Instant): LettersOwed {
  const letters = all.filter(({ kind }) => kind !== 'reminder');
  // Nobody is helped by news of what is over, or told of it to have been missed.
  if (telling.closed || Temporal.Instant.compare(telling.end, now) <= 0) {
    const supersede = letters.filter(isQueued).map(({ id }) => id);
    return { send: [], supersede, keep: [], againAt: null, telling: new Set() };
  }
  const send: NewLetter[] = [];
  const supersede: number[] = [];
  const keep: number[] = [];
  const beingTold = new Set<Recipient>();
  let againAt: Temporal.Instant | null = null;
  const later = (at: Temporal.Instant) => {
    if (againAt === null || Temporal.Instant.compare(at, againAt) < 0) againAt = at;
  };
  for (const recipient of ['client', 'practitioner'] as const) {
    const mine = letters.filter(
      (letter) => letter.recipient === recipient && letter.appointmentId === telling.appointmentId,
    );
    const again = toRepeat(telling, mine);
    for (const letter of mine) if (letter !== again && isQueued(letter)) supersede.push(letter.id);
    if (again) {
      beingTold.add(recipient);
      keep.push(again.id);
      if (again.nextAttemptAt && Temporal.Instant.compare(now, again.nextAttemptAt) < 0) later(again.nextAttemptAt);
      else send.push({ ...again, link: digestOf(telling) });
      continue;
    }
    const told = mine.findLast((letter) => wasTold(letter, telling.together === true));
    const kind = kindOwed(telling, told) ?? missingOwed(telling, recipient, mine);
    if (kind === null) continue;
    beingTold.add(recipient);
    const waitUntil = telling.since.add({ milliseconds: LINK_GRACE_MS });
    if (telling.live && telling.link === 'awaited' && Temporal.Instant.compare(now, waitUntil) < 0) {
      later(waitUntil);
      continue;
    }
    send.push(newLetter(telling, recipient, kind));
  }
  return { send, supersede, keep, againAt, telling: beingTold };
}

/** The letter of these that is to be sent again. One that was told with another is repeated by that one alone. */
function toRepeat(telling: Telling, mine: readonly LetterRow[]): LetterRow | null {
  const last = mine.findLast((letter) => letter.state !== 'superseded');
  const open = last !== undefined && isUnsettled(last) && (last.toldWith ?? null) === null;
  return open && isCurrent(last, telling) ? last : null;
}

/** What one of several that are told together owes a reader, whenever it may leave, given the letters to that reader. */
export function kindOwedTogether(
  telling: Telling,
  recipient: Recipient,
  mine: readonly LetterRow[],
): LetterKind | null {
  if (telling.closed) return null;
  const again = toRepeat(telling, mine);
  if (again) return again.kind;
  const told = mine.findLast((letter) => wasTold(letter, true));
  return kindOwed(telling, told) ?? missingOwed(telling, recipient, mine);
}

/**
 * Told to the practitioner once a revision, and once she knows of the time: whoever can mend it hears of it before the client
 * waits for a link. The client hears of links that are there.
 */
function missingOwed(telling: Telling, recipient: Recipient, mine: readonly LetterRow[]): LetterKind | null {
  const { live, asked, link, revision } = telling;
  if (recipient !== 'practitioner' || !live || asked !== null || link !== 'missing') return null;
  const known = mine.some((one) => one.kind === 'link_missing' && one.revision === revision && !isStillOwed(one));
  return known ? null : 'link_missing';
}

function isStillOwed({ state }: LetterRow): boolean {
  return state === 'queued' || state === 'superseded';
}

/**
 * Whether a reader has been told by it, or may have been. What is told in another's letter is its leader's to bring to an end; where
 * there is none any more, whoever leads now tells it anew. Where the letter that has overtaken one is taken back, neither was surely told.
 */
function wasTold(letter: LetterRow, together: boolean): boolean {
  if (letter.state === 'superseded' || letter.state === 'overtaken' || isQueued(letter)) return false;
  return !(together && letter.state === 'sending' && (letter.toldWith ?? null) !== null);
}

function kindOwed(telling: Telling, told: LetterRow | undefined): LetterKind | null {
  if (!telling.live) return told && isEnd(told.kind) ? null : endOf(telling);
  if (telling.asked !== null) {
    const kind = ASKING[telling.asked];
    return told?.kind === kind && told.startsAt.equals(telling.start) ? null : kind;
  }
  if (!told || isAsking(told.kind)) return 'confirmation';
  if (!told.startsAt.equals(telling.start)) return 'change';
  const link = digestOf(telling);
  return link !== null && told.link !== link ? 'link' : null;
}

/** The letter that says whose word a request waits for. */
const ASKING = { practitioner: 'request', client: 'proposal' } as const satisfies Record<Party, LetterKind>;

/** A letter that tells of no appointment yet, and so stands in nobody's calendar. */
export function isAsking(kind: LetterKind): boolean {
  return kind === 'request' || kind === 'proposal';
}

function isEnd(kind: LetterKind): boolean {
  return kind === 'cancellation' || kind === 'declined';
}

function endOf({ declined }: Telling): LetterKind {
  return declined ? 'declined' : 'cancellation';
}

export function digestOf({ link }: Telling): string | null {
  return typeof link === 'string' ? null : link.digest;
}

export function newLetter(telling: Telling, recipient: Recipient, kind: LetterKind): NewLetter {
  return {
    appointmentId: telling.appointmentId,
    recipient,
    kind,
    revision: telling.revision,
    link: digestOf(telling),
    startsAt: telling.start,
    channel: 'email',
    leadMinutes: null,
  };
}

export function isQueued(letter: LetterRow): boolean {
  return letter.state === 'queued';
}

/** Owed still, cut off while it was being sent, or in doubt for the first time (see the delivery log). */
export function isUnsettled(letter: LetterRow): boolean {
  return (
    isQueued(letter) || letter.state === 'sending' || (letter.state === 'unknown' && letter.nextAttemptAt !== null)
  );
}

/** Still says what is true. */
function isCurrent(letter: LetterRow, telling: Telling): boolean {
  if (!telling.live) return letter.kind === endOf(telling);
  if (telling.asked !== null) return letter.kind === ASKING[telling.asked] && letter.startsAt.equals(telling.start);
  if (isAsking(letter.kind)) return false;
  if (letter.kind === 'link' && letter.link !== digestOf(telling)) return false;
  if (letter.kind === 'link_missing' && telling.link !== 'missing') return false;
  return !isEnd(letter.kind) && letter.startsAt.equals(telling.start);
}
