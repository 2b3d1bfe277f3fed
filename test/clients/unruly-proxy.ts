// A proxy that loses things on order: the answer to a request that was carried out, or the request itself; or it speaks in
// the server's place. What the client makes of it is its tests'.
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * `lose-answer`: carried out, and the connection cut. `cut-answer`: half of the answer's body, then cut. `refuse`: cut
 * before anything was carried out. A number: that status, as a proxy's own page, with these headers.
 */
export type Mischief =
  | 'lose-answer'
  | 'cut-answer'
  | 'refuse'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> };

export type UnrulyProxy = Awaited<ReturnType<typeof openUnrulyProxy>>;

/** Stands before `target`, and does what was ordered to the next requests, one order each; then it behaves. */
export async function openUnrulyProxy(target: string) {
  const orders: Mischief[] = [];
  const seen: {
    readonly method: string;
    readonly key: string | undefined;
    readonly authorization: string | undefined;
  }[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = '', headers } = incoming;
    const key = headers['idempotency-key'];
    seen.push({ method, key: typeof key === 'string' ? key : undefined, authorization: headers.authorization });
    pass(target, incoming, outgoing, orders.shift());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Every request that arrived since the last order. */
    seen,
    order: (...mischief: readonly Mischief[]) => {
      seen.length = 0;
      orders.splice(0, orders.length, ...mischief);
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function pass(
  target: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  mischief: Mischief | undefined,
): void {
  if (mischief === 'refuse') {
    outgoing.destroy();
    return;
  }
  if (typeof mischief === 'object') {
    incoming.resume();
    outgoing.writeHead(mischief.status, { 'content-type': 'text/html', ...mischief.headers }).end('<h1>Bad day</h1>');
    return;
  }
  const { method, headers } = incoming;
  const forwarded = request(target + (incoming.url ?? ''), { method, headers, agent: false }, (answer) => {
    if (mischief === 'lose-answer') {
      answer.resume().on('end', () => outgoing.destroy());
      return;
    }
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    if (mischief === undefined) answer.pipe(outgoing);
    else
      answer.once('data', (chunk: Buffer) =>
        outgoing.write(chunk.subarray(0, chunk.length / 2), () => outgoing.destroy()),
      );
  });
  forwarded.on('error', () => outgoing.destroy());
  incoming.pipe(forwarded);
}
