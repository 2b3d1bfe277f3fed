// Keeps the time that was chosen while the form is filled in: nobody is faster then. Where it cannot be kept, because somebody keeps
// too many or nobody answers, booking goes on without.
import { isProblem, SlotkeeperNoAnswer, type Answer, type Input } from '@slotkeeper/client';
import { slotkeeper } from './session.ts';

export type Wish = Pick<Input<'holdSlot'>, 'practitionerId' | 'sessionType' | 'date' | 'time'>;
type Kept = { readonly wish: string; readonly hold: Answer<'holdSlot'> };
export type Hearer = {
  /** Until when it is kept; null where it is not, or no more. */
  onKept(until: string | null): void;
  /** It can no longer be had. */
  onLost(problem: unknown): void;
};

let wished: Wish | null = null;
let kept: Kept | null = null;
/** The answer was lost: asked again under the same key it is the same hold. */
let unanswered: { readonly wish: string; readonly key: string } | null = null;
/** One call after the other: what is given back is free before it is asked for anew. */
let turn: Promise<void> = Promise.resolve();

/** From now on this time is to be kept, and no other; null keeps none. */
export function keepTime(next: Wish | null, hearer: Hearer): void {
  wished = next;
  turn = turn.then(() => settle(hearer));
}

/** The id to book with, once all that was wished has been asked. Throws where nobody knows whether it is kept. */
export async function heldId(hearer: Hearer): Promise<number | undefined> {
  await turn;
  if (unanswered !== null) {
    keepTime(wished, hearer);
    await turn;
    if (unanswered !== null)
      throw new SlotkeeperNoAnswer('nobody answered', { idempotencyKey: null, attempts: 1, status: null });
  }
  return kept?.hold.id;
}

/** It has become an appointment, or ran out: there is nothing to give back. */
export function forgetHold(): void {
  [wished, kept] = [null, null];
}

/** A reader who leaves does not come back to it. The call outlives the page (`keepalive` in session.ts). */
addEventListener('pagehide', () => {
  const left = kept;
  forgetHold();
  if (left !== null) void giveBack(left);
});

/** Brings about what is wished by now; of many wishes in a row the last. */
async function settle(hearer: Hearer): Promise<void> {
  const mine = wished;
  const wish = JSON.stringify(mine);
  if (kept?.wish === wish) return;
  if (kept !== null) {
    const before = kept;
    kept = null;
    hearer.onKept(null);
    await giveBack(before);
  }
  if (mine === null) return;
  const again = unanswered?.wish === wish ? { idempotencyKey: unanswered.key } : {};
  unanswered = null;
  try {
    kept = { wish, hold: await slotkeeper.holdSlot(mine, again) };
    if (wished === mine) hearer.onKept(kept.hold.expiresAt);
  } catch (error) {
    if (error instanceof SlotkeeperNoAnswer && error.idempotencyKey !== null) {
      unanswered = { wish, key: error.idempotencyKey };
    }
    if (wished === mine && isProblem(error) && error.reasons.length > 0) hearer.onLost(error);
  }
}

/** Ends by itself otherwise. */
async function giveBack({ hold }: Kept): Promise<void> {
  await slotkeeper.releaseHold({ holdId: hold.id }).catch(() => undefined);
}
