// Google Calendar events, with the Meet link in them where asked for. The event's id is our own key, so a second create of
// the same event meets the first; a deleted one keeps its id and is revived. Google
// writes letters only about events whose attendees we name.
import { accessTokens, tokensOfOne, type OneAccount } from '../../platform/http/access-token.ts';
import { deadline, type HttpClient } from '../../platform/http/client.ts';
import { providerApi, queryOf, type ProviderApi } from '../../platform/http/provider-api.ts';
import { isAbsent, isConflict, nullIfAbsent, removed } from '../../platform/http/provider-outcome.ts';
import type { Log } from '../../platform/log.ts';
import { OutsideError } from '../../platform/outside-error.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Listed, Listing } from '../../meetings/provider.ts';
import type { CalendarProvider, EventSpec, ProviderEvent } from '../provider.ts';
import { explainGoogleError } from './google-errors.ts';
import {
  askForMeet,
  conferenceOf,
  differsFrom,
  fromGoogleEvent,
  fromListed,
  GOOGLE_EVENT,
  GOOGLE_LIST,
  GOOGLE_LISTED_FIELDS,
  GOOGLE_MARKER,
  googleEventBody,
  isCancelled,
  nextRequestId,
  REVIVED,
  type GoogleEvent,
} from './google-event.ts';
import { askGoogle, type GoogleCredentials } from './google-token.ts';

export type GoogleConfig = {
  /** https://www.googleapis.com/calendar/v3 */
  readonly apiUrl: string;
  /** https://oauth2.googleapis.com */
  readonly oauthUrl: string;
} & (GoogleCredentials | { readonly connected: OneAccount });

export type GoogleTools = {
  readonly config: GoogleConfig;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
};

/** Events of one session: normally one. Google's largest page is 2500. */
const PAGE_SIZE = 250;
const MAX_PAGES = 4;
/** Of a whole calendar: some weeks of a very busy one fit in one page. */
const LIST_PAGE_SIZE = 2_500;

/** Without the first, conference data is dropped in silence; the second says whether Google writes to the attendees. */
function writeQuery(spec: EventSpec): string {
  return queryOf({ conferenceDataVersion: 1, sendUpdates: spec.attendees.length > 0 ? 'all' : 'none' });
}

/** One practitioner's calendar: everything a call needs to know of where it goes. */
type Place = {
  readonly api: ProviderApi;
  readonly subject: string;
  readonly events: string;
  readonly signal: AbortSignal;
};

export function googleCalendar(tools: GoogleTools): CalendarProvider {
  const { config, http, clock } = tools;
  const tokens =
    'connected' in config
      ? tokensOfOne(config.connected)
      : accessTokens({ clock, ask: askGoogle({ oauthUrl: config.oauthUrl, credentials: config, http, clock }) });
  const ownCalendar = 'serviceAccount' in config || 'connected' in config;
  const api = providerApi({ http, tokens, provider: 'google', baseUrl: config.apiUrl, explain: explainGoogleError });
  const at = (owner: string, bounds: Parameters<typeof deadline>[0]): Place => ({
    api,
    signal: deadline(bounds),
    // A service account acts as each owner; a refresh token is one user's, who reaches others' calendars by their address;
    // a connection is the owner's own.
    subject: 'serviceAccount' in config ? owner : 'user',
    events: `/calendars/${ownCalendar ? 'primary' : encodeURIComponent(owner)}/events`,
  });
  return {
    id: 'google',
    conferencePlatform: 'google-meet',
    create: (owner, spec, bounds) => create(tools, at(owner, bounds), spec),
    read: (owner, id, bounds) => read(at(owner, bounds), id),
    update: (owner, id, spec, bounds) => update(at(owner, bounds), id, spec),
    delete: (owner, id, removal) => {
      const place = at(owner, removal);
      const query = queryOf({ sendUpdates: removal.tellAttendees ? 'all' : 'none' });
      const path = `${place.events}/${encodeURIComponent(id)}${query}`;
      const deletion = api.send({ operation: 'delete', method: 'DELETE', path, ...within(place) });
      return removed(deletion, () => read(place, id));
    },
    find: (owner, marker, bounds) => find(at(owner, bounds), marker),
    list: (owner, listing, bounds) => list(at(owner, bounds), listing),
  };
}

async function create(tools: GoogleTools, place: Place, spec: EventSpec): Promise<ProviderEvent> {
  const json = { id: spec.key, ...googleEventBody(spec), ...(spec.conference ? askForMeet(spec.key) : {}) };
  const path = `${place.events}${writeQuery(spec)}`;
  try {
    const call = { operation: 'create', method: 'POST', path, body: { json }, ...within(place) } as const;
    return wanted(spec, await place.api.json(call, GOOGLE_EVENT));
  } catch (error) {
    if (!isConflict(error)) throw error;
  }
  return adopt(tools, place, spec);
}

