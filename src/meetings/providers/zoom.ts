// Zoom meetings, by Server-to-Server OAuth or as one user who connected her account. Zoom forgets nothing and de-duplicates nothing: a create whose answer was lost
// is found again by the marker in its agenda, and every time sent is checked against the time that came back.
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
import type { Listed, Listing, MeetingProvider, MeetingSpec, ProviderMeeting } from '../provider.ts';
import { explainZoomError } from './zoom-errors.ts';
import {
  bearsMarker,
  fromListed,
  fromZoomMeeting,
  keepsTime,
  ZOOM_HOST_LINK,
  ZOOM_LIST,
  ZOOM_MEETING,
  ZOOM_NEW_MEETING,
  zoomMeetingBody,
  type ListedMeeting,
} from './zoom-meeting.ts';

export type ZoomConfig = {
  /** https://api.zoom.us/v2 */
  readonly apiUrl: string;
  /** https://zoom.us/oauth */
  readonly oauthUrl: string;
} & (ZoomCredentials | { readonly connected: OneAccount });

/** Of a Server-to-Server app. */
export type ZoomCredentials = {
  readonly accountId: string;
  readonly clientId: string;
  readonly clientSecret: string;
};

export type ZoomTools = {
  readonly config: ZoomConfig;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
};

/** The most that the list method gives at once. */
const PAGE_SIZE = 300;
/** 6,000 meetings of one host, at 100 creations a day, are more than she can have ahead of her. */
const MAX_PAGES = 20;
/** Copies of one meeting; more would mean that look-up before create does not work at all. */
const MAX_COPIES = 10;

export function zoomMeetings(tools: ZoomTools): MeetingProvider {
  const api = zoomApi(tools);
  // With a user's own token she is `me`, and no address is taken in its stead.
  const userOf = (host: string): string => ('connected' in tools.config ? 'me' : host);
  return {
    platform: 'zoom',
    create: (host, spec, bounds) => create(tools, api, userOf(host), spec, deadline(bounds)),
    read: (_host, id, bounds) => read(api, id, deadline(bounds)),
    update: async (_host, id, spec, bounds) => {
      const meeting = await change(api, id, spec, deadline(bounds));
      if (!keepsTime(meeting, spec, tools.clock.now())) throw echoMismatch('update');
      return meeting;
    },
    delete: (_host, id, bounds) => remove(api, id, deadline(bounds)),
    find: async (host, marker, bounds) => {
      const signal = deadline(bounds);
      const all = await listAll(api, userOf(host), {}, signal);
      const marked = all.filter((meeting) => bearsMarker(meeting, marker));
      return await readAll(api, marked, signal);
    },
    list: async (host, listing, bounds) => {
      const all = await listAll(api, userOf(host), daysOf(listing), deadline(bounds));
      return all.map((meeting) => fromListed(meeting, listing)).filter((listed): listed is Listed => listed !== null);
    },
    hostLink: async (_host, id, bounds) => {
      const call = {
        operation: 'read',
        method: 'GET',
        path: pathOf(id),
        subject: ACCOUNT,
        signal: deadline(bounds),
      } as const;
      const meeting = await api.json(call, ZOOM_HOST_LINK).catch(nullIfAbsent);
      return meeting?.start_url ?? null;
    },
  };
}

/** A Server-to-Server token speaks for the whole account, a connected one for its user. */
const ACCOUNT = 'account';

function zoomApi(tools: ZoomTools): ProviderApi {
  const { config, http } = tools;
  const tokens = 'connected' in config ? tokensOfOne(config.connected) : serverTokens(tools, config);
  return providerApi({ http, tokens, provider: 'zoom', baseUrl: config.apiUrl, explain: explainZoomError });
}

function serverTokens(
  { http, clock }: ZoomTools,
  { oauthUrl, clientId, clientSecret, accountId }: ZoomCredentials & { readonly oauthUrl: string },
): AccessTokens {
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  return accessTokens({
    clock,
    ask: (_subject, signal) =>
      http.json(
        {
          provider: 'zoom',
          operation: 'token',
          method: 'POST',
          url: `${withoutSlash(oauthUrl)}/token`,
          headers: { authorization: `Basic ${basic}` },
          body: { form: { grant_type: 'account_credentials', account_id: accountId } },
          explain: explainTokenError,
          signal,
        },
        TOKEN_ANSWER,
      ),
  });
}

