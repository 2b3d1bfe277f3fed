// Writes HTML in which nothing is markup but what our own templates say: every value put into one is escaped, unless it
// came out of a template itself.

const WRITTEN = Symbol('written by a template');

/** A piece of finished HTML. Only `html` makes it, so that no stored text can pass for one. */
export type Html = { readonly [WRITTEN]: string };

type Value = Html | string | number | readonly Html[];

/** For text and for quoted attributes. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  const written = parts.map((part, at) => (at < values.length ? part + writeValue(values[at] ?? '') : part));
  return { [WRITTEN]: written.join('') };
}

export function textOf(page: Html): string {
  return page[WRITTEN];
}

/** The beginning of a text that may be as long as a stranger likes; never half of a character (a lone surrogate). */
export function clipped(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')}…` : text;
}

function writeValue(value: Value): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return escape(value);
  if (isList(value)) return value.map(textOf).join('');
  return textOf(value);
}

function isList(value: Value): value is readonly Html[] {
  return Array.isArray(value);
}

/** Signs as numbers; controls that HTML forbids, and halves of characters, as the sign for what cannot be shown. */
function escape(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\P{Cc}\t\n\r]/gu, '\uFFFD')
    .replace(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
