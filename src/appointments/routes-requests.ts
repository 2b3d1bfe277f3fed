// The addresses at which requests are decided: the host approves, declines or proposes another time, the client answers a
// proposal. What may follow what is appointment.ts's and request.ts's.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { REASONS } from '../availability/reasons.ts';
import { onceOf } from '../platform/http/idempotency.ts';
import { answers } from '../platform/http/openapi.ts';
import type { App } from '../platform/http/server.ts';
import { ChangeHeaders, etagOf, expectedVersions } from '../practitioners/call.ts';
import { answerProposal } from './answer-proposal.ts';
import type { Appointment } from './appointment.ts';
import { approveRequest } from './approve-request.ts';
import type { BookingTools } from './booking.ts';
import { declineRequest } from './decline-request.ts';
import { proposeTime } from './propose-time.ts';
import { Closing } from './schemas-closing.ts';
import { CancelBody, ProposalBody } from './schemas-changes.ts';
import { AppointmentParams } from './schemas.ts';

const shared = { rate: 'booking', scope: 'appointments:write', answerHeaders: ['etag'] } as const;
const HOST = { ...shared, access: ['practitioner', 'staff', 'service'] } as const;
const CLIENT = { ...shared, access: ['client', 'guest', 'staff', 'service'] } as const;
const REFUSALS = [
  'not_found',
  'version_mismatch',
  'appointment_cancelled',
  'nothing_to_decide',
  'idempotency_key_invalid',
  'idempotency_key_reused',
] as const;
const tags = ['Appointments'];
const address = (verb: string) => `/api/appointments/:appointmentId/${verb}`;

export function requestRoutes(app: App, tools: BookingTools): void {
  deciding(app, tools);
  proposing(app, tools);
  answering(app, tools);
}

function deciding(app: App, tools: BookingTools): void {
  const common = { tags, headers: ChangeHeaders, params: AppointmentParams };
  app.put(
    address('approve'),
    {
      config: HOST,
      schema: {
        ...common,
        operationId: 'approveRequest',
        summary: 'Approve a request: it is confirmed, and its meeting is made',
        response: answers({ 200: Closing }, [...REFUSALS, 'request_lapsed']),
      },
    },
    async (request, reply) => {
      const call = callOf(request, tools);
      const seen = await approveRequest(tools, request.actor, { ...request.params, call });
      return said(reply, seen, 'Appointment approved successfully');
    },
  );
  app.put(
    address('decline'),
    {
      config: HOST,
      // A reason is welcome, not demanded: no body at all is an empty one.
      preValidation: (request, _reply, done) => {
        request.body ??= {};
        done();
      },
      schema: {
        ...common,
        operationId: 'declineRequest',
        summary: 'Decline a request; its time is free, and the client is told',
        description: 'The reason is kept, and mailed to nobody.',
        body: CancelBody,
        response: answers({ 200: Closing }, REFUSALS, { body: true }),
      },
    },
    async (request, reply) => {
      const { params, body } = request;
      const wish = { ...params, reason: body.reason ?? null, call: callOf(request, tools) };
      return said(reply, await declineRequest(tools, request.actor, wish), 'Appointment declined successfully');
    },
  );
}

function proposing(app: App, tools: BookingTools): void {
  app.put(
    address('propose'),
    {
      config: HOST,
      schema: {
        tags,
        operationId: 'proposeTime',
        summary: 'Propose another time for a request; the client accepts or refuses it',
        description: 'The request is moved there and holds it until its deadline; the time asked for is given up.',
        headers: ChangeHeaders,
        params: AppointmentParams,
        body: ProposalBody,
        response: answers(
          { 200: Closing },
          [
            ...REFUSALS,
            ...REASONS,
            'request_lapsed',
            'appointment_in_past',
            'practitioner_not_bookable',
            'time_does_not_exist',
          ],
          { body: true },
        ),
      },
    },
    async (request, reply) => {
      const { params, body } = request;
      const start = { wall: `${body.newDate}T${body.newTime}`, timeZone: body.timeZone, pointer: '/newTime' };
      const wish = { ...params, start, call: callOf(request, tools) };
      return said(reply, await proposeTime(tools, request.actor, wish), 'Time proposed successfully');
    },
  );
}

function answering(app: App, tools: BookingTools): void {
  const common = { tags, headers: ChangeHeaders, params: AppointmentParams };
  app.put(
    address('accept'),
    {
      config: CLIENT,
      schema: {
        ...common,
        operationId: 'acceptProposal',
        summary: 'Accept the time that was proposed: the appointment is confirmed',
        response: answers({ 200: Closing }, [...REFUSALS, 'request_lapsed']),
      },
    },
    async (request, reply) => {
      const wish = { ...request.params, accepted: true, call: callOf(request, tools) };
      return said(reply, await answerProposal(tools, request.actor, wish), 'Appointment confirmed successfully');
    },
  );
  app.put(
    address('refuse'),
    {
      config: CLIENT,
      schema: {
        ...common,
        operationId: 'refuseProposal',
        summary: 'Refuse the time that was proposed: the request is withdrawn',
        response: answers({ 200: Closing }, REFUSALS),
      },
    },
    async (request, reply) => {
      const wish = { ...request.params, accepted: false, call: callOf(request, tools) };
      return said(reply, await answerProposal(tools, request.actor, wish), 'Request withdrawn successfully');
    },
  );
}

function callOf(request: FastifyRequest, tools: BookingTools) {
  const once = onceOf(request, request.actor, tools.clock);
  return { once, status: 200, expected: expectedVersions(request.headers['if-match']) };
}

function said(reply: FastifyReply, { state, revision }: Appointment, message: string) {
  void reply.header('etag', etagOf(revision));
  return { success: true as const, message, status: state, revision };
}
