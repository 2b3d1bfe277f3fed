// Knows when a name can stand on a page, in a letter and in a calendar: one line of visible text, no control characters.
import { cleanText } from '../notifications/clean-text.ts';

/** The name in composed form with single spaces; null where nothing visible is left or it is too long. */
export function spokenName(name: string, maxLength: number): string | null {
  const clean = cleanText(name, maxLength);
  return clean.length > 0 && lengthOf(clean) <= maxLength && lengthOf(name) <= maxLength ? clean : null;
}

/** As JSON Schema and PostgreSQL count. */
function lengthOf(text: string): number {
  return Array.from(text).length;
}
