// Paging by cursor: a list gives the place after its last item, in a form callers pass back and do not read. What the
// place consists of, and the order it stands for, is the list's own.
import { Type, type Static, type TSchema } from 'typebox';
import { Refusal } from '../refusal.ts';
import { matches } from './matches.ts';

export const DEFAULT_PAGE = 50;
export const MAX_PAGE = 100;
/** A place is an instant and an id or two. */
const MAX_CURSOR_LENGTH = 512;

/** Spread into a route's query schema. */
export const pageQuery = {
  limit: Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: DEFAULT_PAGE, description: 'Items in one answer.' }),
  cursor: Type.Optional(
    Type.String({ minLength: 1, maxLength: MAX_CURSOR_LENGTH, description: '`nextCursor` of the answer before.' }),
  ),
};

/** Goes beside the items of an answer: null after the last page. */
export const NextCursor = Type.Union([Type.String(), Type.Null()], { description: 'Pass back as `cursor` for more.' });

export type Cursor<Place> = {
  encode(place: Place): string;
  /** Null for the first page. Refusal `invalid_request` for what this list never gave out. */
  decode(cursor: string | undefined): Place | null;
};

/** `list` names the list, so that one list's cursor is not taken for another's. */
export function cursorOf<T extends TSchema>(list: string, place: T): Cursor<Static<T>> {
  const shape = Type.Tuple([Type.Literal(list), place]);
  return {
    encode: (value) => Buffer.from(JSON.stringify([list, value])).toString('base64url'),
    decode: (cursor) => {
      if (cursor === undefined) return null;
      const value = parse(cursor);
      if (matches(shape, value)) return (value as [string, Static<T>])[1];
      throw new Refusal('invalid_request', 'The cursor is not one this list gave out.', {
        errors: [{ pointer: 'query/cursor', message: 'must be a nextCursor of this list' }],
      });
    },
  };
}

/** Cuts what was read with `limit + 1` into the page, and the cursor where there is more. */
export function pageOf<Item, Place>(
  read: readonly Item[],
  limit: number,
  cursor: Cursor<Place>,
  placeOf: (item: Item) => Place,
): { readonly items: readonly Item[]; readonly nextCursor: string | null } {
  const items = read.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: read.length > limit && last !== undefined ? cursor.encode(placeOf(last)) : null };
}

function parse(cursor: string): unknown {
  if (cursor.length > MAX_CURSOR_LENGTH || !/^[\w-]+$/.test(cursor)) return null;
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}
