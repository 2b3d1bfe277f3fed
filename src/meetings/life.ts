// How a meeting went, as far as its provider told: pure. It is derived from all that was told each time it is asked, so that
// repeats, lost messages and the order of arrival change nothing that can be known. Who came is told by role alone.

/** waited: stood at the door (a waiting room, or before the host), and may never have been let in. */
export const LIFE_KINDS = ['started', 'ended', 'waited', 'joined', 'left'] as const;
export type LifeKind = (typeof LIFE_KINDS)[number];
/** guest: anybody of whom the provider does not say that it is the host. */
export type VisitorRole = 'host' | 'guest';

/** One thing a provider told. */
export type LifeEvent = {
  /** A meeting can be opened several times; each time is a run. */
  readonly run: string;
  readonly kind: LifeKind;
  /** Opaque, another in each run; '' where it is about the meeting itself. */
  readonly visitor: string;
  readonly role: VisitorRole | null;
  readonly at: Temporal.Instant;
};

/** The stretch for which it was agreed. */
export type Agreed = { readonly start: Temporal.Instant; readonly end: Temporal.Instant };

export type MeetingLife = {
  readonly started: Temporal.Instant | null;
  /** null: not yet, or nobody told. */
  readonly ended: Temporal.Instant | null;
  /** When the host first came; null: not seen. */
  readonly hostJoined: Temporal.Instant | null;
  readonly hostLeft: Temporal.Instant | null;
  /** How many visits there were besides the host's; who comes back counts again where the provider does not know it. */
  readonly guests: number;
  readonly guestJoined: Temporal.Instant | null;
  /** When the last guest left; null while one is there, as far as is known. */
  readonly guestLeft: Temporal.Instant | null;
  /** Somebody stood at the door, and no guest was seen to come in after. */
  readonly waited: boolean;
  /** Host and guest were there at the same time, or nothing that was told excludes it. */
  readonly together: boolean;
};

type Visit = {
  readonly run: string;
  readonly role: VisitorRole;
  readonly from: Temporal.Instant | null;
  readonly to: Temporal.Instant | null;
};

/** A room opened to try it out the day before is another matter; a client who comes early is not. */
const EARLY = { minutes: 30 };
/** What begins so long after the end is another matter too. */
const LATE = { hours: 4 };

/** Whether anything that counts can have been told yet. */
export function mayHaveBegun({ start }: Agreed, now: Temporal.Instant): boolean {
  return Temporal.Instant.compare(now, start.subtract(EARLY)) >= 0;
}

/** What was told of the agreed time; null: nothing. */
export function lifeOf(events: readonly LifeEvent[], agreed: Agreed): MeetingLife | null {
  const runs = Map.groupBy(events, ({ run }) => run);
  const counted = [...runs.values()].filter((told) => touches(endsOf(told), agreed)).flat();
  if (counted.length === 0) return null;
  const ends = new Map([...runs].map(([run, told]) => [run, latest(instants(told, 'ended'))]));
  const visits = visitsOf(counted)
    .map((visit) => ({ ...visit, to: visit.to ?? ends.get(visit.run) ?? null }))
    .filter(({ from, to }) => touches({ first: from ?? to, last: to }, agreed));
  const hosts = visits.filter(({ role }) => role === 'host');
  const guests = visits.filter(({ role }) => role === 'guest');
  // Who only stood at the door opened nothing.
  const opened = counted.filter(({ kind }) => kind !== 'waited').map(({ run }) => run);
  const running = opened.some((run) => ends.get(run) === null);
  return {
    started: earliest(instants(counted, 'started')),
    ended: running ? null : latest(instants(counted, 'ended')),
    hostJoined: earliest(hosts.map(({ from }) => from)),
    hostLeft: lastOf(hosts),
    guests: guests.length,
    guestJoined: earliest(guests.map(({ from }) => from)),
    guestLeft: lastOf(guests),
    waited: counted.some(({ kind, at }) => kind === 'waited' && !cameAfter(guests, at)),
    together: hosts.some((host) => guests.some((guest) => !apart(host, guest))),
  };
}

export type SuggestedOutcome = 'completed' | 'no_show';

/** When all of it is there: providers tell within seconds, and what is lost at first comes again after five minutes. */
export const SUGGEST_AFTER_MINUTES = 10;

