// Who asks, and what they may: every rule of ownership in one place. What a token looks like is token.ts's; which routes
// a role may knock at all stands on the route. Another's appointment is answered as if it did not exist (404).

import type { Scope } from './scope.ts';

export const ROLES = ['client', 'practitioner', 'staff', 'service'] as const;
export type Role = (typeof ROLES)[number];

export type Actor = {
  readonly organisationId: number;
  readonly role: Role | 'anonymous';
  /** Opaque, 1-128 characters; of a client, the `userId` it books for. Empty for the anonymous. */
  readonly subject: string;
  /** As the token says; a client's rules over what it sends, and without one it does not book. */
  readonly email: string | null;
  /** What an outside issuer says she is called, where it says so. */
  readonly name?: string;
  /** Set for practitioners, and for them alone. */
  readonly practitionerId: number | null;
  /** Of an API key alone: what it was let do. Where a route asks for another, it is turned away before any rule here. */
  readonly scopes?: readonly Scope[];
  /** Names the actor within its organisation, for limits, idempotency, journal and log: `client:<subject>`. */
  readonly key: string;
};

/** An actor that brought a token. */
export type KnownActor = Actor & { readonly role: Role };

/** Whose an appointment is. */
export type Ownership = { readonly clientSubject: string; readonly practitionerId: number };

/** Staff and service keys: everything in their own organisation. */
export function mayAdminister(actor: Actor): boolean {
  return actor.role === 'staff' || actor.role === 'service';
}

/** A client books for itself alone; a practitioner does not book. */
export function mayBookFor(actor: Actor, userId: string): boolean {
  return mayAdminister(actor) || isClient(actor, userId);
}

/** The client of an appointment, the practitioner whose session it is, staff and service. */
export function maySee(actor: Actor, owned: Ownership): boolean {
  return isHost(actor, owned.practitionerId) || isClient(actor, owned.clientSubject);
}

/** To cancel or reschedule: whoever may see it. */
export function mayChange(actor: Actor, owned: Ownership): actor is KnownActor {
  return maySee(actor, owned);
}

/** Whether the practice's windows bind whoever changes an appointment: all but its host. */
export function isBoundByWindows(actor: Actor, owned: Pick<Ownership, 'practitionerId'>): boolean {
  return !isHost(actor, owned.practitionerId);
}

/** To say how an appointment went: its host. */
export function mayClose(actor: Actor, owned: Ownership): actor is KnownActor {
  return isHost(actor, owned.practitionerId);
}

/** A client lists its own appointments; a practitioner lists nobody's. */
export function mayListClient(actor: Actor, userId: string): boolean {
  return mayAdminister(actor) || isClient(actor, userId);
}

/** May act as the host of a session: the practitioner herself, staff and service. Start links are for these alone. */
export function isHost(actor: Actor, practitionerId: number): boolean {
  return mayAdminister(actor) || (actor.role === 'practitioner' && actor.practitionerId === practitionerId);
}

/** May change hours and settings: staff and service of all, a practitioner of her own. */
export function mayManagePractitioner(actor: Actor, practitionerId: number): boolean {
  return isHost(actor, practitionerId);
}

/** An address is the bucket of those who bring no token; the organisation is the installation's own. */
export function anonymousActor(organisationId: number, addressKey: string): Actor {
  return { organisationId, role: 'anonymous', subject: '', email: null, practitionerId: null, key: addressKey };
}

function isClient(actor: Actor, subject: string): boolean {
  return actor.role === 'client' && actor.subject === subject;
}
