// Knows in which order the times of many come: a queue by start, and by id where starts are equal.

export type Place = { readonly start: number; readonly id: number };

/** Whether one comes before another. */
export function isBefore(a: Place, b: Place): boolean {
  return a.start < b.start || (a.start === b.start && a.id < b.id);
}

export type Soonest<T extends Place> = {
  first(): T | undefined;
  /** The first, taken out. */
  take(): T | undefined;
  /** A place that has changed is taken out and added anew. */
  add(item: T): void;
};

/** A binary heap: each step costs the logarithm of how many wait. */
export function soonestOf<T extends Place>(items: Iterable<T>): Soonest<T> {
  const heap: T[] = [];
  const add = (item: T): void => {
    let at = heap.push(item) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(item, heap[above]!)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = item;
  };
  const take = (): T | undefined => {
    const [first] = heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return last;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below += 1;
      if (below >= heap.length || !isBefore(heap[below]!, last)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
    return first;
  };
  for (const item of items) add(item);
  return { first: () => heap[0], take, add };
}
