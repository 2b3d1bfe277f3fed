// What SendGrid tells by its event webhook, signed by ECDSA on P-256 over timestamp and body
// (twilio.com/docs/sendgrid/for-developers/tracking-events/event and .../getting-started-event-webhook-security-features).
import { createPublicKey, verify } from 'node:crypto';
import type { DeliveryState, News } from '../delivery.ts';
import { headerOf, isOfNow, textAt, valueAt } from '../../platform/http/signed-post.ts';
import type { NewsReader } from '../news.ts';
import { REFERENCE_ARGUMENT } from './sendgrid.ts';

/** `keys`: verification keys, SubjectPublicKeyInfo in base64. */
export function sendgridNews(keys: readonly string[]): NewsReader {
  const known = keys.map((key) => createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' }));
  return {
    isGenuine(post, now) {
      const timestamp = headerOf(post, 'x-twilio-email-event-webhook-timestamp');
      if (!isOfNow(timestamp, now)) return false;
      const signature = Buffer.from(headerOf(post, 'x-twilio-email-event-webhook-signature'), 'base64');
      const signed = Buffer.concat([Buffer.from(timestamp), post.body]);
      return known.some((key) => verify('sha256', signed, key, signature));
    },
    read(body) {
      const events: unknown = JSON.parse(body.toString('utf8'));
      if (!Array.isArray(events)) return [];
      return events.flatMap((event: unknown): News[] => {
        const state = stateOf(event);
        if (state === null) return [];
        return [{ ...state, reference: textAt(event, REFERENCE_ARGUMENT), serviceIds: idsOf(event) }];
      });
    },
  };
}

/** `sg_message_id` is the X-Message-Id of the answer with the parts of the servers it went through behind it. */
function idsOf(event: unknown): string[] {
  const id = textAt(event, 'sg_message_id');
  if (id === null) return [];
  return [...new Set([id, id.split(/\.(?:filter|recvd)/)[0] ?? id, id.split('.')[0] ?? id])];
}

/** Of the sender or the letter, not of the address. */
const NOT_THE_ADDRESS: Readonly<Record<string, DeliveryState['reason']>> = {
  Content: 'blocked',
  Reputation: 'blocked',
  'Frequency or Volume Too High': 'blocked',
  'Technical Failure': 'transient',
};
/** Why it dropped a letter: because of what it knows of the address already. */
const SUPPRESSED = /^(Bounced Address|Invalid|Spam Reporting Address|Unsubscribed Address)/i;

function stateOf(event: unknown): DeliveryState | null {
  switch (valueAt(event, 'event')) {
    case 'delivered':
      return { delivery: 'delivered', reason: null };
    case 'deferred':
      return { delivery: 'delayed', reason: 'transient' };
    case 'spamreport':
      return { delivery: 'complained', reason: 'complaint' };
    case 'dropped':
      return {
        delivery: 'bounced',
        reason: SUPPRESSED.test(textAt(event, 'reason') ?? '') ? 'suppressed' : 'undetermined',
      };
    case 'bounce': {
      if (valueAt(event, 'type') === 'blocked') return { delivery: 'bounced', reason: 'blocked' };
      const told = textAt(event, 'bounce_classification') ?? '';
      const reason = Object.hasOwn(NOT_THE_ADDRESS, told) ? NOT_THE_ADDRESS[told] : 'permanent';
      return { delivery: 'bounced', reason: reason ?? 'permanent' };
    }
    default:
      return null;
  }
}
