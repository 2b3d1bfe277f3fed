// Practitioners on the wire, and the way from the domain to it. What is private about one is shown to those who manage her
// alone.
import { Type, type Static } from 'typebox';
import { CALENDAR_PROVIDERS } from '../calendars/provider.ts';
import { PLATFORMS, platformsWith, type Platform } from '../meetings/provider.ts';
import { named } from '../platform/http/openapi.ts';
import { NextCursor } from '../platform/http/page.ts';
import { DateText, EmailText, plainText, PublicId, ZoneText } from '../platform/http/validation.ts';
import { MOST_LIMITS } from './limits.ts';
import { INVITATIONS, NAME_MAX, PACKINGS, POLICY_BOUNDS, type Practitioner } from './practitioner.ts';
import { Languages } from './schemas-languages.ts';
import { HorizonUntil, LimitSchema } from './schemas-limits.ts';
import { offeredParticulars } from './schemas-resources.ts';
import { MaybeReminders, remindersWire } from './schemas-reminders.ts';
import { AUTO_CLOSE, AUTO_CLOSE_MINUTES } from './auto-close.ts';
import { LATE, WINDOW_MINUTES } from './windows.ts';
import { LENGTH_MINUTES, MAX_OFFERED, type Offered, type OwnPolicy } from './session-type.ts';

const closed = { additionalProperties: false } as const;
export const Minutes = Type.Integer({ ...LENGTH_MINUTES, examples: [60] });
export const Platforms = Type.Array(Type.Enum([...PLATFORMS]), {
  minItems: 1,
  maxItems: PLATFORMS.length,
  uniqueItems: true,
});
const policy = {
  gridMinutes: Type.Integer({
    ...POLICY_BOUNDS.gridMinutes,
    description: 'Starts are this far apart, from each opening.',
  }),
  bufferBeforeMinutes: Type.Integer(POLICY_BOUNDS.bufferBeforeMinutes),
  bufferAfterMinutes: Type.Integer(POLICY_BOUNDS.bufferAfterMinutes),
  noticeMinutes: Type.Integer({
    ...POLICY_BOUNDS.noticeMinutes,
    description: 'How long before its start one can book.',
  }),
  horizonDays: Type.Integer({ ...POLICY_BOUNDS.horizonDays, description: 'How far ahead one can book, in her days.' }),
};
const LATE_WORDS = '`refuse`: too late for a client. `mark_late`: done, and the appointment says so.';
export const windows = {
  cancellationWindowMinutes: Type.Integer({
    ...WINDOW_MINUTES,
    description: 'So long before its start a client may still cancel; 0: until it is over.',
    examples: [1440],
  }),
  rescheduleWindowMinutes: Type.Integer({
    ...WINDOW_MINUTES,
    description: 'So long before its start a client may still move it; 0: until it begins.',
    examples: [1440],
  }),
  lateCancellations: Type.Enum([...LATE], { description: LATE_WORDS }),
  lateReschedules: Type.Enum([...LATE], { description: LATE_WORDS }),
};
const closing = {
  autoClose: Type.Enum([...AUTO_CLOSE], {
    description:
      'Whether the server says how her appointments went where nobody did. `suggested`: as `suggestedOutcome` says, and not without one. `completed`: as it says, else completed. What a person closed or reopened is left alone.',
  }),
  autoCloseAfterMinutes: Type.Integer({ ...AUTO_CLOSE_MINUTES, description: 'So long after the end.', examples: [60] }),
};
const settings = {
  ...policy,
  ...windows,
  ...closing,
  horizonUntil: HorizonUntil,
  packing: Type.Enum([...PACKINGS], {
    description:
      'What `order=preferred` of availability means. `adjacent`: those first that leave the least idle time.',
  }),
  limits: Type.Array(LimitSchema, { maxItems: MOST_LIMITS, description: 'What she gives at most. All there are.' }),
  active: Type.Boolean({ description: 'Whether she is listed and can be booked.' }),
  calendar: Type.Enum([...CALENDAR_PROVIDERS], { description: 'Where her events are kept.' }),
  invitations: Type.Enum([...INVITATIONS], {
    description: 'Whose mail invites: ours, or the calendar provider’s, which then gets the client’s name and address.',
  }),
  reminders: MaybeReminders('as the practice does'),
};
const orForAll = { description: 'For this session type; null or left out: as she has it for all.' };
const ownPolicy = Type.Partial(
  Type.Object({
    noticeMinutes: Type.Union([policy.noticeMinutes, Type.Null()], orForAll),
    horizonDays: Type.Union([policy.horizonDays, Type.Null()], orForAll),
    horizonUntil: Type.Union([DateText, Type.Null()], orForAll),
  }),
).properties;

