// A server on a port of its own, and bytes to and from it as they are: what fetch would mend or refuse to send.
import { connect, type AddressInfo } from 'node:net';
import { closeServer, type App } from '../../src/platform/http/server.ts';

export async function listen(app: App): Promise<{ url: string; port: number; close(): Promise<void> }> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}`, close: () => closeServer(app, { withinMs: 2_000 }) };
}

/** Everything the server says to these bytes, until it closes. */
export function sendBytes(port: number, bytes: string | Buffer, withinMs = 5_000): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  const timer = setTimeout(() => socket.destroy(new Error('no answer in time')), withinMs);
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', reject);
  socket.on('close', () => {
    clearTimeout(timer);
    resolve(Buffer.concat(chunks).toString('latin1'));
  });
  socket.write(bytes);
  return promise;
}
