// What dates and times on a wall mean, computed without the product.

/** The earlier of two; null for one that does not exist. */
export function instantOf(wall: string, zone: string): Temporal.Instant | null {
  const plain = Temporal.PlainDateTime.from(wall);
  const zoned = plain.toZonedDateTime(zone, { disambiguation: 'earlier' });
  return zoned.toPlainDateTime().equals(plain) ? zoned.toInstant() : null;
}

/** The date of a weekly series. */
export function weeksAfter(date: string, weeks: number): string {
  return Temporal.PlainDate.from(date).add({ weeks }).toString();
}
