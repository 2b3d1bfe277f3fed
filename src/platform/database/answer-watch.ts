// Ends a connection on which an answer is awaited and nothing comes: a dead link, or a server that stands still. One timer for
// each connection; the driver's own (query_timeout) is one for each statement, and what it leads to outlives the statement in
// the heap, at a sixth of the throughput. A socket's own time-out does not serve: what is written sets it back as well.
import type { Socket } from 'node:net';
import type pg from 'pg';

/** Of pg/lib/client.js, as far as it is used here; the driver's version is pinned. */
type Driver = {
  readonly connection: { readonly stream: Socket };
  readonly _activeQuery: object | null;
  readonly _sentQueryQueue: readonly object[];
};

/** `both`: rows that are taken off our hands are a sign of life, too; whoever sends them waits until they are. */
export type Progress = 'answers' | 'both';

/**
 * Whoever waits hears that the connection was terminated, when nothing has come for `ms`, and before it is twice as long.
 * More than any statement may take on the server.
 */
export function watchAnswers(client: pg.ClientBase, ms: number, progress: Progress = 'answers'): void {
  const driver = client as unknown as Driver;
  const { stream } = driver.connection;
  let before: { readonly awaited: object | undefined; readonly bytes: number } | null = null;
  const looking = setInterval(() => {
    const sent = progress === 'both' ? stream.bytesWritten : 0;
    const now = { awaited: driver._activeQuery ?? driver._sentQueryQueue[0], bytes: stream.bytesRead + sent };
    const stands = now.awaited && now.awaited === before?.awaited && now.bytes === before.bytes;
    // Where we do not read on, it is not the server that keeps silent.
    if (stands && !stream.isPaused()) stream.destroy();
    before = now;
  }, ms).unref();
  stream.once('close', () => clearInterval(looking));
}
