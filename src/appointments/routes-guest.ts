// The addresses around the link to one appointment: which one it is for, making one, ending all. What the link is good for
// besides stands on the appointment's own addresses, which a guest may ask too.
import { Type } from 'typebox';
import { onceOf } from '../platform/http/idempotency.ts';
import { answers, IdempotencyHeaders, named } from '../platform/http/openapi.ts';
import type { App } from '../platform/http/server.ts';
import { MOST_DAYS, type SlotTools } from '../availability/find-slots.ts';
import { DateText, InstantText, WallTimeText, ZoneText } from '../platform/http/validation.ts';
import { instantOf, isoOf, wallOf } from '../platform/time/wall-clock.ts';
import { Refusal } from '../platform/refusal.ts';
import { readAppointment, type Reading } from './find-appointment.ts';
import { findFreeTimes } from './find-free-times.ts';
import { issueGuestLink, type LinkTools } from './issue-guest-link.ts';
import { revokeGuestLinks } from './revoke-guest-links.ts';
import { CodeOfHindrance } from './schemas-closing.ts';
import { Done } from './schemas-changes.ts';
import { AppointmentParams, OneAppointment, wireOne } from './schemas.ts';

const tags = ['Guests'];
const KEY_REFUSALS = ['not_found', 'idempotency_key_invalid', 'idempotency_key_reused'] as const;
const PATH = '/api/appointments/:appointmentId/guest-link';

const FreeTimesQuery = Type.Object(
  {
    from: { ...DateText, description: 'First day.' },
    to: { ...DateText, description: `Last day, at most ${MOST_DAYS - 1} later.` },
    timeZone: Type.Optional({ ...ZoneText, description: 'Whose days; without it the practitioner’s.' }),
  },
  { additionalProperties: false },
);

const FreeTimesSchema = named(
  'FreeTimes',
  Type.Object(
    {
      timeZone: ZoneText,
      reason: Type.Optional(CodeOfHindrance),
      times: Type.Array(Type.Object({ date: DateText, time: WallTimeText, start: InstantText, end: InstantText }), {
        description: '`date` and `time` in `timeZone`: as `newDate` and `newTime` of a move with that zone.',
      }),
    },
    {
      examples: [
        {
          timeZone: 'America/New_York',
          times: [
            {
              date: '2030-06-25',
              time: '15:00:00',
              start: '2030-06-25T15:00:00-04:00',
              end: '2030-06-25T16:00:00-04:00',
            },
          ],
        },
      ],
    },
  ),
);

const GuestLinkSchema = named(
  'GuestLink',
  Type.Object(
    {
      token: Type.String({ description: 'Sent as a bearer token. Whoever has it manages this one appointment.' }),
      url: Type.Union([Type.String(), Type.Null()], {
        description: 'The page of MANAGE_URL, the token behind the `#`; null where there is no such page.',
      }),
      expiresAt: InstantText,
    },
    {
      examples: [
        {
          token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6InNsb3RrZWVwZXItZ3Vlc3Qrand0In0.eyJvcmciOjF9.c2lnbmF0dXJl',
          url: null,
          expiresAt: '2030-06-27T19:00:00Z',
        },
      ],
    },
  ),
);

export function guestRoutes(app: App, tools: LinkTools & Reading & SlotTools): void {
  looking(app, tools);
  finding(app, tools);
  linking(app, tools);
}

function looking(app: App, tools: Reading): void {
  app.get(
    '/api/guest',
    {
      config: { access: ['guest'], rate: 'read', answerHeaders: ['cache-control'] },
      schema: {
        tags,
        operationId: 'getGuestAppointment',
        summary: 'The one appointment a link is for',
        description:
          'With the token of the link. By its id it is then looked up, moved and cancelled, as by its client.',
        response: answers({ 200: OneAppointment }),
      },
    },
    async ({ actor }, reply) => {
      if (!actor.pass) throw new Refusal('forbidden', 'This address is for those who come by a link.');
      void reply.header('cache-control', 'no-store');
      return wireOne(await readAppointment(tools, actor, actor.pass.appointmentId));
    },
  );
}

function finding(app: App, tools: SlotTools): void {
  app.get(
    '/api/appointments/:appointmentId/free-times',
    {
      config: {
        access: ['client', 'guest', 'practitioner', 'staff', 'service'],
        rate: 'read',
        scope: 'appointments:read',
      },
      schema: {
        tags: ['Appointments'],
        operationId: 'getFreeTimes',
        summary: 'Where an appointment could be moved to',
        description:
          'For its own length and kind; its own time is not in its way. None, and why, where it cannot be moved.',
        params: AppointmentParams,
        querystring: FreeTimesQuery,
        response: answers({ 200: FreeTimesSchema }, ['not_found', 'practitioner_not_bookable']),
      },
    },
    async ({ actor, params, query }) => {
      const { from, to } = query;
      const question = { appointmentId: params.appointmentId, from, to, timeZone: query.timeZone };
      const { timeZone, reason, times } = await findFreeTimes(tools, actor, question);
      return {
        timeZone,
        ...(reason === null ? {} : { reason }),
        times: times.map(({ start, end }) => {
          const { date, time } = wallOf(instantOf(start), timeZone);
          return { date, time, start: isoOf(start, timeZone), end: isoOf(end, timeZone) };
        }),
      };
    },
  );
}

function linking(app: App, tools: LinkTools): void {
  app.post(
    PATH,
    {
      config: {
        access: ['staff', 'service'],
        rate: 'booking',
        scope: 'appointments:write',
        answerHeaders: ['cache-control'],
      },
      schema: {
        tags,
        operationId: 'issueGuestLink',
        summary: 'A link by which its client manages one appointment',
        description: 'For those who write their own mails. It is good until a week after the end.',
        headers: IdempotencyHeaders,
        params: AppointmentParams,
        response: answers({ 201: GuestLinkSchema }, [...KEY_REFUSALS, 'appointment_in_past']),
      },
    },
    async (request, reply) => {
      const { actor, params } = request;
      const once = onceOf(request, actor, tools.clock);
      const { token, url, expiresAt } = await issueGuestLink(tools, actor, params.appointmentId, once);
      void reply.header('cache-control', 'no-store');
      return await reply.code(201).send({ token, url, expiresAt: expiresAt.toString() });
    },
  );
  app.delete(
    PATH,
    {
      config: {
        access: ['client', 'practitioner', 'staff', 'service'],
        rate: 'booking',
        scope: 'appointments:write',
      },
      schema: {
        tags,
        operationId: 'revokeGuestLinks',
        summary: 'End every link to an appointment that was given out',
        headers: IdempotencyHeaders,
        params: AppointmentParams,
        response: answers({ 200: Done }, KEY_REFUSALS),
      },
    },
    async (request) => {
      const { actor, params } = request;
      await revokeGuestLinks(tools, actor, params.appointmentId, onceOf(request, actor, tools.clock));
      return { success: true as const, message: 'Links revoked successfully' };
    },
  );
}
