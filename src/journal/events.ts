// The closed list of what can happen here, each named for what was done, in the past tense. A name is never changed or
// reused: the journal keeps it for good, and followers read by it.

export const EVENTS = [
  // the practice
  'practice.founded',
  'practice.restored',
  'practitioner.added',
  'practitioner.changed',
  'session_type.added',
  'session_type.changed',
  'resource.added',
  'resource.changed',
  'weekly_hours.changed',
  'hours_plan.added',
  'hours_plan.changed',
  'hours_plan.removed',
  'date_override.set',
  'date_override.removed',
  'time_off.taken',
  'time_off.changed',
  'time_off.removed',
  'holiday_region.set',
  'location.added',
  'location.changed',
  'location.removed',
  'api_key.created',
  'api_key.revoked',
  // work outside
  'fulfilment.retried',
  'letter.retried',
  'drift.mended',
  'drift.decided',
  'sweep.mode_set',
  // appointments
  'client.recorded',
  'client.changed',
  'appointment.booked',
  'appointment.requested',
  'appointment.approved',
  'appointment.declined',
  'appointment.proposed',
  'appointment.accepted',
  'appointment.lapsed',
  'appointment.rescheduled',
  'appointment.cancelled',
  'appointment.platform_set',
  'appointment.completed',
  'appointment.not_attended',
  'appointment.reopened',
  'appointment.link_issued',
  'appointment.links_revoked',
  // series
  'series.booked',
  'series.rescheduled',
  'series.cancelled',
  // who waits, and what is offered
  'waitlist_entry.added',
  'waitlist_entry.left',
  'offer.made',
  'offer.accepted',
  'offer.declined',
  'offer.lapsed',
  'offer.withdrawn',
  // webhooks
  'webhook_endpoint.added',
  'webhook_endpoint.changed',
  'webhook_endpoint.secret_rotated',
  'webhook_endpoint.replayed',
  'webhook_endpoint.disabled',
  'webhook_endpoint.removed',
  // accounts at providers
  'connection.connected',
  'connection.disconnected',
  // mail
  'mail.stopped',
  'mail.resumed',
  // time set aside
  'hold.placed',
  'hold.confirmed',
  'hold.released',
  'hold.expired',
  'occupancy.inherited',
] as const;

export type Event = (typeof EVENTS)[number];

/** What an entry is about; with the subject's id it finds every entry of one thing. */
export const SUBJECT_KINDS = [
  'organisation',
  'practitioner',
  'session_type',
  'location',
  'resource',
  'client',
  'session',
  'appointment',
  'series',
  'waitlist_entry',
  'offer',
  'hold',
  'connection',
  'api_key',
  'webhook_endpoint',
] as const;

export type SubjectKind = (typeof SUBJECT_KINDS)[number];
