// From a session at a revision to what must be true outside: one meeting or none, one calendar event or none, these
// letters. Pure: it knows no provider and sends nothing; carry-out brings the world into line with it.
import { createHash } from 'node:crypto';
import type { Party } from '../appointments/appointment.ts';
import type { CalendarProviderId, EventSpec } from '../calendars/provider.ts';
import type { MeetingDetails, OutsideObject } from '../meetings/meeting.ts';
import type { MeetingSpec, Platform } from '../meetings/provider.ts';
import type { ClosingPolicy } from '../practitioners/auto-close.ts';
import type { Reminders } from '../notifications/reminder.ts';
import { cleanText } from '../notifications/clean-text.ts';
import { clipText } from '../platform/clip-text.ts';

/** A session as fulfilment sees it, at one revision, with the people it concerns. */
export type SessionFacts = {
  readonly organisationId: number;
  readonly sessionId: number;
  readonly revision: number;
  /** False once cancelled: nothing of it may stand outside. */
  readonly live: boolean;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  readonly zone: string;
  readonly platform: Platform | null;
  /** Who hosts the meeting, where a shared host was given to the session; null: the practitioner. */
  readonly videoHost: string | null;
  /** Of a group: whose seats are taken; `appointment` and `client` are then of one of them. null: it is one client's. */
  readonly group: readonly { readonly appointmentId: number; readonly client: Pick<Client, 'name' | 'email'> }[] | null;
  readonly sessionType: string;
  readonly practice: { readonly name: string };
  readonly practitioner: {
    readonly id: number;
    readonly name: string;
    readonly email: string;
    readonly zone: string;
    readonly calendar: CalendarProviderId;
    readonly invitations: 'slotkeeper' | 'provider';
  };
  /** closed: somebody has said how it went. asked: of a request, whose word is waited for; until `decideBy`. */
  readonly appointment: {
    readonly id: number;
    readonly cancelled: boolean;
    readonly asked: Party | null;
    readonly decideBy: Temporal.Instant | null;
    /** It was a request, and was not agreed to. */
    readonly declined: boolean;
    readonly closed: boolean;
    readonly linkGeneration: number;
  };
  readonly client: Client;
  /** As they hold for this session; of `from` and before none is owed (agreed only then, or set only then). */
  readonly reminders: Reminders & { readonly from: Temporal.Instant };
  /** Whether the server says how it went where nobody does; `since` when that was set. */
  readonly closing: ClosingPolicy & { readonly since: Temporal.Instant | null };
  /** Words a host or staff chose for meeting and event, or null: ours, which are neutral. */
  readonly topic: string | null;
  readonly description: string | null;
  /** Its revision was made by an act on several dates of a series: what it owes is told with theirs. */
  readonly batch?: Batch | null;
};

type Client = {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly zone: string | null;
  readonly phone: string | null;
};

/** An act that changed several dates of a series at once. */
export type Batch = { readonly seriesId: number; readonly batchNo: number };

/** Where things can be made in this deployment. */
export type Places = {
  /** Opaque; leads every marker, so that two installations never touch each other's. */
  readonly installation: string;
  /** Platforms with meetings of their own. */
  readonly standAlone: ReadonlySet<Platform>;
  /** The calendar whose events carry a platform's link. */
  readonly carriers: ReadonlyMap<Platform, CalendarProviderId>;
  readonly calendars: ReadonlySet<CalendarProviderId>;
};

export type WantedMeeting = { readonly platform: Platform; readonly host: string; readonly spec: MeetingSpec };
export type WantedEvent = {
  readonly calendar: CalendarProviderId;
  /** The platform whose link the event carries itself. */
  readonly platform: Platform | null;
  readonly owner: string;
  readonly spec: Omit<EventSpec, 'key'>;
};

/** Of what is only asked for nothing stands outside; nor of a group that only kept seats have open. */
function isAgreed({ live, appointment, group }: SessionFacts): boolean {
  return live && appointment.asked === null && group?.length !== 0;
}

/** The meeting that must stand, if any. */
export function wantedMeeting(facts: SessionFacts, places: Places): WantedMeeting | null {
  if (!isAgreed(facts) || facts.platform === null || !places.standAlone.has(facts.platform)) return null;
  return {
    platform: facts.platform,
    host: facts.videoHost ?? facts.practitioner.email,
    spec: {
      marker: markerOf(places.installation, facts.sessionId),
      topic: topicOf(facts),
      agenda: facts.description ?? '',
      start: facts.start,
      minutes: lengthMinutes(facts),
      zone: facts.zone,
    },
  };
}

