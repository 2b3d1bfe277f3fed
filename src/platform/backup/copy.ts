// COPY in both directions on a connection of the driver, as byte streams with back-pressure; the driver itself knows only
// the messages. What is copied, and in which order, is the caller's.
import { once } from 'node:events';
import { Readable } from 'node:stream';
import type pg from 'pg';

/** Rows are handed on in pieces of about this size: one by one costs more than reading them. */
const PIECE_BYTES = 65_536;

/** What the driver's connection has for COPY; its published types leave it out. */
type CopyConnection = pg.Connection & {
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(reason: string): void;
};

/** `sql` is `copy ... to stdout`. The bytes as the server sends them: whole rows, each ended by a line feed. */
export function copyOut(client: pg.Client, sql: string): AsyncIterable<Buffer> {
  let connection: pg.Connection | null = null;
  let rows: Buffer[] = [];
  let bytes = 0;
  const readable = new Readable({ highWaterMark: PIECE_BYTES, read: () => void connection?.stream.resume() });
  const pass = (): void => {
    if (bytes > 0 && !readable.push(Buffer.concat(rows, bytes))) connection?.stream.pause();
    rows = [];
    bytes = 0;
  };
  client.query({
    ...SILENT,
    submit: (given: pg.Connection) => {
      connection = given;
      given.query(sql);
    },
    handleCopyData: ({ chunk }: { readonly chunk: Buffer }) => {
      // A view of the driver's own buffer, which it uses again.
      rows.push(Buffer.from(chunk));
      bytes += chunk.length;
      if (bytes >= PIECE_BYTES) pass();
    },
    handleCommandComplete: pass,
    handleReadyForQuery: () => {
      readable.push(null);
      // At its end nobody asks for more, and the next statement's answer comes the same way.
      connection?.stream.resume();
    },
    handleError: (error: Error) => readable.destroy(error),
  });
  return readable;
}

/** `sql` is `copy ... from stdin`. Answers how many rows were taken. */
export async function copyIn(client: pg.Client, sql: string, pieces: AsyncIterable<Buffer>): Promise<number> {
  const { promise: done, resolve, reject } = Promise.withResolvers<number>();
  const asked = Promise.withResolvers<CopyConnection>();
  let failed = false;
  let taken = 0;
  const fail = (error: unknown): void => {
    failed = true;
    // Refused before it began, or a fault of a row half way: what is still sent, the server throws away.
    asked.reject(error);
    reject(error);
  };
  done.catch(() => undefined);
  client.query({
    ...SILENT,
    submit: (connection: pg.Connection) => connection.query(sql),
    handleCopyInResponse: (connection: CopyConnection) => asked.resolve(connection),
    handleCommandComplete: ({ text }: { readonly text: string }) => {
      taken = Number(text.split(' ')[1] ?? 0);
    },
    handleReadyForQuery: () => resolve(taken),
    handleError: fail,
  });
  const connection = await asked.promise;
  const { stream } = connection;
  try {
    for await (const piece of pieces) {
      if (failed) break;
      connection.sendCopyFromChunk(piece);
      if (stream.writableNeedDrain) await Promise.race([once(stream, 'drain'), done]);
    }
    connection.endCopyFrom();
  } catch (error) {
    connection.sendCopyFail('The source of the rows failed');
    await done.catch(() => undefined);
    throw error;
  }
  return await done;
}

/** What a COPY never gets, or may pass over. */
const SILENT = {
  handleRowDescription: () => undefined,
  handleDataRow: () => undefined,
  handlePortalSuspended: () => undefined,
  handleEmptyQuery: () => undefined,
};
