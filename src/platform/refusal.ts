// A refusal is a rule saying no: a stable code from this closed list, a sentence that tells a person what to do next,
// and facts beside it. Rules throw it; platform/http alone knows which status each code answers.

/** Every code a caller can meet. The list is published in the API document; a code is never renamed or reused. */
export const REFUSAL_CODES = [
  // the request itself
  'invalid_request',
  'invalid_json',
  'unsupported_media_type',
  'body_too_large',
  'not_found',
  'method_not_allowed',
  'header_too_large',
  'request_timeout',
  // who asks
  'unauthenticated',
  'forbidden',
  'rate_limited',
  'issuer_unavailable',
  // idempotency
  'idempotency_key_invalid',
  'idempotency_key_reused',
  // versions
  'version_mismatch',
  // what is asked for
  'does_not_match',
  'unknown_session_type',
  'platform_not_offered',
  'platform_not_configured',
  'mode_not_offered',
  'practitioner_not_bookable',
  'already_exists',
  'in_use',
  'unknown_location',
  'unknown_resource',
  'unknown_region',
  'connections_not_configured',
  // time
  'time_does_not_exist',
  'time_in_past',
  'notice_too_short',
  'beyond_horizon',
  'outside_hours',
  'not_on_grid',
  'slot_taken',
  'full',
  'already_booked',
  'room_taken',
  'equipment_taken',
  'video_host_taken',
  'booking_limit_reached',
  'client_limit_reached',
  'dates_refused',
  // life of an appointment
  'appointment_cancelled',
  'appointment_closed',
  'appointment_in_past',
  'appointment_not_begun',
  'cancellation_window_closed',
  'reschedule_window_closed',
  'hold_expired',
  'appointment_pending',
  'nothing_to_decide',
  'request_lapsed',
  // meetings
  'meeting_elsewhere',
  'meeting_pending',
  'meeting_failed',
  // events and webhooks
  'cursor_expired',
  'address_not_allowed',
  'limit_reached',
  'endpoint_not_active',
  'replay_too_large',
  // operations
  'nothing_to_retry',
  'being_worked_at',
  // the server
  'overloaded',
  'not_ready',
  'internal_error',
] as const;

export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** One field at fault: `pointer` is a JSON Pointer (RFC 6901) into the body, or `query/name`, `path/name`, `header/name`. */
export type FieldFault = { readonly pointer: string; readonly message: string };

export type RefusalDetails = {
  readonly errors?: readonly FieldFault[];
  /** Further members of the problem document (RFC 9457, 3.2), for example `alternatives`. JSON values only. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
};

/** A rule's "no". `message` is shown to the caller: plain words, no personal data of others, what to do next. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly details: RefusalDetails;
  constructor(code: RefusalCode, message: string, details: RefusalDetails = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
