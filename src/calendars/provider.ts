// The port to a calendar provider: one event per session on the practitioner's calendar, with the conference link in it
// where the platform lives there (Google Meet, Microsoft Teams).
import type { Bounds, Listed, Listing, Platform } from '../meetings/provider.ts';

export const CALENDAR_PROVIDERS = ['google', 'microsoft'] as const;
export type CalendarProviderId = (typeof CALENDAR_PROVIDERS)[number];

/** What must be true of the event outside. */
export type EventSpec = {
  /** Deterministic per installation, session and generation: lower-case [a-v0-9]{20,64}. Google's event id, Graph's transactionId. */
  readonly key: string;
  /** Names installation and session (not the generation); how every event of ours for this session is found. */
  readonly marker: string;
  readonly title: string;
  readonly description: string;
  /** The join link of a meeting held elsewhere (Zoom), or null. */
  readonly location: string | null;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  readonly zone: string;
  /** Ask for the provider's own conference (Meet, Teams). Once asked for it stays. */
  readonly conference: boolean;
  /** Whom the provider invites, and writes to with every change. None: whoever is on the event stays, and nobody is written to. */
  readonly attendees: readonly { readonly name: string; readonly address: string }[];
};

/** `tellAttendees`: the provider writes to whoever is on the event. Microsoft does so in any case. */
export type Removal = Bounds & { readonly tellAttendees: boolean };

export type Conference =
  | { readonly status: 'pending' }
  | { readonly status: 'failed' }
  | { readonly status: 'ready'; readonly id: string; readonly joinUrl: string; readonly password: string | null };

export type ProviderEvent = {
  readonly id: string;
  readonly key: string | null;
  readonly title: string;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  readonly location: string | null;
  /** null when the event carries none. */
  readonly conference: Conference | null;
};

/** A calendar provider. Every method throws OutsideError; `owner` is the practitioner's address there. */
export type CalendarProvider = {
  readonly id: CalendarProviderId;
  /** The platform whose link its events can carry. */
  readonly conferencePlatform: Platform;
  /** Creates, or answers the event that an earlier try with the same key created (revived if need be). */
  create(owner: string, spec: EventSpec, bounds: Bounds): Promise<ProviderEvent>;
  /** null when it is not there or cancelled. */
  read(owner: string, id: string, bounds: Bounds): Promise<ProviderEvent | null>;
  update(owner: string, id: string, spec: EventSpec, bounds: Bounds): Promise<ProviderEvent>;
  /** An absent event counts as deleted. */
  delete(owner: string, id: string, removal: Removal): Promise<void>;
  /** All live events that bear the marker, oldest first. A failed look-up throws; it is never "none". */
  find(owner: string, marker: string, bounds: Bounds): Promise<readonly ProviderEvent[]>;
  /**
   * All live events that bear such a marker. Of other events no more is asked for than is needed to tell them apart. Throws where
   * there are too many for one answer (`list_too_long`).
   */
  list(owner: string, listing: Listing, bounds: Bounds): Promise<readonly Listed[]>;
};
