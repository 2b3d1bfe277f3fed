// The contract's appointment endpoints. A created appointment is answered once its meeting is ready, or the wait for it is over.
import type { Actor } from '../identity/actor.ts';
import type { MeetingDetails } from '../meetings/meeting.ts';
import { onceOf } from '../platform/http/idempotency.ts';
import { answers, IdempotencyHeaders, KEY_REFUSALS } from '../platform/http/openapi.ts';
import { Refusal } from '../platform/refusal.ts';
import { cursorOf, pageOf } from '../platform/http/page.ts';
import type { App } from '../platform/http/server.ts';
import { InstantText, PublicId } from '../platform/http/validation.ts';
import { REASONS } from '../availability/reasons.ts';
import { Type, type Static } from 'typebox';
import { ChangeHeaders, etagOf, expectedVersions } from '../practitioners/call.ts';
import { bookAppointment } from './book-appointment.ts';
import type { BookingRequest } from './booking.ts';
import { bookHeld } from './confirm-hold.ts';
import { cancelAppointment } from './cancel-appointment.ts';
import { nameOf } from './client.ts';
import { findTroubleAround, type MailTools } from './find-mail-trouble.ts';
import { listForClient, readAppointment } from './find-appointment.ts';
import { rescheduleAppointment } from './reschedule-appointment.ts';
import type { LinkTools } from './issue-guest-link.ts';
import { closingRoutes } from './routes-closing.ts';
import { guestRoutes } from './routes-guest.ts';
import { holdRoutes, type KeepingTools } from './routes-holds.ts';
import { phoneRoutes } from './routes-phone.ts';
import { wireOverride } from './schemas-overrides.ts';
import { requestRoutes } from './routes-requests.ts';
import { CancelBody, Done, Moved, RescheduleBody } from './schemas-changes.ts';
import {
  AppointmentCreated,
  AppointmentList,
  AppointmentParams,
  ListQuery,
  NewAppointment,
  OneAppointment,
  UserParams,
  wireAppointment,
  wireMeeting,
  wireOne,
} from './schemas.ts';

export type AppointmentTools = KeepingTools &
  LinkTools &
  MailTools & {
    readonly sandbox: boolean;
    /** Resolves once the session's meeting is ready or failed, at the latest when the wait is over. */
    awaitMeeting(organisationId: number, sessionId: number): Promise<void>;
  };

const tags = ['Appointments'];
const CHANGERS = ['client', 'guest', 'practitioner', 'staff', 'service'] as const;
const CHANGE = { access: CHANGERS, scope: 'appointments:write', rate: 'booking' } as const;
const STATE_REFUSALS = ['not_found', 'version_mismatch', 'appointment_closed', 'appointment_in_past'] as const;
const cursor = cursorOf('appointments', Type.Tuple([InstantText, PublicId]));

export function appointmentRoutes(app: App, tools: AppointmentTools): void {
  booking(app, tools);
  cancelling(app, tools);
  moving(app, tools);
  reading(app, tools);
  closingRoutes(app, tools);
  guestRoutes(app, tools);
  holdRoutes(app, tools);
  phoneRoutes(app, tools);
  requestRoutes(app, tools);
}

function booking(app: App, tools: AppointmentTools): void {
  app.post(
    '/api/appointments',
    {
      config: {
        access: ['client', 'staff', 'service'],
        scope: 'appointments:write',
        rate: 'booking',
        answerHeaders: ['location'],
      },
      schema: {
        tags,
        operationId: 'bookAppointment',
        summary: 'Book an appointment',
        description:
          'The appointment stands once this is answered, whatever the video provider does: `meetingDetails` with the status `pending` means that its link follows.',
        headers: IdempotencyHeaders,
        body: NewAppointment,
        response: answers(
          { 201: AppointmentCreated },
          [
            ...KEY_REFUSALS,
            ...REASONS,
            'not_found',
            'practitioner_not_bookable',
            'unknown_session_type',
            'does_not_match',
            'platform_not_offered',
            'platform_not_configured',
            'mode_not_offered',
            'meeting_elsewhere',
            'time_does_not_exist',
            'hold_expired',
          ],
          { body: true },
        ),
      },
    },
    async (request, reply) => {
      const { actor, body } = request;
      const { holdId, videoMeetingConfig } = body;
      const [wish, once] = [wishOf(actor, body), onceOf(request, actor, tools.clock)];
      const booked = await (holdId === undefined
        ? bookAppointment(tools, actor, wish, once)
        : bookHeld(tools, actor, { ...wish, holdId }, once));
      const { appointmentId } = booked;
      const { pending, override } = booked.made ?? (await madeEarlier(tools, actor, appointmentId));
      const meeting = videoMeetingConfig && !pending ? await meetingOnceReady(tools, actor, appointmentId) : null;
      return await reply
        .code(201)
        .header('location', `/api/appointments/${appointmentId}`)
        .send({
          success: true,
          appointmentId,
          ...(pending ? { status: 'pending' as const } : {}),
          ...(override ? { override: wireOverride(override) } : {}),
          ...(meeting ? { meetingDetails: wireMeeting(meeting, true) } : {}),
          ...(tools.sandbox ? { sandbox: true as const } : {}),
        });
    },
  );
}

