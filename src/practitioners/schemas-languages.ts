// Languages on the wire: of practitioners, and of those who look for one.
import { Type } from 'typebox';
import { LanguageText } from '../platform/http/validation.ts';
import { MOST_LANGUAGES } from './languages.ts';

export const Languages = Type.Array(LanguageText, {
  maxItems: MOST_LANGUAGES,
  uniqueItems: true,
  description: 'Those she speaks, as tags of BCP 47.',
});
