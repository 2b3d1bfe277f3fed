// The contract with Microsoft: every call we make, strictly, and what we rely on in the answers.
import { atLeast, BEARER, strict, text, TOKEN, type CallContract } from './contract.ts';

const ERROR = atLeast({ error: atLeast({ code: { type: 'string' }, message: { type: 'string' } }) });

const WALL_TIME = { type: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$' };
const WHEN = strict({ dateTime: WALL_TIME, timeZone: text(64, 1) });
const PROPERTY_SET = '{6d9c3a52-0f3e-4b57-9b0e-5b1f0a6c2d41}';

const ATTENDEE = strict({
  emailAddress: strict({ name: text(200, 1), address: text(254, 3) }),
  type: { const: 'required' },
});
const FIELDS = {
  subject: text(255, 1),
  start: WHEN,
  end: WHEN,
  location: strict({ displayName: text(1024) }),
  attendees: { type: 'array', minItems: 1, items: ATTENDEE },
};
const BODY = { body: strict({ contentType: { const: 'text' }, content: text(8192) }) };
const TEAMS = { isOnlineMeeting: { const: true }, onlineMeetingProvider: { const: 'teamsForBusiness' } };

const nullable = (type: string): { type: string[] } => ({ type: [type, 'null'] });
const TOLD_WHEN = atLeast({
  dateTime: { type: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{7}$' },
  timeZone: { const: 'UTC' },
});

const EVENT = atLeast(
  {
    id: text(1024, 1),
    subject: nullable('string'),
    start: TOLD_WHEN,
    end: TOLD_WHEN,
    location: { anyOf: [atLeast({ displayName: nullable('string') }), { type: 'null' }] },
    isCancelled: { type: 'boolean' },
    isOnlineMeeting: { type: 'boolean' },
    onlineMeeting: { anyOf: [atLeast({ joinUrl: nullable('string') }, ['joinUrl']), { type: 'null' }] },
    createdDateTime: { type: 'string', format: 'date-time' },
    transactionId: nullable('string'),
    singleValueExtendedProperties: {
      type: 'array',
      items: atLeast({ id: { type: 'string' }, value: nullable('string') }),
    },
  },
  ['location', 'transactionId', 'singleValueExtendedProperties'],
);

const property = (name: string, pattern: string): object =>
  strict({ id: { const: `String ${PROPERTY_SET} Name ${name}` }, value: { type: 'string', pattern } });

const IMMUTABLE = { prefer: /IdType="ImmutableId"/ };
const api = { under: 'graph', headers: { ...BEARER, ...IMMUTABLE }, error: ERROR } as const;
const SELECT =
  /^id,subject,start,end,location,isCancelled,isOnlineMeeting,onlineMeeting,transactionId,createdDateTime$/;
const EXPAND = /^singleValueExtendedProperties\(\$filter=id eq '[^']+' or id eq '[^']+'\)$/;

const UTC = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const LISTED = strict(
  {
    '@odata.etag': { type: 'string' },
    id: text(1024, 1),
    start: TOLD_WHEN,
    end: TOLD_WHEN,
    isCancelled: { type: 'boolean' },
    lastModifiedDateTime: { type: 'string', format: 'date-time' },
    singleValueExtendedProperties: {
      type: 'array',
      items: atLeast({ id: { type: 'string' }, value: nullable('string') }),
    },
  },
  ['@odata.etag', 'singleValueExtendedProperties'],
);

export const MICROSOFT_CALLS: readonly CallContract[] = [
  {
    under: 'login',
    method: 'POST',
    path: '/{tenant}/oauth2/v2.0/token',
    headers: {},
    request: {
      as: 'form',
      schema: strict({
        client_id: text(200, 1),
        client_secret: text(200, 1),
        scope: { const: 'https://graph.microsoft.com/.default' },
        grant_type: { const: 'client_credentials' },
      }),
    },
    answers: { 200: TOKEN },
    error: atLeast({ error: { type: 'string' } }),
  },
  {
    ...api,
    method: 'POST',
    path: '/users/{userId}/events',
    request: {
      as: 'json',
      schema: strict(
        {
          ...FIELDS,
          ...BODY,
          ...TEAMS,
          transactionId: { type: 'string', pattern: '^[a-v0-9]{20,64}$' },
          showAs: { const: 'busy' },
          sensitivity: { const: 'private' },
          hideAttendees: { const: true },
          responseRequested: { const: false },
          allowNewTimeProposals: { const: false },
          singleValueExtendedProperties: {
            type: 'array',
            prefixItems: [
              property('slotkeeperSession', '^[A-Za-z0-9:_-]{1,60}$'),
              property('slotkeeperKey', '^[a-v0-9]{20,64}$'),
            ],
            minItems: 2,
            maxItems: 2,
          },
        },
        ['location', 'attendees', 'isOnlineMeeting', 'onlineMeetingProvider'],
      ),
    },
    answers: { 201: EVENT },
  },
  {
    ...api,
    method: 'GET',
    path: '/users/{userId}/events',
    query: {
      $filter: /^singleValueExtendedProperties\/Any\(ep: ep\/id eq '[^']+' and ep\/value eq '[A-Za-z0-9:_-]{1,60}'\)$/,
      $expand: EXPAND,
      $select: SELECT,
      $top: /^50$/,
      $skip: /^\d+$/,
    },
    needs: ['$filter', '$expand'],
    answers: { 200: atLeast({ value: { type: 'array', items: EVENT } }) },
  },
  {
    ...api,
    method: 'GET',
    path: '/users/{userId}/calendarView',
    query: {
      startDateTime: UTC,
      endDateTime: UTC,
      $expand: /^singleValueExtendedProperties\(\$filter=id eq '[^']+'\)$/,
      $select: /^id,start,end,isCancelled,lastModifiedDateTime$/,
      $top: /^500$/,
      $skip: /^\d+$/,
    },
    needs: ['startDateTime', 'endDateTime', '$select', '$expand'],
    answers: { 200: atLeast({ value: { type: 'array', items: LISTED } }) },
  },
  {
    ...api,
    method: 'GET',
    path: '/users/{userId}/events/{eventId}',
    query: { $select: SELECT, $expand: EXPAND },
    needs: ['$select', '$expand'],
    answers: { 200: EVENT },
  },
  {
    ...api,
    method: 'PATCH',
    path: '/users/{userId}/events/{eventId}',
    request: {
      as: 'json',
      // With a body the event is no Teams event; without one it may be.
      schema: {
        oneOf: [
          strict({ ...FIELDS, ...BODY }, ['attendees']),
          strict(FIELDS, ['location', 'attendees']),
          strict(TEAMS),
        ],
      },
    },
    answers: { 200: EVENT },
  },
  { ...api, method: 'DELETE', path: '/users/{userId}/events/{eventId}', answers: { 204: null } },
];
