// What a webhook of somebody else's is read with: its bytes, its headers, the time it was signed at, and what stands where in
// its JSON, which is theirs and may be anything. How each signs is its reader's to know.

export type SignedPost = {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As it came, byte for byte. */
  readonly body: Buffer;
};

/** A post is signed when it leaves: older than five minutes is a repeat of somebody else's (Standard Webhooks, timestamps). */
export const MOST_SKEW_SECONDS = 300;

/** Whether a header's epoch seconds are of now. */
export function isOfNow(seconds: string, now: Temporal.Instant): boolean {
  if (!/^\d{1,12}$/.test(seconds)) return false;
  return Math.abs(Number(seconds) - now.epochMilliseconds / 1000) <= MOST_SKEW_SECONDS;
}

/** A header that came once; '' otherwise. */
export function headerOf({ headers }: SignedPost, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

/** What stands at a path inside parsed JSON. */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  let here: unknown = value;
  for (const step of path) {
    here = typeof here === 'object' && here !== null && Object.hasOwn(here, step) ? Reflect.get(here, step) : undefined;
  }
  return here;
}

/** Others' ids and our references are far shorter; more is nobody's. */
const MOST_TEXT = 200;

/** A text of sensible length there, or null. */
export function textAt(value: unknown, ...path: readonly string[]): string | null {
  const found = valueAt(value, ...path);
  // PostgreSQL takes no NUL in a text.
  const sensible = typeof found === 'string' && found !== '' && found.length <= MOST_TEXT && !found.includes('\0');
  return sensible ? found : null;
}