/** News that were late come one by one: what they say together is clear so long after the last. */
export function settledAt(lastTold: Temporal.Instant): Temporal.Instant {
  return lastTold.add({ minutes: SUGGEST_AFTER_MINUTES });
}

/**
 * How it seems to have gone, some minutes after its end: both were there, or the host alone was. null: it is too early, or
 * what was told does not say. A client who stood at the door and was not let in is no client who did not come.
 */
export function suggestOutcome(
  life: MeetingLife | null,
  { end }: Agreed,
  now: Temporal.Instant,
): SuggestedOutcome | null {
  if (life === null || Temporal.Instant.compare(now, end.add({ minutes: SUGGEST_AFTER_MINUTES })) < 0) return null;
  if (life.hostJoined === null && life.hostLeft === null) return null;
  if (life.together) return 'completed';
  return life.guests === 0 && !life.waited ? 'no_show' : null;
}

/** Comings and goings of each visitor, paired by their instants. One that was not told is null. */
function visitsOf(events: readonly LifeEvent[]): Visit[] {
  const moves = events.filter(({ kind }) => kind === 'joined' || kind === 'left');
  return [...Map.groupBy(moves, visitorOf).values()].flatMap((told) => {
    const visits: { run: string; role: VisitorRole; from: Temporal.Instant | null; to: Temporal.Instant | null }[] = [];
    const sorted = told.toSorted(byInstant);
    for (const [index, { run, kind, role, at }] of sorted.entries()) {
      const before = sorted[index - 1];
      if (before?.kind === kind && before.at.equals(at)) continue;
      const open = visits.at(-1)?.to === null ? visits.at(-1) : undefined;
      if (kind === 'left' && open) open.to = at;
      else if (kind === 'left') visits.push({ run, role: role ?? 'guest', from: null, to: at });
      else if (!open) visits.push({ run, role: role ?? 'guest', from: at, to: null });
    }
    return visits;
  });
}

/** Coming goes before going within one second, which is as fine as providers tell. */
function byInstant(a: LifeEvent, b: LifeEvent): number {
  return Temporal.Instant.compare(a.at, b.at) || Number(a.kind === 'left') - Number(b.kind === 'left');
}

/** At the door a visitor may be under another id, or in no run yet, so that anybody who comes in will do. */
function cameAfter(guests: readonly Visit[], at: Temporal.Instant): boolean {
  return guests.some(({ from }) => from !== null && Temporal.Instant.compare(from, at) >= 0);
}

/** Surely one after the other. */
function apart(a: Visit, b: Visit): boolean {
  const before = (one: Visit, other: Visit) =>
    one.to !== null && other.from !== null && Temporal.Instant.compare(one.to, other.from) < 0;
  return before(a, b) || before(b, a);
}

type Span = { readonly first: Temporal.Instant | null; readonly last: Temporal.Instant | null };

/** A run that nobody saw end goes on until the last that was told of it, at least. */
function endsOf(told: readonly LifeEvent[]): Span {
  const all = told.map(({ at }) => at);
  return { first: earliest(all), last: latest(all) };
}

function touches({ first, last }: Span, agreed: Agreed): boolean {
  const over = last !== null && Temporal.Instant.compare(last, agreed.start.subtract(EARLY)) < 0;
  const later = first !== null && Temporal.Instant.compare(first, agreed.end.add(LATE)) > 0;
  return !over && !later;
}

/** When the last of them left; null where one is still there, or there was none. */
function lastOf(visits: readonly Visit[]): Temporal.Instant | null {
  return visits.some(({ to }) => to === null) ? null : latest(visits.map(({ to }) => to));
}

function visitorOf({ run, visitor }: LifeEvent): string {
  return `${run} ${visitor}`;
}

function instants(events: readonly LifeEvent[], kind: LifeKind): Temporal.Instant[] {
  return events.filter((event) => event.kind === kind).map(({ at }) => at);
}

function earliest(all: readonly (Temporal.Instant | null)[]): Temporal.Instant | null {
  return all.reduce((first, at) => (at && (!first || Temporal.Instant.compare(at, first) < 0) ? at : first), null);
}

function latest(all: readonly (Temporal.Instant | null)[]): Temporal.Instant | null {
  return all.reduce((last, at) => (at && (!last || Temporal.Instant.compare(at, last) > 0) ? at : last), null);
}
