// Links by which a client manages one appointment without an account: compact JWS under our own key (RFC 7515), of a type of
// their own (RFC 8725, 3.11), so that neither such a link nor a token is ever taken for the other. A link says whose
// appointment it is and until when; whether all of that is still so is asked of the appointment (see actor.ts).
import { offerPassFor, passFor, type GuestPass, type Linked, type Offered } from './actor.ts';
import { decode, encodePart, hasSignature, isId, sign, type VerifiedToken } from './token.ts';

export type GuestLinks = {
  readonly key: Uint8Array;
  /** The page that a link leads to; null: there is none, and no letter bears a link. */
  readonly page: string | null;
};

/** What a link is made for. */
export type LinkedAppointment = Linked & { readonly organisationId: number; readonly end: Temporal.Instant };

export type GuestLink = {
  readonly token: string;
  /** With the token behind the `#`: that part of an address no browser sends, and no server logs (RFC 3986, 3.5). */
  readonly url: string | null;
  readonly expiresAt: Temporal.Instant;
};

/** So long after its end an appointment can be looked up by its link: to see what it was, and no longer. */
const DAYS_AFTER_END = 7;
/** Clocks of two machines may differ so much. */
const SKEW_SECONDS = 30;
const TYPE = 'slotkeeper-guest+jwt';
const HEADER = encodePart({ alg: 'HS256', typ: TYPE });
const GUEST_LINK = new RegExp(`^${HEADER}\\.([\\w-]{1,600})\\.([\\w-]{43})$`);

/** The link to an appointment as it is now: the same whenever it is made, until something of it changes. */
export function guestLinkTo(links: GuestLinks, appointment: LinkedAppointment): GuestLink {
  const expiresAt = appointment.end.add({ hours: DAYS_AFTER_END * 24 });
  const pass = passFor(appointment);
  const payload = encodePart({
    org: appointment.organisationId,
    apt: pass.appointmentId,
    cli: pass.clientId,
    gen: pass.generation,
    adr: pass.address,
    exp: Math.ceil(expiresAt.epochMilliseconds / 1000),
  });
  const signed = `${HEADER}.${payload}`;
  const token = `${signed}.${sign(links.key, signed).toString('base64url')}`;
  return { token, url: links.page === null ? null : `${links.page}#${token}`, expiresAt };
}

const OFFER_HEADER = encodePart({ alg: 'HS256', typ: 'slotkeeper-offer+jwt' });
const OFFER_LINK = new RegExp(`^${OFFER_HEADER}\\.([\\w-]{1,600})\\.([\\w-]{43})$`);
/** So long after its deadline an offer can be looked at by its link, to see what became of it. */
const HOURS_AFTER_DEADLINE = 48;

/** The link by which an offer is answered. */
export function offerLinkTo(
  links: GuestLinks,
  offer: Pick<Offered, 'id' | 'clientEmail'> & {
    readonly organisationId: number;
    readonly expiresAt: Temporal.Instant;
  },
): GuestLink {
  const expiresAt = offer.expiresAt.add({ hours: HOURS_AFTER_DEADLINE });
  const { offerId, address } = offerPassFor(offer);
  const payload = encodePart({
    org: offer.organisationId,
    ofr: offerId,
    adr: address,
    exp: Math.ceil(expiresAt.epochMilliseconds / 1000),
  });
  const signed = `${OFFER_HEADER}.${payload}`;
  const token = `${signed}.${sign(links.key, signed).toString('base64url')}`;
  return { token, url: links.page === null ? null : `${links.page}#${token}`, expiresAt };
}

/** Null for whatever is not such a link, whole and in its time. */
export function verifyOfferLink(key: Uint8Array, token: string, now: Temporal.Instant): VerifiedToken | null {
  const [, payload = '', signature = ''] = OFFER_LINK.exec(token) ?? [];
  if (payload === '' || !hasSignature(key, `${OFFER_HEADER}.${payload}`, signature)) return null;
  const { org, ofr, adr, exp } = decode(payload) ?? {};
  if (!isId(org) || !isId(ofr) || !isId(exp) || typeof adr !== 'string') return null;
  const expiresAt = exp + SKEW_SECONDS;
  if (expiresAt <= Math.floor(now.epochMilliseconds / 1000)) return null;
  const offerPass = { offerId: ofr, address: adr };
  const none = { subject: '', email: null, practitionerId: null } as const;
  return { actor: { organisationId: org, role: 'guest', ...none, offerPass, key: `guest:offer:${ofr}` }, expiresAt };
}

/** Null for whatever is not such a link, whole and in its time. */
export function verifyGuestLink(key: Uint8Array, token: string, now: Temporal.Instant): VerifiedToken | null {
  const [, payload = '', signature = ''] = GUEST_LINK.exec(token) ?? [];
  if (payload === '' || !hasSignature(key, `${HEADER}.${payload}`, signature)) return null;
  const { org, apt, cli, gen, adr, exp } = decode(payload) ?? {};
  if (!isId(org) || !isId(apt) || !isId(cli) || !isId(exp)) return null;
  if (!Number.isSafeInteger(gen) || typeof adr !== 'string') return null;
  const expiresAt = exp + SKEW_SECONDS;
  if (expiresAt <= Math.floor(now.epochMilliseconds / 1000)) return null;
  const pass: GuestPass = { appointmentId: apt, clientId: cli, generation: Number(gen), address: adr };
  return {
    actor: {
      organisationId: org,
      role: 'guest',
      subject: '',
      email: null,
      practitionerId: null,
      pass,
      key: `guest:${apt}`,
    },
    expiresAt,
  };
}
