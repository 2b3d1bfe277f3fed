// The little OData the emulator understands: $select, $top, $skip, $expand and $filter on single-value extended
// properties. Anything else in $filter is refused rather than ignored.
import { isJson, type Call, type Json } from '../endpoint.ts';
import { propertyTag } from './event.ts';
import { refuse } from './errors.ts';

const DEFAULT_TOP = 10;
const MOST_TOP = 1_000;

const PROPERTY_FILTER =
  /^singleValueExtendedProperties\/any\(\s*(\w+)\s*:\s*\1\/id\s+eq\s+'((?:[^']|'')+)'\s+and\s+\1\/value\s+eq\s+'((?:[^']|'')*)'\s*\)$/i;

/** The tag that a $filter asks for, if there is one. */
export function filterTags(call: Call): string[] {
  const filter = call.query.get('$filter');
  if (filter === null) return [];
  const match = PROPERTY_FILTER.exec(filter.trim());
  if (!match) throw refuse(400, 'ErrorInvalidUrlQueryFilter', 'The query filter contains one or more invalid nodes.');
  return [propertyTag(unquoted(match[2]), unquoted(match[3]))];
}

export function pageOf(call: Call): { readonly top: number; readonly skip: number } {
  const number = (name: string, otherwise: number, least: number, most: number): number => {
    const value = Number(call.query.get(name) ?? otherwise);
    if (!Number.isInteger(value) || value < least || value > most)
      throw refuse(400, 'ErrorInvalidUrlQuery', `Invalid value for ${name}.`);
    return value;
  };
  return { top: number('$top', DEFAULT_TOP, 1, MOST_TOP), skip: number('$skip', 0, 0, Number.MAX_SAFE_INTEGER) };
}

/** The object with its extended properties if $expand asks for them, cut down to $select. */
export function expandedAndSelected(call: Call, body: Json, fields: Json = {}): Json {
  const expand = call.query.get('$expand') ?? '';
  const all = fields['singleValueExtendedProperties'];
  let whole = body;
  if (/^singleValueExtendedProperties/i.test(expand) && Array.isArray(all)) {
    const only = /id\s+eq\s+'([^']+)'/i.exec(expand)?.[1]?.toLowerCase();
    const properties = all.filter(
      (one: unknown) => isJson(one) && (only === undefined || String(one['id']).toLowerCase() === only),
    );
    if (properties.length > 0) whole = { ...body, singleValueExtendedProperties: properties };
  }
  const names = call.query
    .get('$select')
    ?.split(',')
    .map((name) => name.trim());
  if (!names) return whole;
  const kept = (name: string): boolean =>
    name === 'id' || name.startsWith('@') || name === 'singleValueExtendedProperties' || names.includes(name);
  return Object.fromEntries(Object.entries(whole).filter(([name]) => kept(name)));
}

/** OData doubles a quote inside a literal. */
function unquoted(text: string | undefined): string {
  return (text ?? '').replaceAll("''", "'");
}
