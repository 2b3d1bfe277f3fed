// Checks requests against their schemas: bodies strictly, as JSON has types; path and query with coercion, as they have
// none. Knows the formats of this API and how a fault is told; which fields a request has is its route's to say.
import type { FastifySchemaValidationError } from 'fastify';
import type { Ajv } from 'ajv';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { Type, type TSchema, type TStringOptions } from 'typebox';
import { closestForm } from './closest-form.ts';
import type { Compiled } from './serialization.ts';
import type { FieldFault } from '../refusal.ts';
import { DATE_FAULT, isDate, YEARS } from '../time/wall-clock.ts';
import { isZone } from '../time/zone-table.ts';

/** RFC 5321, 4.5.3.1: 64 octets before the @, and no more than 254 in all. */
export const MAX_EMAIL_LENGTH = 254;
const EMAIL =
  /^(?=[^@]{1,64}@)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i;
const WALL_TIME = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/;
const START_TIME = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/;
const WALL_OR_INSTANT =
  /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/;
/** RFC 3339, 5.6, without its leap second and with no more digits than Temporal reads. */
const INSTANT =
  /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;
/** RFC 5646, 4.4.1. */
const MAX_LANGUAGE_LENGTH = 35;
/** C0, DEL, C1, and the separators that some readers take for a line break. */
const CONTROL = /[\p{Cc}\u2028\u2029]/u;
const CONTROL_BUT_LINES = /[^\P{Cc}\n\r\t]|[\u2028\u2029]/u;
/** An instant as a request may name it: every one of them Temporal and PostgreSQL can read. */
export function isInstant(text: string): boolean {
  return isDate(INSTANT.exec(text)?.[1] ?? '');
}

const LANGUAGE = /^[a-z]{2,3}(?:-[a-z\d]{2,8})*$/i;
/** BCP 47, without what is private or extended. */
export function isLanguage(tag: string): boolean {
  if (tag.length > MAX_LANGUAGE_LENGTH || !LANGUAGE.test(tag)) return false;
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** The formats of this API, beyond the usual ones or narrower: how each is checked, and told. */
export const FORMATS: Readonly<Record<string, { readonly check: (text: string) => boolean; readonly says: string }>> = {
  date: { check: isDate, says: DATE_FAULT },
  'date-time': {
    check: isInstant,
    says: `must be an instant, as YYYY-MM-DDTHH:mm:ss with Z or an offset, from ${YEARS.first} to ${YEARS.last}`,
  },
  'wall-time': { check: (text) => WALL_TIME.test(text), says: 'must be a time of day, as HH:mm or HH:mm:ss' },
  'start-time': {
    check: (text) => START_TIME.test(text),
    says: 'must be a time of day, as HH:mm or HH:mm:ss, with Z or an offset to name an instant',
  },
  'wall-or-instant': {
    check: (text) => isDate(WALL_OR_INSTANT.exec(text)?.[1] ?? ''),
    says: `must be YYYY-MM-DDTHH:mm[:ss], from ${YEARS.first} to ${YEARS.last}, with Z or an offset to name an instant`,
  },
  'iana-zone': { check: isZone, says: 'must be an IANA time zone, such as America/New_York' },
  'language-tag': { check: isLanguage, says: 'must be a language tag (BCP 47), such as en or pt-BR' },
  'e-mail': {
    check: (text) => text.length <= MAX_EMAIL_LENGTH && EMAIL.test(text),
    says: 'must be an e-mail address',
  },
  'plain-text': {
    check: (text) => !CONTROL.test(text) && /\S/.test(text),
    says: 'must be one line of text without control characters',
  },
  'plain-lines': {
    check: (text) => !CONTROL_BUT_LINES.test(text) && /\S/.test(text),
    says: 'must be text without control characters',
  },
};

/** `YYYY-MM-DD`, a day that exists. */
export const DateText = Type.String({ format: 'date', examples: ['2030-06-20'] });
/** `HH:mm` or `HH:mm:ss` on the wall; whose wall, the route says. */
export const WallTimeText = Type.String({ format: 'wall-time', examples: ['14:00:00'] });
/** The same as part of a start: with an offset or `Z` it names an instant, as where clocks go back over it. */
export const StartTimeText = Type.String({ format: 'start-time', examples: ['14:00:00'] });
/** Wall time without an offset, an instant with one. */
export const WallOrInstantText = Type.String({ format: 'wall-or-instant', examples: ['2030-06-20T14:00:00'] });
export const ZoneText = Type.String({ format: 'iana-zone', maxLength: 64, examples: ['America/New_York'] });
export const LanguageText = Type.String({
  format: 'language-tag',
  maxLength: MAX_LANGUAGE_LENGTH,
  examples: ['pt-BR'],
});
export const EmailText = Type.String({ format: 'e-mail', maxLength: MAX_EMAIL_LENGTH, examples: ['user@example.com'] });
const exampleOf = new Map<string, string>();
/** Text of a form that is told by its example: a pattern tells people nothing. */
export function formText(pattern: string, example: string, options: TStringOptions = {}) {
  exampleOf.set(pattern, example);
  return Type.String({ pattern, ...options, examples: [example] });
}

/** E.164 (ITU-T): a plus, the country, the number, 15 digits at most. */
export const PhoneText = formText('^\\+[1-9]\\d{6,14}$', '+15551234567', { maxLength: 16 });
/** In answers: an instant in UTC, as `Temporal.Instant` writes it. In requests: any offset. */
export const InstantText = Type.String({ format: 'date-time', examples: ['2030-06-20T18:00:00Z'] });
/** Integers below 2^53, so that they fit a JSON number. */
export const PublicId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, examples: [123] });
/** One line, not blank, no control characters: safe for a mail header, an ICS line and a log. */
export const plainText = (maxLength: number) => Type.String({ format: 'plain-text', minLength: 1, maxLength });
/** The same with line breaks and tabs. */
export const plainLines = (maxLength: number) => Type.String({ format: 'plain-lines', minLength: 1, maxLength });

