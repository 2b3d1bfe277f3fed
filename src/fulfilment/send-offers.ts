// Sends the letters in which offers are made, each written from what is so when it leaves: through the gate of the mail service, and
// told in the delivery log, as all letters are. No network while a transaction is open.
import { offerStateAt } from '../appointments/offer.ts';
import {
  claimOfferLetters,
  findOffer,
  putOffOfferLetters,
  readOfferReader,
  settleOfferLetter,
} from '../appointments/store-offers.ts';
import { offerLinkTo } from '../identity/guest-link.ts';
import { digestAddress } from '../notifications/mail-trouble.ts';
import { listTroubles } from '../notifications/store-delivery.ts';
import { settleLetter, supersedeLetters, type StartedLetter } from '../notifications/store.ts';
import type { Mail } from '../notifications/mailer.ts';
import { writeOfferLetter } from '../notifications/offer-letter.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { openGate, type GateTools } from './gate.ts';
import { hand, type Settled } from './steps/notification.ts';
import { watchedPost } from './steps/post.ts';
import type { TextPost } from './steps/text-message.ts';
import { listCircuitsOfSession } from './store-accounts.ts';
import { startOfferLetter } from './store-offers.ts';
import { LeaseLost } from './store.ts';
import { openTraffic } from './traffic.ts';

export type OfferPost = TextPost & Omit<GateTools, 'traffic'>;

const AT_ONCE = 8;
const MAIL = { provider: 'mail', connectionId: null } as const;
/** By then its words leave, or stay. Nobody else takes up what was claimed until its answer is in as well (see claimOfferLetters). */
const CLAIMED_SECONDS = 15;

/** Sends those of an organisation that are due, whenever it is called. */
export function offerSender(tools: OfferPost): (organisationId: number) => Promise<void> {
  const post = { ...tools, traffic: openTraffic(() => undefined) };
  return (organisationId) => sendOffers(post, organisationId);
}

async function sendOffers(post: OfferPost & GateTools, organisationId: number): Promise<void> {
  const { clock, transactor } = post;
  const now = clock.now();
  const due = await transactor.inOrganisation(organisationId, (tx) => claimOfferLetters(tx, now, AT_ONCE));
  const ids = due.map(({ id }) => id);
  const [first] = ids;
  if (first === undefined) return;
  // An offer is no session: of the circuits it meets the deployment's own alone.
  const circuits = await transactor.inOrganisation(organisationId, (tx) => listCircuitsOfSession(tx, first), {
    readOnly: true,
  });
  const gate = openGate(post, { organisationId, sessionId: first }, circuits);
  const waitsAt = await gate.waitFor(MAIL);
  if (waitsAt) return await transactor.inOrganisation(organisationId, (tx) => putOffOfferLetters(tx, ids, waitsAt));
  const leavesBefore = now.add({ seconds: CLAIMED_SECONDS });
  const watched = watchedPost(post, gate, () => leavesBefore);
  const results = await Promise.allSettled(ids.map((id) => send(watched, organisationId, id)));
  await gate.settle();
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

async function send(post: TextPost, organisationId: number, offerId: number): Promise<void> {
  const begun = await post.transactor.inOrganisation(organisationId, (tx) => begin(post, tx, offerId));
  if (!begun) return;
  const end = await hand(post, begun.mail, begun.started, organisationId).catch(stayed(post, begun.started));
  await post.transactor.inOrganisation(organisationId, (tx) => settle(post, tx, offerId, begun.started, end));
}

/** Held too long to leave: it is tried anew. An earlier try that is in doubt stays so. */
function stayed(post: TextPost, { repeated }: StartedLetter): (error: unknown) => Settled {
  return (error) => {
    if (!(error instanceof LeaseLost)) throw error;
    return { state: repeated ? 'unknown' : 'queued', nextAttemptAt: post.clock.now(), error: null };
  };
}

/** Marks it before it is handed over. null: nothing is offered any more, it is in doubt twice, or its address is not written to. */
async function begin(
  post: TextPost,
  tx: Transaction,
  offerId: number,
): Promise<{ readonly mail: Mail; readonly started: StartedLetter } | null> {
  const offer = await findOffer(tx, offerId);
  const [time] = offer?.times ?? [];
  if (!offer || !time || offerStateAt(offer, post.clock.now()) !== 'open') {
    await settleOfferLetter(tx, offerId, { sentAt: null, error: 'overtaken', dueAt: null });
    if (offer?.letterId != null) await supersedeLetters(tx, [offer.letterId]);
    return null;
  }
  const addressDigest = digestAddress(post.addressKey, offer.clientEmail);
  const mail = await write(post, tx, offer);
  const started = await startOfferLetter(tx, { offerId, startsAt: time.time.from, addressDigest }, post.mailer);
  if (!started) {
    await settleOfferLetter(tx, offerId, { sentAt: null, error: 'unknown', dueAt: null });
    return null;
  }
  const troubles = await listTroubles(tx, 'client', offer.clientId);
  const trouble = troubles.find((one) => addressDigest.equals(one.addressDigest));
  if (!trouble) return { mail, started };
  const error = `address_${trouble.kind} ${trouble.reason}`;
  await settle(post, tx, offerId, started, { state: 'refused', nextAttemptAt: null, error });
  post.log.info({ letter: started.id }, 'a letter was not sent: its address is not to be written to');
  return null;
}

async function settle(
  post: TextPost,
  tx: Transaction,
  offerId: number,
  started: StartedLetter,
  end: Settled,
): Promise<void> {
  const at = post.clock.now();
  await settleLetter(tx, started, { serviceId: null, ...end, service: post.mailer.service, at });
  const sentAt = end.state === 'sent' ? at : null;
  await settleOfferLetter(tx, offerId, { sentAt, error: end.error, dueAt: end.nextAttemptAt });
}

async function write(
  post: TextPost,
  tx: Transaction,
  offer: NonNullable<Awaited<ReturnType<typeof findOffer>>>,
): Promise<Mail> {
  const reader = await readOfferReader(tx, offer);
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
    offerId: offer.id,
    sandbox: post.sandbox,
    // The same at each try, so that a receiver can drop a double.
    messageId: `offer-${offer.id}.${post.installation}@${domain}`,
  });
}
