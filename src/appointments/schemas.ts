// The wire shapes of appointments: the contract's, field for field, with further fields beside them.
import { Type, type Static } from 'typebox';
import type { MeetingDetails } from '../meetings/meeting.ts';
import { PLATFORMS } from '../meetings/provider.ts';
import { named } from '../platform/http/openapi.ts';
import { NextCursor, pageQuery } from '../platform/http/page.ts';
import {
  DateText,
  InstantText,
  plainText,
  PublicId,
  StartTimeText,
  WallTimeText,
  ZoneText,
} from '../platform/http/validation.ts';
import { wallOf } from '../platform/time/wall-clock.ts';
import { AWAITED, CANCELLERS, DECISIONS, lengthMinutes, STATES } from './appointment.ts';
import type { findTroubleAround } from './find-mail-trouble.ts';
import { TroubleAround, wireTrouble } from './schemas-letters.ts';
import { OverrideAsked, OverrideMade, wireOverride } from './schemas-overrides.ts';
import {
  forWhom,
  DurationAsked,
  ModeAsked,
  oneSessionFields,
  sessionFields,
  wireSession,
  wireSessionOfOne,
} from './schemas-session.ts';
import type { AppointmentRead, AppointmentSeen } from './find-appointment.ts';
import { Action, MeetingCourse, SuggestedOutcome, wireAction, wireCourse } from './schemas-closing.ts';

/** Opaque to us; 1 to 128 characters. */
export const UserId = { ...plainText(128), description: 'The subject of the client, opaque', examples: ['user-uuid'] };

export const AppointmentParams = Type.Object({ appointmentId: PublicId });
export const UserParams = Type.Object({ userId: UserId });

export const NewAppointment = named(
  'NewAppointment',
  Type.Object(
    {
      userId: UserId,
      practitionerId: PublicId,
      practitionerName: Type.Optional({ ...plainText(200), description: 'If given, must be the name that is stored.' }),
      date: { ...DateText, description: 'In the practitioner’s zone, or in `timeZone`.' },
      time: StartTimeText,
      timeZone: Type.Optional({ ...ZoneText, description: 'The zone of `date` and `time`, where it is another.' }),
      sessionType: Type.Union([plainText(120), PublicId], { description: 'By name, whatever its case, or id.' }),
      durationMinutes: DurationAsked,
      mode: ModeAsked,
      ...forWhom,
      override: Type.Optional(OverrideAsked),
      holdId: Type.Optional({ ...PublicId, description: 'A live hold of this very time: booking with it succeeds.' }),
    },
    {
      additionalProperties: false,
      examples: [
        {
          userId: 'user-uuid',
          practitionerId: 123,
          practitionerName: 'Dr. Sarah Johnson',
          date: '2030-06-20',
          time: '14:00:00',
          sessionType: 'Initial Consultation',
          userEmail: 'user@example.com',
          userName: 'John Doe',
          videoMeetingConfig: { platform: 'zoom', hostEmail: 'practitioner@example.com' },
        },
      ],
    },
  ),
);

/** Ten years of weekly sessions: whoever reads the first answer alone, as of old, does not miss the next one to come. */
const MOST_OF_A_CLIENT = 500;

export const ListQuery = Type.Object(
  {
    status: Type.Optional(Type.Enum([...STATES])),
    from: Type.Optional({ ...InstantText, description: 'Only those that end after this instant.' }),
    to: Type.Optional({ ...InstantText, description: 'Only those that start before this instant.' }),
    ...pageQuery,
    limit: Type.Integer({
      minimum: 1,
      maximum: MOST_OF_A_CLIENT,
      default: MOST_OF_A_CLIENT,
      description: 'In one answer.',
    }),
  },
  { additionalProperties: false },
);

