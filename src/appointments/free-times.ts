// What is free for one session type, laid out by practitioner and day of the wall, so that each of many who wait looks at the days and
// hours it may have alone; pure. Laid out for a zone when somebody first asks in it.
import type { Slot } from '../availability/slots.ts';
import type { Platform } from '../meetings/provider.ts';
import { dateOfDay, dayNumber, minutesOfDay } from '../platform/time/wall-clock.ts';
import { onWall, suits, type Entry, type OnWall } from './waitlist.ts';

/** `forClients`: a rule of hers that counts for one client alone may stand against it. */
export type Free = {
  readonly practitionerId: number;
  readonly zone: string;
  readonly slot: Slot;
  readonly forClients: boolean;
  /** Meetings can be made there for her sessions of this type. */
  readonly platforms: ReadonlySet<Platform>;
};

export type Wish = Pick<Entry, 'practitionerIds' | 'firstDate' | 'lastDate' | 'zone' | 'windows' | 'platform'>;

type Seen = { readonly free: Free; readonly wall: OnWall };
/** By the minute of the wall at which they start. */
type Day = readonly Seen[];
type Days = ReadonlyMap<string, Day>;

export type FreeTimes = {
  /** Those that suit, by their starts. */
  suiting(wish: Wish): Iterable<Free>;
};

export function freeTimes(all: readonly Free[]): FreeTimes {
  const laidOut = new Map<string, Days>();
  const groups = new Map<Platform | null, Groups>();
  const groupsOn = (platform: Platform | null) =>
    once(groups, platform, () =>
      grouped(platform === null ? all : all.filter(({ platforms }) => platforms.has(platform))),
    );
  const daysOf = (wish: Wish, name: string, free: readonly Free[], zone: string) =>
    once(laidOut, `${name} ${wish.platform} ${zone}`, () => layOut(free, zone));
  return {
    suiting: (wish) => {
      const { practitionerIds, platform, zone } = wish;
      const { any, byZone, byPractitioner } = groupsOn(platform);
      if (practitionerIds.length > 0) {
        const theirs = practitionerIds.flatMap((id) => {
          const hers = byPractitioner.get(id) ?? [];
          return hers[0] ? [daysOf(wish, String(id), hers, zone ?? hers[0].zone)] : [];
        });
        return inOrder(theirs.map((days) => suitingOn(days, wish)));
      }
      if (zone !== null) return suitingOn(daysOf(wish, 'any', any, zone), wish);
      return inOrder([...byZone].map(([own, free]) => suitingOn(daysOf(wish, 'own', free, own), wish)));
    },
  };
}

type Groups = ReturnType<typeof grouped>;

function grouped(all: readonly Free[]) {
  const any = all.toSorted((a, b) => a.slot.start - b.slot.start);
  return {
    any,
    byZone: Map.groupBy(any, ({ zone }) => zone),
    byPractitioner: Map.groupBy(any, ({ practitionerId }) => practitionerId),
  };
}

function layOut(free: readonly Free[], zone: string): Days {
  const seen = free.map((one) => ({ free: one, wall: onWall(one.slot, zone) }));
  const days = Map.groupBy(seen, ({ wall }) => wall.date);
  return new Map([...days].map(([date, day]) => [date, day.toSorted((a, b) => a.wall.from - b.wall.from)]));
}

function* suitingOn(days: Days, wish: Wish): Generator<Free> {
  if (days.size === 0) return;
  const last = dayNumber(wish.lastDate);
  for (let day = dayNumber(wish.firstDate); day <= last; day += 1) {
    const seen = days.get(dateOfDay(day));
    if (!seen) continue;
    // A night on which clocks are put back has an hour of the wall twice.
    const found = within(seen, wish).toSorted((a, b) => a.free.slot.start - b.free.slot.start);
    for (const { free } of found) yield free;
  }
}

function within(day: Day, wish: Wish): Seen[] {
  if (wish.windows.length === 0) return [...day];
  const weekday = day[0]?.wall.weekday ?? 0;
  const found = new Set<Seen>();
  for (const { weekdays = [], from, to } of wish.windows) {
    if (weekdays.length > 0 && !weekdays.includes(weekday)) continue;
    const end = to === undefined ? Infinity : minutesOfDay(to);
    for (let i = firstFrom(day, from === undefined ? 0 : minutesOfDay(from)); i < day.length; i += 1) {
      const seen = day[i]!;
      if (seen.wall.from >= end) break;
      if (suits(wish, seen.wall)) found.add(seen);
    }
  }
  return [...found];
}

/** The first that starts at that minute or later. */
function firstFrom(day: Day, minute: number): number {
  let [low, high] = [0, day.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (day[middle]!.wall.from < minute) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of several that are each in order, all in order. */
function* inOrder(sources: readonly Generator<Free>[]): Generator<Free> {
  const heads = sources.map((source) => ({ source, next: source.next() }));
  for (;;) {
    let least: { readonly head: (typeof heads)[number]; readonly free: Free } | null = null;
    for (const head of heads) {
      if (head.next.done) continue;
      const free = head.next.value;
      if (!least || free.slot.start < least.free.slot.start) least = { head, free };
    }
    if (!least) return;
    yield least.free;
    least.head.next = least.head.source.next();
  }
}

function once<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}
