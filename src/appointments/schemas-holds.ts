// The wire shapes of holds.
import { Type, type Static } from 'typebox';
import { HOLD_STATES } from '../occupancy/hold.ts';
import { named } from '../platform/http/openapi.ts';
import {
  DateText,
  InstantText,
  plainText,
  PublicId,
  StartTimeText,
  WallTimeText,
  ZoneText,
} from '../platform/http/validation.ts';
import type { HoldSeen } from './find-hold.ts';
import { DurationAsked } from './schemas-session.ts';
import { UserId } from './schemas.ts';

export const HoldParams = Type.Object({ holdId: PublicId });

export const NewHold = named(
  'NewHold',
  Type.Object(
    {
      practitionerId: PublicId,
      sessionType: Type.Union([plainText(120), PublicId], { description: 'By name, whatever its case, or id.' }),
      durationMinutes: DurationAsked,
      date: { ...DateText, description: 'In the practitioner’s zone, or in `timeZone`.' },
      time: StartTimeText,
      timeZone: Type.Optional({ ...ZoneText, description: 'The zone of `date` and `time`, where it is another.' }),
      userId: Type.Optional({
        ...UserId,
        description: 'For whom, where staff or a service holds: that client alone may then have it. A client’s own.',
      }),
    },
    {
      additionalProperties: false,
      examples: [{ practitionerId: 123, sessionType: 'Initial Consultation', date: '2030-06-20', time: '14:00:00' }],
    },
  ),
);

export const HoldSchema = named(
  'Hold',
  Type.Object(
    {
      id: PublicId,
      practitionerId: PublicId,
      sessionTypeId: PublicId,
      sessionType: Type.String(),
      date: { ...DateText, description: 'In `timeZone`.' },
      time: WallTimeText,
      timeZone: { ...ZoneText, description: 'The practitioner’s when it was placed.' },
      start: InstantText,
      end: InstantText,
      expiresAt: { ...InstantText, description: 'Until then booking with it succeeds.' },
      state: Type.Enum([...HOLD_STATES], {
        description: '`confirmed`: it has become an appointment. `expired`: it ran out.',
      }),
    },
    {
      examples: [
        {
          id: 789,
          practitionerId: 123,
          sessionTypeId: 1,
          sessionType: 'Initial Consultation',
          date: '2030-06-20',
          time: '14:00:00',
          timeZone: 'America/New_York',
          start: '2030-06-20T18:00:00Z',
          end: '2030-06-20T19:00:00Z',
          expiresAt: '2030-06-10T09:10:00Z',
          state: 'open',
        },
      ],
    },
  ),
);

export function wireHold(hold: HoldSeen): Static<typeof HoldSchema> {
  const [date = '', time = ''] = hold.wallStart.split('T');
  return {
    id: hold.id,
    practitionerId: hold.practitionerId,
    sessionTypeId: hold.sessionTypeId,
    sessionType: hold.sessionType,
    date,
    time: `${time}:00`,
    timeZone: hold.zone,
    start: hold.time.from.toString(),
    end: hold.time.to.toString(),
    expiresAt: hold.expiresAt.toString(),
    state: hold.state,
  };
}
