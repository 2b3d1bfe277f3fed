// Many who will wait for the same lock wait here for their turn, each with nothing in hand: a connection held while one waits
// is one that everybody else lacks.
import { Refusal } from './refusal.ts';

/** While one commits, the next can have asked for the lock. */
const AT_ONCE = 2;
/** As long as for a free connection. */
const MOST_WAIT_MS = 5_000;

type Turns = { underWay: number; readonly waiting: Set<() => void> };

/** So many of each key at once, in the order of their coming; of different keys nobody waits for another. */
export class InTurn {
  readonly #turns = new Map<string, Turns>();

  /** Refusal `overloaded` where no turn came in time: nothing has been done then. */
  async run<T>(key: string, act: () => Promise<T>): Promise<T> {
    const turns = this.#turns.get(key) ?? { underWay: 0, waiting: new Set() };
    this.#turns.set(key, turns);
    if (turns.underWay < AT_ONCE) turns.underWay += 1;
    else await turnOf(turns);
    try {
      return await act();
    } finally {
      const [next] = turns.waiting;
      // The turn is handed on, so that nobody who comes now is before those who wait.
      if (next) next();
      else turns.underWay -= 1;
      if (turns.underWay === 0) this.#turns.delete(key);
    }
  }
}

function turnOf({ waiting }: Turns): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      waiting.delete(begin);
      reject(new Refusal('overloaded', 'The server is busy. Try again in a moment.', { retryAfterSeconds: 1 }));
    }, MOST_WAIT_MS);
    const begin = () => {
      clearTimeout(late);
      waiting.delete(begin);
      resolve();
    };
    waiting.add(begin);
  });
}
