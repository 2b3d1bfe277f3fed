// Which letters about dates of one series are told in one. Pure. Of the dates that one act has changed, the first that owes a
// reader a letter of a kind leads: its pass sends one letter for all that owe the same, and the others hold theirs back. Derived
// anew at each pass from what was last told, as all letters are: where the leader is changed by itself, the next one leads.
import type { LetterKind } from '../notifications/letter.ts';
import type { LetterRow, NewLetter, Recipient } from '../notifications/store.ts';
import { kindOwedTogether, newLetter, type Owed, type Telling } from './letters-owed.ts';

/** A date of the act: what is to be told of it, and every letter about it so far, oldest first. */
export type Mate = {
  readonly position: number;
  readonly sessionId: number;
  readonly telling: Telling;
  readonly letters: readonly LetterRow[];
};

/** `covers`: the others that are told in it. */
export type LetterTogether = NewLetter & { readonly covers: readonly Mate[] };

export type Together = {
  readonly send: readonly LetterTogether[];
  /** When to look whether the leader has told it, or all links are there. */
  readonly nextAt: Temporal.Instant | null;
};

const KINDS: ReadonlySet<LetterKind> = new Set([
  'confirmation',
  'change',
  'cancellation',
  'request',
  'link',
  'link_missing',
]);
const ABOUT_LINKS: ReadonlySet<LetterKind> = new Set(['link', 'link_missing']);
/** One letter with all the links in it is better than many: a dozen meetings are made in some seconds. */
export const LINKS_GRACE_SECONDS = 30;
/** What cannot be made is known by then. */
const MISSING_GRACE_SECONDS = 120;
/** Where a provider is away, the links that were not there are told together when they are, or each by itself after this. */
export const LATE_LINKS_MINUTES = 120;
const LOOK_AGAIN_SECONDS = 5;

/** What of the letters that one date owes leaves now, given all the dates of the act. */
export function lettersTogether(
  own: Pick<Owed, 'send'>,
  sessionId: number,
  all: readonly Mate[],
  now: Temporal.Instant,
): Together {
  // Nobody is helped by news of what is over.
  const batch = all.filter(({ telling }) => isBefore(now, telling.end));
  const send: LetterTogether[] = [];
  let waits = false;
  const me = batch.find((mate) => mate.sessionId === sessionId);
  for (const letter of own.send) {
    // What the pass had read is older than the batch: a leader may have told it since. Where that leaves something else to be
    // told, the next pass reads what.
    const owed = me ? kindOwedTogether(me.telling, letter.recipient, lettersTo(me, letter.recipient)) : letter.kind;
    if (owed !== letter.kind && KINDS.has(letter.kind)) {
      waits ||= owed !== null;
      continue;
    }
    const others = me && KINDS.has(letter.kind) ? othersOwing(letter, batch, sessionId) : [];
    const leads = !me || others.every(({ position }) => position > me.position);
    const late = letter.kind === 'link' && isLate(batch, now);
    if (!leads && !late) waits = true;
    else if ((others.length > 0 || ABOUT_LINKS.has(letter.kind)) && !late && awaitsLinks(letter.kind, batch, now))
      waits = true;
    else send.push({ ...letter, covers: late ? [] : others });
  }
  return { send, nextAt: waits ? now.add({ seconds: LOOK_AGAIN_SECONDS }) : null };
}

function othersOwing(letter: NewLetter, batch: readonly Mate[], sessionId: number): Mate[] {
  const id = 'id' in letter ? letter.id : null;
  return batch.filter((mate) => {
    if (mate.sessionId === sessionId) return false;
    const mine = lettersTo(mate, letter.recipient);
    // A letter that is repeated says what it said.
    if (id !== null && mine.some(({ toldWith, revision }) => toldWith === id && revision === mate.telling.revision)) {
      return true;
    }
    return kindOwedTogether(mate.telling, letter.recipient, mine) === letter.kind;
  });
}

function lettersTo({ letters }: Mate, recipient: Recipient): LetterRow[] {
  return letters.filter((letter) => letter.recipient === recipient && letter.kind !== 'reminder');
}

function awaitsLinks(kind: LetterKind, batch: readonly Mate[], now: Temporal.Instant): boolean {
  if (kind === 'cancellation' || kind === 'request') return false;
  const awaited = batch.some(({ telling }) => telling.live && telling.link === 'awaited');
  const seconds = kind === 'link_missing' ? MISSING_GRACE_SECONDS : LINKS_GRACE_SECONDS;
  return awaited && (kind === 'link' || isBefore(now, sinceOf(batch).add({ seconds })));
}

/** Links that are late are told one by one: after a while, or where an appointment is near. */
function isLate(batch: readonly Mate[], now: Temporal.Instant): boolean {
  const patience = { minutes: LATE_LINKS_MINUTES };
  const near = batch.some(({ telling }) => telling.live && isBefore(telling.start.subtract(patience), now));
  return near || isBefore(sinceOf(batch).add(patience), now);
}

function sinceOf(batch: readonly Mate[]): Temporal.Instant {
  const instants = batch.map(({ telling }) => telling.since);
  return instants.reduce((latest, at) => (isBefore(latest, at) ? at : latest));
}

function isBefore(a: Temporal.Instant, b: Temporal.Instant): boolean {
  return Temporal.Instant.compare(a, b) < 0;
}

/** What is written down of a date that is told in another's letter. */
export function coveredLetter({ telling }: Mate, { recipient, kind }: NewLetter): NewLetter {
  return newLetter(telling, recipient, kind);
}
