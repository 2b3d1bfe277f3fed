// Knows the UTC offset of every IANA zone at every minute, as a cached table of changes searched by bisection. It deals in
// epoch minutes (minutes since 1970-01-01T00:00Z) and wall minutes (epoch minute plus offset); dates and words are elsewhere.

/** Whole-minute offsets begin here: Africa/Monrovia, the last zone to count in seconds, stopped in 1972. */
const FIRST_MINUTE = Temporal.Instant.from('1975-01-01T00:00Z').epochMilliseconds / 60_000;
/** Nobody books past this; beyond it offsets come from Temporal, which is right and slow. */
const LAST_MINUTE = Temporal.Instant.from('2100-01-01T00:00Z').epochMilliseconds / 60_000;
/** Africa/Casablanca has the most, about 4 a year until 2087. */
const MAX_CHANGES = 1_000;
/** Intl knows some 420 zones and 180 aliases; past this the cache starts again. */
const MAX_TABLES = 1_024;
/** The longest IANA name has 32 characters. */
const MAX_NAME_LENGTH = 64;
/** No zone is further than this from UTC, so any wall time lies within it of its instant. */
const DAY = 1_440;

export type ZoneTable = {
  readonly name: string;
  /** Epoch minutes at which the offset changes, rising. */
  readonly changes: Int32Array;
  /** `offsets[i]`, in minutes east of UTC, holds from `changes[i - 1]` until before `changes[i]`. */
  readonly offsets: Int16Array;
};

const tables = new Map<string, ZoneTable>();

/** Whether `name` is an IANA zone spelled as the database spells it. Offsets (`+01:00`) and other cases are not. */
export function isZone(name: string): boolean {
  if (tables.has(name)) return true;
  if (name.length > MAX_NAME_LENGTH || !/^[A-Za-z]/.test(name)) return false;
  try {
    return new Temporal.ZonedDateTime(0n, name).timeZoneId === name;
  } catch {
    return false;
  }
}

/** The table of a zone for which `isZone` holds; RangeError otherwise. */
export function zoneTable(name: string): ZoneTable {
  const known = tables.get(name);
  if (known) return known;
  if (!isZone(name)) throw new RangeError('not an IANA zone');
  const table = build(name);
  if (tables.size >= MAX_TABLES) tables.clear();
  tables.set(name, table);
  return table;
}

/** Minutes east of UTC in `zone` at an epoch minute. */
export function offsetAt(zone: string, epochMinute: number): number {
  return offsetIn(zoneTable(zone), epochMinute);
}

export function offsetIn(table: ZoneTable, epochMinute: number): number {
  if (epochMinute < FIRST_MINUTE || epochMinute >= LAST_MINUTE) return wholeMinutes(zoned(table.name, epochMinute));
  return table.offsets[changesUpTo(table, epochMinute)]!;
}

/** The stretch around an epoch minute in which nothing changes: `offset` holds in `[from, until)`. */
export function steadyAround(table: ZoneTable, epochMinute: number): { offset: number; from: number; until: number } {
  if (epochMinute < FIRST_MINUTE || epochMinute >= LAST_MINUTE) {
    return { offset: offsetIn(table, epochMinute), from: epochMinute, until: epochMinute + 1 };
  }
  const index = changesUpTo(table, epochMinute);
  return {
    offset: table.offsets[index]!,
    from: index === 0 ? FIRST_MINUTE : table.changes[index - 1]!,
    until: index === table.changes.length ? LAST_MINUTE : table.changes[index]!,
  };
}

/** What a wall minute means in a zone: one epoch minute, two, or none since clocks jumped over it at `change`. */
export type WallMinute =
  | { readonly kind: 'once'; readonly minute: number }
  | { readonly kind: 'twice'; readonly earlier: number; readonly later: number }
  | { readonly kind: 'gap'; readonly change: number };

export function resolveMinute(table: ZoneTable, wallMinute: number): WallMinute {
  const before = offsetIn(table, wallMinute - DAY);
  const after = offsetIn(table, wallMinute + DAY);
  const early = wallMinute - before;
  if (before === after) return { kind: 'once', minute: early };
  const late = wallMinute - after;
  const earlyHolds = offsetIn(table, early) === before;
  const lateHolds = offsetIn(table, late) === after;
  if (earlyHolds && lateHolds) return { kind: 'twice', earlier: early, later: late };
  if (earlyHolds) return { kind: 'once', minute: early };
  if (lateHolds) return { kind: 'once', minute: late };
  return { kind: 'gap', change: lastChange(table, early) };
}

/** The first epoch minute at which the clock on the wall shows `wallMinute` or has jumped over it. */
export function firstMinuteAt(table: ZoneTable, wallMinute: number): number {
  const wall = resolveMinute(table, wallMinute);
  return wall.kind === 'once' ? wall.minute : wall.kind === 'twice' ? wall.earlier : wall.change;
}

/**
 * The epoch minute at which a stretch of wall time ends: just after the last time the minute before `wallMinute` is shown, so
 * that a repeated hour counts wholly when it lies inside the stretch and not at all when the stretch ends as it begins.
 */
export function endMinuteAt(table: ZoneTable, wallMinute: number): number {
  const last = resolveMinute(table, wallMinute - 1);
  return last.kind === 'once' ? last.minute + 1 : last.kind === 'twice' ? last.later + 1 : last.change;
}

function changesUpTo(table: ZoneTable, epochMinute: number): number {
  const { changes } = table;
  let low = 0;
  let high = changes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (changes[middle]! <= epochMinute) low = middle + 1;
    else high = middle;
  }
  return low;
}

function lastChange(table: ZoneTable, epochMinute: number): number {
  const index = changesUpTo(table, epochMinute);
  if (index > 0 && epochMinute < LAST_MINUTE) return table.changes[index - 1]!;
  const change = zoned(table.name, epochMinute + 1).getTimeZoneTransition('previous');
  return change ? Math.floor(change.epochMilliseconds / 60_000) : epochMinute;
}

function build(name: string): ZoneTable {
  const changes: number[] = [];
  let at = zoned(name, FIRST_MINUTE);
  const offsets = [wholeMinutes(at)];
  for (let count = 0; count < MAX_CHANGES; count += 1) {
    const next = at.getTimeZoneTransition('next');
    if (!next || next.epochMilliseconds >= LAST_MINUTE * 60_000) break;
    changes.push(next.epochMilliseconds / 60_000);
    offsets.push(wholeMinutes(next));
    at = next;
  }
  return { name, changes: Int32Array.from(changes), offsets: Int16Array.from(offsets) };
}

function zoned(name: string, epochMinute: number): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(epochMinute * 60_000).toZonedDateTimeISO(name);
}

function wholeMinutes(at: Temporal.ZonedDateTime): number {
  return Math.round(at.offsetNanoseconds / 60_000_000_000);
}
