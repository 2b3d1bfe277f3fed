// The wire shapes of changes: cancelling, moving, proposing, and what is answered.
import { Type } from 'typebox';
import { named } from '../platform/http/openapi.ts';
import { DateText, plainLines, StartTimeText, ZoneText } from '../platform/http/validation.ts';
import { OverrideAsked, OverrideMade } from './schemas-overrides.ts';

export const CancelBody = named(
  'Cancellation',
  Type.Object(
    { reason: Type.Optional(plainLines(1000)) },
    { additionalProperties: false, examples: [{ reason: 'Schedule conflict' }] },
  ),
);

const when = { newDate: DateText, newTime: StartTimeText, timeZone: Type.Optional(ZoneText) };

export const ProposalBody = named(
  'Proposal',
  Type.Object(when, { additionalProperties: false, examples: [{ newDate: '2030-06-25', newTime: '15:00:00' }] }),
);

export const RescheduleBody = named(
  'Reschedule',
  Type.Object(
    { ...when, override: Type.Optional(OverrideAsked) },
    { additionalProperties: false, examples: [{ newDate: '2030-06-25', newTime: '15:00:00' }] },
  ),
);

export const Done = named(
  'Done',
  Type.Object(
    { success: Type.Literal(true), message: Type.String() },
    { examples: [{ success: true, message: 'Appointment rescheduled successfully' }] },
  ),
);

export const Moved = named(
  'Moved',
  Type.Object(
    { success: Type.Literal(true), message: Type.String(), override: Type.Optional(OverrideMade) },
    { examples: [{ success: true, message: 'Appointment rescheduled successfully' }] },
  ),
);
