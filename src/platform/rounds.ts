// One read for all who ask the same in one turn of the event loop. Who asks while it is under way is answered by the next, all of them
// together: so nobody hears what was so before it asked, and while the database reads for some the answers of others are written.

type Begin<Value> = () => Promise<Value>;
/** Those who wait for a round to end, or for so long that it is not waited for. */
type Next<Value> = PromiseWithResolvers<Value> & { readonly begin: Begin<Value>; readonly patience: NodeJS.Timeout };
/** Emptied at the end, as what is under way (under-way.ts). */
type Round<Value> = {
  promise: Promise<Value> | null;
  /** Too late to go along. */
  left: boolean;
  next: Next<Value> | null;
};

/** Many times as long as a read takes. Where one takes longer, others do not wait for it and then for their own. */
const LONGEST_WAIT_MS = 50;

export class Rounds<Value> {
  readonly #rounds = new Map<string, Round<Value>>();

  /** What `begin` came to for the first who asked under this key in the same round. */
  ask(key: string, begin: Begin<Value>): Promise<Value> {
    const round = this.#rounds.get(key);
    if (!round) return this.#leave(key, begin);
    if (!round.left && round.promise) return round.promise;
    const patience = () => setTimeout(() => this.#follow(key, round), LONGEST_WAIT_MS);
    round.next ??= { ...Promise.withResolvers<Value>(), begin, patience: patience() };
    return round.next.promise;
  }

  #leave(key: string, begin: Begin<Value>): Promise<Value> {
    const round: Round<Value> = { promise: null, left: false, next: null };
    this.#rounds.set(key, round);
    setImmediate(() => (round.left = true));
    return (round.promise = Promise.try(begin).finally(() => this.#end(key, round)));
  }

  #end(key: string, ended: Round<Value>): void {
    ended.promise = null;
    if (ended.next) this.#follow(key, ended);
    else if (this.#rounds.get(key) === ended) this.#rounds.delete(key);
  }

  #follow(key: string, before: Round<Value>): void {
    const { next } = before;
    if (!next) return;
    clearTimeout(next.patience);
    before.next = null;
    const { promise, resolve, reject, begin } = next;
    const round: Round<Value> = { promise, left: false, next: null };
    this.#rounds.set(key, round);
    // With those whose question is read in the turn in which the answer came.
    setImmediate(() => {
      round.left = true;
      Promise.try(begin)
        .then(resolve, reject)
        .finally(() => this.#end(key, round));
    });
  }
}
