// Whether the world outside says what the appointments say: meetings, calendar events and letters in the sandbox, each
// compared with the rows. Asks the sandbox's control addresses; every breach is told in words.

/** An appointment as the database has it once all work is done. */
export type Stands = {
  readonly id: number;
  readonly session_id: number;
  readonly live: boolean;
  readonly start: string;
  readonly platform: 'zoom' | 'google-meet' | 'teams' | null;
  readonly host: string;
  readonly client: string;
};

export const STANDS = `
  select a.id, a.session_id, s.live, to_char(s.starts_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as start,
         s.platform, p.email as host, c.email as client
    from appointment a join session s on s.id = a.session_id join practitioner p on p.id = s.practitioner_id
    join client c on c.id = a.client_id order by a.id`;

type Thing = { readonly start: string; readonly owner: string; readonly says: string };
type Letter = { readonly id: string; readonly kind: string; readonly revision: number; readonly start: string | null };
type Json = { readonly [name: string]: unknown };

export type Letters = Map<string, Letter[]>;

/** `letters`: what everybody was told, where the mailbox has been emptied since; else what lies there. */
export async function breachesOutside(sandboxUrl: string, all: readonly Stands[], told?: Letters): Promise<string[]> {
  const list = (path: string) => listOf(sandboxUrl + path);
  const zoom = bySession(await list('/control/zoom/meetings'), (one) => ({
    start: String(one['start_time']),
    owner: String(one['host_email']),
  }));
  const google = bySession(await list('/control/google/events'), (one) => ({
    start: instantOf(String((one['start'] as Json)['dateTime'])),
    owner: String(one['calendarId']),
  }));
  const microsoft = bySession(await list('/control/microsoft/events'), (one) => ({
    start: instantOf(`${String((one['start'] as Json)['dateTime'])}Z`),
    owner: String(one['calendarOwner']),
  }));
  const letters = told ?? byReader(await list('/control/mailbox'));
  const known = new Set(all.map(({ session_id }) => session_id));
  const breaches: string[] = [];
  for (const [name, things] of Object.entries({ zoom, google, microsoft })) {
    for (const session of things.keys()) {
      if (!known.has(session)) breaches.push(`${name} has something of session ${session}, which nobody knows`);
    }
  }
  for (const one of all) {
    const inTeams = one.live && one.platform === 'teams';
    breaches.push(
      ...ofThings('meetings', one, zoom.get(one.session_id), one.live && one.platform === 'zoom'),
      ...ofThings('events at google', one, google.get(one.session_id), one.live && !inTeams),
      ...ofThings('events at microsoft', one, microsoft.get(one.session_id), inTeams),
      ...ofLink(one, google.get(one.session_id)?.[0], zoom.get(one.session_id)?.[0]),
      ...ofLetters(one, 'client', letters.get(`${one.id} ${one.client}`) ?? []),
      ...ofLetters(one, 'practitioner', letters.get(`${one.id} ${one.host}`) ?? []),
    );
  }
  return breaches;
}

/** Takes the letters out of the mailbox, and adds them to those taken before. */
export async function takeLetters(sandboxUrl: string, letters: Letters): Promise<void> {
  const taken = byReader(await listOf(`${sandboxUrl}/control/mailbox`));
  await fetch(`${sandboxUrl}/control/mailbox`, { method: 'DELETE' });
  for (const [reader, more] of taken) letters.set(reader, [...(letters.get(reader) ?? []), ...more]);
}

async function listOf(url: string): Promise<Json[]> {
  return (await (await fetch(url)).json()) as Json[];
}

function ofThings(name: string, one: Stands, found: readonly Thing[] = [], wanted: boolean): string[] {
  const at = `appointment ${one.id} (session ${one.session_id}, ${one.live ? 'live' : 'cancelled'})`;
  if (found.length !== (wanted ? 1 : 0)) return [`${at} has ${found.length} ${name}, not ${wanted ? 1 : 0}`];
  return found.flatMap(({ start, owner }) => [
    ...(start === one.start ? [] : [`${at} is at ${one.start}, of ${name} the one is at ${start}`]),
    ...(owner === one.host ? [] : [`${at} is with ${one.host}, of ${name} the one is ${owner}'s`]),
  ]);
}

