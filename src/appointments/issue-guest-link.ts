// The link by which whoever holds it manages one appointment: made for a platform that writes its own mails, and ended, all of
// an appointment's at once. Our own letters make theirs themselves (see fulfilment).
import { mayAdminister, type Actor } from '../identity/actor.ts';
import { guestLinkTo, type GuestLink, type GuestLinks } from '../identity/guest-link.ts';
import { record } from '../journal/record.ts';
import type { Once } from '../platform/http/idempotency.ts';
import { Refusal } from '../platform/refusal.ts';
import type { CloseTools } from './close-appointment.ts';
import { seeAppointment } from './find-appointment.ts';

export type LinkTools = CloseTools & { readonly guestLinks: GuestLinks };

/** Refusals: `not_found`, `forbidden`, `appointment_in_past` where it would be over before it began to be of use. */
export async function issueGuestLink(
  tools: LinkTools,
  actor: Actor,
  appointmentId: number,
  once: Once,
): Promise<GuestLink> {
  if (!mayAdminister(actor)) throw new Refusal('forbidden', 'Only staff and services may ask for a link.');
  const { organisationId } = actor;
  return await tools.transactor.inOrganisation(organisationId, async (tx) => {
    const earlier = await once.claim(tx);
    const appointment = await seeAppointment(tx, actor, appointmentId);
    const link = guestLinkTo(tools.guestLinks, { ...appointment, organisationId });
    const now = tools.clock.now();
    if (Temporal.Instant.compare(link.expiresAt, now) <= 0) {
      throw new Refusal('appointment_in_past', 'This appointment is long over: a link to it would not work.');
    }
    if (earlier) return link;
    await record(tx, {
      at: now,
      event: 'appointment.link_issued',
      actor: { role: actor.role, ref: actor.key },
      subject: { kind: 'appointment', id: appointmentId },
      revision: appointment.revision,
      facts: { generation: appointment.linkGeneration, expiresAt: link.expiresAt.toString() },
    });
    await once.settle(tx, 201, appointmentId);
    return link;
  });
}