/** The calendar event that must stand, if any; `join` is the way into a meeting held elsewhere, once it is known. */
export function wantedEvent(facts: SessionFacts, places: Places, join: MeetingDetails | null): WantedEvent | null {
  if (!isAgreed(facts)) return null;
  const carrier = facts.platform === null ? undefined : places.carriers.get(facts.platform);
  const chosen =
    carrier ??
    (places.calendars.has(facts.practitioner.calendar) ? facts.practitioner.calendar : firstOf(places.calendars));
  if (chosen === undefined) return null;
  const link = carrier === undefined && join?.status === 'ready' ? join.meetingUrl : null;
  return {
    calendar: chosen,
    platform: carrier === undefined ? null : facts.platform,
    owner: facts.practitioner.email,
    spec: {
      marker: markerOf(places.installation, facts.sessionId),
      title: topicOf(facts),
      description: [facts.description, appointmentsIn(facts)].filter((line) => line !== null).join('\n\n'),
      location: link,
      start: facts.start,
      end: facts.end,
      zone: facts.zone,
      conference: carrier !== undefined,
      attendees: attendeesOf(facts),
    },
  };
}

function appointmentsIn({ group, appointment }: SessionFacts): string {
  if (group === null || group.length <= 1) return `Appointment ${appointment.id}`;
  return `Appointments ${group.map(({ appointmentId }) => appointmentId).join(', ')}`;
}

/** Nobody, and our mail is the invitation; the clients alone, where the practitioner has her calendar's provider invite. */
function attendeesOf({ practitioner, client, group }: SessionFacts): EventSpec['attendees'] {
  if (practitioner.invitations === 'slotkeeper') return [];
  const clients = group === null ? [client] : group.map((seat) => seat.client);
  return clients.map(({ name, email }) => ({ name: cleanText(name), address: email }));
}

/** A platform is wanted for which nothing can be made in this deployment, now: settings may be missing for one restart. */
export function lacksPlatform(facts: SessionFacts, places: Places): boolean {
  const { platform } = facts;
  return isAgreed(facts) && platform !== null && !places.standAlone.has(platform) && !places.carriers.has(platform);
}

/** Whether what stands is wanted where it stands, though this deployment cannot reach that place now. */
export function isOutOfReach(facts: SessionFacts, places: Places, object: OutsideObject): boolean {
  if (!facts.live || (object.state !== 'live' && object.state !== 'creating')) return false;
  if (object.platform !== null) return object.platform === facts.platform && lacksPlatform(facts, places);
  if ([...places.calendars].some((calendar) => calendar === object.provider)) return false;
  // Of the calendars within reach none is the chosen one: any would be a second best.
  const carried = facts.platform !== null && places.carriers.has(facts.platform);
  return !carried && !places.calendars.has(facts.practitioner.calendar);
}

/** Zoom's bound; a longer title would come back cut, and never agree. */
const LONGEST_TOPIC = 200;

/** What meeting and event bear as their title: the words chosen for them, else neutral ones. */
export function topicOf(
  facts: Pick<SessionFacts, 'topic'> & { readonly practitioner: { readonly name: string } },
): string {
  return clipText(facts.topic ?? `Appointment with ${facts.practitioner.name}`, LONGEST_TOPIC);
}

/** Names installation and session at a provider, and nothing else. */
export function markerOf(installation: string, sessionId: number): string {
  return `sk:${installation}:${sessionId}`;
}

/** An event's own id, the same at every try: base32hex as Google's calendar demands (events.insert, `id`). */
export function eventKey(marker: string, generation: number): string {
  const digest = createHash('sha256').update(`${marker}:event:${generation}`).digest();
  let bits = 0n;
  for (const byte of digest.subarray(0, 25)) bits = (bits << 8n) | BigInt(byte);
  return bits.toString(32).padStart(40, '0');
}

/** One short text per content: equal texts, nothing to write. */
export function digestOf(spec: MeetingSpec | Omit<EventSpec, 'key'>): string {
  const plain = Object.entries(spec).map(([name, value]) => [
    name,
    typeof value === 'object' && value !== null && !Array.isArray(value) ? String(value) : value,
  ]);
  return createHash('sha256').update(JSON.stringify(plain)).digest('base64url').slice(0, 24);
}

/** Tells one join address from another, in a letter's row and in its Message-ID, and gives neither away. */
export function linkDigest(url: string): string {
  return createHash('sha256').update(url).digest('hex').slice(0, 16);
}

function lengthMinutes(facts: SessionFacts): number {
  return Math.round((facts.end.epochMilliseconds - facts.start.epochMilliseconds) / 60_000);
}

function firstOf<T>(set: ReadonlySet<T>): T | undefined {
  return set.values().next().value;
}
