// Zoom's list of a host's meetings: types, from/to, and pages by a token that lives a quarter of an hour.
import { packed, unpacked, type Answer, type Call, type Json } from '../endpoint.ts';
import type { Drawer, Wanted } from '../state.ts';
import { isZone } from '../wall-time.ts';
import { refuse } from './errors.ts';
import type { Meeting } from './meeting.ts';

const DEFAULT_PAGE = 30;
const MOST_PER_PAGE = 300;
const PAGE_TOKEN_MS = 900_000;
const TYPES = ['scheduled', 'live', 'upcoming', 'upcoming_meetings', 'previous_meetings'];

export function listPage(
  call: Call,
  host: string,
  meetings: Drawer<Meeting>,
  now: Temporal.Instant,
  show: (meeting: Meeting) => Json,
): Answer {
  const { query } = call;
  const size = Number(query.get('page_size') ?? DEFAULT_PAGE);
  if (!Number.isInteger(size) || size < 1 || size > MOST_PER_PAGE)
    throw refuse(400, 300, 'Validation Failed.', [
      { field: 'page_size', message: `The value must be between 1 and ${MOST_PER_PAGE}.` },
    ]);
  const type = query.get('type') ?? 'scheduled';
  if (!TYPES.includes(type))
    throw refuse(400, 300, 'Validation Failed.', [{ field: 'type', message: 'Invalid field.' }]);
  const wanted = { owner: host, live: true, ...stretchOf(type, query, now) };
  const total = type === 'live' ? 0 : meetings.count(wanted);
  const skip = skipOf(query.get('next_page_token'), host, now);
  const rows = type === 'live' ? [] : meetings.list({ ...wanted, skip, limit: size });
  const next = skip + rows.length;
  return {
    status: 200,
    body: {
      page_size: size,
      total_records: total,
      next_page_token: next < total ? packed({ next, host, until: now.epochMilliseconds + PAGE_TOKEN_MS }) : '',
      meetings: rows.map((kept) => show(kept.body)),
    },
  };
}

function stretchOf(type: string, query: URLSearchParams, now: Temporal.Instant): Partial<Wanted> {
  const at = now.epochMilliseconds;
  const from = dayOf(query, 'from')?.epochMilliseconds;
  const to = dayOf(query, 'to')?.add({ hours: 24 }).epochMilliseconds;
  return {
    ...(type.startsWith('upcoming') ? { endsAfter: at } : {}),
    ...(type === 'previous_meetings' ? { endsBefore: at } : {}),
    ...(from === undefined ? {} : { startsFrom: from }),
    ...(to === undefined ? {} : { startsBefore: to }),
  };
}

function dayOf(query: URLSearchParams, name: string): Temporal.Instant | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const zone = query.get('timezone') ?? 'UTC';
  try {
    if (!/^\d{4}-\d\d-\d\d$/.test(text) || !isZone(zone)) throw new RangeError('not a date');
    return Temporal.PlainDate.from(text).toZonedDateTime(zone).toInstant();
  } catch {
    throw refuse(400, 300, 'Validation Failed.', [{ field: name, message: 'Invalid field. Use yyyy-MM-dd.' }]);
  }
}

function skipOf(token: string | null, host: string, now: Temporal.Instant): number {
  if (!token) return 0;
  const mark = unpacked(token);
  const { next, until } = mark ?? {};
  if (
    typeof next !== 'number' ||
    typeof until !== 'number' ||
    mark?.['host'] !== host ||
    until <= now.epochMilliseconds
  )
    throw refuse(400, 300, 'The next page token is invalid or expired.');
  return next;
}
