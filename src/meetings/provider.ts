// The port to a video provider: what fulfilment asks of one and what it gets back, in our words. For Google Meet and
// Microsoft Teams the calendar event carries the link (calendars/provider.ts), so only stand-alone meetings pass here.

/** Platform ids as the contract spells them. */
export const PLATFORMS = ['zoom', 'google-meet', 'teams'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** Who holds the accounts behind platforms and calendars. */
export const OUTSIDE_PROVIDERS = ['zoom', 'google', 'microsoft'] as const;
export type OutsideProvider = (typeof OUTSIDE_PROVIDERS)[number];

/** The platform whose links each account can make. */
export const PLATFORM_OF = {
  zoom: 'zoom',
  google: 'google-meet',
  microsoft: 'teams',
} as const satisfies Record<OutsideProvider, Platform>;

/** What can be made by the deployment's accounts, and by those that are connected. */
export function platformsWith(
  { platforms }: { readonly platforms: ReadonlySet<Platform> },
  { connected }: { readonly connected: readonly OutsideProvider[] },
): ReadonlySet<Platform> {
  if (connected.length === 0) return platforms;
  return new Set([...platforms, ...connected.map((provider) => PLATFORM_OF[provider])]);
}

/**
 * Calls at once to one mailbox or host, from one process. Graph allows an application 4: two processes stay within it, and
 * whoever comes on top is answered 429 and waits as asked. The others state no such number; theirs keep one host from taking
 * all hands.
 */
export const CALLS_AT_ONCE: Readonly<Record<OutsideProvider, number>> = { microsoft: 2, google: 4, zoom: 4 };

/** What must be true of the meeting outside. */
export type MeetingSpec = {
  /** Names installation and session, opaque, at most 60 characters of [A-Za-z0-9:_-]; how a lost create is found again. */
  readonly marker: string;
  readonly topic: string;
  readonly agenda: string;
  readonly start: Temporal.Instant;
  readonly minutes: number;
  /** The practitioner's IANA zone, for display at the provider. */
  readonly zone: string;
};

/** A meeting as the provider tells it. */
export type ProviderMeeting = {
  readonly id: string;
  readonly joinUrl: string;
  readonly password: string | null;
  readonly topic: string;
  readonly start: Temporal.Instant;
  readonly minutes: number;
};

/** What every call is bounded by. `deadline` is when the caller's lease may be lost: no call outlives it. */
export type Bounds = { readonly signal?: AbortSignal; readonly timeoutMs: number };

/** A thing at a provider as its list shows it, which is less than all of it. */
export type Listed = {
  readonly id: string;
  readonly marker: string;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  /** null: the list is not asked for it, since it would tell other people's titles too. */
  readonly title: string | null;
  /** When it was last changed; null where the list does not say. */
  readonly changedAt: Temporal.Instant | null;
};

/** Which things to list: those whose marker begins so, and that start in this stretch of time, its end excluded. */
export type Listing = { readonly marked: string; readonly from: Temporal.Instant; readonly to: Temporal.Instant };

/** A provider of stand-alone meetings. Every method throws OutsideError; `host` is the practitioner's address there. */
export type MeetingProvider = {
  readonly platform: Platform;
  create(host: string, spec: MeetingSpec, bounds: Bounds): Promise<ProviderMeeting>;
  /** null when it is not there. */
  read(host: string, id: string, bounds: Bounds): Promise<ProviderMeeting | null>;
  /** Sets start, length, topic, agenda; answers the meeting as it then is. OutsideError 'absent' when it is gone. */
  update(host: string, id: string, spec: MeetingSpec, bounds: Bounds): Promise<ProviderMeeting>;
  /** An absent meeting counts as deleted. */
  delete(host: string, id: string, bounds: Bounds): Promise<void>;
  /** All live meetings of the host that bear the marker, oldest first. A failed look-up throws; it is never "none". */
  find(host: string, marker: string, bounds: Bounds): Promise<readonly ProviderMeeting[]>;
  /** All live meetings of the host that bear such a marker. Throws where there are too many for one answer (`list_too_long`). */
  list(host: string, listing: Listing, bounds: Bounds): Promise<readonly Listed[]>;
  /** A fresh link that signs its bearer in as the host; never stored, never logged. null when the meeting is gone. */
  hostLink(host: string, id: string, bounds: Bounds): Promise<string | null>;
};
