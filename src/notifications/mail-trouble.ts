// An address that must not be written to, for as long as it is that person's address and nobody has cleared it. Kept as a
// keyed digest, so that the record itself names nobody.
import { createHmac, hkdfSync } from 'node:crypto';
import { KEY_BYTES } from '../platform/secrets.ts';
import type { DeliveryReason } from './delivery.ts';

export type PersonKind = 'client' | 'practitioner';

export type MailTrouble = {
  readonly personKind: PersonKind;
  readonly personId: number;
  readonly kind: 'bounced' | 'complained';
  readonly reason: DeliveryReason;
  readonly since: Temporal.Instant;
};

/** From the installation's own key, for this one purpose (RFC 5869, 3.2). */
export function addressKeyOf(installationKey: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', installationKey, '', 'slotkeeper mail trouble', KEY_BYTES));
}

/** The same for one address in whatever case: no mail service in use tells them apart. */
export function digestAddress(key: Uint8Array, address: string): Buffer {
  return createHmac('sha256', key).update(address.normalize('NFC').trim().toLowerCase()).digest();
}
