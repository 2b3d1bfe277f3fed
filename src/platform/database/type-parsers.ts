// How values of PostgreSQL become values here, for one pool at a time: the parsers of the driver are global, and other
// libraries in the process count on them. Everything not named here stays as the driver has it (numeric: text).
import pg from 'pg';

type Parser = (text: string) => unknown;

/** Object ids of built-in types: fixed for good in src/include/catalog/pg_type.dat. */
const OID = {
  int8: 20,
  date: 1082,
  timestamp: 1114,
  timestamptz: 1184,
  interval: 1186,
  textArray: 1009,
  int8Array: 1016,
  timestampArray: 1115,
  dateArray: 1182,
  timestamptzArray: 1185,
} as const;

const text: Parser = (value) => value;

function safeInteger(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} does not fit a safe integer (2^53)`);
  return number;
}

/** Infinity is refused by Temporal with a RangeError, and meant to be: what never ends is null in this schema. */
const instant: Parser = (value) => Temporal.Instant.from(value);
const plainDate: Parser = (value) => Temporal.PlainDate.from(value);

/** The driver's own parser. Its types list only some object ids. */
const parserOf = pg.types.getTypeParser as (oid: number, format?: 'text' | 'binary') => Parser;
const textArray = parserOf(OID.textArray);

function arrayOf(parse: Parser): Parser {
  const each = (item: unknown): unknown =>
    Array.isArray(item) ? item.map(each) : item === null ? null : parse(item as string);
  return (value) => each(textArray(value));
}

const PARSERS = new Map<number, Parser>([
  [OID.int8, safeInteger],
  [OID.date, plainDate],
  [OID.timestamptz, instant],
  // Without a zone it is no instant; the driver would read it as the machine's own time.
  [OID.timestamp, text],
  [OID.interval, text],
  [OID.int8Array, arrayOf(safeInteger)],
  [OID.dateArray, arrayOf(plainDate)],
  [OID.timestamptzArray, arrayOf(instant)],
  [OID.timestampArray, arrayOf(text)],
]);

/** For the `types` of a pool, or of one connection. */
export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : PARSERS.get(oid)) ?? parserOf(oid, format)) as typeof pg.types.getTypeParser,
};