const Meeting = named(
  'MeetingDetails',
  Type.Object(
    {
      platform: Type.Enum([...PLATFORMS]),
      meetingUrl: Type.Optional(Type.String()),
      meetingId: Type.Optional(Type.String()),
      meetingPassword: Type.Optional(Type.String()),
      status: Type.Enum(['ready', 'pending', 'failed'], {
        description:
          '`pending`: it is being made, ask again. `failed`: somebody must change something at the provider first.',
      }),
    },
    {
      description:
        'Left out where there is no meeting and none will come: not asked for, cancelled, or over without one.',
    },
  ),
);

export const AppointmentCreated = named(
  'AppointmentCreated',
  Type.Object(
    {
      success: Type.Literal(true),
      appointmentId: PublicId,
      status: Type.Optional(
        Type.Literal('pending', {
          description: 'There where it is a request: it must be approved, and has no meeting yet.',
        }),
      ),
      override: Type.Optional(OverrideMade),
      meetingDetails: Type.Optional(Meeting),
      sandbox: Type.Optional(Type.Literal(true, { description: 'There where nothing leaves this machine.' })),
    },
    {
      examples: [
        {
          success: true,
          appointmentId: 456,
          meetingDetails: {
            platform: 'zoom',
            meetingUrl: 'https://zoom.us/j/1234567890?pwd=abc123',
            meetingId: '1234567890',
            meetingPassword: 'abc123',
            status: 'ready',
          },
        },
      ],
    },
  ),
);

const appointmentFields = {
  id: PublicId,
  practitionerId: PublicId,
  practitionerName: Type.String(),
  date: { ...DateText, description: 'In `timeZone`.' },
  time: WallTimeText,
  sessionType: Type.String(),
  status: Type.Enum([...STATES]),
  meetingDetails: Type.Optional(Meeting),
  start: InstantText,
  end: InstantText,
  timeZone: { ...ZoneText, description: 'The practitioner’s, in which the time was agreed.' },
  durationMinutes: Type.Integer(),
  ...sessionFields,
  revision: Type.Integer({ description: 'Rises with every change.' }),
  cancelledBy: Type.Optional(Type.Enum([...CANCELLERS])),
  cancelledAt: Type.Optional(InstantText),
  awaits: Type.Optional(Type.Enum([...AWAITED], { description: 'Of a request: whose word it waits for.' })),
  decideBy: Type.Optional({ ...InstantText, description: 'Of a request: until when; then it has lapsed.' }),
  decision: Type.Optional(Type.Enum([...DECISIONS], { description: 'How a request ended.' })),
  lateCancellation: Type.Optional(Type.Literal(true, { description: 'Cancelled within the window, by whomever.' })),
  lateMoves: Type.Optional(Type.Integer({ description: 'How often it was moved within the window.' })),
  seriesId: Type.Optional({ ...PublicId, description: 'Of one of the dates of a series.' }),
  seriesIndex: Type.Optional(Type.Integer({ description: 'Which of its dates, from 1.' })),
};

const example = {
  id: 123,
  practitionerId: 456,
  practitionerName: 'Dr. Sarah Johnson',
  date: '2030-06-20',
  time: '14:00:00',
  sessionType: 'Initial Consultation',
  status: 'confirmed',
  meetingDetails: { platform: 'zoom', meetingUrl: 'https://zoom.us/j/1234567890?pwd=abc123', status: 'ready' },
  start: '2030-06-20T18:00:00Z',
  end: '2030-06-20T19:00:00Z',
  timeZone: 'America/New_York',
  durationMinutes: 60,
  revision: 1,
};

const AppointmentItem = named('Appointment', Type.Object(appointmentFields, { examples: [example] }));

const exampleActions = {
  cancel: { allowed: true, until: '2030-06-19T18:00:00Z', onTimeUntil: '2030-06-19T18:00:00Z', late: false },
  reschedule: { allowed: true, until: '2030-06-20T18:00:00Z', late: false },
};

