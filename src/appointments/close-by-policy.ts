// Says how an appointment went where nobody did: by its practitioner's policy, some time after its end, from what its meeting
// told. What a person has said, closing or reopening it, is left alone.
import { lifeOf, settledAt, suggestOutcome } from '../meetings/life.ts';
import { findLastTold, listLifeEvents } from '../meetings/store-life.ts';
import { lockTimeOf } from '../occupancy/store.ts';
import { closesAt } from '../practitioners/auto-close.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { writeOutcome } from './close-appointment.ts';
import type { Reading } from './find-appointment.ts';
import { findAppointment } from './store.ts';
import { findClosing } from './store-closing.ts';

/** Who stands in the journal for it. */
const POLICY = { role: 'system', ref: 'closing-policy' } as const;

/** `closed`: it was, now. `againAt`: when to ask again; null: nothing is to be done, as far as is known. */
export type ByPolicy = { readonly closed: boolean; readonly againAt: Temporal.Instant | null };

const NOTHING: ByPolicy = { closed: false, againAt: null };

export async function closeByPolicy(
  tools: Reading,
  { organisationId, appointmentId }: { readonly organisationId: number; readonly appointmentId: number },
): Promise<ByPolicy> {
  return await tools.transactor.inOrganisation(organisationId, (tx) => close(tools, tx, appointmentId));
}

async function close(tools: Reading, tx: Transaction, id: number): Promise<ByPolicy> {
  const seen = await findAppointment(tx, id);
  if (!seen) return NOTHING;
  await lockTimeOf(tx, [seen.practitionerId], seen.clientSubject);
  const [appointment, closing] = [await findAppointment(tx, id), await findClosing(tx, id)];
  if (appointment?.state !== 'confirmed' || !closing || closing.saidByPerson) return NOTHING;
  const now = tools.clock.now();
  const lastTold = await findLastTold(tx, appointment.sessionId);
  const at = laterOf(closesAt(closing, appointment.end), lastTold && settledAt(lastTold));
  if (at === null) return NOTHING;
  if (Temporal.Instant.compare(now, at) < 0) return { closed: false, againAt: at };
  const life = lifeOf(await listLifeEvents(tx, appointment.sessionId), appointment);
  // Of a group it is not known who of them came.
  const suggested = appointment.capacity > 1 ? null : suggestOutcome(life, appointment, now);
  const outcome = suggested ?? (closing.autoClose === 'completed' ? 'completed' : null);
  if (outcome === null) return NOTHING;
  const facts = { policy: closing.autoClose, suggested };
  await writeOutcome(tx, appointment, outcome, { at: now, actor: POLICY, facts });
  return { closed: true, againAt: null };
}

function laterOf(at: Temporal.Instant | null, other: Temporal.Instant | null): Temporal.Instant | null {
  return at && other && Temporal.Instant.compare(other, at) > 0 ? other : at;
}
