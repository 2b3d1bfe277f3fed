// What Postmark tells by webhook (postmarkapp.com/developer/webhooks). It signs nothing: the credentials it was given in the
// address of the webhook are all there is to believe it by.
import { sameSecret } from '../../platform/secrets.ts';
import type { DeliveryState, News } from '../delivery.ts';
import { headerOf, textAt, valueAt } from '../../platform/http/signed-post.ts';
import type { NewsReader } from '../news.ts';
import { REFERENCE_FIELD } from './postmark.ts';

/** `credentials`: user:password. */
export function postmarkNews(credentials: readonly string[]): NewsReader {
  return {
    isGenuine(post) {
      const given = /^basic +([A-Za-z0-9+/]{1,1000}=*) *$/i.exec(headerOf(post, 'authorization'))?.[1];
      if (given === undefined) return false;
      const plain = Buffer.from(given, 'base64').toString('utf8');
      return credentials.some((known) => sameSecret(plain, known));
    },
    read(body) {
      const event: unknown = JSON.parse(body.toString('utf8'));
      const state = stateOf(event);
      if (state === null) return [];
      const id = textAt(event, 'MessageID');
      const reference = textAt(event, 'Metadata', REFERENCE_FIELD);
      const news: News = { ...state, reference, serviceIds: id === null ? [] : [id] };
      return [news];
    },
  };
}

/** postmarkapp.com/developer/api/bounce-api#bounce-types */
const REASONS: Readonly<Record<string, DeliveryState['reason']>> = {
  HardBounce: 'permanent',
  BadEmailAddress: 'permanent',
  ManuallyDeactivated: 'suppressed',
  SoftBounce: 'transient',
  Transient: 'transient',
  DnsError: 'transient',
  Blocked: 'blocked',
  SpamNotification: 'blocked',
  VirusNotification: 'blocked',
  DMARCPolicy: 'blocked',
  Unknown: 'undetermined',
  UndeliverableNotification: 'undetermined',
};

function stateOf(event: unknown): DeliveryState | null {
  const complained: DeliveryState = { delivery: 'complained', reason: 'complaint' };
  switch (valueAt(event, 'RecordType')) {
    case 'Delivery':
      return { delivery: 'delivered', reason: null };
    case 'SpamComplaint':
      return complained;
    case 'SubscriptionChange':
      return valueAt(event, 'SuppressSending') === true ? { delivery: 'bounced', reason: 'suppressed' } : null;
    case 'Bounce': {
      const type = textAt(event, 'Type') ?? '';
      if (type === 'SpamComplaint') return complained;
      // Answers of machines and of people, which Postmark calls bounces too, say nothing of the address.
      return Object.hasOwn(REASONS, type) ? { delivery: 'bounced', reason: REASONS[type] ?? null } : null;
    }
    default:
      return null;
  }
}
