// What must be true of a world once it has come to rest, whatever went wrong in it. Every breach is told in words. What people
// were answered, what the rows say, what the journal says and what stands outside are held against each other; what a time
// means is computed here anew.
import { transactor } from '../src/platform/database/transaction.ts';
import { breachesOfTime } from '../test/races/true-time.ts';
import { REST_MINUTES, type Deed, type Kind } from './acts.ts';
import { examineLetters, readLetters } from './examine-letters.ts';
import { examineOffers } from './examine-offers.ts';
import { examineOutside, type Stands } from './examine-outside.ts';
import { examineSeries } from './examine-series.ts';
import type { Lane } from './lane.ts';
import type { Outside } from './outside.ts';
import type { Practice } from './practice.ts';
import { instantOf } from './wall.ts';
import type { World } from './world.ts';

const MINUTE_MS = 60_000;

export type Evidence = {
  readonly world: World;
  readonly lane: Lane;
  readonly outside: Outside;
  readonly practices: readonly Practice[];
  readonly ledger: readonly Deed[];
};

export type Entry = {
  readonly id: number;
  readonly about: number;
  readonly event: string;
  readonly at: Temporal.Instant;
  readonly revision: number;
  readonly start: string | null;
  readonly series: number | null;
};

const STANDS = `
  select a.id, a.session_id as "sessionId", a.state, a.revision, s.live and a.state <> 'cancelled' as live,
         s.starts_at as start, s.ends_at as end, s.zone, s.wall_start as wall, p.email as host, c.subject, c.email as client,
         a.organisation_id as "organisationId", s.session_type_id as "sessionTypeId", coalesce(s.capacity, 1) as capacity
    from appointment a
    join session s on s.organisation_id = a.organisation_id and s.id = a.session_id
    join practitioner p on p.organisation_id = a.organisation_id and p.id = s.practitioner_id
    join client c on c.organisation_id = a.organisation_id and c.id = a.client_id
   where a.organisation_id = any($1) order by a.id`;

const JOURNAL = `
  select id, subject_id as about, event, at, revision, facts->>'start' as start,
         (facts->>'seriesId')::bigint as series from journal
   where organisation_id = any($1) and subject_kind = 'appointment' order by id`;

export async function examine(evidence: Evidence): Promise<string[]> {
  const { lane, practices, ledger } = evidence;
  const organisations = practices.map(({ organisationId }) => organisationId);
  const stands = await lane.rows<Stands>(STANDS, [organisations]);
  const journal = await lane.rows<Entry>(JOURNAL, [organisations]);
  const breaches = await examineTime(lane, practices);
  const byId = new Map(stands.map((one) => [one.id, one]));
  const entries = Map.groupBy(journal, ({ about }) => about);
  const letters = await readLetters(evidence);
  breaches.push(
    ...stands.flatMap((one) => ofJournal(one, entries.get(one.id) ?? [])),
    ...stands.flatMap(ofWall),
    ...ofSeats(practices, stands),
    ...ofAnswers(evidence, byId, entries),
    ...ofRests(evidence),
    ...ofKeys(ledger),
    ...ofPrivacy(ledger, byId),
    ...ofFaults(evidence),
    ...(await examineOffers(evidence, byId, entries)),
    ...(await examineSeries(evidence, byId, entries, letters)),
    ...(await examineOutside(evidence)),
    ...(await examineLetters(evidence, letters, stands, entries)),
  );
  return breaches;
}

/** Of time alone; true at any moment. */
export async function examineTime(lane: Lane, practices: readonly Practice[]): Promise<string[]> {
  const work = transactor({ pool: lane.pool, log: lane.log });
  const all = practices.map(({ organisationId }) => breachesOfTime(work, organisationId));
  return (await Promise.all(all)).flat();
}

