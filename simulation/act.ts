// What an act is: who asks, for what, and what they were answered.
import type { SeriesTake } from '../src/appointments/series.ts';
import type { Actor } from '../src/identity/actor.ts';
import type { Platform } from '../src/meetings/provider.ts';
import type { Once } from '../src/platform/http/idempotency.ts';
import type { House } from './house.ts';

export type Person = { readonly name: string; readonly actor: Actor; readonly subject: string; readonly email: string };

/** What is asked; each act reads of it what it needs. */
export type Wish = {
  readonly practitionerId: number;
  readonly date: string;
  readonly time: string;
  readonly sessionType: number;
  readonly platform: Platform | null;
  /** For whom, where staff ask. */
  readonly subject: string;
  readonly email: string;
  /** The appointment, hold, series, entry or offer it is about. */
  readonly about: number;
  readonly override: boolean;
  readonly outcome: 'completed' | 'no_show';
  /** Of a series: how many dates, from which on, and whether some will do. */
  readonly count: number;
  readonly index: number;
  readonly take: SeriesTake;
  /** Who waits takes any practitioner. */
  readonly anybody: boolean;
};

export type Act = {
  readonly route: string;
  /** Answers whose number it is, or which numbers were told. */
  run(house: House, actor: Actor, wish: Wish, once: Once): Promise<Answer>;
};

/** `told`: what of whom was shown. Of a series: how each date fared, and the appointments it has. */
export type Answer = {
  readonly subject: number | null;
  readonly told?: readonly { id: number; whose: string }[];
  readonly dates?: readonly { readonly index: number; readonly refused: boolean }[] | null;
  readonly appointments?: readonly number[];
  /** Those that are open, of who waits. */
  readonly offers?: readonly OfferSeen[];
};
export type OfferSeen = { readonly id: number; readonly practitionerId: number; readonly wall: string };

export const startOf = ({ date, time }: Wish) => ({ wall: { date, time } });

/** For whom and what a booking is. */
export function bookingOf(wish: Wish) {
  const { practitionerId, sessionType, platform, subject, email, override } = wish;
  const why = override ? { reason: 'It must be' } : null;
  const who = { userId: subject, userEmail: email, userName: subject };
  return { ...who, practitionerId, start: startOf(wish), sessionType, platform, override: why };
}
