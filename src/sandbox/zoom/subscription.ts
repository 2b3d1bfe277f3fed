// The one address that Zoom's events go to: asked for a proof of the secret before the first, and again every 72 hours; each post
// signed with that secret. https://developers.zoom.us/docs/api/webhooks/
import { createHmac } from 'node:crypto';
import type { Log } from '../../platform/log.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { jsonObject, type Json } from '../endpoint.ts';

/** Zoom waits 3 s; here a busy machine gets more. */
const POST_TIMEOUT_MS = 10_000;
/** Zoom asks again every 72 hours. */
const VALID_HOURS = 72;

/** `no_answer`: nobody could be asked for the proof. `invalid`: nobody is subscribed, or a stranger. */
export type Standing = 'valid' | 'invalid' | 'no_answer';

export type Subscription = {
  /** null: nowhere. */
  change(url: string | null): Promise<Standing>;
  stands(): boolean;
  /** Posts an event, to one who proved the secret alone. `status` null: nobody answered, or nothing was posted. */
  post(event: Json): Promise<{ readonly status: number | null; readonly standing: Standing }>;
};

export type SubscriptionTools = {
  readonly clock: Clock;
  readonly log: Log;
  readonly secret: string;
  readonly url: string | null;
  readonly stopping: AbortSignal;
};

export function subscriptionOf(tools: SubscriptionTools): Subscription {
  let url = tools.url;
  let validUntil: Temporal.Instant | null = null;
  const validate = async (): Promise<Standing> => {
    if (url === null) return 'invalid';
    const now = tools.clock.now();
    if (validUntil && Temporal.Instant.compare(now, validUntil) < 0) return 'valid';
    const standing = await askForProof(tools, url);
    if (standing === 'valid') validUntil = now.add({ hours: VALID_HOURS });
    return standing;
  };
  return {
    change: async (to) => {
      url = to;
      validUntil = null;
      return await validate();
    },
    stands: () => url !== null,
    post: async (event) => {
      const standing = await validate();
      if (standing !== 'valid' || url === null) return { status: null, standing };
      const { status } = await send(tools, url, event);
      return { status, standing };
    },
  };
}

/** url_validation: whoever knows the secret sends its HMAC of the token back. */
async function askForProof(tools: SubscriptionTools, url: string): Promise<Standing> {
  const { clock, secret, log } = tools;
  const now = clock.now();
  const plainToken = createHmac('sha256', secret).update(now.toString()).digest('base64url').slice(0, 22);
  const told = { event: 'endpoint.url_validation', event_ts: now.epochMilliseconds, payload: { plainToken } };
  const { status, body } = await send(tools, url, told);
  const wanted = createHmac('sha256', secret).update(plainToken).digest('hex');
  const proof = jsonObject(body);
  if (status === 200 && proof?.['plainToken'] === plainToken && proof['encryptedToken'] === wanted) return 'valid';
  log.warn({ status }, 'sandbox: the address for Zoom’s events did not prove the secret');
  return status === null || status >= 500 ? 'no_answer' : 'invalid';
}

async function send({ clock, secret, stopping }: SubscriptionTools, url: string, event: Json) {
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