/** The journal tells the whole story of an appointment, and its end is what the rows say. */
function ofJournal(one: Stands, entries: readonly Entry[]): string[] {
  const breaches: string[] = [];
  const revisions = [...new Set(entries.map(({ revision }) => revision))];
  // A seat's are those of its session, which others change, too.
  const risen = revisions.every((revision, at) => at === 0 || revision > (revisions[at - 1] ?? 0));
  const whole = one.capacity > 1 ? risen && revisions.at(-1) === one.revision : revisions.join() === upTo(one.revision);
  if (!whole) {
    breaches.push(`appointment ${one.id} is at revision ${one.revision}, its journal tells of ${revisions.join(', ')}`);
  }
  const start = entries.findLast((entry) => entry.start !== null)?.start;
  if (start === undefined || start === null || !Temporal.Instant.from(start).equals(one.start)) {
    breaches.push(`appointment ${one.id} is at ${one.start.toString()}, its journal says ${start}`);
  }
  const ended = entries.some(({ event }) => /\.(?:cancelled|declined|lapsed|refused)$/.test(event));
  if (ended !== (one.state === 'cancelled')) {
    breaches.push(`appointment ${one.id} is ${one.state}, its journal ${ended ? 'tells of an end' : 'knows no end'}`);
  }
  return breaches;
}

function upTo(revision: number): string {
  return Array.from({ length: revision }, (_, at) => at + 1).join();
}

/** What a host reads off the wall when it begins is what was agreed. */
function ofWall({ id, start, zone, wall }: Stands): string[] {
  const read = start.toZonedDateTimeISO(zone).toPlainDateTime().toString({ smallestUnit: 'minute' });
  return read === wall ? [] : [`appointment ${id} was agreed for ${wall} in ${zone}, and is at ${read} there`];
}

/** Of a group's session no more are given than the practice has said, nor two to one client. */
function ofSeats(practices: readonly Practice[], all: readonly Stands[]): string[] {
  const capacities = new Map(practices.flatMap(({ kinds }) => kinds.map((kind) => [kind.id, kind.capacity] as const)));
  const taken = Map.groupBy(
    all.filter(({ live }) => live),
    ({ sessionId }) => sessionId,
  );
  return [...taken].flatMap(([sessionId, seats]) => {
    const capacity = capacities.get(seats[0]?.sessionTypeId ?? 0) ?? 1;
    const whose = seats.map(({ subject }) => subject);
    return [
      ...(seats.length > capacity
        ? [`session ${sessionId} has ${capacity} seats, and ${seats.length} were given`]
        : []),
      ...(new Set(whose).size < whose.length ? [`session ${sessionId} is ${whose.join(' and ')}'s`] : []),
    ];
  });
}

const BOOKED = /\.(?:booked|requested)$/;
/** What each act leaves in the journal when it changes something. */
const LEAVES: Readonly<Partial<Record<Kind, RegExp>>> = {
  book: BOOKED,
  confirm: BOOKED,
  takeOffer: BOOKED,
  move: /\.(?:rescheduled|proposed)$/,
  propose: /\.proposed$/,
  cancel: /\.(?:cancelled|declined|refused|lapsed)$/,
  cancelDate: /\.(?:cancelled|declined|refused|lapsed)$/,
  decline: /\.(?:declined|cancelled|refused|lapsed)$/,
  // What was agreed already is approved without more ado.
  approve: /\.(?:approved|accepted|booked)$/,
  accept: /\.(?:approved|accepted|booked)$/,
};

