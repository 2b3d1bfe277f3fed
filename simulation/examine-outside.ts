// What must stand outside once a world has come to rest: of each session that lives one meeting and one event, for all who have
// a seat in it; of any other none. What readers were told of it is examine-letters.ts'.
import type { Evidence } from './examine.ts';
import { INSTALLATION } from './house.ts';

/** An appointment as the rows have it. `live`: it is on; its session may be though it is not, where others have a seat. */
export type Stands = {
  readonly id: number;
  readonly sessionId: number;
  readonly organisationId: number;
  readonly state: string;
  readonly revision: number;
  readonly live: boolean;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  readonly zone: string;
  readonly wall: string;
  readonly host: string;
  readonly sessionTypeId: number;
  readonly capacity: number;
  readonly subject: string;
  readonly client: string;
};

/** A session, and who has a seat in it. */
type Session = {
  readonly id: number;
  readonly live: boolean;
  /** Somebody comes, and nobody is waited for. */
  readonly agreed: boolean;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  readonly platform: 'zoom' | 'google-meet' | 'teams' | null;
  readonly host: string;
  readonly calendar: 'google' | 'microsoft';
  readonly seats: readonly number[];
};

const SESSIONS = `
  select s.id, s.live, s.starts_at as start, s.ends_at as end, s.platform, p.email as host, p.calendar,
         not exists (select from appointment a where a.session_id = s.id and a.state = 'pending')
           and exists (select from appointment a where a.session_id = s.id and a.state <> 'cancelled') as agreed,
         array(select a.id from appointment a where a.session_id = s.id and a.state <> 'cancelled' order by a.id) as seats
    from session s join practitioner p on p.organisation_id = s.organisation_id and p.id = s.practitioner_id
   where s.organisation_id = any($1) order by s.id`;

type Json = Record<string, unknown>;
type Thing = { readonly start: Temporal.Instant; readonly owner: string; readonly names: readonly number[] };

/** What was over before its work could be done is left as it is. */
const LATE_MINUTES = 60;

export function isOver({ end }: { readonly end: Temporal.Instant }, { world }: Pick<Evidence, 'world'>): boolean {
  return Temporal.Instant.compare(end, world.now().subtract({ minutes: LATE_MINUTES })) < 0;
}

export async function examineOutside(evidence: Evidence): Promise<string[]> {
  const { outside, lane, practices } = evidence;
  const organisations = practices.map(({ organisationId }) => organisationId);
  const sessions = await lane.rows<Session>(SESSIONS, [organisations]);
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
  const known = new Set(sessions.map(({ id }) => id));
  const breaches: string[] = [];
  for (const [name, things] of Object.entries({ zoom, google, microsoft })) {
    const strays = [...things.keys()].filter((session) => !known.has(session));
    breaches.push(...strays.map((session) => `${name} has something of session ${session}, which nobody knows`));
  }
  for (const one of sessions) {
    const carrier = one.platform === 'google-meet' ? 'google' : one.platform === 'teams' ? 'microsoft' : one.calendar;
    const wanted = (yes: boolean): Wanted =>
      isOver(one, evidence) && one.live ? 'either' : yes && one.live && one.agreed ? 'one' : 'none';
    breaches.push(
      ...ofThings('meetings', one, zoom.get(one.id), wanted(one.platform === 'zoom')),
      ...ofThings('events at google', one, google.get(one.id), wanted(carrier === 'google')),
      ...ofThings('events at microsoft', one, microsoft.get(one.id), wanted(carrier === 'microsoft')),
    );
  }
  return breaches;
}

type Wanted = 'one' | 'none' | 'either';

function ofThings(name: string, one: Session, found: readonly Thing[] = [], wanted: Wanted): string[] {
  const at = `session ${one.id} of ${one.seats.join(', ') || 'nobody'}`;
  if (wanted === 'either' ? found.length > 1 : found.length !== (wanted === 'one' ? 1 : 0)) {
    return [`${at} has ${found.length} ${name}, not ${wanted}`];
  }
  if (wanted !== 'one') return [];
  return found.flatMap(({ start, owner, names }) => [
    ...(start.equals(one.start)
      ? []
      : [`${at} is at ${one.start.toString()}, of ${name} the one is at ${start.toString()}`]),
    ...(owner === one.host ? [] : [`${at} is with ${one.host}, of ${name} the one is ${owner}'s`]),
    // The body of an event with a meeting of Teams in it is not written over: it holds the way in.
    ...(one.platform === 'teams' || names.length === 0 || names.join() === one.seats.join()
      ? []
      : [`${at}: of ${name} the one names ${names.join(', ')}`]),
  ]);
}

function bySession(list: readonly Json[], read: (one: Json) => Omit<Thing, 'names'>): Map<number, Thing[]> {
  const marker = new RegExp(`sk:${INSTALLATION}:(\\d+)`);
  return Map.groupBy(
    list.map((one) => {
      const text = JSON.stringify(one);
      const names = /Appointments? (\d[\d, ]*)/.exec(text)?.[1]?.split(', ').map(Number) ?? [];
      return { session: Number(marker.exec(text)?.[1] ?? Number.NaN), names, ...read(one) };
    }),
    ({ session }) => session,
  );
}
