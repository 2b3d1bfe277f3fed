// One read for all who ask the same in one turn of the event loop. Who asks while it is under way is answered by the next, all of them
// together: so nobody hears what was so before it asked, and while the database reads for some the answers of others are written.
// After a crowd the next waits a moment for as many: they ask again one by one, and each read is work for the database.

type Begin<Value> = () => Promise<Value>;
/** Those whom the next round is for. */
type Next<Value> = PromiseWithResolvers<Value> & { readonly begin: Begin<Value>; size: number };
type Round<Value> = {
  promise: Promise<Value> | null;
  /** How many it is for. */
  size: number;
  /** Too late to go along. */
  left: boolean;
  ended: boolean;
  next: Next<Value> | null;
  /** When the next leaves at the latest. */
  patience: NodeJS.Timeout | undefined;
};

/** Many times as long as a read takes. Where one takes longer, others do not wait for it and then for their own. */
const LONGEST_WAIT_MS = 50;
/** About as long as a crowd's answers and new questions take. */
const CROWD_WAIT_MS = 2;

export class Rounds<Value> {
  readonly #rounds = new Map<string, Round<Value>>();

  /** What `begin` came to for the first who asked under this key in the same round. */
  ask(key: string, begin: Begin<Value>): Promise<Value> {
    const round = this.#rounds.get(key);
    if (!round) return this.#leave(key, begin);
    if (!round.left && round.promise) {
      round.size += 1;
      return round.promise;
    }
    const next = (round.next ??= { ...Promise.withResolvers<Value>(), begin, size: 0 });
    next.size += 1;
    if (round.ended && next.size >= round.size) this.#follow(key, round);
    else round.patience ??= setTimeout(() => this.#follow(key, round), LONGEST_WAIT_MS);
    return next.promise;
  }

  #leave(key: string, begin: Begin<Value>): Promise<Value> {
    const round = this.#open(key, 1);
    setImmediate(() => (round.left = true));
    return (round.promise = Promise.try(begin).finally(() => this.#end(key, round)));
  }

  #open(key: string, size: number): Round<Value> {
    const round: Round<Value> = { promise: null, size, left: false, ended: false, next: null, patience: undefined };
    this.#rounds.set(key, round);
    return round;
  }

  #end(key: string, round: Round<Value>): void {
    // What is over is not kept (under-way.ts).
    round.promise = null;
    if (this.#rounds.get(key) !== round) return;
    round.ended = true;
    clearTimeout(round.patience);
    const wait = (round.next?.size ?? 0) < round.size && round.size > 1;
    if (wait) round.patience = setTimeout(() => this.#follow(key, round), CROWD_WAIT_MS);
    else this.#follow(key, round);
  }

  #follow(key: string, before: Round<Value>): void {
    clearTimeout(before.patience);
    before.patience = undefined;
    const { next } = before;
    before.next = null;
    if (!next) return void this.#rounds.delete(key);
    const round = this.#open(key, next.size);
    round.promise = next.promise;
    // With those whose question is read in this turn.
    setImmediate(() => {
      round.left = true;
      Promise.try(next.begin)
        .then(next.resolve, next.reject)
        .finally(() => this.#end(key, round));
    });
  }
}
