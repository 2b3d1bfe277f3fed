// The step that says how an appointment went, where its practitioner's policy has it said and nobody did. What is said, and
// whether at all, is the act's to decide, under its locks.
import { closeByPolicy, type ByPolicy } from '../../appointments/close-by-policy.ts';
import type { Reading } from '../../appointments/find-appointment.ts';
import { closesAt } from '../../practitioners/auto-close.ts';
import type { SessionFacts } from '../plan.ts';

/** Asks the policy where its time has come; says when to come (again), and whether the facts are older than what it did. */
export async function closeWhereDue(tools: Reading, facts: SessionFacts): Promise<ByPolicy> {
  const { live, appointment, closing, end, organisationId } = facts;
  const at = live && !appointment.closed && appointment.asked === null ? closesAt(closing, end) : null;
  if (at === null || Temporal.Instant.compare(tools.clock.now(), at) < 0) return { closed: false, againAt: at };
  return await closeByPolicy(tools, { organisationId, appointmentId: appointment.id });
}
