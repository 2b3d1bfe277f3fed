// Whether the server says how a practitioner's appointments went where nobody else did, and when. By what it decides,
// meetings/life.ts knows; that it is done, appointments/.
import type { FieldFault } from '../platform/refusal.ts';

/**
 * suggested: as it seems to have gone, and not at all where nothing is known. completed: as it seems to have gone, and
 * completed where nothing is known.
 */
export const AUTO_CLOSE = ['off', 'suggested', 'completed'] as const;
export type AutoClose = (typeof AUTO_CLOSE)[number];

export type ClosingPolicy = { readonly autoClose: AutoClose; readonly autoCloseAfterMinutes: number };

/** From the instant at which a suggestion is made (meetings/life.ts) to a week: later nobody remembers. The table's. */
export const AUTO_CLOSE_MINUTES = { minimum: 10, maximum: 10_080 } as const;
export const CLOSING_FIELDS = [
  'autoClose',
  'autoCloseAfterMinutes',
] as const satisfies readonly (keyof ClosingPolicy)[];

/**
 * When an appointment that ends at `end` is closed; null: never. What would have been closed before the setting was made
 * (`since`) is left to a person.
 */
export function closesAt(
  policy: ClosingPolicy & { readonly since: Temporal.Instant | null },
  end: Temporal.Instant,
): Temporal.Instant | null {
  if (policy.autoClose === 'off') return null;
  const at = end.add({ minutes: policy.autoCloseAfterMinutes });
  return policy.since !== null && Temporal.Instant.compare(at, policy.since) <= 0 ? null : at;
}

/** What is wrong with the policy among some fields. */
export function closingFaults({ autoCloseAfterMinutes: value }: Partial<ClosingPolicy>): FieldFault[] {
  const { minimum, maximum } = AUTO_CLOSE_MINUTES;
  if (value === undefined || (Number.isInteger(value) && value >= minimum && value <= maximum)) return [];
  return [{ pointer: '/autoCloseAfterMinutes', message: `must be a whole number from ${minimum} to ${maximum}` }];
}
