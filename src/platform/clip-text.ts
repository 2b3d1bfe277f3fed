// Cuts text to a length in UTF-16 code units, never inside a character. Those who count otherwise (bytes of UTF-8 aside)
// find it no longer than these do, so what fits here fits whatever an outside limit counts.

/** The longest beginning of whole characters with at most `most` code units. */
export function clipText(text: string, most: number): string {
  if (text.length <= most) return text;
  // The first half of a pair alone is no character.
  const inside = /[\uD800-\uDBFF]/.test(text[most - 1] ?? '') ? most - 1 : most;
  return text.slice(0, inside);
}
