// The contract with Google: every call we make, strictly, and what we rely on in the answers.
import { atLeast, BEARER, strict, text, TOKEN, type CallContract } from './contract.ts';

const ERROR = atLeast({ error: atLeast({ code: { type: 'integer' }, message: { type: 'string' } }) });

const OFFSET_TIME = '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([+-][0-9]{2}:[0-9]{2}|Z)$';
const WHEN = strict({ dateTime: { type: 'string', pattern: OFFSET_TIME }, timeZone: text(64, 1) });

const CONFERENCE = strict({
  createRequest: strict({
    requestId: { type: 'string', pattern: '^[a-v0-9]{20,64}(-[0-9a-f]{8})?$' },
    conferenceSolutionKey: strict({ type: { const: 'hangoutsMeet' } }),
  }),
});

const FIELDS = {
  summary: text(1024, 1),
  description: text(8192),
  location: text(1024),
  start: WHEN,
  end: WHEN,
  attendees: {
    type: 'array',
    minItems: 1,
    items: strict({ email: text(254, 3), displayName: text(200, 1) }),
  },
  guestsCanSeeOtherGuests: { const: false },
  guestsCanInviteOthers: { const: false },
  transparency: { const: 'opaque' },
  visibility: { const: 'private' },
  reminders: strict({ useDefault: { const: true } }),
  extendedProperties: strict({
    private: strict({ slotkeeperSession: { type: 'string', pattern: '^[A-Za-z0-9:_-]{1,60}$' } }),
  }),
};

/** Of a cancelled event only this much is sure to be told. */
const CANCELLED = atLeast({ id: text(1024, 5), status: { const: 'cancelled' } });

const LIVE = atLeast(
  {
    id: text(1024, 5),
    status: { enum: ['confirmed', 'tentative'] },
    summary: { type: 'string' },
    created: { type: 'string', format: 'date-time' },
    etag: { type: 'string' },
    start: atLeast({ dateTime: { type: 'string', format: 'date-time' } }),
    end: atLeast({ dateTime: { type: 'string', format: 'date-time' } }),
    attendees: { type: 'array', items: atLeast({ email: { type: 'string' } }, ['email']) },
    hangoutLink: { type: 'string', format: 'uri' },
    conferenceData: atLeast(
      {
        conferenceId: { type: 'string' },
        createRequest: atLeast({ status: atLeast({ statusCode: { enum: ['pending', 'success', 'failure'] } }) }),
        entryPoints: {
          type: 'array',
          items: atLeast({ entryPointType: { type: 'string' }, uri: { type: 'string', format: 'uri' } }),
        },
      },
      ['conferenceId', 'createRequest', 'entryPoints'],
    ),
  },
  ['attendees', 'hangoutLink', 'conferenceData'],
);

const INVITED = ['attendees', 'guestsCanSeeOtherGuests', 'guestsCanInviteOthers'];
const EVENT = { anyOf: [LIVE, CANCELLED] };

const api = { under: 'googleApi', headers: BEARER, error: ERROR } as const;
const WRITE = { conferenceDataVersion: /^1$/, sendUpdates: /^(none|all)$/ };

/** Google writes to people if, and only if, we name them, and shows none of them the others; a link that is asked for anew comes with neither times nor names. */
function writesToGuestsAlone(query: URLSearchParams, body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('summary' in body)) return null;
  if ('attendees' in body !== (query.get('sendUpdates') === 'all')) return 'attendees and sendUpdates do not agree';
  const many = 'attendees' in body && Array.isArray(body.attendees) && body.attendees.length > 1;
  return many && !('guestsCanSeeOtherGuests' in body) ? 'guests see one another' : null;
}

/** Either our own events alone, or all of a stretch of time and no word of them. */
function listsOursOrFewWords(query: URLSearchParams): string | null {
  const all = ['timeMin', 'timeMax', 'fields'].filter((name) => query.has(name)).length;
  return query.has('privateExtendedProperty')
    ? all === 0
      ? null
      : 'asks for both'
    : all === 3
      ? null
      : 'asks for too much';
}

export const GOOGLE_CALLS: readonly CallContract[] = [
  {
    under: 'googleOAuth',
    method: 'POST',
    path: '/token',
    headers: {},
    request: {
      as: 'form',
      schema: {
        oneOf: [
          strict({
            grant_type: { const: 'urn:ietf:params:oauth:grant-type:jwt-bearer' },
            assertion: { type: 'string', pattern: '^[\\w-]+\\.[\\w-]+\\.[\\w-]+$' },
          }),
          strict({
            grant_type: { const: 'refresh_token' },
            refresh_token: text(2048, 1),
            client_id: text(200, 1),
            client_secret: text(200, 1),
          }),
        ],
      },
    },
    answers: { 200: TOKEN },
    error: atLeast({ error: { type: 'string' } }),
  },
  {
    ...api,
    method: 'POST',
    path: '/calendars/{calendarId}/events',
    query: WRITE,
    needs: Object.keys(WRITE),
    together: writesToGuestsAlone,
    request: {
      as: 'json',
      schema: strict({ id: { type: 'string', pattern: '^[a-v0-9]{20,64}$' }, ...FIELDS, conferenceData: CONFERENCE }, [
        'conferenceData',
        ...INVITED,
      ]),
    },
    answers: { 200: EVENT },
  },
  {
    ...api,
    method: 'GET',
    path: '/calendars/{calendarId}/events',
    query: {
      privateExtendedProperty: /^slotkeeperSession=[A-Za-z0-9:_-]{1,60}$/,
      maxResults: /^(250|2500)$/,
      pageToken: /^.+$/,
      timeMin: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
      timeMax: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
      fields: /^nextPageToken,items\(id,status,updated,start,end,extendedProperties\/private\/slotkeeperSession\)$/,
    },
    needs: ['maxResults'],
    together: listsOursOrFewWords,
    answers: { 200: atLeast({ items: { type: 'array', maxItems: 2500, items: EVENT } }) },
  },
  { ...api, method: 'GET', path: '/calendars/{calendarId}/events/{eventId}', answers: { 200: EVENT } },
  {
    ...api,
    method: 'PATCH',
    path: '/calendars/{calendarId}/events/{eventId}',
    query: WRITE,
    needs: Object.keys(WRITE),
    together: writesToGuestsAlone,
    request: {
      as: 'json',
      schema: {
        oneOf: [
          strict({ ...FIELDS, status: { const: 'confirmed' } }, ['status', ...INVITED]),
          strict({ conferenceData: CONFERENCE }),
        ],
      },
    },
    answers: { 200: EVENT },
  },
  {
    ...api,
    method: 'DELETE',
    path: '/calendars/{calendarId}/events/{eventId}',
    query: { sendUpdates: /^(none|all)$/ },
    needs: ['sendUpdates'],
    answers: { 204: null },
  },
];
