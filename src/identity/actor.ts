// Who asks, and what they may: every rule of ownership in one place. What a token looks like is token.ts's; which routes
// a role may knock at all stands on the route. Another's appointment is answered as if it did not exist (404).

import { digestOf } from '../platform/secrets.ts';
import type { Scope } from './scope.ts';

export const ROLES = ['client', 'practitioner', 'staff', 'service'] as const;
export type Role = (typeof ROLES)[number];

/** Who a route can be for. A guest brings the link to one appointment, which it may see, move and cancel, and nothing else. */
export const CALLERS = [...ROLES, 'guest'] as const;

export type Actor = {
  readonly organisationId: number;
  readonly role: (typeof CALLERS)[number] | 'anonymous';
  /** Opaque, 1-128 characters; of a client, the `userId` it books for. Empty for the anonymous. */
  readonly subject: string;
  /** As the token says; a client's rules over what it sends, and without one it does not book. */
  readonly email: string | null;
  /** What an outside issuer says she is called, where it says so. */
  readonly name?: string;
  /** Set for practitioners, and for them alone. */
  readonly practitionerId: number | null;
  /** Of a guest alone: the one appointment it may touch. */
  readonly pass?: GuestPass;
  /** Of a guest alone, come by the link in an offer: that one offer, and no appointment. */
  readonly offerPass?: OfferPass;
  /** Of an API key alone: what it was let do. Where a route asks for another, it is turned away before any rule here. */
  readonly scopes?: readonly Scope[];
  /** Of an API key that ends: no key it makes may last longer. */
  readonly expiresAt?: Temporal.Instant;
  /** Names the actor within its organisation, for limits, idempotency, journal and log: `client:<subject>`. */
  readonly key: string;
};

/** An actor that brought a token. */
export type KnownActor = Actor & { readonly role: (typeof CALLERS)[number] };

/** Whose an appointment is. */
export type Ownership = { readonly clientSubject: string; readonly practitionerId: number } & Partial<Linked>;

/** What of an appointment its links depend on: with any of it, all links given out before end. */
export type Linked = {
  readonly id: number;
  readonly clientId: number;
  readonly clientEmail: string;
  /** Raised to end all links given out before. */
  readonly linkGeneration: number;
};

/** What a link says of its appointment. */
export type GuestPass = {
  readonly appointmentId: number;
  readonly clientId: number;
  readonly generation: number;
  /** Mark of the address it was made for. */
  readonly address: string;
};

/** What the link in an offer says: which one, and a mark of the address it was made for. */
export type OfferPass = { readonly offerId: number; readonly address: string };

/** Whose an offer is. */
export type Offered = { readonly id: number; readonly clientSubject: string; readonly clientEmail: string };

/** Staff and service keys: everything in their own organisation. */
export function mayAdminister(actor: Actor): boolean {
  return actor.role === 'staff' || actor.role === 'service';
}

/** A client books for itself alone; a practitioner does not book. */
export function mayBookFor(actor: Actor, userId: string): boolean {
  return mayAdminister(actor) || isClient(actor, userId);
}

/** The client of an appointment, by its token or by a link, the practitioner whose session it is, staff and service. */
export function maySee(actor: Actor, owned: Ownership): boolean {
  return isHost(actor, owned.practitionerId) || isClient(actor, owned.clientSubject) || isGuestOf(actor, owned);
}

/** To cancel or reschedule: whoever may see it. */
export function mayChange(actor: Actor, owned: Ownership): actor is KnownActor {
  return maySee(actor, owned);
}

/** To end the links to an appointment: whoever may change it, but by a link. */
export function mayRevokeLinks(actor: Actor, owned: Ownership): actor is KnownActor {
  return actor.role !== 'guest' && mayChange(actor, owned);
}

/** Whether the practice's windows bind whoever changes an appointment: all but its host. */
export function isBoundByWindows(actor: Actor, owned: Pick<Ownership, 'practitionerId'>): boolean {
  return !isHost(actor, owned.practitionerId);
}

