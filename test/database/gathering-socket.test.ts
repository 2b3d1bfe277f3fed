// What one go of the program writes leaves in one piece, in order; what is written later is not held back for it.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { GatheringSocket } from '../../src/platform/database/gathering-socket.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A gathering socket, and the other end of its line. */
async function line(): Promise<{ near: GatheringSocket; far: Socket }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const near = new GatheringSocket();
  const [[far]] = await Promise.all([
    once(server, 'connection') as Promise<[Socket]>,
    once(near.connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }), 'connect'),
  ]);
  ends.push(
    () => near.destroy(),
    () => far.destroy(),
    () => server.close(),
  );
  return { near, far };
}

test('writes of one go, and of the promises that follow at once, arrive as one piece', async () => {
  const { near, far } = await line();
  near.write('a');
  // The kernel may join pieces by itself: this one has not left yet.
  expect(near.writableLength).toBe(1);
  near.write(Buffer.from('b'));
  void Promise.resolve().then(() => near.write('c'));
  const [piece] = (await once(far, 'data')) as [Buffer];
  expect(piece.toString()).toBe('abc');
});

test('each write is told when it is out', async () => {
  const { near } = await line();
  const told: string[] = [];
  await Promise.all(
    ['a', 'b'].map((text) => new Promise<void>((out) => near.write(text, 'latin1', () => (told.push(text), out())))),
  );
  await new Promise<void>((out) => near.write('c', () => (told.push('c'), out())));
  expect(told).toEqual(['a', 'b', 'c']);
});
