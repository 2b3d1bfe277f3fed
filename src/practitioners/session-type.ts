// Knows what can be booked: a name, its lengths, how it may be held, for how many, with what, and which of those on offer a
// caller means. Whether a platform is set up in this installation is asked where an appointment is made.
import { PLATFORMS, type Platform } from '../meetings/provider.ts';
import type { Reminders } from '../notifications/reminder.ts';
import { Refusal, type FieldFault } from '../platform/refusal.ts';
import { spokenName } from './name.ts';
import { remindersFaults } from './reminders.ts';
import { needFaults, type Need, type OfferedNeed } from './resource.ts';
import { windowFaults, type OwnWindows } from './windows.ts';

export const MODES = ['online', 'in_person', 'phone'] as const;
export type Mode = (typeof MODES)[number];

/** In the currency's smallest unit; ISO 4217. */
export type Price = { readonly amountMinor: number; readonly currency: string };

/** How starts lie and what is kept free around; null: as the practitioner has it. */
export type OwnSpacing = {
  readonly gridMinutes: number | null;
  readonly bufferBeforeMinutes: number | null;
  readonly bufferAfterMinutes: number | null;
};

/** What a session type says of itself besides its length. */
type Particulars = OwnSpacing & {
  /** What else can be chosen beside its length. */
  readonly lengths: readonly number[];
  readonly price: Price | null;
  readonly modes: readonly Mode[];
  /** Seats of one session; 1: it is one client's. */
  readonly capacity: number;
  readonly needs: readonly Need[];
};

export type SessionType = OwnWindows &
  Particulars & {
    readonly id: number;
    readonly name: string;
    readonly lengthMinutes: number;
    readonly platforms: readonly Platform[];
    readonly active: boolean;
    /** Whether each appointment is approved first; a practitioner may have it otherwise. */
    readonly requiresApproval: boolean;
    /** So long a request may wait, and never beyond its start. */
    readonly approvalMinutes: number;
    /** null: as its practitioner reminds. */
    readonly reminders: Reminders | null;
    readonly revision: number;
  };

/** What one practitioner asks for one session type; null: what she asks for all. */
export type OwnPolicy = {
  readonly noticeMinutes: number | null;
  readonly horizonDays: number | null;
  readonly horizonUntil: string | null;
};

/** A session type as one practitioner offers it: its length is hers, whether she approves each, and what differs from her policy. */
export type Offered = Pick<
  SessionType,
  'id' | 'name' | 'lengthMinutes' | 'platforms' | 'requiresApproval' | 'approvalMinutes'
> &
  Partial<OwnPolicy> &
  Partial<{ readonly [Name in keyof OwnSpacing]: number }> &
  Partial<Pick<Particulars, 'lengths' | 'modes' | 'capacity'>> & {
    readonly price?: Price;
    readonly needs?: readonly OfferedNeed[];
  };

export type SessionTypeFields = {
  readonly name: string;
  readonly durationMinutes: number;
  readonly platforms?: readonly Platform[] | undefined;
  readonly active?: boolean | undefined;
  readonly requiresApproval?: boolean | undefined;
  readonly approvalMinutes?: number | undefined;
  readonly reminders?: Reminders | null | undefined;
} & { readonly [Name in keyof OwnWindows]?: OwnWindows[Name] | undefined } & {
  readonly [Name in keyof Particulars]?: Particulars[Name] | undefined;
};

export const SESSION_TYPE_NAME_MAX = 120;
/** A session must fit into a day with its buffers; five minutes is the finest grid. */
export const LENGTH_MINUTES = { minimum: 5, maximum: 720 } as const;
/** Ten minutes to look at a telephone, two weeks of holidays. */
export const APPROVAL_MINUTES = { minimum: 10, maximum: 20_160 } as const;
/** What one practitioner can offer: more is a catalogue nobody reads to its end. */
export const MAX_OFFERED = 50;
/** A choice of more is no choice. */
export const MOST_LENGTHS = 10;
/** A lecture hall; beyond it nobody is known by name. */
export const CAPACITY = { minimum: 1, maximum: 500 } as const;
/** Ten million of most currencies, and far below what JSON can count. */
export const PRICE_MINOR = { minimum: 0, maximum: 1_000_000_000 } as const;

/** Whether it is held in groups: each client has a seat of a session. */
export function isGroup({ capacity = 1 }: Pick<Offered, 'capacity'>): boolean {
  return capacity > 1;
}

/** Whether a booking of it depends on more than one practitioner's time. */
export function isShared(offered: Pick<Offered, 'capacity'> & { readonly needs?: readonly unknown[] }): boolean {
  return isGroup(offered) || (offered.needs ?? []).length > 0;
}

/** At the length asked for; its own where none is. Refusal `does_not_match`, telling the lengths there are. */
export function atLength(offered: Offered, minutes: number | undefined, pointer: string): Offered {
  const lengths = [offered.lengthMinutes, ...(offered.lengths ?? [])];
  if (minutes === undefined || minutes === offered.lengthMinutes) return offered;
  if (lengths.includes(minutes)) return { ...offered, lengthMinutes: minutes };
  throw new Refusal('does_not_match', `"${offered.name}" is held for ${lengths.join(' or ')} minutes. Choose one.`, {
    errors: [{ pointer, message: 'is no length it is held at' }],
    extra: { durations: lengths },
  });
}

