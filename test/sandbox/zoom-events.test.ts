// What Zoom posts: proof first, signed, in both forms of ids; what does not arrive is posted again after 5, 20 and 60 minutes
// of the sandbox's clock; doubled and reversed where that is switched on.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { at, call, openSandbox, textAt, zoomToken } from './open-sandbox.ts';

const MEETING = { topic: 'Session', type: 2, start_time: '2026-12-01T10:00:00Z', duration: 60, timezone: 'UTC' };
const START = '2026-11-20T12:00:00Z';

type Heard = { readonly event: string; readonly id: unknown; readonly signed: boolean };

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
let receiver: Server;
let url: string;
let heard: Heard[] = [];
let asked = 0;
let answers: number[] = [];
let proves = true;

beforeAll(async () => {
  sandbox = await openSandbox({ postsDue: false });
  const secret = sandbox.credentials.zoom.webhookSecret;
  const hmac = (text: string) => createHmac('sha256', secret).update(text).digest('hex');
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const told: unknown = JSON.parse(body);
      if (textAt(told, 'event') === 'endpoint.url_validation') {
        asked += 1;
        const plainToken = textAt(told, 'payload', 'plainToken');
        response.end(JSON.stringify({ plainToken, encryptedToken: proves ? hmac(plainToken) : 'x' }));
        return;
      }
      const stamp = String(request.headers['x-zm-request-timestamp']);
      const signed = request.headers['x-zm-signature'] === `v0=${hmac(`v0:${stamp}:${body}`)}`;
      heard.push({ event: textAt(told, 'event'), id: at(told, 'payload', 'object', 'id'), signed });
      response.writeHead(answers.shift() ?? 204).end();
    });
  });
  receiver.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});
beforeEach(async () => {
  sandbox.clock.set(START);
  proves = true;
  await sandbox.control('PUT', 'zoom/webhook', { url });
});
afterEach(async () => {
  [heard, answers, asked] = [[], [], 0];
  await sandbox.control('DELETE', 'switches');
  await sandbox.control('DELETE', 'state');
});
afterAll(async () => {
  receiver.close();
  await sandbox.done();
});

const meeting = async () => {
  const meetings = `${sandbox.addresses.zoomApiUrl}/users/sarah@example.com/meetings`;
  return (await call(meetings, 'POST', await zoomToken(sandbox), MEETING)).body;
};
const tell = async (id: string, ...events: object[]) =>
  await sandbox.control('POST', `zoom/meetings/${id}/events`, { events });
const statusesAfter = async (minutes: number): Promise<unknown> => {
  sandbox.clock.advance({ minutes });
  return (await sandbox.control('POST', 'zoom/deliveries')).body;
};

it('an event is signed, and tells the id as text or as a number', async () => {
  const id = textAt(await meeting(), 'id');
  await tell(id, { told: 'started' }, { told: 'ended', idAs: 'number' });
  expect(heard).toEqual([
    { event: 'meeting.started', id, signed: true },
    { event: 'meeting.ended', id: Number(id), signed: true },
  ]);
  expect(await sandbox.live('zoom/deliveries')).toEqual([]);
});

it('an event that does not arrive is posted again after 5, 20 and 60 minutes, and then dropped', async () => {
  const id = textAt(await meeting(), 'id');
  answers = [500, 503, 404, 500];
  expect((await tell(id, { told: 'started' })).body).toEqual([{ event: 'meeting.started', status: 500 }]);
  expect(await sandbox.live('zoom/deliveries')).toMatchObject([{ posts: 1, due: '2026-11-20T12:05:00Z' }]);
  expect(await statusesAfter(4)).toEqual([]);
  expect(await statusesAfter(1)).toEqual([{ event: 'meeting.started', status: 503 }]);
  expect(await statusesAfter(19)).toEqual([]);
  expect(await statusesAfter(1)).toEqual([{ event: 'meeting.started', status: 404 }]);
  expect(await statusesAfter(59)).toEqual([]);
  expect(await statusesAfter(1)).toEqual([{ event: 'meeting.started', status: 500 }]);
  expect(await sandbox.live('zoom/deliveries')).toEqual([]);
  expect(heard).toHaveLength(4);
  expect(heard.every(({ signed }) => signed)).toBe(true);
});

it('one that arrives at last comes after what happened later, and is not posted again', async () => {
  const id = textAt(await meeting(), 'id');
  answers = [500];
  await tell(id, { told: 'started' }, { told: 'ended' });
  await statusesAfter(5);
  expect(heard.map(({ event }) => event)).toEqual(['meeting.started', 'meeting.ended', 'meeting.started']);
  expect(await statusesAfter(300)).toEqual([]);
});

it('what is due is posted without being asked for, where the sandbox is left to itself', async () => {
  const alone = await openSandbox();
  await alone.control('PUT', 'zoom/webhook', { url });
  const meetings = `${alone.addresses.zoomApiUrl}/users/sarah@example.com/meetings`;
  const made = await call(meetings, 'POST', await zoomToken(alone), MEETING);
  answers = [500];
  await alone.control('POST', `zoom/meetings/${textAt(made.body, 'id')}/events`, { events: [{ told: 'started' }] });
  alone.clock.advance({ minutes: 5 });
  await expect.poll(() => heard.length, { timeout: 10_000 }).toBe(2);
  await alone.done();
});

it('an address is asked for its proof again after 72 hours; a stranger gets nothing, and is owed nothing', async () => {
  const id = textAt(await meeting(), 'id');
  await tell(id, { told: 'started' });
  expect(asked).toBe(1);
  sandbox.clock.advance({ hours: 73 });
  proves = false;
  expect((await tell(id, { told: 'ended' })).body).toEqual([{ event: 'meeting.ended', status: null }]);
  expect(asked).toBe(2);
  expect(await sandbox.live('zoom/deliveries')).toEqual([]);
  expect(heard).toHaveLength(1);
});

it('to one who is not there yet an event comes later', async () => {
  const id = textAt(await meeting(), 'id');
  await sandbox.control('PUT', 'zoom/webhook', { url: 'http://127.0.0.1:9' });
  expect((await tell(id, { told: 'started' })).body).toEqual([{ event: 'meeting.started', status: null }]);
  await sandbox.control('PUT', 'zoom/webhook', { url });
  expect(await statusesAfter(5)).toEqual([{ event: 'meeting.started', status: 204 }]);
});

it('what Zoom tells by itself comes doubled and the last first, where that is switched on', async () => {
  const made = await meeting();
  await sandbox.control('PATCH', 'switches', { zoomEventCopies: 2, zoomEventOrder: 'reversed' });
  await fetch(textAt(made, 'start_url'));
  await expect.poll(() => heard.length).toBe(4);
  expect(heard.map(({ event }) => event)).toEqual([
    'meeting.participant_joined',
    'meeting.participant_joined',
    'meeting.started',
    'meeting.started',
  ]);
});
