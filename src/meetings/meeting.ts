// What we believe stands at a provider for a session, and what of it a person may be shown. The rows are written by
// fulfilment; appointments only read them.
import type { OutsideProvider, Platform } from './provider.ts';

export type OutsideKind = 'meeting' | 'calendar_event';

/**
 * creating: asked for, perhaps there already. live: there, with `providerId`. deleting: to be removed, perhaps gone
 * already. gone: surely not there.
 */
export type OutsideState = 'creating' | 'live' | 'deleting' | 'gone';

export type OutsideObject = {
  readonly kind: OutsideKind;
  readonly provider: OutsideProvider;
  /** The platform whose link it bears, null for a calendar event without one. */
  readonly platform: Platform | null;
  readonly host: string;
  /** The practitioner's connection it was made with; null: the deployment's own account. */
  readonly connectionId: number | null;
  /** Rises each time a new one must be made in place of one that is gone. */
  readonly generation: number;
  readonly state: OutsideState;
  readonly providerId: string | null;
  readonly joinId: string | null;
  readonly joinUrl: string | null;
  readonly password: string | null;
  /** Digest of what was last sent there; null while a write is out whose outcome is not known. */
  readonly written: string | null;
  readonly writtenRevision: number;
  /** Not null: a call ended without a clear answer, and look-ups can be believed from then on. */
  readonly settlesAt: Temporal.Instant | null;
  /** What was unclear may have said something else than what is written: then it is told again, whatever a look-up says. */
  readonly tellAgain: boolean;
  readonly attempts: number;
  readonly nextAttemptAt: Temporal.Instant | null;
  readonly lastError: string | null;
};

/** The way into a session, as far as it is known. `failed`: refused again and again, a person must change something at the provider first. */
export type MeetingDetails = {
  readonly platform: Platform;
  readonly status: 'ready' | 'pending' | 'failed';
  readonly meetingUrl: string | null;
  readonly meetingId: string | null;
  readonly meetingPassword: string | null;
};

/** The meeting a session is to have, with what is known of it; null where it is to have none. */
export function meetingDetails(platform: Platform | null, objects: readonly OutsideObject[]): MeetingDetails | null {
  if (platform === null) return null;
  const bearer = objects.find((object) => object.platform === platform);
  const live = bearer?.state === 'live' && bearer.joinUrl !== null;
  return {
    platform,
    status: live ? 'ready' : bearer && isStuck(bearer) ? 'failed' : 'pending',
    meetingUrl: live ? bearer.joinUrl : null,
    meetingId: live ? bearer.joinId : null,
    meetingPassword: live ? bearer.password : null,
  };
}

/** The stored error of a meeting that has failed; null where it has not. */
export function failureOf(platform: Platform | null, objects: readonly OutsideObject[]): string | null {
  if (meetingDetails(platform, objects)?.status !== 'failed') return null;
  return objects.find((object) => object.platform === platform)?.lastError ?? null;
}

/** After any failure, a refusal too, so many come within 20 s: most faults are that short. */
const QUICK_RETRIES = 4;

/** Whether a no is taken for one that lasts, so that a person must act; at once where our side knows, and no status came. */
export function isLasting(no: { readonly attempts: number; readonly status: number | undefined }): boolean {
  return no.status === undefined || no.attempts > QUICK_RETRIES;
}

/** Looks for a link that is not there yet, over a minute: by then one that comes at all has come. */
const LINK_LOOKS = 6;

/** The stored error of what is made, but without its link, however often it was looked for; null as long as that may be on its way. */
export function missingLink(provider: OutsideProvider, looks: number): string | null {
  return looks > LINK_LOOKS ? `refused ${provider} read link_missing` : null;
}

/** Whether it waits for a person; `lastError` then begins with one of these, and has the status at its place (see fulfilment). */
export function isStuck({ attempts, lastError }: Pick<OutsideObject, 'attempts' | 'lastError'>): boolean {
  const [outcome, , , status] = lastError?.split(' ') ?? [];
  if (outcome !== 'refused' && outcome !== 'reconnect') return false;
  return isLasting({ attempts, status: /^\d{3}$/.test(status ?? '') ? Number(status) : undefined });
}
