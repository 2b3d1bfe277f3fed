// What people ask of the house, each act as its route calls it, and the ledger of what was asked and answered.
import { answerProposal } from '../src/appointments/answer-proposal.ts';
import { approveRequest } from '../src/appointments/approve-request.ts';
import { bookAppointment } from '../src/appointments/book-appointment.ts';
import { cancelAppointment } from '../src/appointments/cancel-appointment.ts';
import { closeAppointment } from '../src/appointments/close-appointment.ts';
import { bookHeld } from '../src/appointments/confirm-hold.ts';
import { declineRequest } from '../src/appointments/decline-request.ts';
import { listForClient, readAppointment } from '../src/appointments/find-appointment.ts';
import { holdSlot } from '../src/appointments/hold-slot.ts';
import { proposeTime } from '../src/appointments/propose-time.ts';
import { releaseHold } from '../src/appointments/release-hold.ts';
import { rescheduleAppointment } from '../src/appointments/reschedule-appointment.ts';
import { onceOf, type Once } from '../src/platform/http/idempotency.ts';
import { setTimeOff } from '../src/schedules/set-time-off.ts';
import { bookingOf, startOf, type Act, type Answer, type Person, type Wish } from './act.ts';
import { SERIES_ACTS } from './acts-series.ts';
import { WAITLIST_ACTS } from './acts-waitlist.ts';
import type { House } from './house.ts';

/** How long a host who wants a rest is away. */
export const REST_MINUTES = 60;

const callOf = (once: Once) => ({ once, status: 200, expected: null });

export const ACTS = {
  book: {
    route: '/api/appointments',
    run: async (house, actor, wish, once) => ({
      subject: (await bookAppointment(house, actor, bookingOf(wish), once)).appointmentId,
    }),
  },
  move: {
    route: '/api/appointments/:id/reschedule',
    run: async (house, actor, wish, once) => {
      await rescheduleAppointment(house, actor, { appointmentId: wish.about, start: startOf(wish) }, once);
      return { subject: wish.about };
    },
  },
  cancel: {
    route: '/api/appointments/:id/cancel',
    run: async (house, actor, wish, once) => {
      await cancelAppointment(house, actor, { appointmentId: wish.about, reason: null }, once);
      return { subject: wish.about };
    },
  },
  hold: {
    route: '/api/holds',
    run: async (house, actor, wish, once) => {
      const { practitionerId, sessionType } = wish;
      const asked = { practitionerId, sessionType, start: startOf(wish), userId: undefined };
      return { subject: (await holdSlot(house, actor, asked, once)).id };
    },
  },
  confirm: {
    route: '/api/appointments',
    run: async (house, actor, wish, once) => ({
      subject: (await bookHeld(house, actor, { ...bookingOf(wish), override: null, holdId: wish.about }, once))
        .appointmentId,
    }),
  },
  release: {
    route: '/api/holds/:id/release',
    run: async (house, actor, wish, once) => {
      await releaseHold(house, actor, wish.about, once);
      return { subject: wish.about };
    },
  },
  approve: {
    route: '/api/appointments/:id/approve',
    run: async (house, actor, wish, once) => ({
      subject: (await approveRequest(house, actor, { appointmentId: wish.about, call: callOf(once) })).id,
    }),
  },
  decline: {
    route: '/api/appointments/:id/decline',
    run: async (house, actor, wish, once) => ({
      subject: (await declineRequest(house, actor, { appointmentId: wish.about, reason: null, call: callOf(once) })).id,
    }),
  },
  propose: {
    route: '/api/appointments/:id/propose',
    run: async (house, actor, wish, once) => {
      const asked = { appointmentId: wish.about, start: startOf(wish), call: callOf(once) };
      return { subject: (await proposeTime(house, actor, asked)).id };
    },
  },
  accept: {
    route: '/api/appointments/:id/accept',
    run: async (house, actor, wish, once) => {
      const asked = { appointmentId: wish.about, accepted: true, call: callOf(once) };
      return { subject: (await answerProposal(house, actor, asked)).id };
    },
  },
  close: {
    route: '/api/appointments/:id/close',
    run: async (house, actor, { about, outcome }, once) => ({
      subject: (await closeAppointment(house, actor, { appointmentId: about, outcome, call: callOf(once) })).id,
    }),
  },
  rest: {
    route: '/api/practitioners/:id/time-off',
    run: async (house, actor, wish, once) => {
      const { practitionerId, date, time } = wish;
      const end = Temporal.PlainDateTime.from(`${date}T${time}`).add({ minutes: REST_MINUTES }).toString();
      const change = { practitionerId, id: null, asked: { start: `${date}T${time}`, end }, call: callOf(once) };
      return { subject: (await setTimeOff(house, actor, change)).row.id };
    },
  },
  list: {
    route: '/api/appointments',
    run: async (house, actor, { subject }) => {
      const asked = { subject, state: null, from: null, to: null, after: null, limit: 100 };
      const seen = await listForClient(house, actor, asked);
      return {
        subject: null,
        told: seen.map(({ appointment: { id, clientSubject } }) => ({ id, whose: clientSubject })),
      };
    },
  },
  read: {
    route: '/api/appointments/:id',
    run: async (house, actor, { about }) => {
      const { appointment } = await readAppointment(house, actor, about);
      return { subject: null, told: [{ id: appointment.id, whose: appointment.clientSubject }] };
    },
  },
  ...SERIES_ACTS,
  ...WAITLIST_ACTS,
} as const satisfies Readonly<Record<string, Act>>;

export type Kind = keyof typeof ACTS;

/** One call as its caller remembers it. unknown: no answer came. */
export type Deed = {
  readonly no: number;
  readonly who: Person;
  readonly kind: Kind;
  readonly wish: Wish;
  readonly key: string | null;
  readonly askedAtMs: number;
  answeredAtMs: number;
  end: 'open' | 'done' | 'refused' | 'unknown';
  code: string | null;
  answer: Answer | null;
};

/** The claim on the key, from the very bytes a request would bring. */
export function claimOf(house: House, deed: Pick<Deed, 'kind' | 'wish' | 'key' | 'who'>): Once {
  const request = {
    headers: deed.key === null ? {} : { 'idempotency-key': deed.key },
    method: 'POST',
    routeOptions: { url: ACTS[deed.kind].route },
    params: { id: String(deed.wish.about) },
    body: deed.wish,
  };
  return onceOf(request as unknown as Parameters<typeof onceOf>[0], deed.who.actor, house.clock);
}
