// What Zoom posts of its meetings, and posts three times more where it does not arrive. In memory: a restarted sandbox has the
// subscription it was started with, and owes nothing.
import type { Json } from '../endpoint.ts';
import type { SwitchBoard } from '../switches.ts';
import { subscriptionOf, type SubscriptionTools } from './subscription.ts';

/** After the first post, after the second, after the third; then the event is dropped. developers.zoom.us/blog/webhook-delays */
const AGAIN_AFTER_MINUTES = [5, 20, 60];
/** More than anybody clicks or orders while a receiver sleeps; past it events are dropped, as Zoom drops them in the end. */
const MOST_WAITING = 2_000;

/** `status` null: nobody answered, or the address did not prove the secret. */
export type Posted = { readonly event: string; readonly status: number | null };

/** An event that has not arrived, and when it is posted again. */
export type Owed = { readonly event: Json; readonly posts: number; readonly due: Temporal.Instant };

export type ZoomEvents = {
  /** Where events go; null: nowhere. Answers whether the address proved to know the secret. */
  subscribe(url: string | null): Promise<boolean>;
  subscribed(): boolean;
  /** In this order, each after the one before was answered. */
  post(events: readonly Json[]): Promise<Posted[]>;
  /** What Zoom tells by itself of one moment: as often and in the order that the switches say. */
  tell(events: readonly Json[]): Promise<Posted[]>;
  /** Posts again what is due by the clock. */
  postDue(): Promise<Posted[]>;
  owed(): readonly Owed[];
  /** Nothing is owed any more. */
  forget(): void;
};

export type ZoomEventTools = SubscriptionTools & { readonly switches: SwitchBoard };

export function zoomEvents(tools: ZoomEventTools): ZoomEvents {
  const { clock, switches } = tools;
  const subscription = subscriptionOf(tools);
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  let owed: Owed[] = [];

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return await mine;
  };
  /** What arrives nowhere is owed; what would go to a stranger is not. */
  const postOne = async (event: Json, posts: number): Promise<Posted> => {
    const { status, standing } = await subscription.post(event);
    const minutes = AGAIN_AFTER_MINUTES[posts];
    const arrived = status !== null && status >= 200 && status < 300;
    if (!arrived && standing !== 'invalid' && minutes !== undefined && owed.length < MOST_WAITING) {
      owed.push({ event, posts: posts + 1, due: clock.now().add({ minutes }) });
    }
    return { event: String(event['event']), status };
  };
  const post = async (events: readonly Json[]): Promise<Posted[]> => {
    if (!subscription.stands() || waiting + events.length > MOST_WAITING) return [];
    waiting += events.length;
    try {
      return await inTurn(async () => {
        const posted: Posted[] = [];
        for (const event of events) posted.push(await postOne(event, 0));
        return posted;
      });
    } finally {
      waiting -= events.length;
    }
  };
  const postDue = async (): Promise<Posted[]> => {
    const now = clock.now();
    const dues = owed
      .filter(({ due }) => Temporal.Instant.compare(due, now) <= 0)
      .toSorted((one, other) => Temporal.Instant.compare(one.due, other.due));
    owed = owed.filter((one) => !dues.includes(one));
    const posted: Posted[] = [];
    for (const { event, posts } of dues) posted.push(await postOne(event, posts));
    return posted;
  };
  const clear = (): void => {
    owed = [];
  };

  return {
    subscribed: () => subscription.stands(),
    subscribe: async (to) =>
      await inTurn(async () => {
        if (to === null) clear();
        return (await subscription.change(to)) === 'valid';
      }),
    post,
    tell: async (events) => {
      const { zoomEventCopies, zoomEventOrder } = switches.now();
      const inOrder = zoomEventOrder === 'reversed' ? events.toReversed() : events;
      return await post(inOrder.flatMap((event) => Array.from({ length: zoomEventCopies }, () => event)));
    },
    postDue: async () => await inTurn(postDue),
    owed: () => owed,
    forget: clear,
  };
}
