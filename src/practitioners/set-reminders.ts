// Takes over the deployment's setting of reminders as the practice's own, at every start: where it is another than it was,
// the sessions to come follow it.
import { sameReminders, type Reminders } from '../notifications/reminder.ts';
import type { Tools } from './add-practitioner.ts';
import { putReminders, readDefaultReminders } from './store-reminders.ts';

/** True where it was another until now. */
export async function setDefaultReminders(
  { transactor, clock }: Tools,
  { organisationId, reminders }: { readonly organisationId: number; readonly reminders: Reminders },
): Promise<boolean> {
  return await transactor.inOrganisation(organisationId, async (tx) => {
    const before = await readDefaultReminders(tx);
    if (before.since !== null && sameReminders(before.reminders, reminders)) return false;
    await putReminders(tx, {}, reminders, clock.now());
    return true;
  });
}
