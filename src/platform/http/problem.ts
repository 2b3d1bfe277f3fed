// Refusals as answers: one table gives each code its status and title, one function writes the problem document
// (RFC 9457). Which rule refuses, and why, is told by whoever throws the Refusal.
import type { FastifyReply } from 'fastify';
import type { FieldFault, Refusal, RefusalCode } from '../refusal.ts';

type Kind = { readonly status: number; readonly title: string };

export const PROBLEMS: Readonly<Record<RefusalCode, Kind>> = {
  invalid_request: { status: 400, title: 'The request is not as described' },
  invalid_json: { status: 400, title: 'The body is not JSON' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json' },
  body_too_large: { status: 413, title: 'The body is too large' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  header_too_large: { status: 431, title: 'The request headers are too large' },
  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  unauthenticated: { status: 401, title: 'A valid token is needed' },
  forbidden: { status: 403, title: 'Not allowed' },
  issuer_unavailable: { status: 503, title: 'The token cannot be checked now' },
  rate_limited: { status: 429, title: 'Too many requests' },
  idempotency_key_invalid: { status: 400, title: 'The Idempotency-Key is not valid' },
  idempotency_key_reused: { status: 422, title: 'The Idempotency-Key was used for another request' },
  version_mismatch: { status: 412, title: 'It has changed meanwhile' },
  does_not_match: { status: 422, title: 'What was sent does not match what is stored' },
  unknown_session_type: { status: 422, title: 'Unknown session type' },
  platform_not_offered: { status: 422, title: 'Platform not offered' },
  platform_not_configured: { status: 422, title: 'Platform not configured' },
  mode_not_offered: { status: 422, title: 'It is not held that way' },
  practitioner_not_bookable: { status: 422, title: 'Practitioner not bookable' },
  already_exists: { status: 409, title: 'It exists already' },
  in_use: { status: 409, title: 'It is in use' },
  unknown_location: { status: 422, title: 'Unknown location' },
  unknown_resource: { status: 422, title: 'Unknown resource' },
  unknown_region: { status: 422, title: 'Unknown region' },
  connections_not_configured: { status: 422, title: 'Connections are not set up' },
  time_does_not_exist: { status: 422, title: 'That time does not exist' },
  time_in_past: { status: 422, title: 'That time is past' },
  notice_too_short: { status: 422, title: 'Too little notice' },
  beyond_horizon: { status: 422, title: 'Too far ahead' },
  outside_hours: { status: 422, title: 'Outside hours' },
  not_on_grid: { status: 422, title: 'Not a starting time' },
  slot_taken: { status: 409, title: 'That time is taken' },
  full: { status: 409, title: 'All seats are taken' },
  already_booked: { status: 409, title: 'This client has a seat already' },
  room_taken: { status: 409, title: 'No room is free then' },
  equipment_taken: { status: 409, title: 'Equipment is not free then' },
  video_host_taken: { status: 409, title: 'No host of video meetings is free then' },
  booking_limit_reached: { status: 409, title: 'No more is given then' },
  client_limit_reached: { status: 409, title: 'This client gets no more then' },
  dates_refused: { status: 409, title: 'Not every date can be had' },
  appointment_cancelled: { status: 409, title: 'The appointment is cancelled' },
  appointment_closed: { status: 409, title: 'The appointment is closed' },
  appointment_in_past: { status: 409, title: 'The appointment is past' },
  appointment_not_begun: { status: 409, title: 'The appointment has not begun' },
  cancellation_window_closed: { status: 409, title: 'Too late to cancel' },
  reschedule_window_closed: { status: 409, title: 'Too late to move' },
  hold_expired: { status: 409, title: 'The hold has expired' },
  appointment_pending: { status: 409, title: 'The appointment is not approved yet' },
  nothing_to_decide: { status: 409, title: 'There is nothing to decide' },
  request_lapsed: { status: 409, title: 'The request was not decided in time' },
  meeting_elsewhere: { status: 409, title: 'The meeting is on another platform' },
  meeting_pending: { status: 503, title: 'The meeting is not ready yet' },
  meeting_failed: { status: 502, title: 'The meeting could not be made' },
  cursor_expired: { status: 410, title: 'The cursor is too old' },
  address_not_allowed: { status: 422, title: 'The address is not allowed' },
  limit_reached: { status: 409, title: 'There can be no more' },
  endpoint_not_active: { status: 409, title: 'The endpoint is not active' },
  replay_too_large: { status: 422, title: 'Too much to send again at once' },
  nothing_to_retry: { status: 409, title: 'There is nothing to try again' },
  being_worked_at: { status: 409, title: 'It is being worked at' },
  overloaded: { status: 503, title: 'The server is busy' },
  not_ready: { status: 503, title: 'The server is not ready' },
  internal_error: { status: 500, title: 'Something went wrong here' },
};

/** Faults listed in one answer; more would help nobody. */
const MAX_FAULTS = 20;
/** For 429 and 503 without a better figure (RFC 9110, 10.2.3). */
const DEFAULT_RETRY_AFTER_SECONDS = 1;
export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: RefusalCode;
  readonly success: false;
  readonly message: string;
  readonly requestId: string;
  readonly errors?: readonly FieldFault[];
};

/** The document itself. Extension members come last, and can add, never replace (RFC 9457, 3.2). */
export function problemOf(refusal: Refusal, requestId: string): Problem {
  const { code, message, details } = refusal;
  const kind = PROBLEMS[code];
  const standard: Problem = {
    type: problemType(code),
    title: kind.title,
    status: kind.status,
    detail: message,
    code,
    success: false,
    message,
    requestId,
    ...(details.errors ? { errors: details.errors.slice(0, MAX_FAULTS) } : {}),
  };
  // A member keeps its first place and its last value.
  return { ...standard, ...details.extra, ...standard };
}

/** A name, not an address (RFC 9457, 3.1.1): it stays the same wherever the server runs. */
export function problemType(code: RefusalCode): string {
  return `urn:slotkeeper:problem:${code}`;
}

/** Answers a refusal, with the headers its status asks for. Sent as text: no response schema may trim it. */
export function sendProblem(reply: FastifyReply, refusal: Refusal): FastifyReply {
  const problem = problemOf(refusal, reply.request.id);
  reply.request.refusalCode = refusal.code;
  void reply.code(problem.status).header('content-type', PROBLEM_TYPE);
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer realm="slotkeeper"');
  if (problem.status === 429 || problem.status === 503) {
    void reply.header('retry-after', Math.ceil(refusal.details.retryAfterSeconds ?? DEFAULT_RETRY_AFTER_SECONDS));
  }
  return reply.send(JSON.stringify(problem));
}
