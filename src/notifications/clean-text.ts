// Makes a stranger's words safe to set in one line of a letter: a name cannot break a line, a header or the reading direction.
// What a format needs on top (HTML entities, calendar escapes, RFC 2047) is left to the writer of that format.

/** A name longer than this says nothing more to its reader; it also keeps subjects and calendar titles on one screen. */
const MAX_CHARACTERS = 120;

/** C0 and C1 controls, line and paragraph separators. */
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;

/** Marks that turn the reading direction of all that follows (Unicode TR 9; TR 36, 2.4), byte order marks, noncharacters. */
const DIRECTION_MARKS = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF\uFFF9-\uFFFB]/gu;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** One line of well-formed, composed text of at most `max` visible characters, cut with an ellipsis; may be empty. */
export function cleanText(text: string, max = MAX_CHARACTERS): string {
  // Four code units for a visible character are generous; the bound keeps a hostile input from being segmented at length.
  const bounded = text.slice(0, max * 16).toWellFormed();
  const line = bounded
    .replace(CONTROLS, ' ')
    .replace(DIRECTION_MARKS, '')
    .normalize('NFC')
    .replace(/\s+/gu, ' ')
    .trim();
  let cut = '';
  let count = 0;
  for (const { segment } of graphemes.segment(line)) {
    // A stack of combining marks counts as one character to the segmenter, not to the eye.
    count += Math.ceil(segment.length / 16);
    if (count > max) return `${cut.trimEnd()}…`;
    cut += segment;
  }
  return cut;
}
