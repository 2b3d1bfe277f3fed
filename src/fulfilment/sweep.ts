// The sweep's rules: which things listed at a provider are worth a closer look, and what is to be done about what such a look
// has found. Pure; it believes no list, which is only where suspicion begins.
import type { Listed } from '../meetings/provider.ts';

/**
 * missing, moved, changed: a live session's own thing. duplicate: another of a live session. orphan: of a cancelled one. unknown:
 * of a session that is not known here, or not known to be dead.
 */
export const DRIFT_KINDS = ['missing', 'moved', 'changed', 'duplicate', 'orphan', 'unknown'] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

/** What a session's own thing can suffer; the other kinds are of things that should not be there. */
export const OWN_KINDS: ReadonlySet<DriftKind> = new Set(['missing', 'moved', 'changed']);

/** mending: given to fulfilment. open: a person decides. removing, ignored: a person has. settled: no longer found. */
export const DRIFT_STATES = ['mending', 'open', 'removing', 'ignored', 'settled'] as const;
export type DriftState = (typeof DRIFT_STATES)[number];

/** Why it is left to a person. */
export const DRIFT_REASONS = ['report_only', 'mended_before', 'not_proved', 'in_use', 'refused'] as const;
export type DriftReason = (typeof DRIFT_REASONS)[number];

/** What a session is believed to have at the place. */
export type Believed = {
  readonly sessionId: number;
  readonly start: Temporal.Instant;
  readonly end: Temporal.Instant;
  readonly providerId: string;
  readonly title: string;
};

/** What was found before and is not settled: looked at in every round until it is found right, whatever the list shows. */
export type Task = {
  readonly kind: DriftKind;
  readonly sessionId: number;
  readonly providerId: string;
  readonly at: Temporal.Instant;
};

/** A stretch of time at a place, as it is believed to be and as it is listed. */
export type Compared = {
  readonly believed: readonly Believed[];
  readonly listed: readonly Listed[];
  readonly tasks: readonly Task[];
};

/** Worth a look. `own`: the session's own thing; `listed` null: the list does not show it. */
export type Suspect = {
  readonly sessionId: number;
  readonly at: Temporal.Instant;
  readonly id: string;
} & ({ readonly own: true; readonly listed: Listed | null } | { readonly own: false; readonly marker: string });

/** A place that was not compared for so long is late: a round begins each day. */
export const LATE_HOURS = 48;

/** Clocks of providers and ours may part so far. */
const SLACK_MINUTES = 15;

/** The session a marker of this installation names; null: it is not ours. */
export function sessionMarked(marker: string, installation: string): number | null {
  const prefix = markedBy(installation);
  const digits = marker.startsWith(prefix) ? marker.slice(prefix.length) : '';
  const id = /^[1-9]\d{0,15}$/.test(digits) ? Number(digits) : Number.NaN;
  return Number.isSafeInteger(id) ? id : null;
}

/** What every marker of this installation begins with (see plan.ts), and no other's does. */
export function markedBy(installation: string): string {
  return `sk:${installation}:`;
}

/**
 * By time, the earliest first. `since`: when the last comparison began in which nothing was wrong; what was changed before it
 * agreed then.
 */
export function suspectsOf(
  { believed, listed, tasks }: Compared,
  installation: string,
  since: Temporal.Instant | null,
): Suspect[] {
  const own = new Map(believed.map((one) => [one.providerId, one]));
  const seen = new Map<number, Listed>();
  const suspects: Suspect[] = [];
  const changedSince = since?.subtract({ minutes: SLACK_MINUTES });
  const markerOf = (sessionId: number) => `${markedBy(installation)}${sessionId}`;
  for (const one of listed) {
    const sessionId = sessionMarked(one.marker, installation);
    if (sessionId === null) continue;
    const whose = own.get(one.id);
    if (whose === undefined || whose.sessionId !== sessionId) {
      suspects.push({ own: false, sessionId, at: one.start, id: one.id, marker: one.marker });
      continue;
    }
    seen.set(sessionId, one);
    const differs = !isTimeOf(whose, one) || (one.title !== null && one.title !== whose.title);
    const touched =
      one.changedAt !== null &&
      (changedSince === undefined || Temporal.Instant.compare(one.changedAt, changedSince) >= 0);
    if (differs || touched) suspects.push({ own: true, sessionId, at: whose.start, id: one.id, listed: one });
  }
  for (const { sessionId, start, providerId } of believed) {
    if (!seen.has(sessionId)) suspects.push({ own: true, sessionId, at: start, id: providerId, listed: null });
  }
  const subjects = new Set(suspects.map(subjectOfSuspect));
  for (const task of tasks) {
    if (subjects.has(subjectOf(task))) continue;
    subjects.add(subjectOf(task));
    const { kind, sessionId, providerId: id, at } = task;
    const suspect = { sessionId, at, id };
    if (OWN_KINDS.has(kind)) suspects.push({ ...suspect, own: true, listed: seen.get(sessionId) ?? null });
    else suspects.push({ ...suspect, own: false, marker: markerOf(sessionId) });
  }
  return suspects.toSorted((a, b) => Temporal.Instant.compare(a.at, b.at) || a.sessionId - b.sessionId);
}

/** Whether a thing stands at just the time of its session, whole seconds apart from fractions that providers cut. */
export function isTimeOf(
  session: { readonly start: Temporal.Instant; readonly end: Temporal.Instant },
  thing: { readonly start: Temporal.Instant; readonly end: Temporal.Instant },
): boolean {
  return seconds(session.start) === seconds(thing.start) && seconds(session.end) === seconds(thing.end);
}

/** What a closer look has found. */
export type Finding = {
  readonly kind: DriftKind;
  readonly sessionId: number;
  readonly providerId: string;
  readonly at: Temporal.Instant;
  /** Of the session; 0 where there is none. */
  readonly revision: number;
  /** Whether it is proved here that putting it right takes nothing from anybody. */
  readonly proved: boolean;
};

/** What is known of the same thing from before. `mends`: how often it was put right since the session last changed. */
export type Before = { readonly state: DriftState | null; readonly mends: number; readonly unchanged: boolean };

export type Verdict =
  | { readonly act: 'mend' }
  | { readonly act: 'tell'; readonly reason: DriftReason }
  /** A person has decided. */
  | { readonly act: 'leave' };

/** Puts right once by itself; whoever undoes that has a reason, which a person must hear. */
export function verdictOf(finding: Finding, before: Before, reportOnly: boolean): Verdict {
  if (before.state === 'removing') return { act: 'leave' };
  if (before.state === 'ignored' && before.unchanged) return { act: 'leave' };
  if (finding.kind === 'unknown' || !finding.proved) return { act: 'tell', reason: 'not_proved' };
  if (reportOnly) return { act: 'tell', reason: 'report_only' };
  if (before.mends > 0) return { act: 'tell', reason: 'mended_before' };
  return { act: 'mend' };
}

/** Whose a row of drift is about: a session's own thing whatever its id there, or one thing there. */
export function subjectOf({ kind, sessionId, providerId }: Pick<Finding, 'kind' | 'sessionId' | 'providerId'>): string {
  return OWN_KINDS.has(kind) ? `session ${sessionId}` : `thing ${providerId}`;
}

/** What a suspect may turn out to be a row of. */
export function subjectOfSuspect({ own, sessionId, id }: Suspect): string {
  return own ? `session ${sessionId}` : `thing ${id}`;
}

function seconds(at: Temporal.Instant): number {
  return Math.floor(at.epochMilliseconds / 1000);
}
