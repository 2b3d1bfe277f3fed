// What people ask of the waitlist, each act as its route calls it.
import {
  addWaitlistEntry,
  endWaitlistEntry,
  showEntry,
  type EntrySeen,
} from '../src/appointments/add-waitlist-entry.ts';
import { acceptOffer, declineOffer } from '../src/appointments/answer-offer.ts';
import { showOffer } from '../src/appointments/find-offer.ts';
import { offerStateAt } from '../src/appointments/offer.ts';
import { bookingOf, type Act, type Answer } from './act.ts';
import type { House } from './house.ts';

/** How long a stretch suits who waits: longer than what is waited for, and short enough that others want the same. */
const SUITS_MINUTES = 90;

export const WAITLIST_ACTS = {
  wait: {
    route: '/api/waitlist',
    run: async (house, actor, wish, once) => {
      const { override: _, start: __, practitionerId, ...who } = bookingOf(wish);
      const { date, time } = wish;
      const to = Temporal.PlainTime.from(time).add({ minutes: SUITS_MINUTES }).toString({ smallestUnit: 'minute' });
      const when = { firstDate: date, lastDate: date, timeZone: undefined, windows: [{ from: time, to }] };
      const practitionerIds = wish.anybody ? [] : [practitionerId];
      return answerOf(house, await addWaitlistEntry(house, actor, { ...who, ...when, practitionerIds }, once));
    },
  },
  look: {
    route: '/api/waitlist/:id',
    run: async (house, actor, { about }) => answerOf(house, await showEntry(house, actor, about)),
  },
  leave: {
    route: '/api/waitlist/:id',
    run: async (house, actor, { about }, once) => answerOf(house, await endWaitlistEntry(house, actor, about, once)),
  },
  takeOffer: {
    route: '/api/offers/:id/accept',
    run: async (house, actor, { about }, once) => {
      await acceptOffer(house, actor, { offerId: about, choice: 1 }, once);
      return { subject: (await showOffer(house, actor, about)).appointmentId };
    },
  },
  refuseOffer: {
    route: '/api/offers/:id/decline',
    run: async (house, actor, { about }, once) => {
      await declineOffer(house, actor, about, once);
      return { subject: about };
    },
  },
} as const satisfies Readonly<Record<string, Act>>;

function answerOf(house: House, { entry, offers }: EntrySeen): Answer {
  const now = house.clock.now();
  const open = offers.filter((offer) => offerStateAt(offer, now) === 'open');
  return {
    subject: entry.id,
    offers: open.map(({ id, times: [time] }) => ({
      id,
      practitionerId: time?.practitionerId ?? 0,
      wall: time?.wallStart ?? '',
    })),
  };
}
