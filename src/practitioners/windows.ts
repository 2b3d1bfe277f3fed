// Until when a client may cancel or move an appointment, and what a late one means: a refusal, or a mark and no more. Hers
// are in force unless the session type has its own, each for itself. What is late, and whom it binds, appointments/ knows.
import type { FieldFault } from '../platform/refusal.ts';

/** `refuse`: a client who comes too late is refused. `mark_late`: it is done, and the appointment bears a mark. */
export const LATE = ['refuse', 'mark_late'] as const;
export type Late = (typeof LATE)[number];

/** Minutes before the start; 0 is no window. */
export type Windows = {
  readonly cancellationWindowMinutes: number;
  readonly rescheduleWindowMinutes: number;
  readonly lateCancellations: Late;
  readonly lateReschedules: Late;
};

/** A session type's own; null where the practitioner's are in force. */
export type OwnWindows = { readonly [Name in keyof Windows]: Windows[Name] | null };

/** A year, as for notice. */
export const WINDOW_MINUTES = { minimum: 0, maximum: 525_600 } as const;

export const WINDOW_FIELDS = [
  'cancellationWindowMinutes',
  'rescheduleWindowMinutes',
  'lateCancellations',
  'lateReschedules',
] as const satisfies readonly (keyof Windows)[];

/** What is wrong with the windows among some fields. */
export function windowFaults(fields: {
  readonly [Name in keyof Windows]?: Windows[Name] | null | undefined;
}): FieldFault[] {
  const { minimum, maximum } = WINDOW_MINUTES;
  return (['cancellationWindowMinutes', 'rescheduleWindowMinutes'] as const).flatMap((name) => {
    const value = fields[name];
    if (value === undefined || value === null) return [];
    if (Number.isInteger(value) && value >= minimum && value <= maximum) return [];
    return [{ pointer: `/${name}`, message: `must be a whole number from ${minimum} to ${maximum}` }];
  });
}