/** As Ajv's: the errors are those of the last call. */
type Check = ((data: unknown) => boolean) & { errors?: ErrorObject[] | null };

export type Validation = {
  compile(schema: unknown, httpPart: string | undefined): Check;
  add(schema: TSchema & { $id: string }): void;
};

/** One pair of checkers for one app: strict for bodies, coercing for path, query and headers. */
export function createValidation(at: Compiled = 'when asked'): Validation {
  const strict = checker(false);
  const coercing = checker('array');
  const compiled = new Map<string, Check>();
  return {
    compile: (schema, httpPart) => {
      const [kind, ajv] = httpPart === 'body' ? ['body', strict] : ['', coercing];
      // Many routes ask the same, each in an object of its own.
      const words = kind + JSON.stringify(schema);
      const known = compiled.get(words) ?? checkWhenAsked(() => ajv.compile(schema as object), at);
      compiled.set(words, known);
      return known;
    },
    add: (schema) => {
      strict.addSchema(schema);
      coercing.addSchema(schema);
    },
  };
}

function checkWhenAsked(compile: () => Check, at: Compiled): Check {
  let known = at === 'start' ? compile() : undefined;
  const check: Check = (data) => {
    known ??= compile();
    const isValid = known(data);
    check.errors = known.errors ?? null;
    return isValid;
  };
  return check;
}

function checker(coerceTypes: false | 'array'): Ajv2020 {
  const ajv = new Ajv2020({
    coerceTypes,
    useDefaults: true,
    strict: true,
    // The body limit bounds how many there can be.
    allErrors: true,
    allowUnionTypes: true,
    // The schemas are our own, and held against theirs by a test of the document; here it was a tenth of a start.
    meta: false,
    validateSchema: false,
  });
  return addFormatsTo(ajv);
}

