// A real HTTP server of a few lines, for answers that no emulator gives.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Asked = {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};

/** A reply, or a function that does with the connection what it likes. */
export type Reply =
  | {
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly json?: unknown;
      readonly text?: string;
    }
  | ((response: ServerResponse) => void);

export type TinyServer = { readonly url: string; readonly asked: Asked[]; close(): Promise<void> };

export async function tinyServer(answer: (asked: Asked, index: number) => Reply): Promise<TinyServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      asked.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
      const reply = answer(asked.at(-1)!, asked.length - 1);
      if (typeof reply === 'function') return reply(response);
      const type = reply.json === undefined ? {} : { 'content-type': 'application/json' };
      response.writeHead(reply.status, { ...type, ...reply.headers });
      response.end(reply.json === undefined ? reply.text : JSON.stringify(reply.json));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