/** Whatever was acknowledged came true, as asked; and nothing came true that nobody had asked for. */
function ofAnswers(
  { practices, ledger }: Evidence,
  byId: ReadonlyMap<number, Stands>,
  entries: ReadonlyMap<number, readonly Entry[]>,
): string[] {
  const breaches: string[] = [];
  const zones = new Map(practices.flatMap(({ hosts }) => hosts.map(({ id, zone }) => [id, zone] as const)));
  for (const deed of ledger) {
    const leaves = LEAVES[deed.kind];
    if (deed.end !== 'done' || leaves === undefined) continue;
    const id = deed.answer?.subject ?? 0;
    const told = (entries.get(id) ?? []).filter(({ event }) => leaves.test(event));
    const what = `act ${deed.no} (${deed.kind} by ${deed.who.name})`;
    const stands = byId.get(id);
    const timed = deed.kind === 'book' || deed.kind === 'confirm' || deed.kind === 'move' || deed.kind === 'propose';
    if (!stands || (told.length === 0 && !timed)) {
      breaches.push(`${what} was acknowledged for ${id}, and never came true`);
      continue;
    }
    const zone = deed.kind === 'move' || deed.kind === 'propose' ? stands.zone : zones.get(deed.wish.practitionerId);
    const asked = instantOf(wallOf(deed), zone ?? 'UTC');
    const all = (entries.get(id) ?? []).map(({ start }) => start).filter((start) => start !== null);
    // To its own time it is not moved at all.
    if (timed && !all.some((start) => asked?.equals(start) ?? false)) {
      breaches.push(`${what} was acknowledged for ${wallOf(deed)}, and that time was never agreed`);
    }
    if (MAKES.has(deed.kind) && stands.subject !== deed.wish.subject) {
      breaches.push(`${what} was for ${deed.wish.subject}, and is ${stands.subject}'s`);
    }
  }
  const open = ledger.filter(({ end, kind }) => end !== 'refused' && MAKES.has(kind));
  for (const one of byId.values()) {
    // Of a series as a whole examine-series.ts asks who wanted it.
    if (entries.get(one.id)?.[0]?.series != null) continue;
    const first = entries.get(one.id)?.find(({ event }) => BOOKED.test(event));
    const asked = open.some((deed) => {
      const sure = deed.answer?.subject === one.id;
      const maybe = deed.end === 'unknown' && deed.wish.subject === one.subject && first?.start != null;
      // What is offered may be the second of two hours of one name.
      if (maybe && deed.kind === 'takeOffer') return one.wall === wallOf(deed);
      const at = maybe ? instantOf(wallOf(deed), zones.get(deed.wish.practitionerId) ?? 'UTC') : null;
      return sure || (maybe && (at?.equals(first.start ?? '') ?? false));
    });
    if (!asked) breaches.push(`appointment ${one.id} of ${one.subject} was asked for by nobody`);
  }
  return breaches;
}

/** Whoever asks once a host has taken a rest does not get her in it. */
function ofRests({ practices, ledger }: Evidence): string[] {
  const hosts = new Map(practices.flatMap((one) => one.hosts.map((host) => [host.id, host.zone] as const)));
  const kinds = new Map(practices.flatMap((one) => one.kinds.map((kind) => [kind.id, kind] as const)));
  const rests = ledger.filter(({ kind, end }) => kind === 'rest' && end === 'done');
  return rests.flatMap((rest) => {
    const zone = hosts.get(rest.wish.practitionerId) ?? 'UTC';
    const after = ledger.filter(({ kind, end, key, askedAtMs, wish }) => {
      const first = ledger.find((one) => key !== null && one.key === key)?.askedAtMs ?? askedAtMs;
      const asked = kind === 'book' && end === 'done' && !wish.override && first > rest.answeredAtMs;
      // Who takes a seat of a session that stands comes to what is agreed already.
      const alone = kinds.get(wish.sessionType)?.capacity === 1;
      return asked && alone && wish.practitionerId === rest.wish.practitionerId;
    });
    const from = instantOf(wallOf(rest), zone)?.epochMilliseconds ?? 0;
    const wallEnd = Temporal.PlainDateTime.from(wallOf(rest)).add({ minutes: REST_MINUTES }).toString();
    // A rest is of so long on the wall: with a part that is left out there it is shorter, and the hour that is there twice is its
    // shorter end.
    const to = Math.min(from + REST_MINUTES * MINUTE_MS, instantOf(wallEnd, zone)?.epochMilliseconds ?? Infinity);
    const met = after.filter((deed) => {
      const start = instantOf(wallOf(deed), zone)?.epochMilliseconds ?? 0;
      const end = start + (kinds.get(deed.wish.sessionType)?.minutes ?? 0) * MINUTE_MS;
      return start < to && end > from;
    });
    return met.map(({ no }) => `act ${no} got a host who had taken her rest by act ${rest.no}`);
  });
}