/** The formats of this API, and lists without repetition told in time. */
export function addFormatsTo<T extends Ajv>(ajv: T): T {
  addFormats.default(ajv);
  // Ajv's own compares each with each where a schema does not say of what type they are, also in a list that is far too long:
  // one body took a second. Our lists of this kind are of texts and numbers alone.
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    validate: (isAsked: boolean, list: readonly unknown[]) => !isAsked || new Set(list).size === list.length,
  });
  for (const [name, { check }] of Object.entries(FORMATS)) ajv.addFormat(name, check);
  return ajv;
}

const PARTS: Readonly<Record<string, string>> = { querystring: 'query', params: 'path', headers: 'header' };

/** Ajv's errors as field faults: where, and what was expected. Never what was sent. */
export function faultsOf(errors: readonly FastifySchemaValidationError[], context: string | undefined): FieldFault[] {
  const prefix = PARTS[context ?? 'body'] ?? '';
  const { left, said } = closestForm(errors);
  const faults = new Map(
    said.map(({ pointer, message }) => [prefix + pointer, { pointer: prefix + pointer, message }]),
  );
  const holders = holdersOf(left);
  for (const error of left) {
    // Said by its branches already; and null is no advice to who sent an object with a fault in it.
    if (error.keyword === 'if' || error.keyword === 'anyOf') continue;
    if (error.params['type'] === 'null' && holders.has(error.instancePath)) continue;
    const pointer = prefix + pointerOf(error);
    if (!faults.has(pointer)) faults.set(pointer, { pointer, message: messageOf(error) });
  }
  return [...faults.values()];
}

/** Where there is a fault somewhere inside. */
function holdersOf(errors: readonly FastifySchemaValidationError[]): ReadonlySet<string> {
  const holders = new Set<string>();
  for (const error of errors) {
    const pointer = pointerOf(error);
    let end = pointer.lastIndexOf('/');
    while (end >= 0 && !holders.has(pointer.slice(0, end))) {
      holders.add(pointer.slice(0, end));
      end = pointer.lastIndexOf('/', end - 1);
    }
  }
  return holders;
}

function pointerOf(error: FastifySchemaValidationError): string {
  const { missingProperty, additionalProperty, unevaluatedProperty } = error.params;
  const name = missingProperty ?? additionalProperty ?? unevaluatedProperty;
  if (typeof name !== 'string') return error.instancePath;
  // RFC 6901, 3.
  return `${error.instancePath}/${name.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function messageOf(error: FastifySchemaValidationError): string {
  const { keyword, params } = error;
  if (keyword === 'required') return 'is required';
  if (keyword === 'dependentRequired') return `is required beside ${String(params['property'])}`;
  if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') return 'is not a known field';
  if (keyword === 'format') return FORMATS[String(params['format'])]?.says ?? `must be a ${String(params['format'])}`;
  if (keyword === 'enum') return `must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`;
  if (keyword === 'const') return `must be ${String(params['allowedValue'])}`;
  if (keyword === 'uniqueItems') return 'must not have the same twice';
  if (keyword === 'pattern')
    return `must have the form of ${exampleOf.get(String(params['pattern'])) ?? 'its description'}`;
  if (keyword === 'type') return typeSaid(params['type']);
  return boundSaid(keyword, Number(params['limit'])) ?? error.message ?? 'is not valid';
}

function boundSaid(keyword: string, limit: number): string | null {
  const [, side, of = ''] = /^(min|max)(Items|Length|Properties|imum)$/.exec(keyword) ?? [];
  if (side === undefined) return null;
  const most = side === 'max' ? 'at most' : 'at least';
  if (of === 'imum') return `must be ${most} ${limit}`;
  const [one, many] =
    of === 'Items' ? ['entry', 'entries'] : of === 'Length' ? ['character', 'characters'] : ['field', 'fields'];
  return `must have ${most} ${limit} ${limit === 1 ? one : many}`;
}

const TYPES: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
};

function typeSaid(type: unknown): string {
  const types = (Array.isArray(type) ? type : [type]).map(String);
  return `must be ${types.map((one) => TYPES[one] ?? one).join(' or ')}`;
}
