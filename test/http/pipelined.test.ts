// One connection asks for so much at once and no more: each request that waits behind others holds an answer, or a file, open.
import { connect } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createServer, type App } from '../../src/platform/http/server.ts';
import { captureLog } from './capture-log.ts';
import { listen } from './listen.ts';

const { log, lines } = captureLog();
let app: App;
let server: Awaited<ReturnType<typeof listen>>;
let atOnce = 0;
let most = 0;

beforeAll(async () => {
  app = await createServer({ log, corsOrigins: '*', trustProxy: false, info: { title: 'x', version: '0' } });
  app.get('/slow', { config: { access: 'public', rate: 'none' } }, async () => {
    most = Math.max(most, (atOnce += 1));
    await sleep(50);
    atOnce -= 1;
    return { ok: true };
  });
  server = await listen(app);
});
afterAll(() => server.close());
beforeEach(() => {
  [atOnce, most] = [0, 0];
});

/** How many answers come to so many requests in one piece. */
async function answersTo(times: number): Promise<number> {
  const socket = connect(server.port, '127.0.0.1');
  let said = '';
  socket.on('data', (piece: Buffer) => (said += piece.toString()));
  socket.on('error', () => undefined);
  const ends = `GET /slow HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`;
  socket.write('GET /slow HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(times - 1) + ends);
  await once(socket, 'close');
  return said.match(/HTTP\/1\.1 200/g)?.length ?? 0;
}

test('a few, one behind the other, are all answered', async () => {
  expect(await answersTo(8)).toBe(8);
});

test('a thousand are not begun: the connection ends', async () => {
  expect(await answersTo(1_000)).toBe(0);
  expect(most).toBeLessThanOrEqual(16);
  expect(lines.filter(({ msg }) => msg === 'a connection asked for too much at once')).toHaveLength(1);
});

test('and one after the other as many as there are', async () => {
  for (let i = 0; i < 40; i += 1) expect((await fetch(`${server.url}/slow`)).status).toBe(200);
});
