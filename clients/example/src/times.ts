// Says times as people do, in the viewer's zone with the practitioner's beside it; and counts days of a calendar. Which
// times are free Slotkeeper knows.

export const VIEWER_ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone;
// The page is in English; how it writes dates and hours is the viewer's kind of English.
const LOCALE = navigator.languages.find((one) => one.startsWith('en')) ?? 'en-GB';
const DAY_MS = 86_400_000;

const writer = (options: Intl.DateTimeFormatOptions) => {
  const byZone = new Map<string, Intl.DateTimeFormat>();
  return (instant: string, timeZone: string): string => {
    const format = byZone.get(timeZone) ?? new Intl.DateTimeFormat(LOCALE, { ...options, timeZone });
    byZone.set(timeZone, format);
    return format.format(new Date(instant));
  };
};

/** "2:00 PM", or "14:00", as the viewer is used to. */
export const sayTime = writer({ hour: 'numeric', minute: '2-digit' });
/** "Thursday, June 20, 2030". */
export const sayDay = writer({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
/** "Thu, June 20, 2:00 PM". */
export const sayShortly = writer({
  weekday: 'short',
  day: 'numeric',
  month: 'long',
  hour: 'numeric',
  minute: '2-digit',
});

/** The place in an IANA zone: "America/New_York" is "New York". */
export function placeOf(zone: string): string {
  return (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
}

/** Whether clocks in both zones show the same then. */
export function sameClock(instant: string, one: string, other: string): boolean {
  return sayShortly(instant, one) === sayShortly(instant, other);
}

/** Today's date where the viewer is, as `2030-06-20`. */
export function today(): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: VIEWER_ZONE }).format(new Date());
}

/** Dates are counted at noon UTC: no zone's clock change reaches there. */
const noon = (date: string) => `${date}T12:00:00Z`;

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(noon(date)) + days * DAY_MS).toISOString().slice(0, 10);
}

const part = (options: Intl.DateTimeFormatOptions) => {
  const write = writer(options);
  return (date: string) => write(noon(date), 'UTC');
};
export const weekdayOf = part({ weekday: 'short' });
export const dayOf = part({ day: 'numeric' });
export const monthOf = part({ month: 'short' });
export const wholeDay = part({ weekday: 'long', day: 'numeric', month: 'long' });
export const shortDay = part({ day: 'numeric', month: 'short' });

/** In which part of the viewer's day a time falls. Slots bear the viewer's wall time. */
export function partOfDay(start: string): 'Morning' | 'Afternoon' | 'Evening' {
  const hour = Number(start.slice(11, 13));
  if (hour < 12) return 'Morning';
  return hour < 18 ? 'Afternoon' : 'Evening';
}
