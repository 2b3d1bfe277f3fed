// What people wish for: how often each thing, and of what. Where people meet in groups, much is about few sessions, so that they
// fill, and seats are given back and moved between them; where they come weekly, the dates of series meet one another.
import type { Person, Wish } from './act.ts';
import type { Kind } from './acts.ts';
import type { Chance } from './chance.ts';
import type { Practice } from './practice.ts';
import { weeksAfter } from './wall.ts';

/** How often each is asked, of all; what needs something that there is not becomes a booking. */
const CLIENTS_ASK: Readonly<Partial<Record<Kind, number>>> = {
  book: 9,
  move: 5,
  cancel: 4,
  list: 2,
  read: 1,
  hold: 3,
  confirm: 3,
  release: 1,
  accept: 2,
};
const STAFF_ASK: Readonly<Partial<Record<Kind, number>>> = {
  book: 4,
  move: 3,
  cancel: 3,
  approve: 5,
  decline: 1,
  propose: 2,
  close: 2,
  rest: 1,
  list: 1,
};
/** Where there are series they take the place of some single bookings; what concerns a series, and there is none, becomes one. */
const OF_SERIES: Readonly<Partial<Record<Kind, number>>> = {
  book: 4,
  bookSeries: 3,
  moveSeries: 3,
  cancelSeries: 2,
  cancelDate: 1,
};
/** Where clients wait; what needs an offer, and none is known, is a look for one, and without an entry becomes one. */
const OF_WAITLIST: Readonly<Partial<Record<Kind, number>>> = {
  wait: 2,
  look: 2,
  takeOffer: 5,
  refuseOffer: 2,
  leave: 1,
};
/** About nothing that is there already. */
export const NEW: ReadonlySet<Kind> = new Set(['book', 'hold', 'list', 'rest', 'bookSeries', 'wait']);
export const ABOUT_ENTRIES: ReadonlySet<Kind> = new Set(['look', 'leave']);
export const ABOUT_OFFERS: ReadonlySet<Kind> = new Set(['takeOffer', 'refuseOffer']);
export const ABOUT_SERIES: ReadonlySet<Kind> = new Set(['moveSeries', 'cancelSeries', 'cancelDate']);
/** Of the bookings, holds and entries where there are groups. */
const SEATS = 0.7;
const MAKES_SEATS: ReadonlySet<Kind> = new Set(['book', 'hold', 'wait']);
/** Of the series where there are groups, too: those are of seats, and come to where other seats are. */
const WEEKLY_SEATS = 0.5;
const CIRCLES = ['00:30', '03:00'] as const;
const NO_SERIES = { count: 0, index: 0, take: 'all_or_nothing', anybody: false } as const;
const COUNTS = [3, 3, 4] as const;

export function kindOf(person: Person, { customs }: Practice, chance: Chance): Kind {
  const client = person.actor.role === 'client';
  const asks = {
    ...(client ? CLIENTS_ASK : STAFF_ASK),
    ...(customs.series ? OF_SERIES : {}),
    ...(customs.waitlist && client ? OF_WAITLIST : {}),
  };
  return chance.pick(
    Object.entries(asks).flatMap(([kind, often]) => Array.from({ length: often }, () => kind as Kind)),
  );
}

/** `about`: the appointment, or 0; `isSeat`: it is one of a group. */
export function wishOf(
  kind: Kind,
  { practice, person, chance }: { readonly practice: Practice; readonly person: Person; readonly chance: Chance },
  about: { readonly id: number; readonly isSeat: boolean },
): Wish {
  const { hosts, kinds, dates, times } = practice;
  const staff = person.actor.role === 'staff';
  const subject = person.actor.role === 'client' ? person.subject : 'client-1';
  const wish: { -readonly [Name in keyof Wish]: Wish[Name] } = {
    practitionerId: chance.pick(hosts).id,
    date: chance.pick(dates),
    time: chance.pick(times),
    sessionType: chance.pick(kinds.filter(({ capacity }) => capacity === 1)).id,
    platform: chance.pick(['zoom', 'zoom', 'google-meet', 'teams', null]),
    subject,
    email: `${subject}@example.com`,
    about: about.id,
    override: kind === 'book' && staff && chance.happens(0.4),
    outcome: chance.pick(['completed', 'no_show']),
    ...NO_SERIES,
  };
  const group = kinds.find(({ capacity }) => capacity > 1);
  if (kind === 'bookSeries' || ABOUT_SERIES.has(kind)) {
    const circle = group && chance.happens(WEEKLY_SEATS) ? weeklyCircle(practice, group.id, chance) : {};
    return { ...wish, ...circle, ...ofSeries(kind, { ...wish, ...circle }, chance) };
  }
  if (kind === 'wait') wish.anybody = chance.happens(0.4);
  if (!group || !(MAKES_SEATS.has(kind) ? chance.happens(SEATS) : about.isSeat)) return wish;
  const whose = staff && kind === 'book' ? `client-${chance.between(1, 4)}` : subject;
  return {
    ...wish,
    practitionerId: hosts[0]?.id ?? 0,
    date: dates[0] ?? '',
    time: chance.pick(CIRCLES),
    sessionType: group.id,
    platform: chance.pick(['zoom', 'zoom', 'zoom', 'teams', null]),
    subject: whose,
    email: `${whose}@example.com`,
  };
}

/** Of a host's own sessions, some weeks on, so that what is moved meets others. */
function weeklyCircle({ hosts, dates }: Practice, sessionType: number, chance: Chance): Partial<Wish> {
  const date = weeksAfter(dates[0] ?? '', chance.between(0, 1));
  return { practitionerId: hosts[0]?.id ?? 0, date, time: chance.pick(CIRCLES), sessionType };
}

/** A series goes on by the week; where it is moved from a date on, that one stays near its week. */
function ofSeries(kind: Kind, wish: Wish, chance: Chance): Partial<Wish> {
  const take = chance.pick(['all_or_nothing', 'the_rest'] as const);
  if (kind === 'bookSeries') return { count: chance.pick(COUNTS), take };
  const index = chance.between(1, 3);
  return { index, take, date: weeksAfter(wish.date, index - 1) };
}
