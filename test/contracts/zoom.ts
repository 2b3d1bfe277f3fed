// The contract with Zoom: every call we make, strictly, and what we rely on in the answers.
import { atLeast, BEARER, strict, text, TOKEN, type CallContract } from './contract.ts';

const ERROR = atLeast({ code: { type: 'integer' }, message: { type: 'string' } });

const INSTANT = { type: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$' };
const ID = { type: 'integer', minimum: 1 };

const FIELDS = {
  topic: text(200, 1),
  type: { const: 2 },
  start_time: INSTANT,
  duration: { type: 'integer', minimum: 1, maximum: 1440 },
  timezone: text(64, 1),
  agenda: { type: 'string', maxLength: 2000, pattern: '^\\[[A-Za-z0-9:_-]{1,60}\\]' },
};

const MEETING = atLeast(
  {
    id: ID,
    topic: { type: 'string' },
    type: { const: 2 },
    start_time: INSTANT,
    duration: { type: 'integer' },
    join_url: { type: 'string', format: 'uri' },
    password: { type: 'string' },
  },
  ['password'],
);

const READ_MEETING = { allOf: [MEETING, atLeast({ start_url: { type: 'string', format: 'uri' } })] };

const LIST = atLeast(
  {
    next_page_token: { type: 'string' },
    meetings: {
      type: 'array',
      maxItems: 300,
      items: atLeast({ id: ID, created_at: { type: 'string' }, agenda: text(250) }, ['agenda']),
    },
  },
  ['next_page_token'],
);

const api = { under: 'zoomApi', headers: BEARER, error: ERROR } as const;

export const ZOOM_CALLS: readonly CallContract[] = [
  {
    under: 'zoomOAuth',
    method: 'POST',
    path: '/token',
    headers: { authorization: /^Basic [A-Za-z0-9+/]+=*$/ },
    request: { as: 'form', schema: strict({ grant_type: { const: 'account_credentials' }, account_id: text(200, 1) }) },
    answers: { 200: TOKEN },
    error: atLeast({ error: { type: 'string' } }),
  },
  {
    ...api,
    method: 'POST',
    path: '/users/{userId}/meetings',
    request: {
      as: 'json',
      schema: strict({
        ...FIELDS,
        default_password: { const: true },
        settings: strict({
          waiting_room: { const: true },
          join_before_host: { const: false },
          meeting_authentication: { const: false },
          approval_type: { const: 2 },
          use_pmi: { const: false },
          email_notification: { const: false },
        }),
      }),
    },
    answers: { 201: MEETING },
  },
  {
    ...api,
    method: 'GET',
    path: '/users/{userId}/meetings',
    query: {
      type: /^scheduled$/,
      page_size: /^300$/,
      next_page_token: /^.+$/,
      from: /^\d{4}-\d\d-\d\d$/,
      to: /^\d{4}-\d\d-\d\d$/,
      timezone: /^UTC$/,
    },
    needs: ['type', 'page_size'],
    answers: { 200: LIST },
  },
  { ...api, method: 'GET', path: '/meetings/{meetingId}', answers: { 200: READ_MEETING } },
  {
    ...api,
    method: 'PATCH',
    path: '/meetings/{meetingId}',
    request: { as: 'json', schema: strict(FIELDS) },
    answers: { 204: null },
  },
  {
    ...api,
    method: 'DELETE',
    path: '/meetings/{meetingId}',
    query: { schedule_for_reminder: /^false$/, cancel_meeting_reminder: /^false$/ },
    needs: ['schedule_for_reminder', 'cancel_meeting_reminder'],
    answers: { 204: null },
  },
];
