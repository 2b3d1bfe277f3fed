// One read for all who ask the same in one turn of the event loop. Who asks while it is under way is answered by the next, all of them
// together: so nobody hears what was so before it asked, and while the database reads for some the answers of others are written.

type Begin<Value> = () => Promise<Value>;
/** `next`: those who wait for this one to end. Emptied at the end, as what is under way (under-way.ts). */
type Round<Value> = {
  promise: Promise<Value> | null;
  /** Too late to go along. */
  left: boolean;
  next: (PromiseWithResolvers<Value> & { readonly begin: Begin<Value> }) | null;
};

export class Rounds<Value> {
  readonly #rounds = new Map<string, Round<Value>>();

  /** What `begin` came to for the first who asked under this key in the same round. */
  ask(key: string, begin: Begin<Value>): Promise<Value> {
    const round = this.#rounds.get(key);
    if (!round) return this.#leave(key, begin);
    if (!round.left && round.promise) return round.promise;
    round.next ??= { ...Promise.withResolvers<Value>(), begin };
    return round.next.promise;
  }

  #leave(key: string, begin: Begin<Value>): Promise<Value> {
    const round: Round<Value> = { promise: null, left: false, next: null };
    this.#rounds.set(key, round);
    setImmediate(() => (round.left = true));
    return (round.promise = begin().finally(() => this.#end(key, round)));
  }

  #end(key: string, ended: Round<Value>): void {
    const { next } = ended;
    [ended.promise, ended.next] = [null, null];
    if (!next) {
      this.#rounds.delete(key);
      return;
    }
    const { promise, resolve, reject, begin } = next;
    const round: Round<Value> = { promise, left: false, next: null };
    this.#rounds.set(key, round);
    // With those whose question is read in the turn in which the answer came.
    setImmediate(() => {
      round.left = true;
      begin()
        .then(resolve, reject)
        .finally(() => this.#end(key, round));
    });
  }
}