const SAID: Readonly<Record<Mode, string>> = { online: 'online', in_person: 'in person', phone: 'by phone' };

/** How it can be held. Refusal `mode_not_offered`. */
export function refuseMode(
  { name, modes = MODES }: { readonly name: string; readonly modes?: readonly Mode[] },
  mode: Mode,
  fault: FieldFault,
): void {
  if (modes.includes(mode)) return;
  const said = modes.map((one) => SAID[one]).join(' or ');
  throw new Refusal('mode_not_offered', `"${name}" is held ${said} alone. Choose that.`, {
    errors: [fault],
    extra: { modes },
  });
}

/** Who offers it, in words for whoever asked for another. */
const OFFERS = {
  practitioner: {
    nothing: 'This practitioner offers nothing at the moment.',
    other: 'This practitioner does not offer that session type.',
  },
  practice: {
    nothing: 'Nothing that could be asked for is on offer at the moment.',
    other: 'There is no such session type.',
  },
} as const;

/**
 * The one a caller means: by id, or by name whatever its case; a name wins over an id spelled the same. Refusal
 * `unknown_session_type` at `pointer`, with `sessionTypes: [{ id, name }]`, those on offer, or the first of very many.
 */
export function sessionTypeMeant<T extends Pick<Offered, 'id' | 'name'>>(
  offered: readonly T[],
  asked: string | number,
  pointer: string,
  by: keyof typeof OFFERS = 'practitioner',
): T {
  const found = findMeant(offered, asked);
  if (found) return found;
  const { nothing, other } = OFFERS[by];
  const told = offered.slice(0, MAX_OFFERED).map(({ id, name }) => ({ id, name }));
  const names = told.map(({ name }) => `"${name}"`).join(', ');
  throw new Refusal('unknown_session_type', told.length === 0 ? nothing : `${other} On offer: ${names}.`, {
    errors: [{ pointer, message: 'must be one of those on offer, by name or id' }],
    extra: { sessionTypes: told },
  });
}

/** The same of any that have an id and a name; undefined where none is meant. */
export function findMeant<T extends Pick<Offered, 'id' | 'name'>>(
  among: readonly T[],
  asked: string | number,
): T | undefined {
  const text = String(asked);
  return (
    (typeof asked === 'string' ? among.find(({ name }) => folded(name) === folded(text)) : undefined) ??
    among.find(({ id }) => String(id) === text.trim())
  );
}

/** One spelling for names that differ in case, form or surrounding space alone. */
function folded(name: string): string {
  return name.normalize('NFC').trim().replace(/\s+/gu, ' ').toLowerCase();
}

/** Fields fit to be written, or Refusal `invalid_request`. Platforms come in one order, each once; none given means all. */
export function checkedSessionType<T extends Partial<SessionTypeFields>>(fields: T): T {
  const errors: FieldFault[] = [];
  const name = fields.name === undefined ? undefined : spokenName(fields.name, SESSION_TYPE_NAME_MAX);
  if (name === null) errors.push({ pointer: '/name', message: `must have 1 to ${SESSION_TYPE_NAME_MAX} characters` });
  if (fields.durationMinutes !== undefined && !isLength(fields.durationMinutes)) {
    errors.push({ pointer: '/durationMinutes', message: LENGTH_FAULT });
  }
  if (fields.platforms?.length === 0)
    errors.push({ pointer: '/platforms', message: 'must name at least one platform' });
  const { approvalMinutes: wait } = fields;
  const { minimum, maximum } = APPROVAL_MINUTES;
  if (wait !== undefined && !(Number.isInteger(wait) && wait >= minimum && wait <= maximum)) {
    errors.push({ pointer: '/approvalMinutes', message: `must be a whole number from ${minimum} to ${maximum}` });
  }
  errors.push(...windowFaults(fields), ...remindersFaults(fields.reminders ?? null), ...needFaults(fields.needs ?? []));
  if (errors.length > 0) throw new Refusal('invalid_request', 'The session type has faults.', { errors });
  const platforms = fields.platforms && PLATFORMS.filter((platform) => fields.platforms?.includes(platform));
  return { ...fields, ...(name ? { name } : {}), ...(platforms ? { platforms } : {}) };
}

/** What cannot stand beside one another in a session type as a whole. Refusal `invalid_request`. */
export function refuseContradictions(
  whole: Pick<SessionType, 'capacity' | 'lengths' | 'lengthMinutes' | 'requiresApproval'>,
): void {
  const errors: FieldFault[] = [];
  if (isGroup(whole)) {
    if (whole.requiresApproval) {
      errors.push({ pointer: '/requiresApproval', message: 'seats of a group are not approved one by one' });
    }
    if (whole.lengths.length > 0) {
      errors.push({ pointer: '/lengths', message: 'a group has one length: it is the same session for all' });
    }
  }
  if (whole.lengths.includes(whole.lengthMinutes)) {
    errors.push({ pointer: '/lengths', message: 'are those beside durationMinutes' });
  }
  if (errors.length > 0) throw new Refusal('invalid_request', 'The session type contradicts itself.', { errors });
}

export const LENGTH_FAULT = `must be a whole number from ${LENGTH_MINUTES.minimum} to ${LENGTH_MINUTES.maximum}`;

export function isLength(minutes: number): boolean {
  return Number.isInteger(minutes) && minutes >= LENGTH_MINUTES.minimum && minutes <= LENGTH_MINUTES.maximum;
}
