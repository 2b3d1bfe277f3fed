// Who an appointment is for. A client is known by the subject of its token or, where staff or a service books, by the
// `userId` they give; a name and an address are kept with it, once, and never written over by what somebody else claims.
import type { Actor } from '../identity/actor.ts';
import { Refusal, type FieldFault } from '../platform/refusal.ts';

export type KnownClient = { readonly id: number; readonly name: string; readonly email: string };

export type ClientGiven = { readonly userEmail: string; readonly userName: string };

/** What is to be kept: `insert` for a client not known yet, `update` where the client itself has newer words, else neither. */
export type ClientDecision =
  | { readonly kind: 'known'; readonly client: KnownClient }
  | { readonly kind: 'insert' | 'update'; readonly name: string; readonly email: string };

/** The address a client books with: its token's, and no other, or our mail went to strangers. Refusal `forbidden`. */
export function addressOf(actor: Actor): string {
  if (actor.email !== null) return actor.email;
  throw new Refusal(
    'forbidden',
    'Your token has no e-mail address, so nothing can be booked with it. Get one that has your address.',
  );
}

/** How a client is called who does not say it herself: as her token has it. Refusal `invalid_request` where it has not. */
export function nameOf(actor: Actor): string {
  if (actor.role === 'client' && actor.name !== undefined) return actor.name;
  throw new Refusal('invalid_request', 'Say how the client is called, as userName.', {
    errors: [{ pointer: '/userName', message: 'is required' }],
  });
}

/**
 * A client's token rules over what its body says; for a known client the address given must be the one that is kept.
 * Refusals `does_not_match`, `forbidden`.
 */
export function decideClient(actor: Actor, known: KnownClient | null, given: ClientGiven): ClientDecision {
  if (actor.role === 'client') {
    const email = addressOf(actor);
    requireSame([{ pointer: '/userEmail', given: given.userEmail, kept: email }]);
    if (known && sameText(known.email, email) && known.name === given.userName) return { kind: 'known', client: known };
    return { kind: known ? 'update' : 'insert', name: given.userName, email };
  }
  if (!known) return { kind: 'insert', name: given.userName, email: given.userEmail };
  requireSame([{ pointer: '/userEmail', given: given.userEmail, kept: known.email }]);
  return { kind: 'known', client: known };
}

export type Claim = { readonly pointer: string; readonly given: string | undefined; readonly kept: string };

/** What a caller repeats of what we keep must be the same, whatever its case. Tells which fields differ, not how. */
export function requireSame(claims: readonly Claim[]): void {
  const errors: FieldFault[] = claims
    .filter(({ given, kept }) => given !== undefined && !sameText(given, kept))
    .map(({ pointer }) => ({ pointer, message: 'is not the one that is stored' }));
  if (errors.length === 0) return;
  const fields = errors.map(({ pointer }) => pointer.slice(1).replaceAll('/', '.')).join(', ');
  throw new Refusal(
    'does_not_match',
    `What was sent as ${fields} differs from what is stored. Correct it, or leave it out where you can.`,
    { errors },
  );
}

function sameText(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function plain(text: string): string {
  return text.normalize('NFC').trim().toLowerCase();
}
