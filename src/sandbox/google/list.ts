// Google's list of events: bounds, extended-property filters, order and pages. Incremental sync is refused as expired,
// which sends every client to the full list.
import { packed, unpacked, type Answer, type Call, type Json } from '../endpoint.ts';
import type { Drawer, Kept, Wanted } from '../state.ts';
import { instantFrom, isZone } from '../wall-time.ts';
import { zoneOf } from './calendars.ts';
import { badRequest, refuse } from './errors.ts';
import type { GoogleEvent } from './event.ts';

const DEFAULT_PAGE = 250;
/** Larger values are cut to this, as Google does. */
const MOST_PER_PAGE = 2_500;

export function listEvents(
  call: Call,
  calendar: string,
  events: Drawer<GoogleEvent>,
  show: (kept: Kept<GoogleEvent>, zone: string | undefined) => Json,
  now: Temporal.Instant,
): Answer {
  const { query } = call;
  if (query.has('syncToken'))
    throw refuse(410, 'fullSyncRequired', 'Sync token is no longer valid, a full sync is required.');
  if (query.get('orderBy') === 'startTime' && query.get('singleEvents') !== 'true')
    throw badRequest('badRequest', 'The requested ordering is not available for the particular query.');
  const zone = query.get('timeZone') ?? undefined;
  if (zone !== undefined && !isZone(zone)) throw badRequest('invalid', 'Invalid time zone.');
  const size = Math.min(Number(query.get('maxResults') ?? DEFAULT_PAGE), MOST_PER_PAGE);
  if (!Number.isInteger(size) || size < 1) throw badRequest('invalidParameter', 'Invalid value for maxResults.');
  const token = query.get('pageToken');
  const skip = token ? unpacked(token)?.['skip'] : 0;
  if (typeof skip !== 'number') throw badRequest('invalid', 'Invalid page token value.');

  const wanted = {
    owner: calendar,
    ...boundsOf(query),
    tags: tagsOf(query),
    ...(query.get('showDeleted') === 'true' ? {} : { live: true }),
  };
  const rows = events.list({ ...wanted, skip, limit: size + 1 });
  const more = rows.length > size;
  return {
    status: 200,
    body: {
      kind: 'calendar#events',
      etag: `"${now.epochMilliseconds}"`,
      summary: calendar,
      updated: now.toString({ smallestUnit: 'millisecond' }),
      timeZone: zone ?? zoneOf(calendar),
      accessRole: 'owner',
      defaultReminders: [],
      ...(more ? { nextPageToken: packed({ skip: skip + size }) } : {}),
      items: rows.slice(0, size).map((kept) => show(kept, zone)),
    },
  };
}

/** timeMin bounds the end and timeMax the start, both exclusive. */
function boundsOf(query: URLSearchParams): Partial<Wanted> {
  const bound = (name: string): number | undefined => {
    const text = query.get(name);
    if (text === null) return undefined;
    const instant = instantFrom(text);
    if (!instant) throw badRequest('badRequest', 'Bad Request');
    return instant.epochMilliseconds;
  };
  const min = bound('timeMin');
  const max = bound('timeMax');
  if (min !== undefined && max !== undefined && max <= min)
    throw refuse(400, 'timeRangeEmpty', 'The specified time range is empty.', { type: 'parameter', name: 'timeMax' });
  return { ...(min === undefined ? {} : { endsAfter: min }), ...(max === undefined ? {} : { startsBefore: max }) };
}

function tagsOf(query: URLSearchParams): string[] {
  return (['private', 'shared'] as const).flatMap((kind) =>
    query.getAll(`${kind}ExtendedProperty`).map((pair) => {
      if (!/^[^=]+=/.test(pair))
        throw badRequest('invalid', `Invalid value for ${kind}ExtendedProperty. Use propertyName=value.`);
      return `${kind}:${pair}`;
    }),
  );
}
