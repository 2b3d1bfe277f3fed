// The four direct endpoints of the contract. Their paths and fields name vendors; what they do does not.
import type { TSchema } from 'typebox';
import type { RefusalCode } from '../platform/refusal.ts';
import { onceOf } from '../platform/http/idempotency.ts';
import { answers, IdempotencyHeaders } from '../platform/http/openapi.ts';
import type { App } from '../platform/http/server.ts';
import { bringAbout, hostLinkFor, type BringTools } from './bring-about.ts';
import { retryAsked } from './retry-asked.ts';
import {
  EventAnswer,
  EventRequest,
  MeetAnswer,
  MeetRequest,
  TeamsAnswer,
  TeamsRequest,
  ZoomAnswer,
  ZoomRequest,
} from './schemas.ts';

const config = {
  access: ['client', 'practitioner', 'staff', 'service'],
  scope: 'meetings:write',
  rate: 'booking',
} as const;
const tags = ['Meetings and calendar'];
const REFUSALS: readonly RefusalCode[] = [
  'not_found',
  'does_not_match',
  'meeting_elsewhere',
  'appointment_cancelled',
  'appointment_closed',
  'appointment_in_past',
  'appointment_pending',
  'platform_not_offered',
  'platform_not_configured',
  'time_does_not_exist',
  'meeting_pending',
  'meeting_failed',
];

export function fulfilmentRoutes(app: App, given: Omit<BringTools, 'retryAsked'>): void {
  const tools: BringTools = { ...given, retryAsked: retryAsked(given) };
  zoom(app, tools);
  googleMeet(app, tools);
  teams(app, tools);
  calendarEvent(app, tools);
}

function describe<B extends TSchema, A extends TSchema>(operationId: string, summary: string, body: B, answer: A) {
  return {
    tags,
    operationId,
    summary,
    headers: IdempotencyHeaders,
    body,
    response: answers({ 201: answer }, REFUSALS, { body: true }),
  };
}

function zoom(app: App, tools: BringTools): void {
  const schema = describe('createZoomMeeting', 'The Zoom meeting of an appointment', ZoomRequest, ZoomAnswer);
  app.post('/api/create-zoom-meeting', { config, schema }, async (request, reply) => {
    const { actor, body } = request;
    const brought = await bringAbout(
      tools,
      actor,
      {
        ...common(body),
        platform: 'zoom',
        start:
          body.startTime === undefined ? null : { pointer: '/startTime', wall: body.startTime, zone: body.timeZone },
        minutes: { pointer: '/durationMinutes', value: body.durationMinutes },
        topic: body.topic ?? null,
        description: body.agenda ?? null,
      },
      'meeting',
      onceOf(request, actor, tools.clock),
    );
    const hostUrl = await hostLinkFor(tools, actor, brought);
    const { joinId, joinUrl, password } = brought.object;
    return await reply.code(201).send({
      id: joinId ?? '',
      join_url: joinUrl ?? '',
      ...(password === null ? {} : { password }),
      ...(hostUrl === undefined ? {} : { host_url: hostUrl }),
    });
  });
}

function googleMeet(app: App, tools: BringTools): void {
  const schema = describe('createGoogleMeet', 'The Google Meet link of an appointment', MeetRequest, MeetAnswer);
  app.post('/api/create-google-meet', { config, schema }, async (request, reply) => {
    const { actor, body } = request;
    const { object } = await bringAbout(
      tools,
      actor,
      {
        ...common(body),
        platform: 'google-meet',
        start:
          body.startDateTime === undefined
            ? null
            : { pointer: '/startDateTime', wall: body.startDateTime, zone: body.timeZone },
        minutes: { pointer: '/duration', value: body.duration },
        topic: body.summary ?? null,
        description: body.description ?? null,
      },
      'calendar_event',
      onceOf(request, actor, tools.clock),
    );
    return await reply
      .code(201)
      .send({ meetingId: object.joinId ?? '', meetingUrl: object.joinUrl ?? '', eventId: object.providerId ?? '' });
  });
}

function teams(app: App, tools: BringTools): void {
  const schema = describe(
    'createTeamsMeeting',
    'The Microsoft Teams meeting of an appointment',
    TeamsRequest,
    TeamsAnswer,
  );
  app.post('/api/create-teams-meeting', { config, schema }, async (request, reply) => {
    const { actor, body } = request;
    const { object, topic } = await bringAbout(
      tools,
      actor,
      {
        ...common(body),
        platform: 'teams',
        start:
          body.startDateTime === undefined
            ? null
            : { pointer: '/startDateTime', wall: body.startDateTime, zone: body.timeZone },
        minutes: { pointer: '/durationMinutes', value: body.durationMinutes },
        topic: body.subject ?? null,
        description: body.description ?? null,
      },
      'calendar_event',
      onceOf(request, actor, tools.clock),
    );
    return await reply.code(201).send({ id: object.joinId ?? '', joinUrl: object.joinUrl ?? '', subject: topic });
  });
}

function calendarEvent(app: App, tools: BringTools): void {
  const schema = describe('createCalendarEvent', 'The calendar event of an appointment', EventRequest, EventAnswer);
  app.post('/api/create-calendar-event', { config, schema }, async (request, reply) => {
    const { actor, body } = request;
    const { date, time } = body;
    const { object } = await bringAbout(
      tools,
      actor,
      {
        appointmentId: body.appointmentId,
        hostEmail: { pointer: '/practitionerEmail', value: body.practitionerEmail },
        guestEmail: { pointer: '/userEmail', value: body.userEmail },
        platform: null,
        // The date is sound by its schema, and there is none without a time.
        start:
          date === undefined || time === undefined
            ? null
            : { pointer: '/time', wall: `${date}T${time}`, zone: body.timeZone },
        minutes: { pointer: '/duration', value: body.duration },
        topic: body.title ?? null,
        description: body.description ?? null,
      },
      'calendar_event',
      onceOf(request, actor, tools.clock),
    );
    return await reply.code(201).send({ eventId: object.providerId ?? '', success: true });
  });
}

function common(body: { appointmentId: number; hostEmail?: string | undefined; guestEmail?: string | undefined }) {
  return {
    appointmentId: body.appointmentId,
    hostEmail: { pointer: '/hostEmail', value: body.hostEmail },
    guestEmail: { pointer: '/guestEmail', value: body.guestEmail },
  };
}
