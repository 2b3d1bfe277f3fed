// Reads the calendar part of a letter (RFC 5545, RFC 5546) as far as a person wants to know: what it asks for, when,
// where and who. Anything else in it stays in the source; broken lines are passed over.

export type CalendarPart = {
  /** What a mail program would say that this is. */
  readonly kind: string;
  readonly title: string;
  readonly when: Moment | null;
  readonly until: Moment | null;
  readonly place: string;
  readonly organiser: string;
  readonly guests: readonly string[];
  readonly uid: string;
  readonly sequence: number;
};

/** `at` where the zone is one we know; else the wall time as it stands. */
export type Moment =
  | { readonly at: number; readonly zone: string; readonly allDay: boolean }
  | { readonly words: string };

type Line = { readonly name: string; readonly parameters: string; readonly value: string };

/** Longer calendars are not letters of ours; the rest is not read. */
const MOST_LINES = 2_000;

/** The first event of the calendar; null without one. */
export function readCalendar(text: string): CalendarPart | null {
  const lines = linesOf(text);
  const from = lines.findIndex(({ name, value }) => name === 'BEGIN' && value.toUpperCase() === 'VEVENT');
  if (from < 0) return null;
  const to = lines.findIndex(({ name }, at) => at > from && name === 'END');
  const event = lines.slice(from, to < 0 ? undefined : to);
  const find = (name: string): Line | undefined => event.find((line) => line.name === name);
  const say = (name: string): string => unescaped(find(name)?.value ?? '');
  const sequence = Number(find('SEQUENCE')?.value ?? 0) || 0;
  const method = lines.find(({ name }) => name === 'METHOD')?.value.toUpperCase() ?? '';
  return {
    kind: kindOf(method, sequence),
    title: say('SUMMARY'),
    when: momentOf(find('DTSTART')),
    until: momentOf(find('DTEND')),
    place: say('LOCATION') || say('URL'),
    organiser: personOf(find('ORGANIZER')),
    guests: event.filter(({ name }) => name === 'ATTENDEE').map(personOf),
    uid: say('UID'),
    sequence,
  };
}

function kindOf(method: string, sequence: number): string {
  if (method === 'CANCEL') return 'A cancellation: it takes the event out of the calendar.';
  if (method === 'REQUEST' && sequence > 0)
    return `An update (number ${sequence}): it moves the event in the calendar.`;
  if (method === 'REQUEST') return 'An invitation: it puts the event into the calendar.';
  return method === '' ? 'An event.' : `An event (${method}).`;
}

/** Unfolded (3.1), then name, parameters and value; a colon within quotes is no border (3.2). */
function linesOf(text: string): Line[] {
  return text
    .replace(/\r?\n[ \t]/g, '')
    .split(/\r?\n/, MOST_LINES)
    .flatMap((line) => {
      const parts = /^([A-Za-z0-9-]+)((?:;[^";:]*(?:"[^"]*"[^";:]*)*)*):(.*)$/.exec(line);
      return parts ? [{ name: parts[1]!.toUpperCase(), parameters: parts[2]!, value: parts[3]! }] : [];
    });
}

function parameter(line: Line, name: string): string | undefined {
  const found = new RegExp(`;${name}=(?:"([^"]*)"|([^";:]*))`, 'i').exec(line.parameters);
  return found ? (found[1] ?? found[2]) : undefined;
}

function personOf(line: Line | undefined): string {
  if (!line) return '';
  const address = decoded(line.value.replace(/^mailto:/i, ''));
  const name = parameter(line, 'CN');
  return name && name !== address ? `${name} <${address}>` : address;
}

function momentOf(line: Line | undefined): Moment | null {
  if (!line) return null;
  const { value } = line;
  const day = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z)?)?$/.exec(value);
  if (!day) return { words: value };
  const [, year, month, date, hour, minute, second, inUtc] = day;
  const zone = inUtc ? 'UTC' : (parameter(line, 'TZID') ?? 'UTC');
  const wall = `${year}-${month}-${date}T${hour ?? '00'}:${minute ?? '00'}:${second ?? '00'}`;
  try {
    const at = Temporal.PlainDateTime.from(wall).toZonedDateTime(zone).epochMilliseconds;
    return { at, zone, allDay: hour === undefined };
  } catch {
    return { words: `${wall.replace('T', ' ')} (${zone})` };
  }
}

/** 3.3.11 */
function unescaped(text: string): string {
  return text.replace(/\\([\\;,nN])/g, (_pair, sign: string) => (sign.toLowerCase() === 'n' ? '\n' : sign));
}

function decoded(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}