/** What each time makes something of its own. */
const MAKES: ReadonlySet<Kind> = new Set(['book', 'confirm', 'bookSeries', 'takeOffer']);

/** One key, one effect, one answer. */
function ofKeys(ledger: readonly Deed[]): string[] {
  const keyed = ledger.filter(({ key, end, kind }) => key !== null && end === 'done' && kind !== 'move');
  const byKey = Map.groupBy(keyed, ({ who, key }) => `${who.actor.organisationId} ${key}`);
  const answers = [...byKey].map(
    ([key, deeds]) => [key, [...new Set(deeds.map((one) => one.answer?.subject))]] as const,
  );
  // Who takes an offer twice is answered as once.
  const booked = ledger.filter(({ kind, end }) => MAKES.has(kind) && kind !== 'takeOffer' && end === 'done');
  const twice = [...Map.groupBy(booked, ({ answer }) => answer?.subject)].filter(
    ([, deeds]) => new Set(deeds.map(({ key, no }) => key ?? no)).size > 1,
  );
  return [
    ...answers.filter(([, all]) => all.length > 1).map(([key, all]) => `key ${key} was answered ${all.join(' and ')}`),
    ...twice.map(([id, deeds]) => `acts ${deeds.map(({ no }) => no).join(' and ')} were both answered ${id}`),
  ];
}

/** Nobody was told of what is another's, nor denied what is their own. */
function ofPrivacy(ledger: readonly Deed[], byId: ReadonlyMap<number, Stands>): string[] {
  const breaches: string[] = [];
  for (const { no, who, answer, wish, kind, askedAtMs } of ledger) {
    for (const { id, whose } of answer?.told ?? []) {
      const stands = byId.get(id);
      const ours = stands?.organisationId === who.actor.organisationId;
      const hers = who.actor.role !== 'client' || (stands?.subject === who.subject && whose === who.subject);
      if (!ours || !hers) breaches.push(`act ${no}: ${who.name} was told of ${id}, which is another's`);
    }
    if (kind !== 'list' || answer?.told === undefined) continue;
    const before = ledger.filter((deed) => {
      const booked = MAKES.has(deed.kind) && deed.end === 'done';
      const same = deed.who.actor.organisationId === who.actor.organisationId && deed.wish.subject === wish.subject;
      return booked && same && deed.answeredAtMs < askedAtMs;
    });
    for (const deed of before) {
      for (const id of deed.answer?.appointments ?? [deed.answer?.subject]) {
        if (answer.told.some((one) => one.id === id)) continue;
        breaches.push(`act ${no}: ${who.name} was not told of ${id}, booked by act ${deed.no} before`);
      }
    }
  }
  return breaches;
}

/** Nothing that a caller sends, and nothing that goes wrong outside, is a fault of ours. */
function ofFaults({ ledger, world }: Evidence): string[] {
  const faults = ledger.filter(({ code }) => code?.startsWith('FAULT'));
  const logged = world.lines.filter(
    (line) => / ! /.test(line) && !/Connection terminated|CommitUnknown|lock timeout/.test(line),
  );
  return [...faults.map(({ no, code }) => `act ${no}: ${code}`), ...logged.map((line) => `logged: ${line.trim()}`)];
}

function wallOf({ wish: { date, time } }: Deed): string {
  return `${date}T${time}`;
}
