// The step that ends a request which nobody decided in time, when the clock says so. Whether it still is one is the act's to
// say, under its locks.
import { lapseRequest, lapsesAt } from '../../appointments/lapse-request.ts';
import type { Reading } from '../../appointments/find-appointment.ts';
import type { SessionFacts } from '../plan.ts';

/** Says when to come (again), and whether the facts are older than what it did. */
export async function lapseWhereDue(
  tools: Reading,
  { live, appointment, organisationId }: SessionFacts,
): Promise<{ readonly lapsed: boolean; readonly againAt: Temporal.Instant | null }> {
  const at = live && appointment.asked !== null && appointment.decideBy ? lapsesAt(appointment.decideBy) : null;
  if (at === null || Temporal.Instant.compare(tools.clock.now(), at) < 0) return { lapsed: false, againAt: at };
  return { lapsed: await lapseRequest(tools, { organisationId, appointmentId: appointment.id }), againAt: null };
}
