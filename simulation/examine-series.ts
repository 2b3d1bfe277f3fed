// What must be true of series: whatever dates were acknowledged are there, at their times; all or nothing is all or nothing; what
// one act did to many dates the journal tells of each, and one letter of all.
import type { Deed } from './acts.ts';
import type { Stands } from './examine-outside.ts';
import type { Entry, Evidence } from './examine.ts';
import { ASIDE, type Letters } from './examine-letters.ts';
import { instantOf, weeksAfter } from './wall.ts';

type SeriesDate = {
  readonly id: number;
  readonly subject: string;
  readonly practitionerId: number;
  readonly position: number;
  readonly wall: string;
  readonly appointmentId: number | null;
};

/** Of what one act did to several dates the journal says how many there were. */
type Act = { readonly series: number; readonly event: string; readonly at: Temporal.Instant; readonly dates: number };

const DATES = `
  select r.id, c.subject, r.practitioner_id as "practitionerId", d.position, d.wall_start as wall,
         d.appointment_id as "appointmentId"
    from series r
    join client c on c.organisation_id = r.organisation_id and c.id = r.client_id
    left join series_date d on d.organisation_id = r.organisation_id and d.series_id = r.id
   where r.organisation_id = any($1) order by r.id, d.position`;

const ACTS_TOLD = `
  select subject_id as series, event, at, coalesce(facts->>'booked', facts->>'moved', facts->>'cancelled')::int as dates
    from journal where organisation_id = any($1) and subject_kind = 'series' order by id`;

/** Letters of which nobody knows whether they left. */
const IN_DOUBT = `
  select appointment_id as about, recipient, revision from letter
   where organisation_id = any($1) and told_with is null and state in ('sending', 'unknown', 'overtaken')`;

type Doubt = { readonly about: number; readonly recipient: 'client' | 'practitioner'; readonly revision: number };

export async function examineSeries(
  { lane, practices, ledger }: Evidence,
  byId: ReadonlyMap<number, Stands>,
  entries: ReadonlyMap<number, readonly Entry[]>,
  letters: Letters,
): Promise<string[]> {
  if (!practices.some(({ customs }) => customs.series)) return [];
  const organisations = practices.map(({ organisationId }) => organisationId);
  const rows = await lane.rows<SeriesDate>(DATES, [organisations]);
  const acts = await lane.rows<Act>(ACTS_TOLD, [organisations]);
  const doubts = await lane.rows<Doubt>(IN_DOUBT, [organisations]);
  const all = Map.groupBy(rows, ({ id }) => id);
  const zones = new Map(practices.flatMap(({ hosts }) => hosts.map(({ id, zone }) => [id, zone] as const)));
  const told = { byId, entries, zones };
  const asking = ledger.filter(({ kind, end }) => kind === 'bookSeries' && end !== 'refused');
  const unasked = [...all.values()].filter(
    (dates) => !asking.some((deed) => mayBe(deed, dates) && faultsOf(deed, dates, told).length === 0),
  );
  return [
    ...unasked.map(([one]) => `series ${one?.id} of ${one?.subject} is as nobody asked for it`),
    ...ledger.flatMap((deed) => ofDeed(deed, all.get(deed.answer?.subject ?? 0) ?? [], told)),
    ...acts.flatMap((act) => ofAct(act, [...entries.values()].flat(), byId, { letters, doubts })),
  ];
}

type Told = {
  readonly byId: ReadonlyMap<number, Stands>;
  readonly entries: ReadonlyMap<number, readonly Entry[]>;
  readonly zones: ReadonlyMap<number, string>;
};

function mayBe({ end, answer, wish }: Deed, [first]: readonly SeriesDate[]): boolean {
  if (end === 'done') return answer?.subject === first?.id;
  return wish.subject === first?.subject && wish.practitionerId === first.practitionerId;
}

/** Every date of the rule is there, booked at its time or refused; none is refused where all or nothing was asked. */
function faultsOf({ wish }: Deed, dates: readonly SeriesDate[], { entries, zones }: Told): string[] {
  const positions = dates.map(({ position }) => position).join();
  const whole = Array.from({ length: wish.count }, (_, at) => at + 1).join();
  const booked = dates.filter(({ appointmentId }) => appointmentId !== null);
  const few = booked.length === 0 || (wish.take === 'all_or_nothing' && booked.length < wish.count);
  const astray = booked.filter(({ appointmentId, position }) => {
    const asked = instantOf(
      `${weeksAfter(wish.date, position - 1)}T${wish.time}`,
      zones.get(wish.practitionerId) ?? 'UTC',
    );
    const [first] = entries.get(appointmentId ?? 0) ?? [];
    return first?.start == null || !(asked?.equals(first.start) ?? false);
  });
  return [
    ...(positions === whole ? [] : [`has the dates ${positions}, not ${whole}`]),
    ...(few ? [`has ${booked.length} of ${wish.count} dates booked, and was to have ${wish.take}`] : []),
    ...astray.map(({ position }) => `has date ${position} at a time that nobody asked for`),
  ];
}

