// Ends a connection on which an answer is awaited and nothing comes: a dead link, or a server that stands still. One timer for
// each connection, which every byte sets back; the driver's own (query_timeout) is one for each statement, and what it leads to
// outlives the statement in the heap, at a sixth of the throughput.
import type { Socket } from 'node:net';
import type pg from 'pg';

/** Of pg/lib/client.js, as far as it is used here; the driver's version is pinned. */
type Driver = {
  readonly connection: { readonly stream: Socket };
  readonly _activeQuery: object | null;
  readonly _sentQueryQueue: readonly object[];
};

/** Whoever waits hears that the connection was terminated. Longer than any statement may take on the server. */
export function watchAnswers(client: pg.ClientBase, withinMs: number): void {
  const driver = client as unknown as Driver;
  const { stream } = driver.connection;
  stream.setTimeout(withinMs, () => {
    const awaited = driver._activeQuery ?? driver._sentQueryQueue[0];
    if (awaited) stream.destroy();
  });
}
