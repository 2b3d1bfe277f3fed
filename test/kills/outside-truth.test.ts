import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { breachesOutside, type Stands } from './outside-truth.ts';

// What a sandbox would list for one live appointment and a cancelled one, and how each lie of it is told.
const START = '2030-01-15T09:00:00Z';
const LATER = '2030-01-15T10:00:00Z';
const HOST = 'michael.lee@example.com';
const CLIENT = 'ann@example.com';
const WAY = 'http://sandbox/zoom/j/1';
const live: Stands = { id: 2, session_id: 1, live: true, start: START, platform: 'zoom', host: HOST, client: CLIENT };
const gone: Stands = { ...live, id: 4, session_id: 3, live: false };

const meeting = (session = 1, start = START) => ({
  start_time: start,
  host_email: HOST,
  join_url: WAY,
  agenda: `[sk:abcdefghij:${session}]`,
});
const event = (session = 1, start = START, location = WAY) => ({
  start: { dateTime: start },
  calendarId: HOST,
  location,
  extendedProperties: { private: { marker: `sk:abcdefghij:${session}` } },
});
let clock = 0;
const letter = (to: string, appointment: number, kind: string, revision = 1, wall = '20300115T100000') => ({
  receivedAt: new Date(++clock * 1000).toISOString(),
  envelope: { to: [to] },
  messageId: `<${appointment}.${revision}.${kind}.x.y@localhost>`,
  headers: { 'x-slotkeeper-appointment': String(appointment), 'x-slotkeeper-revision': String(revision) },
  ical: `BEGIN:VEVENT\r\nDTSTART;TZID=Europe/Berlin:${wall}\r\n`,
});

const isTo = (one: object, to: string, appointment: number): boolean =>
  JSON.stringify(one).includes(`"to":["${to}"]`) &&
  JSON.stringify(one).includes(`"x-slotkeeper-appointment":"${appointment}"`);

type World = Record<'zoom/meetings' | 'google/events' | 'microsoft/events' | 'mailbox', object[]>;
let world: World;
beforeEach(() => {
  world = {
    'zoom/meetings': [meeting()],
    'google/events': [event()],
    'microsoft/events': [],
    mailbox: [
      letter(CLIENT, 2, 'confirmation'),
      letter(HOST, 2, 'confirmation'),
      letter(CLIENT, 4, 'confirmation'),
      letter(CLIENT, 4, 'cancellation', 2),
      letter(HOST, 4, 'cancellation', 2),
    ],
  };
});

const server = createServer((request, response) => {
  response.end(JSON.stringify(world[(request.url ?? '').replace('/control/', '') as keyof World]));
});
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const LIES: readonly (readonly [string, () => void, RegExp])[] = [
  ['a meeting twice', () => world['zoom/meetings'].push(meeting()), /has 2 meetings, not 1/],
  ['no meeting', () => (world['zoom/meetings'] = []), /has 0 meetings, not 1/],
  ['a meeting at another time', () => (world['zoom/meetings'] = [meeting(1, LATER)]), /the one is at 2030-01-15T10/],
  ['a meeting of a cancelled one', () => world['zoom/meetings'].push(meeting(3)), /cancelled\) has 1 meetings, not 0/],
  ['a meeting of nobody', () => world['zoom/meetings'].push(meeting(9)), /session 9, which nobody knows/],
  ['an event twice', () => world['google/events'].push(event()), /has 2 events at google, not 1/],
  [
    'an event in another calendar',
    () =>
      world['microsoft/events'].push({
        ...event(),
        start: { dateTime: '2030-01-15T09:00:00.0000000' },
        calendarOwner: HOST,
      }),
    /1 events at microsoft/,
  ],
  [
    'an event with a dead link',
    () => (world['google/events'] = [event(1, START, 'http://old')]),
    /leads to no live meeting/,
  ],
  [
    'a client nobody wrote to',
    () => world.mailbox.splice(0, 1),
    /client of appointment 2 \(live\) was never written to/,
  ],
  [
    'a live one called off',
    () => world.mailbox.push(letter(HOST, 2, 'cancellation', 2)),
    /last told of a cancellation/,
  ],
  [
    'a last letter with an old time',
    () => world.mailbox.push(letter(CLIENT, 2, 'change', 2, '20300115T120000')),
    /last told 2030-01-15T11/,
  ],
  [
    'a confirmation after the cancellation',
    () => world.mailbox.push(letter(CLIENT, 4, 'link', 2)),
    /got a link after the cancellation/,
  ],
  [
    'old news after new',
    () => world.mailbox.push(letter(CLIENT, 2, 'change', 3), letter(CLIENT, 2, 'link', 2)),
    /revision 2 after 3/,
  ],
  [
    'one letter three times',
    () => world.mailbox.push(letter(CLIENT, 2, 'confirmation'), letter(CLIENT, 2, 'confirmation')),
    /more than twice/,
  ],
];

test('a world that agrees is not complained of', async () => {
  expect(await breachesOutside(url, [live, gone])).toEqual([]);
});

test('what came first is first, however many digits its instant is written with', async () => {
  const stamps = ['2030-01-10T09:00:05Z', '2030-01-10T09:00:05.1Z', '2030-01-10T09:00:05.12Z'];
  const told = ['confirmation', 'change', 'cancellation'].map((kind, i) => letter(CLIENT, 4, kind, i + 1));
  const newestFirst = told.map((one, i) => ({ ...one, receivedAt: stamps[i] })).toReversed();
  world.mailbox = [...newestFirst, ...world.mailbox.filter((one) => !isTo(one, CLIENT, 4))];
  expect(await breachesOutside(url, [live, gone])).toEqual([]);
});

test.each(LIES)('%s is found', async (_, plant, words) => {
  plant();
  const breaches = await breachesOutside(url, [live, gone]);
  expect(breaches.join('\n')).toMatch(words);
});