/** The event tells the way into the meeting that stands, not into one before it. */
function ofLink(one: Stands, event: Thing | undefined, meeting: Thing | undefined): string[] {
  if (!one.live || one.platform === null || one.platform === 'teams' || !event) return [];
  if (one.platform === 'google-meet') {
    return event.says.includes('"hangoutLink"') ? [] : [`appointment ${one.id} has an event without its meeting`];
  }
  const way = /"join_url":"([^"]+)"/.exec(meeting?.says ?? '')?.[1];
  return way && event.says.includes(way) ? [] : [`appointment ${one.id} has an event that leads to no live meeting`];
}

/**
 * What its reader was told, in order: nothing older than what was told before, the last of it true, nothing after a
 * cancellation. One letter may have come twice, under one Message-ID (mail cannot be looked up).
 */
function ofLetters(one: Stands, reader: string, letters: readonly Letter[]): string[] {
  const at = `the ${reader} of appointment ${one.id} (${one.live ? 'live' : 'cancelled'})`;
  const last = letters.at(-1);
  if (!last) return [`${at} was never written to`];
  const breaches: string[] = [];
  if ((last.kind === 'cancellation') === one.live) breaches.push(`${at} was last told of a ${last.kind}`);
  if (one.live && last.start !== null && last.start !== one.start) {
    breaches.push(`${at} was last told ${last.start}, but it is at ${one.start}`);
  }
  const cancelled = letters.findIndex(({ kind }) => kind === 'cancellation');
  letters.forEach((letter, i) => {
    if (cancelled >= 0 && i > cancelled && letter.kind !== 'cancellation') {
      breaches.push(`${at} got a ${letter.kind} after the cancellation`);
    }
    if (i > 0 && letter.revision < (letters[i - 1]?.revision ?? 0)) {
      breaches.push(`${at} was told of revision ${letter.revision} after ${letters[i - 1]?.revision}`);
    }
    if (letters.filter(({ id }) => id === letter.id).length > 2)
      breaches.push(`${at} got ${letter.id} more than twice`);
  });
  return breaches;
}

function bySession(list: readonly Json[], read: (one: Json) => Omit<Thing, 'says'>): Map<number, Thing[]> {
  const found = new Map<number, Thing[]>();
  for (const one of list) {
    const says = JSON.stringify(one);
    const session = Number(/sk:[a-z0-9]+:(\d+)/.exec(says)?.[1] ?? Number.NaN);
    found.set(session, [...(found.get(session) ?? []), { ...read(one), says }]);
  }
  return found;
}

/** Letters by appointment and address, oldest first. */
function byReader(list: readonly Json[]): Letters {
  const found: Letters = new Map();
  const at = (one: Json) => Temporal.Instant.from(String(one['receivedAt']));
  // As text "05.1Z" comes after "05.12Z".
  const sorted = list.toSorted((a, b) => Temporal.Instant.compare(at(a), at(b)));
  for (const one of sorted) {
    const headers = one['headers'] as Record<string, string>;
    const to = (one['envelope'] as { to: string[] }).to[0] ?? '';
    const reader = `${headers['x-slotkeeper-appointment']} ${to}`;
    const id = String(one['messageId']);
    const letter = {
      id,
      kind: id.split('.')[2] ?? '',
      revision: Number(headers['x-slotkeeper-revision']),
      start: startIn(one['ical']),
    };
    found.set(reader, [...(found.get(reader) ?? []), letter]);
  }
  return found;
}

function startIn(ical: unknown): string | null {
  const found = /\nDTSTART;TZID=([^:]+):(\d{8}T\d{6})/.exec(typeof ical === 'string' ? ical.replaceAll('\r', '') : '');
  if (!found) return null;
  const [, zone = '', wall = ''] = found;
  return Temporal.PlainDateTime.from(wall).toZonedDateTime(zone).toInstant().toString();
}

function instantOf(text: string): string {
  return Temporal.Instant.from(text).toString();
}
