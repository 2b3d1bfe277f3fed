// What Zoom posts of its meetings: each event signed with the secret of the subscription, to one address that was asked for it
// first (url_validation). In memory: a restarted sandbox has the subscription it was started with.
// https://developers.zoom.us/docs/api/webhooks/
import { createHmac } from 'node:crypto';
import type { Clock } from '../../platform/time/clock.ts';
import type { Log } from '../../platform/log.ts';
import { jsonObject, type Json } from '../endpoint.ts';

/** Zoom waits 3 s, and then posts again three times; here nothing is posted again, so a busy machine gets more. */
const POST_TIMEOUT_MS = 10_000;
/** Zoom asks again every 72 hours. */
const VALID_HOURS = 72;
/** More than anybody clicks or orders while a receiver sleeps; past it events are dropped, as Zoom drops them in the end. */
const MOST_WAITING = 2_000;

/** `status` null: nobody answered. */
export type Posted = { readonly event: string; readonly status: number | null };

export type ZoomEvents = {
  /** Where events go; null: nowhere. Answers whether the address proved to know the secret. */
  subscribe(url: string | null): Promise<boolean>;
  subscribed(): boolean;
  /** In this order, each after the one before was answered. */
  post(events: readonly Json[]): Promise<Posted[]>;
};

export type ZoomEventTools = {
  readonly clock: Clock;
  readonly log: Log;
  readonly secret: string;
  readonly url: string | null;
  readonly stopping: AbortSignal;
};

export function zoomEvents(tools: ZoomEventTools): ZoomEvents {
  let url = tools.url;
  let validUntil: Temporal.Instant | null = null;
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  const validate = async (): Promise<boolean> => {
    if (url === null) return false;
    const now = tools.clock.now();
    if (validUntil && Temporal.Instant.compare(now, validUntil) < 0) return true;
    const plainToken = createHmac('sha256', tools.secret).update(now.toString()).digest('base64url').slice(0, 22);
    const told = { event: 'endpoint.url_validation', event_ts: now.epochMilliseconds, payload: { plainToken } };
    const answer = await send(tools, url, told);
    const wanted = createHmac('sha256', tools.secret).update(plainToken).digest('hex');
    const proof = jsonObject(answer.body);
    const valid = answer.status === 200 && proof?.['plainToken'] === plainToken && proof['encryptedToken'] === wanted;
    if (valid) validUntil = now.add({ hours: VALID_HOURS });
    else tools.log.warn({ status: answer.status }, 'sandbox: the address for Zoom’s events did not prove the secret');
    return valid;
  };
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return await mine;
  };

  return {
    subscribed: () => url !== null,
    subscribe: async (to) =>
      await inTurn(async () => {
        url = to;
        validUntil = null;
        return await validate();
      }),
    post: async (events) => {
      if (url === null || waiting + events.length > MOST_WAITING) return [];
      waiting += events.length;
      try {
        return await inTurn(async () => {
          const posted: Posted[] = [];
          for (const event of events) {
            const to = (await validate()) ? url : null;
            const { status } = to === null ? { status: null } : await send(tools, to, event);
            posted.push({ event: String(event['event']), status });
          }
          return posted;
        });
      } finally {
        waiting -= events.length;
      }
    },
  };
}

async function send({ clock, secret, stopping }: ZoomEventTools, url: string, event: Json) {
  const body = JSON.stringify(event);
  const stamp = String(Math.floor(clock.now().epochMilliseconds / 1000));
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${stamp}:${body}`).digest('hex')}`;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-zm-request-timestamp': stamp,
        'x-zm-signature': signature,
      },
      body,
      redirect: 'error',
      signal: AbortSignal.any([stopping, AbortSignal.timeout(POST_TIMEOUT_MS)]),
    });
    return { status: response.status, body: await response.text() };
  } catch {
    return { status: null, body: '' };
  }
}
