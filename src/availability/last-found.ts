// What was found last, for who asks the same again: where the database says what it said before, slots and text are those of
// before. It is asked behind the read, and never instead of it, so it spares work and answers nothing by itself.
import type { SlotsFound } from './find-slots.ts';
import type { Busy } from './store.ts';

/** Some 250 bytes each, with their text. */
const MOST_SLOTS = 50_000;

/** `busy` as it was read: what was found may be of what it means to the one who asks. */
type LastFound = { readonly busy: Busy; readonly found: SlotsFound };

/** Of one minute, by which the rule goes. What comes when it is full is found anew each time, so that nothing is thrown out only to
 *  be made again. */
export class FoundThisMinute {
  #minute = Number.NaN;
  #slots = 0;
  #found = new Map<string, LastFound>();

  /** `minute`: the epoch minute it is now. */
  recall(question: string, minute: number): LastFound | undefined {
    return minute === this.#minute ? this.#found.get(question) : undefined;
  }

  keep(question: string, minute: number, last: LastFound): void {
    if (minute !== this.#minute) {
      [this.#minute, this.#slots] = [minute, 0];
      this.#found = new Map();
    }
    const before = this.#found.get(question);
    const slots = this.#slots + sizeOf(last) - (before ? sizeOf(before) : 0);
    if (slots > MOST_SLOTS) return;
    this.#slots = slots;
    this.#found.set(question, last);
  }
}

function sizeOf({ found }: LastFound): number {
  return found.days.reduce((sum, { slots }) => sum + slots.length, 1);
}
