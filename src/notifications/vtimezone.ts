// Writes the VTIMEZONE of one event (RFC 5545, 3.6.5) from the same zone data that placed the event in time, so that an
// invitation and the letter around it cannot disagree. It covers that event, not the zone's whole history.

/** Observances further from the event than this cannot touch it; a zone that changes its clocks does so within a year. */
const REACH_HOURS = 370 * 24;

type Observance = { readonly begins: string; readonly from: string; readonly to: string; readonly daylight: boolean };

/** Content lines, unfolded. `start` and `end` bear the zone; both lie within what the lines define. */
export function writeTimezone(start: Temporal.ZonedDateTime, end: Temporal.ZonedDateTime): string[] {
  const lines = ['BEGIN:VTIMEZONE', `TZID:${start.timeZoneId}`];
  for (const observance of observancesOf(start, end)) {
    const name = observance.daylight ? 'DAYLIGHT' : 'STANDARD';
    lines.push(
      `BEGIN:${name}`,
      `DTSTART:${observance.begins}`,
      `TZOFFSETFROM:${observance.from}`,
      `TZOFFSETTO:${observance.to}`,
      `END:${name}`,
    );
  }
  lines.push('END:VTIMEZONE');
  return lines;
}

/** The local form of a date-time, `20261124T100000`. */
export function localStamp(local: Temporal.PlainDateTime): string {
  return local.toString({ smallestUnit: 'second' }).replace(/[-:]/g, '');
}

function observancesOf(start: Temporal.ZonedDateTime, end: Temporal.ZonedDateTime): Observance[] {
  // At the very instant of a transition the new offset already holds, and `previous` would look before it.
  const previous = start.add({ nanoseconds: 1 }).getTimeZoneTransition('previous');
  const next = start.getTimeZoneTransition('next');
  const reach =
    Temporal.ZonedDateTime.compare(end, start.add({ hours: REACH_HOURS })) > 0
      ? end
      : start.add({ hours: REACH_HOURS });
  const nextMatters = next !== null && Temporal.ZonedDateTime.compare(next, reach) <= 0;
  const current: Observance =
    previous === null
      ? { begins: '19700101T000000', from: offset(start), to: offset(start), daylight: false }
      : { ...onsetOf(previous), daylight: nextMatters && next.offsetNanoseconds < start.offsetNanoseconds };
  if (!nextMatters) return [current];
  return [current, { ...onsetOf(next), daylight: next.offsetNanoseconds > start.offsetNanoseconds }];
}

// RFC 5545, 3.6.5: DTSTART of an observance is its onset in the local time of the offset *before* it.
function onsetOf(transition: Temporal.ZonedDateTime): Omit<Observance, 'daylight'> {
  const before = transition.subtract({ nanoseconds: 1 });
  const onset = transition.toInstant().toZonedDateTimeISO(before.offset).toPlainDateTime();
  return { begins: localStamp(onset), from: offset(before), to: offset(transition) };
}

// `+01:00` as `+0100`; seconds are kept where a historical offset has them (RFC 5545, 3.3.14).
function offset(at: Temporal.ZonedDateTime): string {
  return at.offset.replaceAll(':', '');
}
