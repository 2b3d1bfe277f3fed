// What this process has out at whose server: so many calls at once to one mailbox, no more calls to an account that leaves them
// unanswered, and which sessions are only waiting. Memory of one runner; what all processes must know is in the store.

/** A call that takes longer is waited for without a hand (see jobs). Most calls take a half of it. */
const SLOW_MS = 1_000;
/** Of one account, and of one provider, slow calls at once; the next are put off. */
const SLOW_AT_ONCE = 4;
const SLOW_OF_PROVIDER = 12;
/** For a free place at a mailbox; a call takes as long. */
const PLACE_WAIT_MS = 1_000;

/** As one call sees it. `mailbox` null: there is no bound of that kind. */
export type Way = {
  readonly provider: string;
  readonly account: string;
  readonly mailbox: { readonly name: string; readonly most: number } | null;
};

export type Traffic = {
  /** Lets a call out, answers how to tell that it is back; or why it must not go now. `probe`: whatever is slow. */
  enter(way: Way, traveller: object, probe: boolean): Promise<(() => void) | 'account_slow' | 'mailbox_full'>;
  /** Travellers who are only waiting for an answer. */
  stuck(): number;
};

type Flight = { readonly way: Way; readonly traveller: object; slow: boolean };

/** `onSlow`: a hand has become free in effect. */
export function openTraffic(onSlow: () => void): Traffic {
  const flights = new Set<Flight>();
  const places = new Map<string, { out: number; readonly queue: (() => void)[] }>();

  const tooSlow = ({ provider, account }: Way): boolean => {
    const slow = [...flights].filter((flight) => flight.slow && flight.way.provider === provider);
    return slow.length >= SLOW_OF_PROVIDER || slow.filter(({ way }) => way.account === account).length >= SLOW_AT_ONCE;
  };
  const takePlace = async ({ mailbox }: Way): Promise<boolean> => {
    if (mailbox === null) return true;
    const place = places.get(mailbox.name) ?? { out: 0, queue: [] };
    places.set(mailbox.name, place);
    if (place.out < mailbox.most) {
      place.out += 1;
      return true;
    }
    return await new Promise((resolve) => {
      const timer = setTimeout(() => {
        place.queue.splice(place.queue.indexOf(turn), 1);
        resolve(false);
      }, PLACE_WAIT_MS);
      // The place goes from hand to hand, so `out` stays.
      const turn = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      place.queue.push(turn);
    });
  };
  const leavePlace = ({ mailbox }: Way): void => {
    const place = mailbox && places.get(mailbox.name);
    if (!place) return;
    const next = place.queue.shift();
    if (next) return next();
    place.out -= 1;
    if (place.out === 0) places.delete(mailbox.name);
  };

  return {
    enter: async (way, traveller, probe) => {
      if (!probe && tooSlow(way)) return 'account_slow';
      if (!(await takePlace(way))) return 'mailbox_full';
      const flight: Flight = { way, traveller, slow: false };
      flights.add(flight);
      const timer = setTimeout(() => {
        flight.slow = true;
        onSlow();
      }, SLOW_MS);
      return () => {
        clearTimeout(timer);
        flights.delete(flight);
        leavePlace(way);
      };
    },
    stuck: () => new Set([...flights].filter(({ slow }) => slow).map(({ traveller }) => traveller)).size,
  };
}