const OfferedSchema = named(
  'OfferedSessionType',
  Type.Object({
    id: PublicId,
    name: Type.String(),
    durationMinutes: Minutes,
    platforms: Platforms,
    requiresApproval: Type.Optional(
      Type.Literal(true, { description: 'What is booked is a request, until it is approved.' }),
    ),
    ...ownPolicy,
    ...offeredParticulars,
  }),
);

const example = {
  id: 123,
  name: 'Dr. Sarah Johnson',
  timeZone: 'America/New_York',
  languages: ['en', 'pt-BR'],
  sessionTypes: [{ id: 1, name: 'Initial Consultation', durationMinutes: 60, platforms: [...PLATFORMS] }],
};

export const PractitionerSchema = named(
  'Practitioner',
  Type.Object(
    {
      id: PublicId,
      name: Type.String({ examples: ['Dr. Sarah Johnson'] }),
      timeZone: Type.String({ description: 'IANA zone; her wall times are in it.', examples: ['America/New_York'] }),
      languages: Languages,
      sessionTypes: Type.Array(OfferedSchema),
      email: Type.Optional(Type.String()),
      revision: Type.Optional(Type.Integer({ description: 'The number in the ETag; for If-Match.' })),
      ...Type.Partial(Type.Object(settings)).properties,
    },
    { description: 'Address and settings are shown to staff, service keys and herself.', examples: [example] },
  ),
);

export const PractitionerPage = named(
  'PractitionerPage',
  Type.Object(
    { practitioners: Type.Array(PractitionerSchema), nextCursor: NextCursor },
    { examples: [{ practitioners: [example], nextCursor: null }] },
  ),
);

const Offerings = Type.Array(
  Type.Object(
    {
      id: PublicId,
      durationMinutes: Type.Optional(Minutes),
      requiresApproval: Type.Optional(Type.Boolean()),
      ...ownPolicy,
    },
    closed,
  ),
  {
    maxItems: MAX_OFFERED,
    description: 'All she offers, in this order. `durationMinutes` and `requiresApproval` where they differ at her.',
  },
);
const who = { name: plainText(NAME_MAX), email: EmailText, timeZone: ZoneText };

export const NewPractitioner = named(
  'NewPractitioner',
  Type.Object(
    { ...who, ...Type.Partial(Type.Object({ ...settings, languages: Languages, sessionTypes: Offerings })).properties },
    {
      ...closed,
      description: 'She can be booked once she has weekly hours and offers a session type.',
      examples: [
        {
          name: 'Dr. Sarah Johnson',
          email: 'practitioner@example.com',
          timeZone: 'America/New_York',
          gridMinutes: 60,
          sessionTypes: [{ id: 1 }],
        },
      ],
    },
  ),
);

export const PractitionerChangeBody = named(
  'PractitionerChange',
  Type.Partial(Type.Object({ ...who, ...settings, languages: Languages, sessionTypes: Offerings }), {
    ...closed,
    minProperties: 1,
    examples: [{ noticeMinutes: 120, cancellationWindowMinutes: 1440, lateCancellations: 'mark_late' }],
  }),
);

/** `platforms`: those of which there is an account here; null: for those who look after her, who see all that is set. */
export function practitionerWire(
  practitioner: Practitioner,
  platforms: ReadonlySet<Platform> | null,
): Static<typeof PractitionerSchema> {
  const { id, name, timeZone, offered, scheduleVersion: _, reminders, limits, ...more } = practitioner;
  const { languages: spoken, ...settingsAndAddress } = more;
  const isPrivate = platforms === null;
  const had = isPrivate ? null : platformsWith({ platforms }, practitioner);
  const sessionTypes = offered.map((one) => ({
    id: one.id,
    name: one.name,
    durationMinutes: one.lengthMinutes,
    platforms: one.platforms.filter((platform) => had?.has(platform) ?? true),
    ...(isPrivate ? ownPolicyOf(one) : {}),
    ...particularsOf(one),
    ...(one.requiresApproval ? { requiresApproval: true as const } : {}),
  }));
  return {
    id,
    name,
    timeZone,
    languages: [...spoken],
    sessionTypes,
    ...(isPrivate ? { ...settingsAndAddress, limits: [...limits], reminders: remindersWire(reminders) } : {}),
  };
}

function particularsOf({ lengths, modes, capacity, price }: Offered) {
  return {
    ...(lengths ? { lengths: [...lengths] } : {}),
    ...(modes ? { modes: [...modes] } : {}),
    ...(capacity === undefined ? {} : { capacity }),
    ...(price ? { price } : {}),
  };
}

function ownPolicyOf({ noticeMinutes, horizonDays, horizonUntil }: Partial<OwnPolicy>) {
  return {
    ...(noticeMinutes === undefined ? {} : { noticeMinutes }),
    ...(horizonDays === undefined ? {} : { horizonDays }),
    ...(horizonUntil === undefined ? {} : { horizonUntil }),
  };
}