async function create(
  tools: ZoomTools,
  api: ProviderApi,
  host: string,
  spec: MeetingSpec,
  signal: AbortSignal,
): Promise<ProviderMeeting> {
  const body = { json: { ...zoomMeetingBody(spec), ...ZOOM_NEW_MEETING } };
  const path = `${hostPath(host)}/meetings`;
  const call = { operation: 'create', method: 'POST', path, body, subject: ACCOUNT, signal } as const;
  const made = fromZoomMeeting(await api.json(call, ZOOM_MEETING));
  if (keepsTime(made, spec, tools.clock.now())) return made;
  tools.log.warn({ provider: 'zoom', operation: 'create' }, 'the provider changed the time of a new meeting');
  try {
    const mended = await change(api, made.id, spec, signal);
    if (keepsTime(mended, spec, tools.clock.now())) return mended;
    await remove(api, made.id, signal);
  } catch (error) {
    throw afterEffect(error);
  }
  throw echoMismatch('create');
}

async function read(api: ProviderApi, id: string, signal: AbortSignal): Promise<ProviderMeeting | null> {
  const call = { operation: 'read', method: 'GET', path: pathOf(id), subject: ACCOUNT, signal } as const;
  const meeting = await api.json(call, ZOOM_MEETING).catch(nullIfAbsent);
  return meeting && fromZoomMeeting(meeting);
}

/** PATCH answers nothing, so the meeting is read again. */
async function change(api: ProviderApi, id: string, spec: MeetingSpec, signal: AbortSignal): Promise<ProviderMeeting> {
  const body = { json: zoomMeetingBody(spec) };
  await api.send({ operation: 'update', method: 'PATCH', path: pathOf(id), body, subject: ACCOUNT, signal });
  try {
    const call = { operation: 'read', method: 'GET', path: pathOf(id), subject: ACCOUNT, signal } as const;
    return fromZoomMeeting(await api.json(call, ZOOM_MEETING));
  } catch (error) {
    throw afterEffect(error);
  }
}

async function remove(api: ProviderApi, id: string, signal: AbortSignal): Promise<void> {
  // The letters are ours: no reminders to host or registrants.
  const query = queryOf({ schedule_for_reminder: 'false', cancel_meeting_reminder: 'false' });
  const call = {
    operation: 'delete',
    method: 'DELETE',
    path: `${pathOf(id)}${query}`,
    subject: ACCOUNT,
    signal,
  } as const;
  await removed(api.send(call), () => read(api, id, signal));
}

/** In whole days, which the list takes; what is outside the stretch is left out of its answer. */
function daysOf({ from, to }: Listing): Record<string, string> {
  return { from: dayOf(from), to: dayOf(to), timezone: 'UTC' };
}

function dayOf(at: Temporal.Instant): string {
  return at.toZonedDateTimeISO('UTC').toPlainDate().toString();
}

async function listAll(
  api: ProviderApi,
  host: string,
  days: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ListedMeeting[]> {
  const meetings: ListedMeeting[] = [];
  let next: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = queryOf({ type: 'scheduled', page_size: PAGE_SIZE, next_page_token: next, ...days });
    const path = `${hostPath(host)}/meetings${query}`;
    const list = await api.json({ operation: 'list', method: 'GET', path, subject: ACCOUNT, signal }, ZOOM_LIST);
    meetings.push(...list.meetings);
    next = list.next_page_token || undefined;
    if (next === undefined) return meetings;
  }
  throw new OutsideError({ outcome: 'refused', provider: 'zoom', operation: 'list', providerCode: 'list_too_long' });
}

/** The list shows no password and a cut agenda: each copy is read in full, oldest first. */
async function readAll(
  api: ProviderApi,
  listed: readonly ListedMeeting[],
  signal: AbortSignal,
): Promise<ProviderMeeting[]> {
  const oldestFirst = listed.toSorted((a, b) => (a.created_at ?? '').localeCompare(b.created_at ?? ''));
  const meetings: ProviderMeeting[] = [];
  for (const { id } of oldestFirst.slice(0, MAX_COPIES)) {
    const meeting = await read(api, String(id), signal);
    if (meeting) meetings.push(meeting);
  }
  return meetings;
}

function pathOf(id: string): string {
  return `/meetings/${encodeURIComponent(id)}`;
}

function hostPath(host: string): string {
  return `/users/${encodeURIComponent(host)}`;
}

function echoMismatch(operation: 'create' | 'update'): OutsideError {
  return new OutsideError({ outcome: 'refused', provider: 'zoom', operation, providerCode: 'echo_mismatch' });
}
