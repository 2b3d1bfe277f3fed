// Staff override the rules of availability, knowingly: who may, and what is overridden; pure. The constraint is
// never relaxed: over time that somebody owns, the session owns only what nobody does, and inherits the rest
// (occupancy/inherit-time.ts).
import type { ReasonCode } from '../availability/reasons.ts';
import type { Actor } from '../identity/actor.ts';
import type { Facts } from '../journal/record.ts';
import { Refusal } from '../platform/refusal.ts';

/** `overrode`: the reasons for which it would have been refused. */
export type Overridden = { readonly reason: string; readonly overrode: readonly ReasonCode[] };

export type Override = { readonly reason: string };

/** What is past is past for all: nothing can be agreed for it any more. And nobody sits on a seat that is not there. */
const NEVER: ReadonlySet<ReasonCode> = new Set(['time_in_past', 'full', 'already_booked']);

/** Refusal `forbidden`: a double booking on purpose is a person's to answer for, so no service's. */
export function refuseOverriding(actor: Actor, override: Override | null): void {
  if (override === null || actor.role === 'staff') return;
  throw new Refusal('forbidden', 'Only staff may override a rule. Leave `override` out.');
}

/** What of the reasons against a start stands, in spite of an override. */
export function reasonsLeft(reasons: readonly ReasonCode[], overriding: boolean): readonly ReasonCode[] {
  return overriding ? reasons.filter((reason) => NEVER.has(reason)) : reasons;
}

/** For the journal: which rules. In whose words why is kept in a note alone, which can be erased. */
export function factsOfOverride(overrode: readonly ReasonCode[]): Facts {
  return overrode.length === 0 ? {} : { overrode };
}
