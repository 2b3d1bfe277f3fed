// What people wish for: how often each thing, and of what. Where people meet in groups, much is about few sessions, so that they
// fill, and seats are given back and moved between them.
import type { Kind, Person, Wish } from './acts.ts';
import type { Chance } from './chance.ts';
import type { Practice } from './practice.ts';

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
/** About nothing that is there already. */
export const NEW: ReadonlySet<Kind> = new Set(['book', 'hold', 'list', 'rest']);
/** Of the bookings where there are groups. */
const SEATS = 0.7;
const CIRCLES = ['00:30', '03:00'] as const;

export function kindOf(person: Person, chance: Chance): Kind {
  const asks = person.actor.role === 'client' ? CLIENTS_ASK : STAFF_ASK;
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
  const wish: Wish = {
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
  };
  const group = kinds.find(({ capacity }) => capacity > 1);
  if (!group || !(kind === 'book' ? chance.happens(SEATS) : about.isSeat)) return wish;
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
