// Who owns which stretch of whose time. A row is time taken, buffers included; that no two rows of one resource overlap
// is the database's to enforce (occupancy_no_overlap), the order of waiting is ours (lock first, then read, then write).

/** No occupied stretch is longer (checked by the table), so a read by start looks back this far and no further. */
export const LONGEST_OCCUPANCY_MINUTES = 24 * 60;

/**
 * A hold can be confirmed until `expires_at`; its row is out of the way only this much later, which is more than the
 * clocks of two of our machines may differ.
 */
export const HOLD_GRACE_SECONDS = 5;

/** A half-open stretch of time `[from, to)`. */
export type Stretch = { readonly from: Temporal.Instant; readonly to: Temporal.Instant };

/** A stretch as PostgreSQL writes a tstzrange. */
export function rangeText(stretch: Stretch): string {
  return `["${stretch.from.toString()}","${stretch.to.toString()}")`;
}

/** The stretch a session occupies: its own time with the buffers around it. */
export function withBuffers(
  session: Stretch,
  buffers: { readonly beforeMinutes: number; readonly afterMinutes: number },
): Stretch {
  return {
    from: session.from.subtract({ minutes: buffers.beforeMinutes }),
    to: session.to.add({ minutes: buffers.afterMinutes }),
  };
}