function wishOf(actor: Actor, body: Static<typeof NewAppointment>): BookingRequest {
  const { date, time, timeZone, videoMeetingConfig, holdId, override, mode } = body;
  if (holdId !== undefined && override) refuseBeside('/override', 'holdId', 'What is held needs no override.');
  if (videoMeetingConfig && mode !== undefined && mode !== 'online') {
    refuseBeside('/mode', 'videoMeetingConfig', 'What has a video meeting is held online.');
  }
  const { userId, userEmail, userPhone, practitionerId, practitionerName, sessionType, durationMinutes } = body;
  const as = { userId, userEmail, userPhone, practitionerId, practitionerName, sessionType, durationMinutes };
  return {
    ...as,
    userName: body.userName ?? nameOf(actor),
    start: { wall: { date, time }, timeZone },
    mode,
    platform: videoMeetingConfig?.platform ?? null,
    hostEmail: videoMeetingConfig?.hostEmail,
    override: override ?? null,
  };
}

function refuseBeside(pointer: string, other: string, why: string): never {
  const errors = [{ pointer, message: `cannot stand beside ${other}` }];
  throw new Refusal('invalid_request', `${why} Leave one of the two out.`, { errors });
}

/** What an earlier call made, as it is now. */
async function madeEarlier(tools: AppointmentTools, actor: Actor, id: number) {
  const { appointment, forHost } = await readAppointment(tools, actor, id);
  return { pending: appointment.state === 'pending', override: forHost?.override ?? null };
}

async function meetingOnceReady(tools: AppointmentTools, actor: Actor, id: number): Promise<MeetingDetails | null> {
  const { appointment, meeting } = await readAppointment(tools, actor, id);
  if (meeting?.status !== 'pending') return meeting;
  await tools.awaitMeeting(actor.organisationId, appointment.sessionId);
  return (await readAppointment(tools, actor, id)).meeting;
}

function cancelling(app: App, tools: AppointmentTools): void {
  app.put(
    '/api/appointments/:appointmentId/cancel',
    {
      config: CHANGE,
      // A reason is welcome, not demanded: no body at all is an empty one.
      preValidation: (request, _reply, done) => {
        request.body ??= {};
        done();
      },
      schema: {
        tags,
        operationId: 'cancelAppointment',
        summary: 'Cancel an appointment; again is answered as once',
        headers: ChangeHeaders,
        params: AppointmentParams,
        body: CancelBody,
        response: answers({ 200: Done }, [...KEY_REFUSALS, ...STATE_REFUSALS, 'cancellation_window_closed'], {
          body: true,
        }),
      },
    },
    async (request) => {
      const { actor, params, body, headers } = request;
      await cancelAppointment(
        tools,
        actor,
        { ...params, reason: body.reason ?? null, expected: expectedVersions(headers['if-match']) },
        onceOf(request, actor, tools.clock),
      );
      return { success: true as const, message: 'Appointment cancelled successfully' };
    },
  );
}

function moving(app: App, tools: AppointmentTools): void {
  app.put(
    '/api/appointments/:appointmentId/reschedule',
    {
      config: CHANGE,
      schema: {
        tags,
        operationId: 'rescheduleAppointment',
        summary: 'Move an appointment; it keeps its id, its meeting and its calendar entry',
        headers: ChangeHeaders,
        params: AppointmentParams,
        body: RescheduleBody,
        response: answers(
          { 200: Moved },
          [
            ...KEY_REFUSALS,
            ...STATE_REFUSALS,
            ...REASONS,
            'appointment_cancelled',
            'reschedule_window_closed',
            'practitioner_not_bookable',
            'time_does_not_exist',
            'request_lapsed',
          ],
          { body: true },
        ),
      },
    },
    async (request) => {
      const { actor, params, body } = request;
      // The date is sound by its schema: what can be at fault is the time.
      const start = { wall: `${body.newDate}T${body.newTime}`, timeZone: body.timeZone, pointer: '/newTime' };
      const expected = expectedVersions(request.headers['if-match']);
      const wish = { ...params, start, override: body.override ?? null, expected };
      const override = await rescheduleAppointment(tools, actor, wish, onceOf(request, actor, tools.clock));
      return {
        success: true as const,
        message: 'Appointment rescheduled successfully',
        ...(override ? { override: wireOverride(override) } : {}),
      };
    },
  );
}

function reading(app: App, tools: AppointmentTools): void {
  app.get(
    '/api/appointments/:appointmentId',
    {
      config: { access: CHANGERS, scope: 'appointments:read', rate: 'read', answerHeaders: ['etag'] },
      schema: {
        tags,
        operationId: 'getAppointment',
        summary: 'One appointment',
        params: AppointmentParams,
        response: answers({ 200: OneAppointment }, ['not_found']),
      },
    },
    // Whoever sees it is client or host, or acts for them: all may join.
    async ({ actor, params: { appointmentId } }, reply) => {
      const seen = await readAppointment(tools, actor, appointmentId);
      void reply.header('etag', etagOf(seen.appointment.revision));
      return wireOne(seen, await findTroubleAround(tools, actor, appointmentId));
    },
  );
  app.get(
    '/api/users/:userId/appointments',
    {
      config: { access: ['client', 'staff', 'service'], scope: 'appointments:read', rate: 'read' },
      schema: {
        tags,
        operationId: 'listAppointments',
        summary: 'The appointments of a client, by time',
        params: UserParams,
        querystring: ListQuery,
        response: answers({ 200: AppointmentList }),
      },
    },
    async ({ actor, params, query }) => {
      const after = cursor.decode(query.cursor);
      const found = await listForClient(tools, actor, {
        subject: params.userId,
        state: query.status ?? null,
        from: query.from === undefined ? null : Temporal.Instant.from(query.from),
        to: query.to === undefined ? null : Temporal.Instant.from(query.to),
        after: after && { start: after[0], id: after[1] },
        limit: query.limit + 1,
      });
      const { items, nextCursor } = pageOf(found, query.limit, cursor, ({ appointment }) => [
        appointment.start.toString(),
        appointment.id,
      ]);
      return { appointments: items.map((seen) => wireAppointment(seen, false)), nextCursor };
    },
  );
}
