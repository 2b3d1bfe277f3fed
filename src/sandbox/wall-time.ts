// The few readings of time that several emulators share. Answers are instants or undefined; each provider words its
// own refusal.

/** Is it a zone name of the IANA database? Bare offsets such as +01:00 are not names. */
export function isZone(name: unknown): name is string {
  if (typeof name !== 'string' || !/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(name)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

/** An instant from text with an offset or Z. */
export function instantFrom(text: unknown): Temporal.Instant | undefined {
  if (typeof text !== 'string' || !/T.*(?:Z|[+-]\d\d:?\d\d)$/i.test(text)) return undefined;
  try {
    return Temporal.Instant.from(text);
  } catch {
    return undefined;
  }
}

/** An instant from wall time (no offset) in a zone; a time that occurs twice is the earlier one. */
export function wallTimeIn(text: string, zone: string): Temporal.Instant | undefined {
  try {
    return Temporal.PlainDateTime.from(text).toZonedDateTime(zone).toInstant();
  } catch {
    return undefined;
  }
}

/** 2026-12-01T10:00:00+04:00, with Z for UTC: how Google and RFC 3339 write an instant in a zone. */
export function inZone(epochMilliseconds: number, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(epochMilliseconds)
    .toZonedDateTimeISO(zone)
    .toString({ timeZoneName: 'never', smallestUnit: 'second' })
    .replace(/\+00:00$/, 'Z');
}
