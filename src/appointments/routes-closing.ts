// The addresses by which the host says how an appointment went. What may follow what is appointment.ts's.
import { ChangeHeaders, etagOf, expectedVersions } from '../practitioners/call.ts';
import { onceOf } from '../platform/http/idempotency.ts';
import { answers } from '../platform/http/openapi.ts';
import type { App } from '../platform/http/server.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Appointment, Outcome } from './appointment.ts';
import { closeAppointment, type CloseTools } from './close-appointment.ts';
import { reopenAppointment } from './reopen-appointment.ts';
import { Closing } from './schemas-closing.ts';
import { AppointmentParams } from './schemas.ts';

const config = {
  access: ['practitioner', 'staff', 'service'],
  rate: 'booking',
  scope: 'appointments:write',
  answerHeaders: ['etag'],
} as const;
const REFUSALS = [
  'not_found',
  'version_mismatch',
  'appointment_cancelled',
  'idempotency_key_invalid',
  'idempotency_key_reused',
] as const;

export function closingRoutes(app: App, tools: CloseTools): void {
  outcome(app, tools, {
    path: 'complete',
    outcome: 'completed',
    operationId: 'completeAppointment',
    word: 'completed',
  });
  outcome(app, tools, {
    path: 'no-show',
    outcome: 'no_show',
    operationId: 'markNoShow',
    word: 'marked as not attended',
  });
  app.put(
    '/api/appointments/:appointmentId/reopen',
    {
      config,
      schema: {
        tags: ['Appointments'],
        operationId: 'reopenAppointment',
        summary: 'Take back that an appointment was closed',
        headers: ChangeHeaders,
        params: AppointmentParams,
        response: answers({ 200: Closing }, REFUSALS),
      },
    },
    async (request, reply) => {
      const { actor, params } = request;
      const seen = await reopenAppointment(tools, actor, { ...params, call: callOf(request, tools) });
      return said(reply, seen, 'Appointment reopened successfully');
    },
  );
}

function outcome(
  app: App,
  tools: CloseTools,
  way: { readonly path: string; readonly outcome: Outcome; readonly operationId: string; readonly word: string },
): void {
  app.put(
    `/api/appointments/:appointmentId/${way.path}`,
    {
      config,
      schema: {
        tags: ['Appointments'],
        operationId: way.operationId,
        summary: way.outcome === 'completed' ? 'It took place' : 'The client did not come',
        description: 'From its start on. Sets a wrong outcome right; nobody is written to. If-Match: its `revision`.',
        headers: ChangeHeaders,
        params: AppointmentParams,
        response: answers({ 200: Closing }, [...REFUSALS, 'appointment_not_begun', 'appointment_pending']),
      },
    },
    async (request, reply) => {
      const { actor, params } = request;
      const call = callOf(request, tools);
      const seen = await closeAppointment(tools, actor, { ...params, outcome: way.outcome, call });
      return said(reply, seen, `Appointment ${way.word} successfully`);
    },
  );
}

function callOf(request: FastifyRequest, tools: CloseTools) {
  const once = onceOf(request, request.actor, tools.clock);
  return { once, status: 200, expected: expectedVersions(request.headers['if-match']) };
}

function said(reply: FastifyReply, { state, revision }: Appointment, message: string) {
  void reply.header('etag', etagOf(revision));
  return { success: true as const, message, status: state, revision };
}