/** To say how an appointment went: its host. */
export function mayClose(actor: Actor, owned: Ownership): actor is KnownActor {
  return isHost(actor, owned.practitionerId);
}

/** To answer a time that was proposed: the client, by its token or a link, and whoever acts for it; not the proposer. */
export function mayAnswer(actor: Actor, owned: Ownership): actor is KnownActor {
  return actor.role !== 'practitioner' && maySee(actor, owned);
}

/** A client lists its own appointments; a practitioner lists nobody's. */
export function mayListClient(actor: Actor, userId: string): boolean {
  return mayAdminister(actor) || isClient(actor, userId);
}

/** May act as the host of a session: the practitioner herself, staff and service. Start links are for these alone. */
export function isHost(actor: Actor, practitionerId: number): boolean {
  return mayAdminister(actor) || (actor.role === 'practitioner' && actor.practitionerId === practitionerId);
}

/** To be told who has which of her time: whoever may act for her; of API keys, those that may read appointments. */
export function mayReadDiary(actor: Actor, practitionerId: number): boolean {
  return isHost(actor, practitionerId) && (actor.scopes?.includes('appointments:read') ?? true);
}

/** May change hours and settings: staff and service of all, a practitioner of her own. */
export function mayManagePractitioner(actor: Actor, practitionerId: number): boolean {
  return isHost(actor, practitionerId);
}

/** An address is the bucket of those who bring no token; the organisation is the installation's own. */
export function anonymousActor(organisationId: number, addressKey: string): Actor {
  return { organisationId, role: 'anonymous', subject: '', email: null, practitionerId: null, key: addressKey };
}

/** To see and answer an offer: its client, by its token or by the link in it, and whoever acts for it. */
export function mayAnswerOffer(actor: Actor, offer: Offered): boolean {
  if (mayAdminister(actor) || isClient(actor, offer.clientSubject)) return true;
  const { offerPass } = actor;
  if (actor.role !== 'guest' || offerPass === undefined) return false;
  const wanted = offerPassFor(offer);
  return offerPass.offerId === wanted.offerId && offerPass.address === wanted.address;
}

/** What the link in an offer says, as its client is now. */
export function offerPassFor({ id, clientEmail }: Pick<Offered, 'id' | 'clientEmail'>): OfferPass {
  return { offerId: id, address: addressMark(`offer ${id}`, clientEmail) };
}

/** Whether it came by a link to this very appointment: one that holds, or once did. */
export function isGuestAt(actor: Actor, appointmentId: number): boolean {
  return actor.role === 'guest' && actor.pass?.appointmentId === appointmentId;
}

/** What a link to the appointment says, as the appointment is now. */
export function passFor(appointment: Linked): GuestPass {
  const { id, clientId, clientEmail, linkGeneration } = appointment;
  return { appointmentId: id, clientId, generation: linkGeneration, address: addressMark(String(id), clientEmail) };
}

function addressMark(of: string, email: string): string {
  return digestOf(`${of}:${email.toLowerCase()}`).slice(0, ADDRESS_MARK_LENGTH);
}

/** 96 bits: nobody finds a second address to it, and the link stays short. */
const ADDRESS_MARK_LENGTH = 16;

/** The link must say what one made now would say. */
function isGuestOf(actor: Actor, owned: Ownership): boolean {
  const { pass } = actor;
  const { id, clientId, clientEmail, linkGeneration } = owned;
  if (actor.role !== 'guest' || pass === undefined) return false;
  if (id === undefined || clientId === undefined || clientEmail === undefined || linkGeneration === undefined)
    return false;
  const wanted = passFor({ id, clientId, clientEmail, linkGeneration });
  return (
    pass.appointmentId === wanted.appointmentId &&
    pass.clientId === wanted.clientId &&
    pass.generation === wanted.generation &&
    pass.address === wanted.address
  );
}

function isClient(actor: Actor, subject: string): boolean {
  return actor.role === 'client' && actor.subject === subject;
}
