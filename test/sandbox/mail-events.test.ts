// What mail services tell of letters afterwards: once or again under the same signature, and of an earlier instant after a later.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { call, openSandbox, textAt } from './open-sandbox.ts';

type Post = { readonly headers: IncomingHttpHeaders; readonly body: Record<string, unknown> };

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
let receiver: Server;
let url: string;
let posts: Post[] = [];
beforeAll(async () => {
  sandbox = await openSandbox();
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      posts.push({ headers: request.headers, body: JSON.parse(body) as Record<string, unknown> });
      response.writeHead(posts.length === 1 ? 500 : 204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});
afterEach(() => {
  posts = [];
});
afterAll(async () => {
  receiver.close();
  await sandbox.done();
});

async function letter(): Promise<string> {
  const headers = { authorization: `Bearer ${sandbox.credentials.mail.resend.apiKey}` };
  const mail = { from: 'a@example.com', to: 'b@example.com', subject: 'x', text: 'x' };
  const sent = await call(`${sandbox.addresses.mailApiUrls.resend}/emails`, 'POST', headers, mail);
  return textAt(sent.body, 'id');
}

it('a bounce is told again in the very same words, as a service does that doubts whether it arrived', async () => {
  const message = await letter();
  const told = await sandbox.control('POST', 'mail/events', { message, event: 'bounced', url, repeat: 3 });
  expect(told).toMatchObject({ status: 201, body: { status: 500, statuses: [500, 204, 204] } });
  const [first, ...again] = posts;
  for (const post of again) {
    expect(post.body).toEqual(first?.body);
    expect(post.headers['svix-id']).toBe(first?.headers['svix-id']);
    expect(post.headers['svix-signature']).toBe(first?.headers['svix-signature']);
  }
});

it('what happened first can be told last', async () => {
  const message = await letter();
  const tell = (event: string, at: string) => sandbox.control('POST', 'mail/events', { message, event, url, at });
  await tell('bounced', '2026-11-20T11:30:00Z');
  await tell('delayed', '2026-11-20T11:00:00Z');
  expect(posts.map(({ body }) => [body['type'], body['created_at']])).toEqual([
    ['email.bounced', '2026-11-20T11:30:00Z'],
    ['email.delivery_delayed', '2026-11-20T11:00:00Z'],
  ]);
});

it('an order that means nothing is refused, and nobody is written to', async () => {
  const message = await letter();
  for (const wrong of [{ repeat: 0 }, { repeat: 5 }, { at: 'noon' }, { event: 'eaten' }, { url: 'ftp://x' }])
    expect(await sandbox.control('POST', 'mail/events', { message, event: 'bounced', url, ...wrong })).toMatchObject({
      status: 400,
    });
  expect(posts).toEqual([]);
});
