// Changes what can be booked, at everyone who offers it. Appointments already made keep the length they were made with.
import { mayAdminister, type Actor } from '../identity/actor.ts';
import { record } from '../journal/record.ts';
import { sameReminders } from '../notifications/reminder.ts';
import { refusalFor } from '../platform/database/conflict.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Tools } from './add-practitioner.ts';
import { checkVersion, doOnce, type VersionedCall } from './call.ts';
import { refuseUnknownResources } from './change-resource.ts';
import { checkedSessionType, refuseContradictions, type SessionType, type SessionTypeFields } from './session-type.ts';
import { lockNeeds } from './store-resources.ts';
import { putReminders } from './store-reminders.ts';
import { updateSessionType } from './store-session-type.ts';
import { CONFLICTS, lockSessionType, raiseVersionsOf, readSessionType } from './store.ts';

export type SessionTypeChange = {
  readonly id: number;
  readonly fields: Partial<SessionTypeFields>;
  /** `expected`: revisions. */
  readonly call: VersionedCall;
};

/** Refusals: `forbidden`, `not_found`, `invalid_request`, `unknown_resource`, `version_mismatch`, `already_exists`. */
export async function changeSessionType(
  tools: Tools,
  actor: Actor,
  { id, fields: given, call }: SessionTypeChange,
): Promise<SessionType> {
  if (!mayAdminister(actor)) throw new Refusal('forbidden', 'Only staff may change session types.');
  const fields = checkedSessionType(given);
  try {
    return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
      await doOnce(tx, call, async () => {
        if (fields.needs) await lockNeeds(tx);
        const before = await lockSessionType(tx, id);
        checkVersion(call, before.revision);
        refuseContradictions({
          ...before,
          lengthMinutes: fields.durationMinutes ?? before.lengthMinutes,
          ...wholly(fields),
        });
        if (fields.needs) await refuseUnknownResources(tx, fields.needs);
        await updateSessionType(tx, id, fields);
        if (fields.reminders !== undefined && !sameReminders(fields.reminders, before.reminders)) {
          await putReminders(tx, { sessionTypeId: id }, fields.reminders, tools.clock.now());
        }
        await raiseVersionsOf(tx, id);
        await record(tx, {
          at: tools.clock.now(),
          event: 'session_type.changed',
          actor: { role: actor.role, ref: actor.key },
          subject: { kind: 'session_type', id },
          revision: before.revision + 1,
          facts: { fields: Object.keys(fields), durationMinutes: fields.durationMinutes ?? before.lengthMinutes },
        });
        return id;
      });
      return await readSessionType(tx, id);
    });
  } catch (error) {
    throw refusalFor(error, CONFLICTS);
  }
}

/** Of the fields given those that must agree with one another. */
function wholly({ capacity, lengths, requiresApproval }: Partial<SessionTypeFields>) {
  return {
    ...(capacity === undefined ? {} : { capacity }),
    ...(lengths === undefined ? {} : { lengths }),
    ...(requiresApproval === undefined ? {} : { requiresApproval }),
  };
}
