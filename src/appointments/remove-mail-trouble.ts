// Staff have looked at an address that bounced or complained: from now on it is written to again. Letters refused meanwhile
// stay refused.
import type { Actor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import { deleteTroubles } from '../notifications/store-delivery.ts';
import type { Once } from '../platform/http/idempotency.ts';
import type { Clock } from '../platform/time/clock.ts';
import { readAddressee, type MailTools, type Person } from './find-mail-trouble.ts';

/** Where there is none it changes nothing. Refusal `not_found`. */
export async function removeMailTrouble(
  tools: MailTools & { readonly clock: Clock },
  actor: Actor,
  person: Person,
  once: Once,
): Promise<void> {
  await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
    if (await once.claim(tx)) return;
    const { id } = await readAddressee(tx, person);
    if (await deleteTroubles(tx, person.kind, id)) {
      await record(tx, {
        at: tools.clock.now(),
        event: 'mail.resumed',
        actor: { role: actor.role, ref: actor.subject },
        subject: { kind: person.kind, id },
        revision: 1,
      });
    }
    await once.settle(tx, 200, id);
  });
}
