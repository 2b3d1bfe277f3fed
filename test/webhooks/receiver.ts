// Somebody's server that takes webhooks: real HTTP, up or down as a test says, verifying with the library that the docs name.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { vi } from 'vitest';

export type Told = {
  readonly id: string;
  readonly type: string;
  readonly subject: { readonly kind: string; readonly id: number };
  readonly sequence: number;
  readonly timestamp: string;
  readonly data: Record<string, unknown>;
};
export type Got = { readonly headers: Record<string, string>; readonly body: string; readonly event: Told };

/** A status, or `down`: the connection is cut before anything is read. */
export type Mood = number | 'down';

export type Receiver = Awaited<ReturnType<typeof openReceiver>>;

export async function openReceiver() {
  const got: Got[] = [];
  const mood = { now: 204 as Mood | ((event: Told) => Mood), headers: {} as Record<string, string>, calls: 0 };
  const server = createServer((request, response) => {
    mood.calls += 1;
    if (mood.now === 'down') {
      request.socket.destroy();
      return;
    }
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const event = JSON.parse(body) as Told;
      const answer = typeof mood.now === 'function' ? mood.now(event) : mood.now;
      if (answer === 'down') {
        request.socket.destroy();
        return;
      }
      if (answer >= 200 && answer < 300) got.push({ headers: request.headers as Record<string, string>, body, event });
      response.writeHead(answer, mood.headers).end('what a receiver says is of no interest');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    got,
    mood,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What the receiver's library makes of a message at an instant; throws what it throws. */
export function verifiedAt(
  at: Temporal.Instant | string,
  secret: string,
  { body, headers }: Pick<Got, 'body' | 'headers'>,
) {
  vi.useFakeTimers({ toFake: ['Date'], now: Temporal.Instant.from(at.toString()).epochMilliseconds });
  try {
    return new Webhook(secret).verify(body, headers) as Told;
  } finally {
    vi.useRealTimers();
  }
}