/** The id is taken: by an earlier try, or by the same event deleted since. */
async function adopt(tools: GoogleTools, place: Place, spec: EventSpec): Promise<ProviderEvent> {
  try {
    const event = await get(place, spec.key);
    const missing = spec.conference && conferenceOf(event) === null;
    if (!isCancelled(event) && !missing && !differsFrom(event, spec)) return wanted(spec, event);
    tools.log.warn(
      { provider: 'google', revived: isCancelled(event) },
      'an event of the same key was there and is set right',
    );
    return await update(place, spec.key, spec, isCancelled(event) ? REVIVED : {});
  } catch (error) {
    if (!isAbsent(error)) throw error;
    // Deleted so long ago that only the id is left of it: a new generation needs a new key.
    const facts = { outcome: 'refused', provider: 'google', operation: 'create', providerCode: 'key_spent' } as const;
    throw new OutsideError(facts, { cause: error });
  }
}

/** PATCH merges, so conference data stays as it is; a link that is wanted and missing or failed is asked for anew. */
async function update(place: Place, id: string, spec: EventSpec, also: object = {}): Promise<ProviderEvent> {
  const event = await patch(place, id, spec, { ...googleEventBody(spec), ...also });
  // Whether to bring a deleted event back is for create to decide.
  if (isCancelled(event)) throw new OutsideError({ outcome: 'absent', provider: 'google', operation: 'update' });
  const conference = conferenceOf(event);
  if (!spec.conference || (conference !== null && conference.status !== 'failed')) return wanted(spec, event);
  return wanted(spec, await patch(place, id, spec, askForMeet(nextRequestId(spec.key, event))));
}

function patch(place: Place, id: string, spec: EventSpec, json: Record<string, unknown>): Promise<GoogleEvent> {
  const path = `${place.events}/${encodeURIComponent(id)}${writeQuery(spec)}`;
  const call = { operation: 'update', method: 'PATCH', path, body: { json }, ...within(place) } as const;
  return place.api.json(call, GOOGLE_EVENT);
}

function get(place: Place, id: string): Promise<GoogleEvent> {
  const path = `${place.events}/${encodeURIComponent(id)}`;
  return place.api.json({ operation: 'read', method: 'GET', path, ...within(place) }, GOOGLE_EVENT);
}

async function read(place: Place, id: string): Promise<ProviderEvent | null> {
  const event = await get(place, id).catch(nullIfAbsent);
  return event === null || isCancelled(event) ? null : fromGoogleEvent(event);
}

async function find(place: Place, marker: string): Promise<ProviderEvent[]> {
  const query = { privateExtendedProperty: `${GOOGLE_MARKER}=${marker}`, maxResults: PAGE_SIZE };
  const live = (await listAll(place, query)).filter((event) => !isCancelled(event));
  return live.toSorted((a, b) => (a.created ?? '').localeCompare(b.created ?? '')).map(fromGoogleEvent);
}

/** Everything of the stretch, since no filter takes the beginning of a marker; ours are picked out here. */
async function list(place: Place, listing: Listing): Promise<Listed[]> {
  const [timeMin, timeMax] = [listing.from.toString(), listing.to.toString()];
  const query = { timeMin, timeMax, maxResults: LIST_PAGE_SIZE, fields: GOOGLE_LISTED_FIELDS };
  const all = await listAll(place, query);
  return all.map((event) => fromListed(event, listing)).filter((listed): listed is Listed => listed !== null);
}

async function listAll(place: Place, params: Parameters<typeof queryOf>[0]): Promise<GoogleEvent[]> {
  const found: GoogleEvent[] = [];
  let pageToken: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const path = `${place.events}${queryOf({ ...params, pageToken })}`;
    const call = { operation: 'list', method: 'GET', path, ...within(place) } as const;
    const answer = await place.api.json(call, GOOGLE_LIST);
    found.push(...(answer.items ?? []));
    pageToken = answer.nextPageToken;
    if (pageToken === undefined) return found;
  }
  throw new OutsideError({ outcome: 'refused', provider: 'google', operation: 'list', providerCode: 'list_too_long' });
}

/** A link that was asked for and is not even mentioned will not come. */
function wanted(spec: EventSpec, event: GoogleEvent): ProviderEvent {
  const told = fromGoogleEvent(event);
  return spec.conference && told.conference === null ? { ...told, conference: { status: 'failed' } } : told;
}

function within(place: Pick<Place, 'subject' | 'signal'>): { subject: string; signal: AbortSignal } {
  return { subject: place.subject, signal: place.signal };
}