export const OneAppointment = named(
  'AppointmentWithActions',
  Type.Object(
    {
      ...appointmentFields,
      ...oneSessionFields,
      actions: Type.Object(
        { cancel: Action, reschedule: Action },
        { description: 'What whoever asks could do with it now.' },
      ),
      override: Type.Optional(OverrideMade),
      mailTrouble: Type.Optional(TroubleAround),
      meeting: Type.Optional(MeetingCourse),
      suggestedOutcome: Type.Optional(SuggestedOutcome),
    },
    { examples: [{ ...example, actions: exampleActions }] },
  ),
);
export const AppointmentList = named(
  'AppointmentList',
  Type.Object(
    { appointments: Type.Array(AppointmentItem), nextCursor: NextCursor },
    { examples: [{ appointments: [example], nextCursor: null }] },
  ),
);

type Wire = Static<typeof AppointmentItem>;

/** An appointment as it leaves. `withPassword`: for those who may join, asked about one appointment. */
export function wireAppointment(seen: AppointmentSeen, withPassword: boolean): Wire {
  const { appointment, meeting } = seen;
  const wall = wallOf(appointment.start, appointment.zone);
  return {
    id: appointment.id,
    practitionerId: appointment.practitionerId,
    practitionerName: appointment.practitionerName,
    date: wall.date,
    time: wall.time,
    sessionType: appointment.sessionType,
    status: appointment.state,
    ...(meeting ? { meetingDetails: wireMeeting(meeting, withPassword) } : {}),
    start: appointment.start.toString(),
    end: appointment.end.toString(),
    timeZone: appointment.zone,
    durationMinutes: lengthMinutes(appointment),
    ...wireSession(appointment),
    revision: appointment.revision,
    ...(appointment.cancelledBy === null ? {} : { cancelledBy: appointment.cancelledBy }),
    ...(appointment.cancelledAt === null ? {} : { cancelledAt: appointment.cancelledAt.toString() }),
    ...(appointment.awaits === null ? {} : { awaits: appointment.awaits }),
    ...(appointment.decideBy === null ? {} : { decideBy: appointment.decideBy.toString() }),
    ...(appointment.decision === null ? {} : { decision: appointment.decision }),
    ...(appointment.lateCancellation ? { lateCancellation: true as const } : {}),
    ...(appointment.lateMoves === 0 ? {} : { lateMoves: appointment.lateMoves }),
    ...(appointment.seriesId == null ? {} : { seriesId: appointment.seriesId }),
    ...(appointment.seriesIndex == null ? {} : { seriesIndex: appointment.seriesIndex }),
  };
}

/** One appointment, asked about by somebody who may join it. */
export function wireOne(
  read: AppointmentRead,
  { client, practitioner }: Awaited<ReturnType<typeof findTroubleAround>> = {},
): Static<typeof OneAppointment> {
  const { cancel, reschedule } = read.actions;
  return {
    ...wireAppointment(read, true),
    ...wireSessionOfOne(read),
    actions: { cancel: wireAction(cancel), reschedule: wireAction(reschedule) },
    ...(read.forHost?.override ? { override: wireOverride(read.forHost.override) } : {}),
    ...(client || practitioner
      ? {
          mailTrouble: {
            ...(client ? { client: wireTrouble(client) } : {}),
            ...(practitioner ? { practitioner: wireTrouble(practitioner) } : {}),
          },
        }
      : {}),
    ...wireCourse(read),
  };
}

/** Meeting details as they leave; what is not known yet is left out. */
export function wireMeeting(meeting: MeetingDetails, withPassword: boolean): Static<typeof Meeting> {
  return {
    platform: meeting.platform,
    ...(meeting.meetingUrl === null ? {} : { meetingUrl: meeting.meetingUrl }),
    ...(meeting.meetingId === null ? {} : { meetingId: meeting.meetingId }),
    ...(withPassword && meeting.meetingPassword !== null ? { meetingPassword: meeting.meetingPassword } : {}),
    status: meeting.status,
  };
}
