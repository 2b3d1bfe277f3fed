// Bounds what one connection asks for at once. Requests sent one behind the other (RFC 9112, 9.3.2) are all begun as soon as they are
// read, a thousand in one packet, and each holds its answer, or an open file, until those before it are out. Hardly a client
// sends any; whoever sends many is cut off.
import type { Socket } from 'node:net';
import type { Log } from '../log.ts';
import type { App } from './server.ts';

/** Proxies and browsers have one at a time. */
const MOST_AT_ONCE = 16;

/** On the socket itself: a WeakMap that each request sets costs it more, and the collector. */
const UNDER_WAY = Symbol('requests under way');
type Counted = Socket & { [UNDER_WAY]?: number };

/** Before any other hook, so that what is too much costs nothing. */
export function boundPipelining(app: App, log: Pick<Log, 'info'>): void {
  app.addHook('onRequest', (request, reply, done) => {
    const socket: Counted = request.raw.socket;
    const many = (socket[UNDER_WAY] ?? 0) + 1;
    if (many <= MOST_AT_ONCE) {
      socket[UNDER_WAY] = many;
      return done();
    }
    // Those behind it in the same packet come by here, too.
    if (!socket.destroyed) log.info({ requestId: request.id }, 'a connection asked for too much at once');
    socket.destroy();
    reply.hijack();
  });
  app.addHook('onResponse', (request, _reply, done) => {
    const socket: Counted = request.raw.socket;
    socket[UNDER_WAY] = (socket[UNDER_WAY] ?? 1) - 1;
    done();
  });
}
