// Outlook events through Microsoft Graph by client credentials, with the Teams link in them where asked for. Graph mails
// every attendee whatever we say, so events carry none unless the practitioner wants just that. Ids are immutable ones; a lost event is found by our own property.
import {
  accessTokens,
  explainTokenError,
  TOKEN_ANSWER,
  tokensOfOne,
  type AccessTokens,
  type OneAccount,
} from '../../platform/http/access-token.ts';
import { deadline, type HttpClient } from '../../platform/http/client.ts';
import { providerApi, queryOf, withoutSlash, type ProviderApi } from '../../platform/http/provider-api.ts';
import { afterEffect, nullIfAbsent, removed } from '../../platform/http/provider-outcome.ts';
import type { Log } from '../../platform/log.ts';
import { OutsideError } from '../../platform/outside-error.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Listed, Listing } from '../../meetings/provider.ts';
import type { CalendarProvider, EventSpec, ProviderEvent } from '../provider.ts';
import { explainGraphError, refusesZone } from './microsoft-errors.ts';
import {
  changedGraphEvent,
  differsFrom,
  fromGraphEvent,
  fromListed,
  GRAPH_EVENT,
  GRAPH_EXPAND,
  GRAPH_LIST,
  GRAPH_LISTED,
  GRAPH_SELECT,
  keepsTime,
  MARKER_PROPERTY,
  markerFilter,
  newGraphEvent,
  oldestFirst,
  propertyOf,
  TEAMS,
  zoneFor,
  type GraphEvent,
} from './microsoft-event.ts';

export type MicrosoftConfig = {
  /** https://graph.microsoft.com/v1.0 */
  readonly graphUrl: string;
  /** https://login.microsoftonline.com */
  readonly loginUrl: string;
} & (MicrosoftCredentials | { readonly connected: OneAccount });

/** Of an application with permissions of its own. */
export type MicrosoftCredentials = {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
};

export type MicrosoftTools = {
  readonly config: MicrosoftConfig;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
};

/** Events of one session: normally one. */
const PAGE_SIZE = 50;
const MAX_PAGES = 10;
/** Of a whole calendar; the view gives at most 1,000 at once. */
const VIEW_PAGE_SIZE = 500;

/** An application's token speaks for every mailbox that it may reach, a connected one for its user's. */
const APPLICATION = 'application';

/** One practitioner's mailbox: everything a call needs to know of where it goes. */
type Place = {
  readonly api: ProviderApi;
  readonly mailbox: string;
  readonly events: string;
  readonly signal: AbortSignal;
};

export function microsoftCalendar(tools: MicrosoftTools): CalendarProvider {
  const api = graphApi(tools);
  const at = (owner: string, bounds: Parameters<typeof deadline>[0]): Place => {
    const mailbox = 'connected' in tools.config ? '/me' : `/users/${encodeURIComponent(owner)}`;
    return { api, mailbox, events: `${mailbox}/events`, signal: deadline(bounds) };
  };
  return {
    id: 'microsoft',
    conferencePlatform: 'teams',
    create: (owner, spec, bounds) => create(tools, at(owner, bounds), spec),
    read: (owner, id, bounds) => read(at(owner, bounds), id),
    update: (owner, id, spec, bounds) => update(tools, at(owner, bounds), id, spec),
    delete: (owner, id, bounds) => {
      const place = at(owner, bounds);
      const path = `${place.events}/${encodeURIComponent(id)}`;
      const deletion = api.send({ operation: 'delete', method: 'DELETE', path, ...within(place) });
      return removed(deletion, () => read(place, id));
    },
    find: (owner, marker, bounds) => find(at(owner, bounds), marker),
    list: (owner, listing, bounds) => list(at(owner, bounds), listing),
  };
}

function graphApi(tools: MicrosoftTools): ProviderApi {
  const { config, http } = tools;
  const tokens = 'connected' in config ? tokensOfOne(config.connected) : applicationTokens(tools, config);
  return providerApi({
    http,
    tokens,
    provider: 'microsoft',
    baseUrl: config.graphUrl,
    // Else an event's id changes when it is moved to another folder.
    headers: { prefer: 'IdType="ImmutableId"' },
    explain: explainGraphError,
  });
}

function applicationTokens(
  { http, clock }: MicrosoftTools,
  config: MicrosoftCredentials & { readonly loginUrl: string },
): AccessTokens {
  const form = {
    client_id: config.clientId,
    client_secret: config.clientSecret,
    scope: 'https://graph.microsoft.com/.default',
    grant_type: 'client_credentials',
  };
  const url = `${withoutSlash(config.loginUrl)}/${encodeURIComponent(config.tenantId)}/oauth2/v2.0/token`;
  const call = { provider: 'microsoft', operation: 'token', method: 'POST', url, body: { form } } as const;
  return accessTokens({
    clock,
    ask: (_subject, signal) => http.json({ ...call, explain: explainTokenError, signal }, TOKEN_ANSWER),
  });
}

