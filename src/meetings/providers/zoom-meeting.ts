// A meeting in Zoom's words: what we send, what we read, and the marker that lets a lost one be found again.
import { Type, type Static } from 'typebox';
import { clipText } from '../../platform/clip-text.ts';
import type { Listed, Listing, MeetingSpec, ProviderMeeting } from '../provider.ts';

// An id past 2^53 arrives as a string (platform/http/provider-answer.ts).
const ZOOM_ID = Type.Union([Type.Integer(), Type.String({ pattern: '^[0-9]+$' })]);

/** The parts of a meeting that we rely on; `password` is missing where the account needs none. */
export const ZOOM_MEETING = Type.Object({
  id: ZOOM_ID,
  topic: Type.String(),
  start_time: Type.String(),
  duration: Type.Integer(),
  join_url: Type.String({ minLength: 1 }),
  password: Type.Optional(Type.String()),
});

export const ZOOM_HOST_LINK = Type.Object({ start_url: Type.String({ minLength: 1 }) });

const LISTED_MEETING = Type.Object({
  id: ZOOM_ID,
  agenda: Type.Optional(Type.String()),
  created_at: Type.Optional(Type.String()),
  topic: Type.Optional(Type.String()),
  // Recurring meetings without a fixed time have neither.
  start_time: Type.Optional(Type.String()),
  duration: Type.Optional(Type.Integer()),
});
export type ListedMeeting = Static<typeof LISTED_MEETING>;

export const ZOOM_LIST = Type.Object({
  next_page_token: Type.Optional(Type.String()),
  meetings: Type.Array(LISTED_MEETING),
});

/** Zoom's own limits of the two texts. */
const MAX_TOPIC = 200;
const MAX_AGENDA = 2000;

/** A scheduled meeting (type 2) for POST and PATCH. UTC with Z and whole seconds is that instant; `timezone` is for display. */
export function zoomMeetingBody(spec: MeetingSpec): Record<string, unknown> {
  return {
    topic: clipText(spec.topic, MAX_TOPIC),
    type: 2,
    start_time: spec.start.toString({ smallestUnit: 'second' }),
    duration: spec.minutes,
    timezone: spec.zone,
    // First, because the list shows only the first 250 characters.
    agenda: clipText(`${markerText(spec.marker)} ${spec.agenda}`.trimEnd(), MAX_AGENDA),
  };
}

/** What is set once, at creation; afterwards the host may change it. */
export const ZOOM_NEW_MEETING = {
  default_password: true,
  settings: {
    // The client waits for the practitioner, needs no Zoom account, and gets our mail, not Zoom's.
    waiting_room: true,
    join_before_host: false,
    meeting_authentication: false,
    approval_type: 2,
    use_pmi: false,
    email_notification: false,
  },
} as const;

export function fromZoomMeeting(meeting: Static<typeof ZOOM_MEETING>): ProviderMeeting {
  return {
    id: String(meeting.id),
    joinUrl: meeting.join_url,
    password: meeting.password ?? null,
    topic: meeting.topic,
    start: Temporal.Instant.from(meeting.start_time),
    minutes: meeting.duration,
  };
}

/** Whether Zoom took the time as sent: a start in the past becomes "now", and a PATCH of one is ignored, both silently. */
export function keepsTime(meeting: ProviderMeeting, spec: MeetingSpec, now: Temporal.Instant): boolean {
  // Of a session that has begun only the link matters still.
  const begun = Temporal.Instant.compare(spec.start, now) <= 0;
  const sameStart = wholeSeconds(meeting.start) === wholeSeconds(spec.start);
  return (begun || sameStart) && meeting.minutes === spec.minutes;
}

export function bearsMarker(meeting: ListedMeeting, marker: string): boolean {
  return meeting.agenda?.startsWith(markerText(marker)) ?? false;
}

/** One of ours as the list tells it; null: another's, or outside the stretch that is listed. */
export function fromListed(meeting: ListedMeeting, { marked, from, to }: Listing): Listed | null {
  const marker = /^\[([A-Za-z0-9:_-]{1,60})\]/.exec(meeting.agenda ?? '')?.[1];
  if (!marker?.startsWith(marked) || !meeting.start_time) return null;
  const start = Temporal.Instant.from(meeting.start_time);
  if (Temporal.Instant.compare(start, from) < 0 || Temporal.Instant.compare(start, to) >= 0) return null;
  const end = start.add({ minutes: meeting.duration ?? 0 });
  return { id: String(meeting.id), marker, start, end, title: meeting.topic ?? '', changedAt: null };
}

/** The brackets end it: one marker is never the beginning of another. */
function markerText(marker: string): string {
  return `[${marker}]`;
}

function wholeSeconds(at: Temporal.Instant): number {
  return Math.floor(at.epochMilliseconds / 1000);
}
