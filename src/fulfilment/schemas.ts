// The wire shapes of the four direct endpoints, as the contract has them.
import { Type } from 'typebox';
import { named } from '../platform/http/openapi.ts';
import {
  EmailText,
  plainLines,
  plainText,
  PublicId,
  DateText,
  StartTimeText,
  WallOrInstantText,
  ZoneText,
} from '../platform/http/validation.ts';

/** Bounded by what a session can last. */
const Minutes = Type.Integer({ minimum: 1, maximum: 1440, examples: [60] });
/** Zoom's bound, the narrowest (meetings.create, `topic`). */
const Topic = {
  ...plainText(200),
  description: 'Used when host, staff or a service asks; from a client checked and ignored.',
};
const Description = { ...plainLines(1500), description: 'As for the title.' };
const Start = {
  ...WallOrInstantText,
  description: 'Must be the appointment’s; wall time in `timeZone` without an offset.',
};
const StartZone = { ...ZoneText, description: 'Of a start without an offset; left out: the practitioner’s.' };
const HostEmail = { ...EmailText, description: 'Must be the practitioner’s.' };
const GuestEmail = { ...EmailText, description: 'Must be the client’s.' };

export const ZoomRequest = named(
  'ZoomMeetingRequest',
  Type.Object(
    {
      appointmentId: PublicId,
      hostEmail: Type.Optional(HostEmail),
      guestEmail: Type.Optional(GuestEmail),
      topic: Type.Optional(Topic),
      agenda: Type.Optional(Description),
      startTime: Type.Optional(Start),
      timeZone: Type.Optional(StartZone),
      durationMinutes: Type.Optional(Minutes),
    },
    {
      additionalProperties: false,
      examples: [
        {
          appointmentId: 123,
          hostEmail: 'practitioner@example.com',
          guestEmail: 'user@example.com',
          topic: 'Therapy Session with Dr. Sarah',
          agenda: 'Initial consultation',
          startTime: '2030-06-20T14:00:00',
          durationMinutes: 60,
        },
      ],
    },
  ),
);

export const ZoomAnswer = named(
  'ZoomMeeting',
  Type.Object(
    {
      id: Type.String(),
      join_url: Type.String(),
      password: Type.Optional(Type.String()),
      host_url: Type.Optional(Type.String({ description: 'For the host, staff and services only; fetched fresh.' })),
    },
    {
      examples: [
        {
          id: '1234567890',
          join_url: 'https://zoom.us/j/1234567890?pwd=abc123',
          password: 'abc123',
          host_url: 'https://zoom.us/s/1234567890?zak=eyJ0eXA',
        },
      ],
    },
  ),
);

export const MeetRequest = named(
  'GoogleMeetRequest',
  Type.Object(
    {
      appointmentId: PublicId,
      hostEmail: Type.Optional(HostEmail),
      guestEmail: Type.Optional(GuestEmail),
      summary: Type.Optional(Topic),
      description: Type.Optional(Description),
      startDateTime: Type.Optional(Start),
      timeZone: Type.Optional(StartZone),
      duration: Type.Optional(Minutes),
    },
    {
      additionalProperties: false,
      examples: [
        {
          appointmentId: 123,
          hostEmail: 'practitioner@example.com',
          guestEmail: 'user@example.com',
          summary: 'Therapy Session with Dr. Sarah',
          description: 'Initial consultation',
          startDateTime: '2030-06-20T14:00:00',
          duration: 60,
        },
      ],
    },
  ),
);

export const MeetAnswer = named(
  'GoogleMeet',
  Type.Object(
    { meetingId: Type.String(), meetingUrl: Type.String(), eventId: Type.String() },
    {
      examples: [
        {
          meetingId: 'abc-defg-hij',
          meetingUrl: 'https://meet.google.com/abc-defg-hij',
          eventId: 'google_calendar_event_id',
        },
      ],
    },
  ),
);

export const TeamsRequest = named(
  'TeamsMeetingRequest',
  Type.Object(
    {
      appointmentId: PublicId,
      hostEmail: Type.Optional(HostEmail),
      guestEmail: Type.Optional(GuestEmail),
      subject: Type.Optional(Topic),
      description: Type.Optional(Description),
      startDateTime: Type.Optional(Start),
      timeZone: Type.Optional(StartZone),
      durationMinutes: Type.Optional(Minutes),
    },
    {
      additionalProperties: false,
      examples: [
        {
          appointmentId: 123,
          hostEmail: 'practitioner@example.com',
          guestEmail: 'user@example.com',
          subject: 'Therapy Session with Dr. Sarah',
          description: 'Initial consultation',
          startDateTime: '2030-06-20T14:00:00',
          durationMinutes: 60,
        },
      ],
    },
  ),
);

export const TeamsAnswer = named(
  'TeamsMeeting',
  Type.Object(
    {
      id: Type.String(),
      joinUrl: Type.String(),
      subject: Type.String({ description: 'As the meeting bears it.' }),
    },
    {
      examples: [
        {
          id: 'teams_meeting_id',
          joinUrl: 'https://teams.microsoft.com/l/meetup-join/19%3ameeting',
          subject: 'Therapy Session with Dr. Sarah',
        },
      ],
    },
  ),
);

export const EventRequest = named(
  'CalendarEventRequest',
  Type.Object(
    {
      appointmentId: PublicId,
      userEmail: Type.Optional(GuestEmail),
      practitionerEmail: Type.Optional(HostEmail),
      title: Type.Optional(Topic),
      description: Type.Optional(Description),
      date: Type.Optional(DateText),
      time: Type.Optional(StartTimeText),
      timeZone: Type.Optional(StartZone),
      duration: Type.Optional(Minutes),
    },
    {
      additionalProperties: false,
      // One alone says of no start that it is the appointment's.
      dependentRequired: { date: ['time'], time: ['date'] },
      examples: [
        {
          appointmentId: 123,
          userEmail: 'user@example.com',
          practitionerEmail: 'practitioner@example.com',
          title: 'Therapy Session with Dr. Sarah',
          description: 'Initial consultation',
          date: '2030-06-20',
          time: '14:00:00',
          duration: 60,
        },
      ],
    },
  ),
);

export const EventAnswer = named(
  'CalendarEvent',
  Type.Object(
    { eventId: Type.String(), success: Type.Literal(true) },
    { examples: [{ eventId: 'calendar_event_id', success: true }] },
  ),
);
