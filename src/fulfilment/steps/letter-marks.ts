// What marks a letter, its appointment in calendars, and the way to manage it: the same at every sending.
import { guestLinkTo, type GuestLinks } from '../../identity/guest-link.ts';
import type { Mailer } from '../../notifications/mailer.ts';
import type { NewLetter } from '../../notifications/store.ts';
import type { SessionFacts } from '../plan.ts';

type Marks = { readonly installation: string; readonly guestLinks: GuestLinks; readonly mailer: Pick<Mailer, 'from'> };

/** Of an appointment of this client. */
export function manageUrlOf(
  post: Pick<Marks, 'guestLinks'>,
  {
    organisationId,
    appointment,
    client,
    end,
  }: Pick<SessionFacts, 'organisationId' | 'client' | 'end'> & {
    readonly appointment: Pick<SessionFacts['appointment'], 'id' | 'linkGeneration'>;
  },
): string | null {
  const { id, linkGeneration } = appointment;
  const linked = { organisationId, id, linkGeneration, clientId: client.id, clientEmail: client.email, end };
  return guestLinkTo(post.guestLinks, linked).url;
}

/** One UID for an appointment's life (RFC 5545, 3.8.4.7). */
export function uidOf(installation: string, appointmentId: number): string {
  return `appointment-${appointmentId}@${installation}.slotkeeper`;
}

/** The same for every sending of one letter, so that a receiver can drop a double. */
export function messageIdOf(post: Marks, letter: NewLetter): string {
  const domain = post.mailer.from.address.split('@')[1] ?? 'slotkeeper.invalid';
  return `${letter.appointmentId}.${variantOf(letter)}.${letter.recipient}.${post.installation}@${domain}`;
}

/** What makes it the same letter or another, among those of one appointment to one reader (see letter_once). */
export function variantOf(letter: Pick<NewLetter, 'revision' | 'kind' | 'link' | 'channel' | 'leadMinutes'>): string {
  const { revision, kind } = letter;
  if (kind === 'link') return `${revision}.link-${letter.link ?? ''}`;
  if (kind === 'reminder') return `${revision}.reminder-${letter.channel}-${letter.leadMinutes ?? ''}`;
  return `${revision}.${kind}`;
}
