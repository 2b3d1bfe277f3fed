// What the readers of each appointment were told: in order, the last of it true, nothing stale; and of what each letter tells.
import type { Stands } from './examine-outside.ts';
import type { Entry } from './examine.ts';

type Json = Record<string, unknown>;
export type Letter = {
  readonly id: string;
  readonly kind: string;
  readonly revision: number;
  readonly start: Temporal.Instant | null;
  readonly at: Temporal.Instant;
};

/** How the subjects of letters begin that tell of an end. */
const ENDS = new Set(['Cancelled', 'Appointment cancelled', 'Not confirmed', 'Request declined']);

/** One letter may have come twice, under one Message-ID: mail cannot be looked up. */
export function ofLetters(
  one: Stands,
  reader: string,
  letters: readonly Letter[],
  entries: readonly Entry[],
  judged: { readonly untold: boolean; readonly staleAfter: number },
): string[] {
  const { untold, staleAfter } = judged;
  const at = `the ${reader} of appointment ${one.id} (${one.state})`;
  const breaches: string[] = [];
  letters.forEach((letter, place) => {
    const before = letters[place - 1];
    if (before && letter.revision < before.revision) {
      breaches.push(`${at} was told of revision ${letter.revision} after ${before.revision}`);
    }
    if (letters.filter(({ id }) => id === letter.id).length > 2)
      breaches.push(`${at} got ${letter.id} more than twice`);
    const since = entries.find(({ revision }) => revision > letter.revision)?.at;
    const late = since && letter.at.since(since).total('seconds');
    if (late !== undefined && late > staleAfter) {
      breaches.push(`${at} was told of revision ${letter.revision} by a ${letter.kind}, ${late} s after the next`);
    }
    const agreed = entries.findLast(({ revision, start }) => revision <= letter.revision && start !== null)?.start;
    if (letter.start && agreed && !letter.start.equals(agreed)) {
      breaches.push(`${at} was told ${letter.start.toString()} at revision ${letter.revision}, when it was ${agreed}`);
    }
  });
  if (untold || one.state === 'completed' || one.state === 'no_show') return breaches;
  const last = letters.findLast(({ kind }) => kind !== 'Reminder');
  if (!last) return [...breaches, `${at} was never written to`];
  const ends = ENDS.has(last.kind);
  if (ends === one.live) breaches.push(`${at} was last told of a ${last.kind}`);
  if (one.live && last.start && !last.start.equals(one.start)) {
    breaches.push(`${at} was last told ${last.start.toString()}, but it is at ${one.start.toString()}`);
  }
  return breaches;
}

/** Letters by appointment and address, in the order in which they were taken. */
export function byReader(list: readonly Json[]): Map<string, Letter[]> {
  const letters = list.map((one) => {
    const headers = one['headers'] as Record<string, string>;
    const to = (one['envelope'] as { to: string[] }).to[0] ?? '';
    const kind = String(one['subject']).split(':')[0] ?? '';
    return {
      reader: `${headers['x-slotkeeper-appointment']} ${to}`,
      id: String(one['messageId']),
      kind,
      revision: Number(headers['x-slotkeeper-revision']),
      start: startIn(one['ical']),
      at: Temporal.Instant.from(String(one['receivedAt'])),
    };
  });
  return Map.groupBy(letters, ({ reader }) => reader);
}

function startIn(ical: unknown): Temporal.Instant | null {
  const found = /\nDTSTART;TZID=([^:]+):(\d{8}T\d{6})/.exec(typeof ical === 'string' ? ical.replaceAll('\r', '') : '');
  if (!found) return null;
  const [, zone = '', wall = ''] = found;
  return Temporal.PlainDateTime.from(wall).toZonedDateTime(zone).toInstant();
}
