// What became of a letter after a mail service took it, as far as the service tells. News repeats itself and comes out of
// order, so a letter's delivery only ever rises: delayed, delivered, bounced for now, bounced for good, complained of.

export const DELIVERIES = ['delayed', 'delivered', 'bounced', 'complained'] as const;
export type Delivery = (typeof DELIVERIES)[number];

/**
 * Why. permanent: nobody reads mail there. transient: a full mailbox, a server that was away. blocked: this mail or sender
 * is not wanted there. suppressed: the service itself will not write there any more. complaint: the reader called it spam.
 */
export const DELIVERY_REASONS = [
  'permanent',
  'transient',
  'blocked',
  'suppressed',
  'complaint',
  'undetermined',
] as const;
export type DeliveryReason = (typeof DELIVERY_REASONS)[number];

export type DeliveryState = { readonly delivery: Delivery; readonly reason: DeliveryReason | null };

/** One piece of news. `reference`: ours, as it was given with the letter, or null; `serviceIds`: what the service may call it. */
export type News = DeliveryState & {
  readonly reference: string | null;
  readonly serviceIds: readonly string[];
};

/** Whether an address that this was said of must not be written to again. */
export function stopsMail(
  state: DeliveryState,
): state is DeliveryState & { readonly delivery: 'bounced' | 'complained'; readonly reason: DeliveryReason } {
  if (state.delivery === 'complained') return state.reason !== null;
  return state.delivery === 'bounced' && (state.reason === 'permanent' || state.reason === 'suppressed');
}

/** Whether the news says more than what is known already. */
export function isRise(known: DeliveryState | null, news: DeliveryState): boolean {
  return known === null || rankOf(news) > rankOf(known);
}

function rankOf(state: DeliveryState): number {
  if (state.delivery === 'complained') return 5;
  if (state.delivery === 'bounced') return stopsMail(state) ? 4 : 3;
  return state.delivery === 'delivered' ? 2 : 1;
}

/** A letter's own name at a mail service: of this installation, and of no person. */
export function referenceOf(installation: string, organisationId: number, letterId: number): string {
  return `${installation}-${organisationId}-${letterId}`;
}

/** Null for a reference that is not of this installation: others may send from the same account. */
export function readReference(
  installation: string,
  reference: string,
): { readonly organisationId: number; readonly letterId: number } | null {
  const [marker, organisation = '', letter = '', ...more] = reference.split('-');
  if (marker !== installation || more.length > 0) return null;
  const [organisationId, letterId] = [organisation, letter].map((part) => (/^\d{1,16}$/.test(part) ? Number(part) : 0));
  if (!isId(organisationId) || !isId(letterId)) return null;
  return { organisationId, letterId };
}

function isId(value: number | undefined): value is number {
  return Number.isSafeInteger(value) && (value ?? 0) > 0;
}
