// Knows who can be booked: a person with an address, a time zone, a policy and what she offers. When she works is told by
// schedules/, when she is free by availability/.
import type { CalendarProviderId } from '../calendars/provider.ts';
import type { Reminders } from '../notifications/reminder.ts';
import type { OutsideProvider } from '../meetings/provider.ts';
import { Refusal, type FieldFault } from '../platform/refusal.ts';
import { isZone } from '../platform/time/zone-table.ts';
import { CLOSING_FIELDS, closingFaults, type ClosingPolicy } from './auto-close.ts';
import { canonicalLanguages, languageFaults } from './languages.ts';
import { limitFaults, type Limit } from './limits.ts';
import { spokenName } from './name.ts';
import { remindersFaults } from './reminders.ts';
import { isLength, LENGTH_FAULT, MAX_OFFERED, type Offered, type OwnPolicy } from './session-type.ts';
import { WINDOW_FIELDS, windowFaults, type Windows } from './windows.ts';

/** Who tells the client: our mail with its calendar part, or the calendar provider with an invitation of its own. */
export const INVITATIONS = ['slotkeeper', 'provider'] as const;
export type Invitations = (typeof INVITATIONS)[number];

/** What can be asked of her time, in minutes and days. Defaults and bounds are those of the table. */
export type Policy = {
  readonly gridMinutes: number;
  readonly bufferBeforeMinutes: number;
  readonly bufferAfterMinutes: number;
  readonly noticeMinutes: number;
  readonly horizonDays: number;
};

/** How free times are ordered where an order is asked for: as they come, or those first that leave no idle time beside others. */
export const PACKINGS = ['none', 'adjacent'] as const;
export type Packing = (typeof PACKINGS)[number];

export type Practitioner = Policy &
  Windows &
  ClosingPolicy & {
    readonly id: number;
    readonly name: string;
    readonly email: string;
    /** IANA zone: the one her wall times are in. */
    readonly timeZone: string;
    readonly active: boolean;
    /** The last date that can be booked, instead of so many days from today; null: those days. */
    readonly horizonUntil: string | null;
    readonly packing: Packing;
    readonly limits: readonly Limit[];
    /** Those she speaks, as BCP 47 writes them. */
    readonly languages: readonly string[];
    readonly calendar: CalendarProviderId;
    readonly invitations: Invitations;
    /** null: as the practice reminds. A session type's own come first. */
    readonly reminders: Reminders | null;
    /** Rises with all that changes what can be booked. */
    readonly scheduleVersion: number;
    /** Rises with every change. */
    readonly revision: number;
    /** Active session types alone, in her order. */
    readonly offered: readonly Offered[];
    /** Providers of which an account of her own is connected. */
    readonly connected: readonly OutsideProvider[];
  };

/** What she offers, as it is written: what she says nothing of is as the session type, or her policy for all, has it. */
export type Offering = {
  readonly id: number;
  readonly durationMinutes?: number | undefined;
  readonly requiresApproval?: boolean | undefined;
} & {
  readonly [Name in keyof OwnPolicy]?: OwnPolicy[Name] | undefined;
};

export type PractitionerFields = {
  readonly name: string;
  readonly email: string;
  readonly timeZone: string;
} & Partial<Policy> &
  Partial<Windows> &
  Partial<ClosingPolicy> & {
    readonly active?: boolean | undefined;
    readonly horizonUntil?: string | null | undefined;
    readonly packing?: Packing | undefined;
    readonly limits?: readonly Limit[] | undefined;
    readonly languages?: readonly string[] | undefined;
    readonly calendar?: CalendarProviderId | undefined;
    readonly invitations?: Invitations | undefined;
    readonly reminders?: Reminders | null | undefined;
    readonly sessionTypes?: readonly Offering[] | undefined;
  };

export const NAME_MAX = 200;
/** RFC 5321, 4.5.3.1.3: a path has 256 octets, two of them brackets. */
export const EMAIL_MAX = 254;

/** The bounds of the table practitioner, for the schemas at the door. */
export const POLICY_BOUNDS = {
  gridMinutes: { minimum: 5, maximum: 720 },
  bufferBeforeMinutes: { minimum: 0, maximum: 240 },
  bufferAfterMinutes: { minimum: 0, maximum: 240 },
  noticeMinutes: { minimum: 0, maximum: 525_600 },
  horizonDays: { minimum: 1, maximum: 1_095 },
} as const satisfies Record<keyof Policy, { minimum: number; maximum: number }>;

/** What a practitioner may set herself: how she is booked, not who she is. */
export const OWN_FIELDS: ReadonlySet<string> = new Set([
  ...Object.keys(POLICY_BOUNDS),
  ...WINDOW_FIELDS,
  ...CLOSING_FIELDS,
  'horizonUntil',
  'packing',
  'limits',
  'languages',
  'calendar',
  'invitations',
  'reminders',
]);

/** Fields fit to be written, or Refusal `invalid_request` naming every fault. */
export function checkedPractitioner<T extends Partial<PractitionerFields>>(fields: T): T {
  const errors: FieldFault[] = [];
  const name = fields.name === undefined ? undefined : spokenName(fields.name, NAME_MAX);
  if (name === null) errors.push({ pointer: '/name', message: `must have 1 to ${NAME_MAX} characters` });
  if (fields.email !== undefined && !isAddress(fields.email)) {
    errors.push({ pointer: '/email', message: 'must be an e-mail address' });
  }
  if (fields.timeZone !== undefined && !isZone(fields.timeZone)) {
    errors.push({ pointer: '/timeZone', message: 'must be an IANA time zone, such as America/New_York' });
  }
  for (const [field, { minimum, maximum }] of Object.entries(POLICY_BOUNDS)) {
    const value = fields[field as keyof Policy];
    if (value !== undefined && !(Number.isInteger(value) && value >= minimum && value <= maximum)) {
      errors.push({ pointer: `/${field}`, message: `must be a whole number from ${minimum} to ${maximum}` });
    }
  }
  errors.push(
    ...windowFaults(fields),
    ...closingFaults(fields),
    ...limitFaults(fields.limits ?? []),
    ...languageFaults(fields.languages ?? []),
    ...offeringFaults(fields.sessionTypes ?? []),
    ...remindersFaults(fields.reminders ?? null),
  );
  if (errors.length > 0) throw new Refusal('invalid_request', 'The practitioner has faults.', { errors });
  const languages = fields.languages && canonicalLanguages(fields.languages);
  return { ...fields, ...(name ? { name } : {}), ...(languages ? { languages } : {}) };
}

function offeringFaults(offerings: readonly Offering[]): FieldFault[] {
  if (offerings.length > MAX_OFFERED)
    return [{ pointer: '/sessionTypes', message: `must have at most ${MAX_OFFERED}` }];
  const seen = new Set<number>();
  return offerings.flatMap(({ id, durationMinutes }, index): FieldFault[] => {
    const pointer = `/sessionTypes/${index}`;
    if (seen.has(id)) return [{ pointer: `${pointer}/id`, message: 'is there twice' }];
    seen.add(id);
    if (durationMinutes === undefined || isLength(durationMinutes)) return [];
    return [{ pointer: `${pointer}/durationMinutes`, message: LENGTH_FAULT }];
  });
}

/** One address and nothing else: no display name, no list, no line break (RFC 5321, 4.1.2, without quoted local parts). */
export function isAddress(text: string): boolean {
  return (
    text.length <= EMAIL_MAX && /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]+\.[A-Za-z0-9-]{2,63}$/.test(text)
  );
}
