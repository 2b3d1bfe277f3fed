// Changes a practitioner: everything by staff, how she is booked by herself. What is agreed already stays as it was agreed,
// and follows her to another address or calendar.
import { mayAdminister, mayManagePractitioner, type Actor } from '../identity/actor.ts';
import { record, type Facts } from '../journal/record.ts';
import { sameReminders } from '../notifications/reminder.ts';
import { refusalFor } from '../platform/database/conflict.ts';
import { Refusal } from '../platform/refusal.ts';
import { offer, type Tools } from './add-practitioner.ts';
import { CLOSING_FIELDS } from './auto-close.ts';
import { checkVersion, doOnce, type VersionedCall } from './call.ts';
import type { Limit } from './limits.ts';
import { checkedPractitioner, OWN_FIELDS, type Practitioner, type PractitionerFields } from './practitioner.ts';
import { lookAgainToClose } from './store-closing.ts';
import { putReminders } from './store-reminders.ts';
import { lockNeeds } from './store-resources.ts';
import { raiseSessionsToCome } from './store-sessions.ts';
import { CONFLICTS, lockPractitioner, readPractitioner, updatePractitioner } from './store.ts';

/** A change to any of these changes what can be booked. */
const BOOKABLE: ReadonlySet<string> = new Set([
  'timeZone',
  'active',
  'gridMinutes',
  'bufferBeforeMinutes',
  'bufferAfterMinutes',
  'noticeMinutes',
  'horizonDays',
  'horizonUntil',
  'packing',
  'limits',
  'sessionTypes',
]);
/** A change to any of these changes what must stand at providers for sessions that are agreed already. */
const OUTSIDE = ['name', 'email', 'calendar', 'invitations'] as const;
/** Who she is stays out of the journal, which cannot be erased. */
const PERSONAL: ReadonlySet<string> = new Set(['name', 'email']);

export type PractitionerChange = {
  readonly id: number;
  readonly fields: Partial<PractitionerFields>;
  /** `expected`: revisions. */
  readonly call: VersionedCall;
};

/** Refusals: `forbidden`, `not_found`, `invalid_request`, `version_mismatch`, `already_exists`, `unknown_session_type`. */
export async function changePractitioner(
  tools: Tools,
  actor: Actor,
  { id, fields: given, call }: PractitionerChange,
): Promise<Practitioner> {
  const names = Object.keys(given);
  checkMayChange(actor, id, names);
  const fields = checkedPractitioner(given);
  try {
    return await tools.transactor.inOrganisation(actor.organisationId, async (tx) => {
      await doOnce(tx, call, async () => {
        if (fields.sessionTypes) await lockNeeds(tx);
        const before = await lockPractitioner(tx, id);
        checkVersion(call, before.revision);
        await offer(tx, id, fields);
        const scheduleVersion = names.some((name) => BOOKABLE.has(name));
        await updatePractitioner(tx, id, fields, { revision: true, scheduleVersion });
        const outside = OUTSIDE.some((name) => fields[name] !== undefined && fields[name] !== before[name]);
        if (outside) await raiseSessionsToCome(tx, id, tools.clock.now());
        if (fields.reminders !== undefined && !sameReminders(fields.reminders, before.reminders)) {
          await putReminders(tx, { practitionerId: id }, fields.reminders, tools.clock.now());
        }
        const closing = CLOSING_FIELDS.some((name) => fields[name] !== undefined && fields[name] !== before[name]);
        if (closing) await lookAgainToClose(tx, id, tools.clock.now());
        await record(tx, {
          at: tools.clock.now(),
          event: 'practitioner.changed',
          actor: { role: actor.role, ref: actor.key },
          subject: { kind: 'practitioner', id },
          revision: before.revision + 1,
          facts: factsOf(fields),
        });
        return id;
      });
      return await readPractitioner(tx, id);
    });
  } catch (error) {
    throw refusalFor(error, CONFLICTS);
  }
}

function checkMayChange(actor: Actor, id: number, names: readonly string[]): void {
  if (mayAdminister(actor)) return;
  if (!mayManagePractitioner(actor, id)) {
    throw new Refusal('forbidden', 'Only staff and the practitioner herself may change this.');
  }
  const others = names.filter((name) => !OWN_FIELDS.has(name));
  if (others.length === 0) return;
  throw new Refusal('forbidden', 'These are changed by staff. Ask them, or leave them out.', {
    errors: others.map((name) => ({ pointer: `/${name}`, message: 'is changed by staff' })),
  });
}

function factsOf(fields: Partial<PractitionerFields>): Facts {
  const facts: Record<string, Facts[string]> = { fields: Object.keys(fields) };
  for (const [name, value] of Object.entries(fields)) {
    if (!PERSONAL.has(name) && value !== undefined && typeof value !== 'object') facts[name] = value;
  }
  if (fields.limits) facts['limits'] = fields.limits.map(wordOf);
  if (fields.languages) facts['languages'] = fields.languages;
  if (fields.sessionTypes) facts['sessionTypes'] = fields.sessionTypes.map((offering) => offering.id);
  return facts;
}

function wordOf({ per, of, sessionTypeId, mostSessions, mostMinutes }: Limit): string {
  return `${of} ${per} ${sessionTypeId ?? 'all'}: ${mostSessions ?? '-'} sessions, ${mostMinutes ?? '-'} minutes`;
}
