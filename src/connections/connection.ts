// A connection: one account of a practitioner's at a provider, what it granted, and how it stands.
//
// connected -> needs_reconnect (the grant is dead) or missing_scopes (it is too narrow): she must authorise again, and what
// is owed outside waits. -> disconnected, by her or by staff, or because she authorised another account of the same
// provider. Authorising the same account again leads back to connected from anywhere.
import type { OutsideProvider } from '../meetings/provider.ts';
import { Refusal } from '../platform/refusal.ts';
import { isHost, type Actor } from '../identity/actor.ts';

export const CONNECTION_STATES = ['connected', 'needs_reconnect', 'missing_scopes', 'disconnected'] as const;
export type ConnectionState = (typeof CONNECTION_STATES)[number];

export type Connection = {
  readonly id: number;
  readonly practitionerId: number;
  readonly provider: OutsideProvider;
  readonly accountId: string;
  readonly accountAddress: string;
  readonly scopes: readonly string[];
  readonly state: ConnectionState;
  readonly connectedAt: Temporal.Instant;
  readonly checkedAt: Temporal.Instant;
  readonly lastError: string | null;
};

/** What calls outside need to know of a connection that is in force. */
export type ConnectionInForce = Pick<Connection, 'id' | 'provider' | 'state'>;

/** What is kept sealed. */
export type Tokens = {
  readonly refreshToken: string;
  readonly accessToken: string;
  /** Epoch milliseconds. */
  readonly accessUntilMs: number;
};

/** Refresh tokens die of not being used (after 90 days at the strictest provider): each is tried out in good time. */
export const ATTEND_AGAIN_DAYS = 7;

/** Why it does not do what it should, in words of ours: codes of ours, and the first words of the provider's. */
export const TROUBLES = {
  grant_ended:
    'The account no longer lets us in: access was withdrawn, ran out, or ended with a new password. Connect it again.',
  lost_in_renewal:
    'The provider renewed the access while the answer was lost on its way, which ended it. Nobody did anything wrong. Connect it again.',
  scopes_missing: 'Not everything that is needed was granted. Connect it again, and leave every box ticked.',
  app_refused:
    'The provider does not accept this installation’s own client id or secret. Staff must look at the settings; connecting again does not help.',
  key_missing:
    'The key this connection is encrypted with is not among ENCRYPTION_KEYS. Staff must put it back, or connect again.',
  no_answer: 'The provider did not answer when it was last asked. Nothing needs to be done unless this stays.',
  not_revoked: 'The provider could not be told that access has ended. Remove it there.',
  shared:
    'The same account is connected for another practitioner here, and stays authorised for her. The access ends there when she disconnects it too.',
} as const;
export type Trouble = keyof typeof TROUBLES;

/** The sentence to show; null where nothing is wrong. */
export function troubleSaid(lastError: string | null): string | null {
  if (lastError === null) return null;
  return Object.hasOwn(TROUBLES, lastError) ? TROUBLES[lastError as Trouble] : TROUBLES.no_answer;
}

/** Whose a sealed text is, as sealing is told of it; it opens for no other. */
export function belongingOf(whose: {
  readonly organisationId: number;
  readonly practitionerId: number;
  readonly provider: OutsideProvider;
}): string {
  return `${whose.organisationId}/${whose.practitionerId}/${whose.provider}`;
}

/** A practitioner her own, staff everybody's. Refusal `forbidden`. */
export function refuseStranger(actor: Actor, practitionerId: number): void {
  if (isHost(actor, practitionerId)) return;
  throw new Refusal('forbidden', 'Only staff and the practitioner herself may see and change her connections.');
}
