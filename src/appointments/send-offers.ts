// Sends the letters in which offers are made, each written from what is so when it leaves. No network while a transaction is open.
import { offerLinkTo, type GuestLinks } from '../identity/guest-link.ts';
import { digestAddress } from '../notifications/mail-trouble.ts';
import type { Mailer } from '../notifications/mailer.ts';
import { writeOfferLetter } from '../notifications/offer-letter.ts';
import type { Transaction, Transactor } from '../platform/database/transaction.ts';
import type { Log } from '../platform/log.ts';
import { OutsideError } from '../platform/outside-error.ts';
import type { Clock } from '../platform/time/clock.ts';
import { offerStateAt } from './offer.ts';
import { claimOfferLetters, findOffer, readOfferReader, settleOfferLetter, type DueLetter } from './store-offers.ts';

export type OfferPost = {
  readonly transactor: Pick<Transactor, 'inOrganisation'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly mailer: Mailer;
  readonly installation: string;
  readonly addressKey: Uint8Array;
  readonly guestLinks: GuestLinks;
  readonly sandbox: boolean;
};

const AT_ONCE = 8;
const SEND_TIMEOUT_MS = 10_000;
/** With their pauses some hours: longer than most offers are open. */
const MOST_TRIES = 30;

/** Those that are due; answers how many there were. */
export async function sendOffers(post: OfferPost, organisationId: number): Promise<number> {
  const due = await post.transactor.inOrganisation(organisationId, (tx) =>
    claimOfferLetters(tx, post.clock.now(), AT_ONCE),
  );
  await Promise.all(due.map((letter) => send(post, organisationId, letter)));
  return due.length;
}

async function send(post: OfferPost, organisationId: number, { id, attempts }: DueLetter): Promise<void> {
  const settle = (end: Parameters<typeof settleOfferLetter>[2]) =>
    post.transactor.inOrganisation(organisationId, (tx) => settleOfferLetter(tx, id, end));
  const mail = await post.transactor.inOrganisation(organisationId, (tx) => write(post, tx, id), { readOnly: true });
  if (mail === null) return await settle({ sentAt: null, error: 'overtaken', again: false });
  if (mail === 'stopped') return await settle({ sentAt: null, error: 'address_stopped', again: false });
  const name = `${post.installation}-offer-${id}`;
  try {
    await post.mailer.send(mail, SEND_TIMEOUT_MS, { reference: name, onceKey: name, repeated: attempts > 1 });
    await settle({ sentAt: post.clock.now(), error: null, again: false });
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    const { outcome } = error.facts;
    post.log.warn({ offerId: id, outcome }, 'a letter with an offer did not leave');
    const over = outcome === 'refused' || outcome === 'absent' || attempts >= (outcome === 'unknown' ? 2 : MOST_TRIES);
    await settle({ sentAt: null, error: outcome, again: !over });
  }
}

/** null: nothing is offered any more. */
async function write(post: OfferPost, tx: Transaction, id: number) {
  const offer = await findOffer(tx, id);
  if (!offer || offerStateAt(offer, post.clock.now()) !== 'open') return null;
  const reader = await readOfferReader(tx, offer, digestAddress(post.addressKey, offer.clientEmail));
  if (reader.stopped) return 'stopped' as const;
  const { organisationId } = tx;
  const domain = post.mailer.from.address.split('@')[1] ?? 'slotkeeper.invalid';
  return writeOfferLetter({
    kind: offer.kind,
    to: { name: offer.clientName, address: offer.clientEmail },
    practitioner: reader.practitioner,
    practice: reader.practice,
    sessionType: reader.sessionType,
    instead: reader.start && reader.end ? { start: reader.start, end: reader.end } : null,
    times: offer.times.map(({ time }) => ({ start: time.from, end: time.to })),
    expiresAt: offer.expiresAt,
    zone: reader.zone ?? offer.times[0]?.zone ?? 'UTC',
    url: offerLinkTo(post.guestLinks, { ...offer, organisationId }).url,
    offerId: id,
    sandbox: post.sandbox,
    // The same at each try, so that a receiver can drop a double.
    messageId: `offer-${id}.${post.installation}@${domain}`,
  });
}
