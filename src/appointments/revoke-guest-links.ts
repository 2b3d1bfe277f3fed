// Ends every link to one appointment that was given out: a mail went astray, or somebody who should not have it has it.
import { mayRevokeLinks, type Actor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { Refusal } from '../platform/refusal.ts';
import type { CloseTools } from './close-appointment.ts';
import { seeAppointment } from './find-appointment.ts';
import { raiseLinkGeneration } from './store.ts';

/** From the commit on no earlier link is taken, in any process. Refusals: `not_found`, `forbidden`. */
export async function revokeGuestLinks(
  tools: CloseTools,
  actor: Actor,
  appointmentId: number,
  once: Once,
): Promise<void> {
  await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    if (await once.claim(tx)) return;
    const appointment = await seeAppointment(tx, actor, appointmentId);
    if (!mayRevokeLinks(actor, appointment))
      throw new Refusal('forbidden', 'You cannot end the links to this appointment.');
    const generation = await raiseLinkGeneration(tx, appointmentId);
    await record(tx, {
      at: tools.clock.now(),
      event: 'appointment.links_revoked',
      actor: { role: actor.role, ref: actor.key },
      subject: { kind: 'appointment', id: appointmentId },
      revision: appointment.revision,
      facts: { generation },
    });
    await once.settle(tx, 200, appointmentId);
  });
}
