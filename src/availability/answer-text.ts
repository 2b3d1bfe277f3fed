// The text of an answer, written once for all who were given the same, and kept with what was found. A WeakMap that every
// read adds to costs the collector of young objects more than the reading.

export type Answer = { readonly text: string; readonly etag: string };

/** Mixed into what was found; empty until somebody has it written. */
export type Written = { readonly texts: Record<string, Answer> };

export function writtenOnce(found: Written, shape: string, write: () => Answer): Answer {
  return (found.texts[shape] ??= write());
}
