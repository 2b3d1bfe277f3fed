// Knows how much of her time a practitioner gives at most: so many sessions or minutes in a day, a week or a month, to all or
// to each client, of all session types or of one. What has been given is counted where a time is judged.
import type { FieldFault } from '../platform/refusal.ts';

export const PERIODS = ['day', 'week', 'month'] as const;
/** In her zone; a week begins on Monday. A session belongs to the period it starts in. */
export type Period = (typeof PERIODS)[number];
export const LIMITED = ['practitioner', 'client'] as const;

export type Limit = {
  readonly per: Period;
  /** `client`: what each client gets of it. */
  readonly of: (typeof LIMITED)[number];
  /** null: all of them together. */
  readonly sessionTypeId: number | null;
  readonly mostSessions: number | null;
  /** Of sessions alone, without buffers. */
  readonly mostMinutes: number | null;
};

/** Three periods, all and each client, and some session types. */
export const MOST_LIMITS = 30;
/** More than fit into a month. */
export const LIMIT_BOUNDS = {
  mostSessions: { minimum: 0, maximum: 10_000 },
  mostMinutes: { minimum: 0, maximum: 44_640 },
} as const;

export function limitFaults(limits: readonly Limit[]): FieldFault[] {
  if (limits.length > MOST_LIMITS) return [{ pointer: '/limits', message: `must have at most ${MOST_LIMITS}` }];
  const seen = new Set<string>();
  return limits.flatMap((limit, index): FieldFault[] => {
    const pointer = `/limits/${index}`;
    const kind = [limit.per, limit.of, limit.sessionTypeId].join('/');
    if (seen.has(kind)) return [{ pointer, message: 'is there twice: put both figures into one' }];
    seen.add(kind);
    if (limit.mostSessions !== null || limit.mostMinutes !== null) return [];
    return [{ pointer, message: 'must have `mostSessions` or `mostMinutes`' }];
  });
}