async function create(tools: MicrosoftTools, place: Place, spec: EventSpec): Promise<ProviderEvent> {
  const made = await inZone(tools, spec, (zone) => {
    const body = { json: newGraphEvent(spec, zone) };
    const call = { operation: 'create', method: 'POST', path: place.events, body, ...within(place) } as const;
    return place.api.json(call, GRAPH_EVENT);
  });
  const event = wanted(spec, made);
  // The answer to a repeat may be the first event, as it was asked for then.
  if (!differsFrom(event, spec)) return event;
  return update(tools, place, event.id, spec).catch((error: unknown) => {
    throw afterEffect(error);
  });
}

async function update(tools: MicrosoftTools, place: Place, id: string, spec: EventSpec): Promise<ProviderEvent> {
  const inOwnZone = await inZone(tools, spec, (zone) => patch(place, id, changedGraphEvent(spec, zone)));
  const kept = keepsTime(fromGraphEvent(inOwnZone), spec);
  const changed = kept ? inOwnZone : await patch(place, id, changedGraphEvent(spec, 'UTC'));
  if (changed.isCancelled === true)
    throw new OutsideError({ outcome: 'absent', provider: 'microsoft', operation: 'update' });
  if (!spec.conference || changed.isOnlineMeeting === true) return fromGraphEvent(changed);
  return wanted(spec, await patch(place, id, TEAMS));
}

/** In the practitioner's zone, for her eyes; in UTC, the same instants, where Graph does not know it. */
async function inZone(
  tools: MicrosoftTools,
  spec: EventSpec,
  write: (zone: string) => Promise<GraphEvent>,
): Promise<GraphEvent> {
  const zone = zoneFor(spec);
  try {
    return await write(zone);
  } catch (error) {
    if (zone === 'UTC' || !(error instanceof OutsideError) || !refusesZone(error)) throw error;
    tools.log.warn({ provider: 'microsoft', zone }, 'the provider refuses the zone; the event is written in UTC');
    return write('UTC');
  }
}

function patch(place: Place, id: string, json: Record<string, unknown>): Promise<GraphEvent> {
  const path = `${place.events}/${encodeURIComponent(id)}`;
  const call = { operation: 'update', method: 'PATCH', path, body: { json }, ...within(place) } as const;
  return place.api.json(call, GRAPH_EVENT);
}

async function read(place: Place, id: string): Promise<ProviderEvent | null> {
  const path = `${place.events}/${encodeURIComponent(id)}${queryOf({ $select: GRAPH_SELECT, $expand: GRAPH_EXPAND })}`;
  const call = { operation: 'read', method: 'GET', path, ...within(place) } as const;
  const event = await place.api.json(call, GRAPH_EVENT).catch(nullIfAbsent);
  return event === null || event.isCancelled === true ? null : fromGraphEvent(event);
}

async function find(place: Place, marker: string): Promise<ProviderEvent[]> {
  const filter = { $filter: markerFilter(marker), $expand: GRAPH_EXPAND, $select: GRAPH_SELECT, $top: PAGE_SIZE };
  const found = await listAll(place, place.events, queryOf(filter));
  const live = found.filter((event) => event.isCancelled !== true && bears(event, marker));
  return live.toSorted(oldestFirst).map(fromGraphEvent);
}

/** The calendar's view, since the list of events takes no bounds of time; ours are picked out here. */
async function list(place: Place, listing: Listing): Promise<Listed[]> {
  const stretch = { startDateTime: listing.from.toString(), endDateTime: listing.to.toString() };
  const query = queryOf({ ...stretch, ...GRAPH_LISTED, $top: VIEW_PAGE_SIZE });
  const all = await listAll(place, `${place.mailbox}/calendarView`, query);
  return all.map((event) => fromListed(event, listing)).filter((listed): listed is Listed => listed !== null);
}

async function listAll(place: Place, path: string, first: string): Promise<GraphEvent[]> {
  const found: GraphEvent[] = [];
  let query = first;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const call = { operation: 'list', method: 'GET', path: `${path}${query}`, ...within(place) } as const;
    const answer = await place.api.json(call, GRAPH_LIST);
    found.push(...answer.value);
    const next = answer['@odata.nextLink'];
    if (next === undefined) return found;
    // Only its query is followed: our token goes to no address that an answer names.
    query = URL.parse(next)?.search ?? '';
  }
  const facts = {
    outcome: 'refused',
    provider: 'microsoft',
    operation: 'list',
    providerCode: 'list_too_long',
  } as const;
  throw new OutsideError(facts);
}

/** The filter has chosen them already; where the property is shown it must agree. */
function bears(event: GraphEvent, marker: string): boolean {
  const value = propertyOf(event, MARKER_PROPERTY);
  return value === undefined || value === marker;
}

/** A link that was asked for and is not even promised will not come (personal accounts ignore the wish in silence). */
function wanted(spec: EventSpec, event: GraphEvent): ProviderEvent {
  const told = fromGraphEvent(event);
  return spec.conference && told.conference === null ? { ...told, conference: { status: 'failed' } } : told;
}

function within(place: Place): { subject: string; signal: AbortSignal } {
  return { subject: APPLICATION, signal: place.signal };
}
