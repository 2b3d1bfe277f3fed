// What Resend tells by webhook, signed as Svix signs (resend.com/docs/dashboard/webhooks/verify-webhooks-requests;
// standardwebhooks.com: HMAC SHA-256 over id, timestamp and body).
import { createHmac } from 'node:crypto';
import { sameSecret } from '../../platform/secrets.ts';
import type { DeliveryState, News } from '../delivery.ts';
import { headerOf, isOfNow, textAt, valueAt } from '../../platform/http/signed-post.ts';
import type { NewsReader } from '../news.ts';
import { REFERENCE_TAG } from './resend.ts';

/** Several are sent while a secret is replaced; more are none of theirs. */
const MOST_SIGNATURES = 10;

/** `secrets`: `whsec_` and base64. */
export function resendNews(secrets: readonly string[]): NewsReader {
  const keys = secrets.map((secret) => Buffer.from(secret.replace(/^whsec_/, ''), 'base64'));
  return {
    isGenuine(post, now) {
      const [id, timestamp] = [headerOf(post, 'svix-id'), headerOf(post, 'svix-timestamp')];
      if (id === '' || !isOfNow(timestamp, now)) return false;
      const given = headerOf(post, 'svix-signature').split(' ').slice(0, MOST_SIGNATURES);
      return keys.some((key) => {
        const signed = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(post.body).digest('base64');
        return given.some((one) => sameSecret(one, `v1,${signed}`));
      });
    },
    read(body) {
      const event: unknown = JSON.parse(body.toString('utf8'));
      const state = stateOf(event);
      if (state === null) return [];
      const id = textAt(event, 'data', 'email_id');
      const news: News = { ...state, reference: referenceIn(event), serviceIds: id === null ? [] : [id] };
      return [news];
    },
  };
}

/** Of the letter's words, not of the address. */
const OF_THE_MAIL = new Set(['MessageTooLarge', 'ContentRejected', 'AttachmentRejected']);

function stateOf(event: unknown): DeliveryState | null {
  switch (valueAt(event, 'type')) {
    case 'email.delivered':
      return { delivery: 'delivered', reason: null };
    case 'email.delivery_delayed':
      return { delivery: 'delayed', reason: 'transient' };
    case 'email.complained':
      return { delivery: 'complained', reason: 'complaint' };
    case 'email.suppressed':
      return { delivery: 'bounced', reason: 'suppressed' };
    case 'email.failed':
      return { delivery: 'bounced', reason: 'undetermined' };
    case 'email.bounced':
      return { delivery: 'bounced', reason: reasonOf(event) };
    default:
      return null;
  }
}

function reasonOf(event: unknown): DeliveryState['reason'] {
  if (OF_THE_MAIL.has(textAt(event, 'data', 'bounce', 'subType') ?? '')) return 'blocked';
  const type = valueAt(event, 'data', 'bounce', 'type');
  return type === 'Permanent' ? 'permanent' : type === 'Transient' ? 'transient' : 'undetermined';
}

/** Tags come back as one object, or as the list they were given as. */
function referenceIn(event: unknown): string | null {
  const tags = valueAt(event, 'data', 'tags');
  if (!Array.isArray(tags)) return textAt(tags, REFERENCE_TAG);
  return textAt(
    tags.find((tag: unknown) => valueAt(tag, 'name') === REFERENCE_TAG),
    'value',
  );
}
