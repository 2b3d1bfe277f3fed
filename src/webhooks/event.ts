// What others may know of what happened here: the closed list of public events, and the document each is told by, the same
// in the feed and in a webhook. Ids and plain facts; who a person is, is asked of the API by those who may.
import type { Event as JournalEvent } from '../journal/events.ts';
import type { Platform } from '../meetings/provider.ts';

/** The types a subscriber can ask for, and what each says. A name is never changed or reused. */
export const EVENT_TYPES = {
  'appointment.booked': 'An appointment was booked.',
  'appointment.requested': 'An appointment was asked for, and waits for approval; its time is taken.',
  'appointment.approved': 'The practitioner approved it: it is confirmed.',
  'appointment.declined': 'The practitioner declined it.',
  'appointment.proposed': 'The practitioner proposed another time for it; `from` is the one asked for.',
  'appointment.accepted': 'The client accepted the time proposed: it is confirmed.',
  'appointment.lapsed': 'Nobody decided it in time; its time is free again.',
  'appointment.rescheduled': 'It was moved; `from` is the start it had before.',
  'appointment.cancelled': 'It was cancelled.',
  'appointment.platform_set': 'Its meeting platform, or the words on its meeting, were set.',
  'appointment.completed': 'It took place.',
  'appointment.not_attended': 'The client did not come.',
  'appointment.reopened': 'It had been closed by mistake, and is open again.',
  'practitioner.added': 'A practitioner was added.',
  'practitioner.changed': 'A practitioner was changed; `fields` names what.',
  'weekly_hours.changed': 'Weekly hours of a practitioner were changed.',
  'session_type.added': 'A session type was added.',
  'session_type.changed': 'A session type was changed; `fields` names what.',
} as const satisfies Partial<Record<JournalEvent, string>>;

export type EventType = keyof typeof EVENT_TYPES;
export const EVENT_TYPE_NAMES = Object.keys(EVENT_TYPES) as readonly EventType[];

/** Sent on request alone, to one endpoint; not in the feed. */
export const TEST_EVENT = 'webhook.test';

/** So long an event can be read again and sent again. */
export const RETENTION_DAYS = 30;

/** Of a journal entry's facts, those that are of interest outside and mean there what they say. */
const PUBLIC_FACTS = ['from', 'fields'] as const;

/** An appointment without its people: their ids alone. */
export type AppointmentFacts = {
  readonly id: number;
  readonly revision: number;
  readonly status: string;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  readonly timeZone: string;
  readonly practitionerId: number;
  readonly sessionTypeId: number;
  readonly clientId: number;
  readonly platform: Platform | null;
  readonly cancelledBy: string | null;
  /** Of a date of a series. */
  readonly seriesId: number | null;
};

/** As it is kept and sent: JSON. */
export type EventData = {
  readonly revision: number;
  readonly by: string;
  readonly from?: string;
  readonly fields?: string[];
  readonly appointment?: Omit<AppointmentFacts, 'start' | 'end' | 'seriesId'> & {
    readonly start: string;
    readonly end: string;
    readonly seriesId?: number;
  };
};

export type EventRow = {
  readonly id: number;
  readonly type: string;
  readonly at: Temporal.Instant;
  readonly subjectKind: string;
  readonly subjectId: number;
  readonly sequence: number;
  readonly data: EventData;
};

/** The document of an event (Standard Webhooks: type, timestamp, data). It is the same at every telling. */
export function documentOf(event: EventRow) {
  return {
    id: wireId(event.id),
    type: event.type,
    timestamp: event.at.toString(),
    subject: { kind: event.subjectKind, id: event.subjectId },
    sequence: event.sequence,
    data: event.data,
  };
}

/** What of a journal entry is told. */
export function dataOf(
  entry: { readonly revision: number; readonly actorRole: string; readonly facts: Readonly<Record<string, unknown>> },
  appointment: AppointmentFacts | undefined,
): EventData {
  const facts = PUBLIC_FACTS.filter((name) => name in entry.facts).map((name) => [name, entry.facts[name]]);
  return {
    revision: entry.revision,
    by: entry.actorRole,
    ...Object.fromEntries(facts),
    ...(appointment ? { appointment: told(appointment) } : {}),
  };
}

function told({ seriesId, ...appointment }: AppointmentFacts): NonNullable<EventData['appointment']> {
  const [start, end] = [appointment.start.toString(), appointment.end.toString()];
  return { ...appointment, start, end, ...(seriesId === null ? {} : { seriesId }) };
}

/** `evt_123`: an id that nobody takes for that of an appointment. */
export function wireId(id: number): string {
  return `evt_${id}`;
}

/** null for what cannot be one of ours. */
export function parseWireId(text: string): number | null {
  const id = Number(/^evt_(\d{1,16})$/.exec(text)?.[1] ?? Number.NaN);
  return Number.isSafeInteger(id) && id > 0 ? id : null;
}
