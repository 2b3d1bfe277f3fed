// Session types on the wire, and the way from the domain to it.
import { Type, type Static } from 'typebox';
import { PLATFORMS, type Platform } from '../meetings/provider.ts';
import { named } from '../platform/http/openapi.ts';
import { NextCursor } from '../platform/http/page.ts';
import { plainText, PublicId } from '../platform/http/validation.ts';
import { Minutes, Platforms, windows } from './schemas.ts';
import { MaybeReminders, remindersWire } from './schemas-reminders.ts';
import { particulars } from './schemas-resources.ts';
import { APPROVAL_MINUTES, SESSION_TYPE_NAME_MAX, type SessionType } from './session-type.ts';

const closed = { additionalProperties: false } as const;
const orHers = { description: 'null: as the practitioner has it.' };
const ownWindows = {
  cancellationWindowMinutes: Type.Union([windows.cancellationWindowMinutes, Type.Null()], orHers),
  rescheduleWindowMinutes: Type.Union([windows.rescheduleWindowMinutes, Type.Null()], orHers),
  lateCancellations: Type.Union([windows.lateCancellations, Type.Null()], orHers),
  lateReschedules: Type.Union([windows.lateReschedules, Type.Null()], orHers),
};
const approval = {
  requiresApproval: Type.Boolean({
    description: 'What is booked is a request until the practitioner approves it. Staff who book need no approval.',
  }),
  approvalMinutes: Type.Integer({
    ...APPROVAL_MINUTES,
    description: 'So long a request may wait, and never beyond its start; then it has lapsed.',
    examples: [1440],
  }),
};

const typeExample = {
  id: 1,
  name: 'Initial Consultation',
  durationMinutes: 60,
  platforms: [...PLATFORMS],
  active: true,
  requiresApproval: false,
  approvalMinutes: 1440,
  revision: 1,
  cancellationWindowMinutes: 2880,
  rescheduleWindowMinutes: null,
  lateCancellations: 'mark_late',
  lateReschedules: null,
  lengths: [],
  gridMinutes: null,
  bufferBeforeMinutes: null,
  bufferAfterMinutes: null,
  price: { amountMinor: 9000, currency: 'EUR' },
  modes: ['online', 'in_person'],
  capacity: 1,
  needs: [{ kind: 'room' }],
};

export const SessionTypeSchema = named(
  'SessionType',
  Type.Object(
    {
      id: PublicId,
      name: Type.String({ examples: ['Initial Consultation'] }),
      durationMinutes: Minutes,
      platforms: Platforms,
      active: Type.Boolean(),
      reminders: Type.Optional(MaybeReminders('as its practitioner does')),
      revision: Type.Integer(),
      ...approval,
      ...ownWindows,
      ...particulars,
    },
    { examples: [typeExample] },
  ),
);

export const SessionTypePage = named(
  'SessionTypePage',
  Type.Object(
    { sessionTypes: Type.Array(SessionTypeSchema), nextCursor: NextCursor },
    { examples: [{ sessionTypes: [typeExample], nextCursor: null }] },
  ),
);

const what = { name: plainText(SESSION_TYPE_NAME_MAX), durationMinutes: Minutes };
const how = Type.Partial(
  Type.Object({
    platforms: Platforms,
    active: Type.Boolean(),
    reminders: MaybeReminders('as its practitioner does'),
    ...approval,
    ...ownWindows,
    ...particulars,
  }),
).properties;

export const NewSessionType = named(
  'NewSessionType',
  Type.Object({ ...what, ...how }, { ...closed, examples: [{ name: 'Follow-up', durationMinutes: 30 }] }),
);

export const SessionTypeChangeBody = named(
  'SessionTypeChange',
  Type.Partial(Type.Object({ ...what, ...how }), { ...closed, minProperties: 1, examples: [{ durationMinutes: 45 }] }),
);

/** `had`: the platforms that can be had here; null: for staff, who set them and the reminders. */
export function sessionTypeWire(
  sessionType: SessionType,
  had: ReadonlySet<Platform> | null,
): Static<typeof SessionTypeSchema> {
  const { lengthMinutes, platforms, reminders, lengths, modes, needs, ...rest } = sessionType;
  return {
    ...rest,
    durationMinutes: lengthMinutes,
    platforms: platforms.filter((platform) => had?.has(platform) ?? true),
    lengths: [...lengths],
    modes: [...modes],
    needs: needs.map(({ kind, anyOf }) => ({ kind, ...(anyOf ? { anyOf: [...anyOf] } : {}) })),
    ...(had === null ? { reminders: remindersWire(reminders) } : {}),
  };
}
