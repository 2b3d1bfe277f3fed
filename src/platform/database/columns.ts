// The kinds of columns, as the driver gives and takes them; which column is of which kind, tables.ts and its pieces say.
import type { ColumnType } from 'kysely';

export type Instant = ColumnType<Temporal.Instant, string, string>;
export type MaybeInstant = ColumnType<Temporal.Instant | null, string | null | undefined, string | null>;
export type Maybe<T> = ColumnType<T | null, T | null | undefined, T | null>;
export type Written<T> = ColumnType<T, T | undefined, T>;
/** A tstzrange: text both ways, `["from","to")`. */
export type Range = string;
export type ReadOnly<T> = ColumnType<T, never, never>;
