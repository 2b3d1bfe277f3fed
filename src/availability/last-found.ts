// What was found last, for who asks the same again: where the database says what it said before, slots and text are those of
// before. It is asked behind the read, and never instead of it, so it spares work and answers nothing by itself.
import type { SlotsFound } from './find-slots.ts';
import type { Busy } from './store.ts';

/** Bytes, about. */
const MOST = 24_000_000;
/** More than a month of slots is not kept: it would be in the way of many. */
const MOST_OF_ONE = 250_000;
/** Measured: what there is without any slot, and of each day and slot with its text in two shapes. */
const [BASE, A_DAY, A_SLOT] = [1_500, 150, 400];

/** `busy` as it was read: what was found may be of what it means to the one who asks. */
type LastFound = { readonly busy: Busy; readonly found: SlotsFound };

/** Of one minute, by which the rule goes. What comes when it is full is found anew each time, so that nothing is thrown out only to
 *  be made again. */
export class FoundThisMinute {
  #minute = Number.NaN;
  #size = 0;
  #found = new Map<string, LastFound>();

  /** `minute`: the epoch minute it is now. */
  recall(question: string, minute: number): LastFound | undefined {
    return minute === this.#minute ? this.#found.get(question) : undefined;
  }

  keep(question: string, minute: number, last: LastFound): void {
    if (minute !== this.#minute) {
      [this.#minute, this.#size] = [minute, 0];
      this.#found = new Map();
    }
    const before = this.#found.get(question);
    const own = sizeOf(last);
    const size = this.#size + own - (before ? sizeOf(before) : 0);
    if (own > MOST_OF_ONE || size > MOST) return;
    this.#size = size;
    this.#found.set(question, last);
  }
}

function sizeOf({ busy, found }: LastFound): number {
  const { print, taken } = busy;
  return found.days.reduce(
    (sum, { slots }) => sum + A_DAY + A_SLOT * slots.length,
    BASE + print.length + 8 * taken.length,
  );
}