function ofDeed(deed: Deed, dates: readonly SeriesDate[], told: Told): string[] {
  const { kind, end, no, answer, wish, who } = deed;
  if (end !== 'done') return [];
  const what = `act ${no} (${kind} by ${who.name}) was acknowledged, and series ${answer?.subject}`;
  if (kind === 'bookSeries') {
    const unlike = (answer?.dates ?? []).filter(
      ({ index, refused }) => refused === dates.some((date) => date.position === index && date.appointmentId !== null),
    );
    return [
      ...faultsOf(deed, dates, told).map((fault) => `${what} ${fault}`),
      ...unlike.map(({ index }) => `${what} has not its date ${index} as it was told`),
    ];
  }
  const { byId, entries, zones } = told;
  if (kind === 'moveSeries') {
    const going = (answer?.dates ?? []).filter(({ refused }) => !refused);
    const left = going.filter(({ index }) => {
      const date = dates.find(({ position }) => position === index);
      const wall = `${weeksAfter(wish.date, index - wish.index)}T${wish.time}`;
      const at = instantOf(wall, zones.get(date?.practitionerId ?? 0) ?? 'UTC');
      const all = entries.get(date?.appointmentId ?? 0) ?? [];
      return !all.some(({ start }) => start !== null && (at?.equals(start) ?? false));
    });
    const some = wish.take === 'all_or_nothing' && going.length < (answer?.dates ?? []).length;
    return [
      ...left.map(({ index }) => `${what} never had its date ${index} where it was moved to`),
      ...(some ? [`${what} was moved in part`] : []),
    ];
  }
  if (kind !== 'cancelSeries') return [];
  const on = dates.filter(({ position, appointmentId }) => {
    const state = byId.get(appointmentId ?? 0)?.state;
    return position >= wish.index && (state === 'confirmed' || state === 'pending');
  });
  return on.map(({ position }) => `${what} still has its date ${position}`);
}

/**
 * As many dates as the act says are told of, in one letter of a kind; seats of a group by themselves. Where it is not known whether that left, and its first date is
 * changed by itself meanwhile, the next date tells the others anew.
 */
function ofAct(
  { series, event, at, dates }: Act,
  all: readonly Entry[],
  byId: ReadonlyMap<number, Stands>,
  { letters, doubts }: { readonly letters: Letters; readonly doubts: readonly Doubt[] },
): string[] {
  const changed = all.filter((entry) => entry.series === series && entry.at.equals(at));
  const what = `${event} of ${series} at ${at.toString()}`;
  const breaches =
    changed.length === dates ? [] : [`${what} was of ${dates} dates, the journal tells of ${changed.length}`];
  for (const reader of ['client', 'host'] as const) {
    const recipient = reader === 'host' ? 'practitioner' : reader;
    const mine = doubts.filter((doubt) => doubt.recipient === recipient);
    const told = changed.flatMap(({ about, revision }) => {
      if ((byId.get(about)?.capacity ?? 1) > 1) return [];
      const those = letters.get(`${about} ${byId.get(about)?.[reader]}`) ?? [];
      return those.filter((letter) => letter.revision === revision && !ASIDE.test(letter.kind));
    });
    // What was asked for and what was agreed already are told apart.
    for (const [kind, same] of Map.groupBy(told, (letter) => letter.kind)) {
      const inTurn = same.toSorted((a, b) => Temporal.Instant.compare(a.at, b.at));
      const names = [...new Set(inTurn.map(({ name }) => name))];
      const [first, second, third] = names.map((name) => inTurn.find((letter) => letter.name === name));
      const doubted = mine.find(({ about, revision }) => first?.name.endsWith(` of ${about} at ${revision}`));
      const anew = first && second && !third && doubted && changedBetween(all, doubted, first.at, second.at);
      if (names.length > 1 && !anew)
        breaches.push(`${what} was told the ${reader} in not one ${kind}: ${names.join(', ')}`);
    }
  }
  return breaches;
}

function changedBetween(
  all: readonly Entry[],
  { about, revision }: Doubt,
  from: Temporal.Instant,
  to: Temporal.Instant,
): boolean {
  const later = all.filter((entry) => entry.about === about && entry.revision > revision);
  return later.some(({ at }) => Temporal.Instant.compare(from, at) <= 0 && Temporal.Instant.compare(at, to) <= 0);
}
