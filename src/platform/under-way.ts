// What is under way is shared: whoever asks the same meanwhile is given the same promise.

/** Emptied at the end. A Map's outgrown tables lead from each to the next, so that the collector of young objects, which
 *  takes what old ones lead to for living, would keep whatever has ever been in it. */
type Box<Value> = { promise: Promise<Value> | null };

export class UnderWay<Value> {
  readonly #boxes = new Map<string, Box<Value>>();

  /** What `begin` came to for the first who asked under this key, and for all who do until it has. */
  share(key: string, begin: () => Promise<Value>): Promise<Value> {
    const known = this.#boxes.get(key)?.promise;
    if (known) return known;
    const box: Box<Value> = { promise: null };
    box.promise = begin().finally(() => {
      box.promise = null;
      if (this.#boxes.get(key) === box) this.#boxes.delete(key);
    });
    this.#boxes.set(key, box);
    return box.promise;
  }

  /** Whoever asks from now on is answered anew. */
  clear(): void {
    this.#boxes.clear();
  }
}
