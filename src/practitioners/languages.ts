// Knows what languages a practitioner speaks: tags of BCP 47, each once, in one spelling. Asking for `pt` finds `pt-BR`, as in
// RFC 4647, 3.3.1; not the other way round.
import type { FieldFault } from '../platform/refusal.ts';
import { isLanguage } from '../platform/http/validation.ts';

/** More than anybody gives sessions in. */
export const MOST_LANGUAGES = 20;

export function languageFaults(languages: readonly string[]): FieldFault[] {
  if (languages.length > MOST_LANGUAGES) {
    return [{ pointer: '/languages', message: `must have at most ${MOST_LANGUAGES}` }];
  }
  return languages.flatMap((tag, index) =>
    isLanguage(tag) ? [] : [{ pointer: `/languages/${index}`, message: 'must be a language tag, such as en or pt-BR' }],
  );
}

/** In one spelling, each once, in the order given. Expects tags without faults. */
export function canonicalLanguages(languages: readonly string[]): string[] {
  return Intl.getCanonicalLocales([...languages]);
}
