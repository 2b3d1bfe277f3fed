// What must stand outside once a world has come to rest: of each appointment one meeting and one event, or none; and what its
// readers were told, in order, the last of it true, nothing stale.
import type { Entry, Evidence } from './examine.ts';
import { INSTALLATION } from './house.ts';

/** An appointment as the rows have it. */
export type Stands = {
  readonly id: number;
  readonly sessionId: number;
  readonly organisationId: number;
  readonly state: string;
  readonly revision: number;
  readonly live: boolean;
  readonly overriding: boolean;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  readonly zone: string;
  readonly wall: string;
  readonly platform: 'zoom' | 'google-meet' | 'teams' | null;
  readonly hostId: number;
  readonly host: string;
  readonly calendar: 'google' | 'microsoft';
  readonly subject: string;
  readonly client: string;
};

/** A letter that was twice in doubt is not sent a third time, where the mail service cannot tell a repeat. */
const DOUBTED = `
  select appointment_id || ' ' || recipient as reader from letter
   where organisation_id = any($1) and state = 'unknown' and next_attempt_at is null`;

type Json = Record<string, unknown>;
type Thing = { readonly start: Temporal.Instant; readonly owner: string };
type Letter = {
  readonly id: string;
  readonly kind: string;
  readonly revision: number;
  readonly start: Temporal.Instant | null;
  readonly at: Temporal.Instant;
};

/** From the word that it is not overtaken to the mail service; where a machine stood still between, as long as its lease (30 s). */
const STALE_AFTER_SECONDS = 2;
const STALE_AFTER_FREEZE_SECONDS = 32;
/** How the subjects of letters begin that tell of an end. */
const ENDS = new Set(['Cancelled', 'Appointment cancelled', 'Not confirmed', 'Request declined']);
/** What was over before its work could be done is left as it is. */
const LATE_MINUTES = 60;

export async function examineOutside(
  { world, outside, lane, practices }: Evidence,
  all: readonly Stands[],
  entries: ReadonlyMap<number, readonly Entry[]>,
): Promise<string[]> {
  const zoom = bySession(await outside.list('zoom/meetings'), (one) => ({
    start: Temporal.Instant.from(String(one['start_time'])),
    owner: String(one['host_email']),
  }));
  const google = bySession(await outside.list('google/events'), (one) => ({
    start: Temporal.Instant.from(String((one['start'] as Json)['dateTime'])),
    owner: String(one['calendarId']),
  }));
  const microsoft = bySession(await outside.list('microsoft/events'), (one) => ({
    start: Temporal.Instant.from(`${String((one['start'] as Json)['dateTime'])}Z`),
    owner: String(one['calendarOwner']),
  }));
  const letters = byReader(await outside.list('mailbox'));
  const doubted = await lane.rows<{ reader: string }>(DOUBTED, [practices.map(({ organisationId }) => organisationId)]);
  const inDoubt = new Set(doubted.map(({ reader }) => reader));
  const staleAfter = world.froze ? STALE_AFTER_FREEZE_SECONDS : STALE_AFTER_SECONDS;
  const known = new Set(all.map(({ sessionId }) => sessionId));
  const breaches: string[] = [];
  for (const [name, things] of Object.entries({ zoom, google, microsoft })) {
    const strays = [...things.keys()].filter((session) => !known.has(session));
    breaches.push(...strays.map((session) => `${name} has something of session ${session}, which nobody knows`));
  }
  for (const one of all) {
    const over = Temporal.Instant.compare(one.end, world.now().subtract({ minutes: LATE_MINUTES })) < 0;
    const agreed = one.live && one.state !== 'pending';
    const carrier = one.platform === 'google-meet' ? 'google' : one.platform === 'teams' ? 'microsoft' : one.calendar;
    const wanted = (yes: boolean): Wanted => (over && one.live ? 'either' : yes && agreed ? 'one' : 'none');
    breaches.push(
      ...ofThings('meetings', one, zoom.get(one.sessionId), wanted(one.platform === 'zoom')),
      ...ofThings('events at google', one, google.get(one.sessionId), wanted(carrier === 'google')),
      ...ofThings('events at microsoft', one, microsoft.get(one.sessionId), wanted(carrier === 'microsoft')),
    );
    for (const [reader, address] of [
      ['client', one.client],
      ['practitioner', one.host],
    ] as const) {
      const untold = over || inDoubt.has(`${one.id} ${reader}`);
      breaches.push(
        ...ofLetters(one, reader, letters.get(`${one.id} ${address}`) ?? [], entries.get(one.id) ?? [], {
          untold,
          staleAfter,
        }),
      );
    }
  }
  return breaches;
}

type Wanted = 'one' | 'none' | 'either';

function ofThings(name: string, one: Stands, found: readonly Thing[] = [], wanted: Wanted): string[] {
  const at = `appointment ${one.id} (session ${one.sessionId}, ${one.state})`;
  if (wanted === 'either' ? found.length > 1 : found.length !== (wanted === 'one' ? 1 : 0)) {
    return [`${at} has ${found.length} ${name}, not ${wanted}`];
  }
  if (wanted !== 'one') return [];
  return found.flatMap(({ start, owner }) => [
    ...(start.equals(one.start)
      ? []
      : [`${at} is at ${one.start.toString()}, of ${name} the one is at ${start.toString()}`]),
    ...(owner === one.host ? [] : [`${at} is with ${one.host}, of ${name} the one is ${owner}'s`]),
  ]);
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

function bySession(list: readonly Json[], read: (one: Json) => Thing): Map<number, Thing[]> {
  const marker = new RegExp(`sk:${INSTALLATION}:(\\d+)`);
  return Map.groupBy(
    list.map((one) => ({ session: Number(marker.exec(JSON.stringify(one))?.[1] ?? Number.NaN), ...read(one) })),
    ({ session }) => session,
  );
}

/** Letters by appointment and address, in the order in which they were taken. */
function byReader(list: readonly Json[]): Map<string, Letter[]> {
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
