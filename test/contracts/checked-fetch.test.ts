// The contracts have teeth: what breaks one is noted, on either side.
import { expect, it } from 'vitest';
import { checkedFetch, type CheckedFetch } from './checked-fetch.ts';

const HOST = 'https://provider.test';
const BASES = {
  zoomApi: `${HOST}/zoom`,
  zoomOAuth: `${HOST}/zoom-oauth`,
  googleApi: `${HOST}/google`,
  googleOAuth: `${HOST}/google-oauth`,
  graph: `${HOST}/graph`,
  login: `${HOST}/login`,
  resend: `${HOST}/resend`,
  postmark: `${HOST}/postmark`,
  sendgrid: `${HOST}/sendgrid`,
};
const headers = { authorization: 'Bearer x', 'content-type': 'application/json' };
const WHEN = { dateTime: '2026-12-10T15:00:00+00:00', timeZone: 'UTC' };
const EVENT = {
  summary: 'Talk',
  description: '',
  location: '',
  start: WHEN,
  end: WHEN,
  transparency: 'opaque',
  visibility: 'private',
  reminders: { useDefault: true },
  extendedProperties: { private: { slotkeeperSession: 'm:1' } },
};
const TOLD = {
  id: 'abcdef',
  status: 'confirmed',
  summary: 'Talk',
  created: '2026-12-01T08:00:00.000Z',
  etag: '"1"',
  start: WHEN,
  end: WHEN,
};

const GUESTS = [{ email: 'client@example.com', displayName: 'Jane Doe' }];
const PATCH = '/google/calendars/primary/events/abcdef?conferenceDataVersion=1&sendUpdates=none';
/** With guests written to. */
const WRITING = PATCH.replace('none', 'all');

const answering = (body: unknown, status = 200): CheckedFetch =>
  checkedFetch(async () => Response.json(body, { status }), BASES);
const patch = (body: unknown): RequestInit => ({ method: 'PATCH', headers, body: JSON.stringify(body) });

it('a call and an answer as agreed leave nothing to note', async () => {
  const checked = answering(TOLD);
  await checked.fetch(`${HOST}${PATCH}`, patch(EVENT));
  expect(checked.violations).toEqual([]);
  expect([...checked.made]).toEqual([['googleApi PATCH /calendars/{calendarId}/events/{eventId}', 1]]);
});

it.each([
  ['a misspelt field', PATCH, patch({ ...EVENT, sumary: 'x' })],
  ['a missing field', PATCH, patch({ ...EVENT, summary: undefined })],
  ['guests who are not written to', PATCH, patch({ ...EVENT, attendees: GUESTS })],
  [
    'guests who see each other',
    WRITING,
    patch({ ...EVENT, attendees: [...GUESTS, ...GUESTS], guestsCanSeeOtherGuests: true }),
  ],
  ['guests who are not hidden', WRITING, patch({ ...EVENT, attendees: [...GUESTS, ...GUESTS] })],
  ['a forgotten parameter', PATCH.replace('conferenceDataVersion=1&', ''), patch(EVENT)],
  ['a parameter that would write to people', WRITING, patch(EVENT)],
  ['a call without a token', PATCH, { ...patch(EVENT), headers: { 'content-type': 'application/json' } }],
  ['a call that nobody agreed on', '/google/calendars/primary/acl', { method: 'GET', headers }],
])('%s is noted', async (_what, path, init) => {
  const checked = answering(TOLD);
  await checked.fetch(`${HOST}${path}`, init);
  expect(checked.violations).not.toEqual([]);
});

it.each([
  ['an answer without what we rely on', { ...TOLD, start: {} }, 200],
  ['a good status that nobody agreed on', TOLD, 202],
  ['an error in other words than the provider', { oops: true }, 400],
])('%s is noted', async (_what, body, status) => {
  const checked = answering(body, status);
  await checked.fetch(`${HOST}${PATCH}`, patch(EVENT));
  expect(checked.violations).not.toEqual([]);
});

it('calls to others pass unseen', async () => {
  const checked = answering({ any: 'thing' });
  await checked.fetch('https://elsewhere.test/x', { method: 'POST', body: '{}' });
  expect(checked.violations).toEqual([]);
});
