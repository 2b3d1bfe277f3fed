// Where a start cannot be had, the refusal says why, and what could be had instead.
import type { Desk } from '../availability/desk.ts';
import { findAgainst, findInstead, type Instead } from '../availability/find-alternatives.ts';
import type { SlotTools, Sought } from '../availability/find-slots.ts';
import { refusalFor, type ReasonCode } from '../availability/reasons.ts';
import type { Actor } from '../identity/actor.ts';
import { NotBookable } from './diary.ts';
import { lockingAnew } from './needs.ts';

/**
 * What somebody wants a time for, for whom, to book it or only to have it kept; `moved`: the appointment it would move, and the session that would leave its time.
 * `judged`: the reasons that count, where all others were judged before.
 */
export type Meant = {
  readonly practitionerId: number;
  readonly session: Sought;
  readonly clientSubject: string;
  readonly keeping?: boolean;
  readonly moved?: { readonly sessionId: number | undefined; readonly start: Temporal.Instant };
  readonly judged?: readonly ReasonCode[];
};

/**
 * Runs an act; where its start cannot be booked, the refusal says what could be had instead. The act tells what it means as
 * soon as it knows; alternatives are found once its transaction is closed.
 */
export async function orAlternatives<T>(
  tools: SlotTools,
  actor: Actor,
  act: (onMeant: (meant: Meant) => void) => Promise<T>,
): Promise<T> {
  let meant: Meant | undefined;
  try {
    return await lockingAnew(() => act((told) => (meant = told)));
  } catch (error) {
    if (!(error instanceof NotBookable) || !meant) throw error;
    const { organisationId } = actor;
    const asked = { organisationId, ...meant, start: error.start.instant };
    const { alternatives, because } = await findInstead(tools, asked, actor);
    const { judged } = meant;
    const counted = judged ? because.filter(({ reason }) => judged.some((one) => one === reason)) : because;
    throw refusalFor(error.reasons, moreOf({ alternatives, because: counted }), error.overriding);
  }
}

/**
 * Where a start is probably taken: refuses it as orAlternatives would, without a transaction. Returns where it may be free,
 * where what is meant was known from another desk than the one in force, and where it is `ours`, which is asked last.
 */
export async function refuseTaken(
  tools: SlotTools,
  actor: Actor,
  meant: Meant & { readonly desk: Desk },
  start: Temporal.Instant,
  ours: () => Promise<boolean>,
): Promise<void> {
  const found = await findAgainst(tools, { organisationId: actor.organisationId, ...meant, start }, actor);
  if (found && !(await ours())) throw refusalFor(found.reasons, moreOf(found));
}

function moreOf({ alternatives, because }: Instead) {
  return { alternatives, ...(because.length > 0 ? { because } : {}) };
}
