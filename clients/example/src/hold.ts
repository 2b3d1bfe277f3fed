// Keeps the time that was chosen while the form is filled in: nobody is faster then. It is kept once a choice has rested, so that
// whoever looks through the times asks for none of them. Where it may not be kept, booking goes on without.
import { isProblem, SlotkeeperNoAnswer, type Answer, type Input } from '@slotkeeper/client';
import { currentCaller } from './session.ts';

/** For whom is part of it: another visitor wishes something else. */
export type Wish = Required<Pick<Input<'holdSlot'>, 'userId' | 'practitionerId' | 'sessionType' | 'date' | 'time'>>;
type Caller = ReturnType<typeof currentCaller>;
/** `caller` is whoever placed it, who alone may give it back, though signed out by then. */
type Kept = {
  readonly wish: string;
  readonly hold: Answer<'holdSlot'>;
  readonly caller: Caller;
  readonly ends: number;
};
export type Hearer = {
  /** Until when it is kept; null where it is not, or no more. */
  onKept(until: string | null): void;
  /** It can no longer be had. */
  onLost(problem: unknown): void;
};

/** A choice that has stood so long is one. */
const REST_MS = 800;
/** Who fills in the form does not wait for it; who books does, and no longer than this. */
const PATIENCE_MS = 5_000;

let hearer: Hearer = { onKept: () => undefined, onLost: () => undefined };
let wished: Wish | null = null;
let kept: Kept | null = null;
/** The answer was lost: asked again under the same key it is the same hold. */
let doubted: { readonly wish: Wish; readonly key: string; readonly caller: Caller } | null = null;
let rest = 0;
/** One call after the other: what is given back is free before anything else is asked. */
let turn: Promise<void> = Promise.resolve();

export function listenToHolds(next: Hearer): void {
  hearer = next;
  // As far as the browser lets a call outlive its page. Else it runs out by itself.
  addEventListener('pagehide', () => {
    const left = kept;
    forget();
    if (left !== null) void giveBack(left);
  });
}

/** From now on this time is to be kept, and no other; null keeps none. Settles once what was kept before is given back. */
export function keepTime(next: Wish | null): Promise<void> {
  if (textOf(next) === textOf(wished)) return turn;
  wished = next;
  placeAfterRest(next);
  return queue(clear);
}

function placeAfterRest(wish: Wish | null): void {
  clearTimeout(rest);
  if (wish !== null) rest = window.setTimeout(() => void queue(() => place(wish)), REST_MS);
}

/**
 * Books this wish by `act`, with the hold's id if it is kept. What is chosen meanwhile waits. Throws what `act` does, and
 * SlotkeeperNoAnswer where nobody can tell whether it is kept.
 */
export function bookWith<T>(wish: Wish, act: (holdId: number | undefined) => Promise<T>): Promise<T> {
  // Booked at once, it need not be kept before.
  clearTimeout(rest);
  const booked = turn.then(async () => {
    if (doubted !== null) await place(wish);
    if (doubted !== null) {
      throw new SlotkeeperNoAnswer('nobody answered', { idempotencyKey: doubted.key, attempts: 1, status: null });
    }
    return await act(kept?.wish === textOf(wish) ? kept.hold.id : undefined);
  });
  // Not booked, it is kept while what was wrong is put right.
  turn = booked.then(
    () => undefined,
    () => placeAfterRest(wished),
  );
  return booked;
}

/** It has become an appointment, or ran out: there is nothing to give back. */
export function forgetHold(id: number | undefined): void {
  if (kept !== null && kept.hold.id === id) forget();
}

function forget(): void {
  clearTimeout(kept?.ends);
  if (kept?.wish === textOf(wished)) wished = null;
  kept = null;
  hearer.onKept(null);
}

const textOf = (wish: Wish | null) => JSON.stringify(wish);

function queue(act: () => Promise<void>): Promise<void> {
  // A fault of the page's own is told, and the next call goes on.
  turn = turn.then(act).catch(reportError);
  return turn;
}

/** Gives back what is kept, or may be, and is wished no more. */
async function clear(): Promise<void> {
  if (doubted !== null && textOf(doubted.wish) !== textOf(wished)) {
    const { wish } = doubted;
    await place(wish);
    doubted = null;
  }
  if (kept === null || kept.wish === textOf(wished)) return;
  const before = kept;
  kept = null;
  clearTimeout(before.ends);
  hearer.onKept(null);
  await giveBack(before);
}

async function place(wish: Wish): Promise<void> {
  const text = textOf(wish);
  const again = doubted !== null && textOf(doubted.wish) === text ? doubted : null;
  if (kept !== null || (again === null && textOf(wished) !== text)) return;
  const caller = again?.caller ?? currentCaller();
  doubted = null;
  try {
    const options = { timeoutMs: PATIENCE_MS, ...(again === null ? {} : { idempotencyKey: again.key }) };
    const hold = await caller.holdSlot(wish, options);
    const ends = window.setTimeout(() => forgetHold(hold.id), Math.max(0, Date.parse(hold.expiresAt) - Date.now()));
    kept = { wish: text, hold, caller, ends };
    if (textOf(wished) === text) hearer.onKept(hold.expiresAt);
  } catch (error) {
    if (error instanceof SlotkeeperNoAnswer) {
      if (error.idempotencyKey !== null) doubted = { wish, key: error.idempotencyKey, caller };
      return;
    }
    if (!isProblem(error)) throw error;
    if (textOf(wished) === text && error.reasons.length > 0) hearer.onLost(error);
  }
}

/** Ends by itself otherwise. */
async function giveBack({ hold, caller }: Kept): Promise<void> {
  await caller.releaseHold({ holdId: hold.id }, { timeoutMs: PATIENCE_MS }).catch(() => undefined);
}
