// What the readers of each appointment were told: in order, the last of it true, nothing stale. A letter that tells of many dates
// of a series counts as one about each.
import { saySpan } from '../src/notifications/spoken-time.ts';
import { isOver, type Stands } from './examine-outside.ts';
import type { Entry, Evidence } from './examine.ts';

type Json = Record<string, unknown>;
export type Letter = {
  readonly id: string;
  /** The same at every sending, which `id` is not with every service. */
  readonly name: string;
  readonly kind: string;
  readonly revision: number;
  readonly start: Temporal.Instant | null;
  readonly at: Temporal.Instant;
};

/** Letters that tell of no act: reminders, and links that came later. */
export const ASIDE = /^Reminder|video links?/i;
/** How the subjects of letters begin that tell of an end. */
const ENDS = new Set(['Cancelled', 'Appointment cancelled', 'Not confirmed', 'Request declined']);

/** From the word that it is not overtaken to the mail service; where a machine stood still between, as long as its lease (30 s). */
const STALE_AFTER_SECONDS = 2;
const STALE_AFTER_FREEZE_SECONDS = 32;
/** A letter that was twice in doubt is not sent a third time, where the mail service cannot tell a repeat. */
const DOUBTED = `
  select appointment_id || ' ' || recipient as reader from letter
   where organisation_id = any($1) and state = 'unknown' and next_attempt_at is null`;

/** Which dates may be told in a letter that has no calendar part, by the delivery log; its words say which are. */
const COVERED = `
  select w.appointment_id as leader, w.recipient, w.revision as "leadersRevision", l.appointment_id as id, l.revision,
         l.starts_at as start, l.starts_at + (s.ends_at - s.starts_at) as "end", s.zone
    from letter l join letter w on w.organisation_id = l.organisation_id and w.id = l.told_with
    join session s on s.organisation_id = l.organisation_id and s.id = l.session_id
   where l.organisation_id = any($1) and l.kind = 'request'`;

type Covered = {
  readonly leader: number;
  readonly recipient: string;
  readonly leadersRevision: number;
  readonly id: number;
  readonly revision: number;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  readonly zone: string;
};

/** By appointment and address, in the order in which they were taken. */
export type Letters = ReadonlyMap<string, readonly Letter[]>;

export async function readLetters({ outside, lane, practices }: Evidence): Promise<Letters> {
  const mailbox = await outside.list('mailbox');
  const organisations = practices.map(({ organisationId }) => organisationId);
  const covered = practices.some(({ customs }) => customs.series)
    ? await lane.rows<Covered>(COVERED, [organisations])
    : [];
  const letters = mailbox.flatMap((one) => lettersIn(one, covered));
  return Map.groupBy(letters, ({ reader }) => reader);
}

export async function examineLetters(
  evidence: Evidence,
  letters: Letters,
  all: readonly Stands[],
  entries: ReadonlyMap<number, readonly Entry[]>,
): Promise<string[]> {
  const { lane, practices, world } = evidence;
  const organisations = practices.map(({ organisationId }) => organisationId);
  const doubted = await lane.rows<{ reader: string }>(DOUBTED, [organisations]);
  const inDoubt = new Set(doubted.map(({ reader }) => reader));
  const staleAfter = world.froze ? STALE_AFTER_FREEZE_SECONDS : STALE_AFTER_SECONDS;
  const readers = [
    ['client', 'client'],
    ['practitioner', 'host'],
  ] as const;
  return all.flatMap((one) =>
    readers.flatMap(([reader, address]) => {
      const untold = isOver(one, evidence) || inDoubt.has(`${one.id} ${reader}`);
      const told = letters.get(`${one.id} ${one[address]}`) ?? [];
      return ofLetters(one, reader, told, entries.get(one.id) ?? [], { untold, staleAfter });
    }),
  );
}

/** One letter may have come twice, under one Message-ID: mail cannot be looked up. */
function ofLetters(
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

type Told = Letter & { readonly reader: string };

/** One, or of a series one for each date that it tells of. */
function lettersIn(mail: Json, covered: readonly Covered[]): Told[] {
  const headers = mail['headers'] as Record<string, string>;
  const to = (mail['envelope'] as { to: string[] }).to[0] ?? '';
  const about = headers['x-slotkeeper-appointment'];
  const kind = String(mail['subject']).split(':')[0] ?? '';
  const shared = {
    id: String(mail['messageId']),
    name: `${kind} of ${about} at ${headers['x-slotkeeper-revision']}`,
    kind,
    at: Temporal.Instant.from(String(mail['receivedAt'])),
  };
  const ical = typeof mail['ical'] === 'string' ? mail['ical'].replaceAll('\r', '') : '';
  const events = ical.split('BEGIN:VEVENT').slice(1);
  const own = {
    ...shared,
    reader: `${about} ${to}`,
    revision: Number(headers['x-slotkeeper-revision']),
    start: startIn(events[0] ?? ''),
  };
  if (headers['x-slotkeeper-series'] === undefined) return [own];
  if (events.length > 0) {
    return events.map((event) => ({
      ...shared,
      reader: `${/\nUID:appointment-(\d+)@/.exec(event)?.[1]} ${to}`,
      revision: Number(/\nSEQUENCE:(\d+)/.exec(event)?.[1]) + 1,
      start: startIn(event),
    }));
  }
  const others = covered.filter(({ leader, leadersRevision, recipient, start, end, zone }) => {
    const hers = (recipient === 'practitioner') === (kind === 'Please decide');
    const same = leader === Number(about) && leadersRevision === own.revision && hers;
    return same && String(mail['text']).includes(saySpan(start, end, zone).when);
  });
  return [own, ...others.map(({ id, revision, start }) => ({ ...shared, reader: `${id} ${to}`, revision, start }))];
}

function startIn(event: string): Temporal.Instant | null {
  const [, zone, wall = ''] = /\nDTSTART(?:;TZID=([^:]+))?:(\d{8}T\d{6})/.exec(event) ?? [];
  return wall === ''
    ? null
    : Temporal.PlainDateTime.from(wall)
        .toZonedDateTime(zone ?? 'UTC')
        .toInstant();
}
