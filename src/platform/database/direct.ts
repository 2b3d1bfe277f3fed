// One connection by itself, beside the pool: for what is asked once, for what works as the owner of the tables, and for the bell. Every
// wait on it has an end, also where the server has stopped answering: for the login, for each answer, and for its goodbye.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { watchAnswers, type Progress } from './answer-watch.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const CLOSE_TIMEOUT_MS = 2_000;
/** For what is answered from a catalogue. */
export const SHORT_ANSWER_MS = 12_000;

/** `answerMs`: past it, and before it is twice as long, whoever waits hears that the connection was terminated. */
export type DirectOptions = pg.ClientConfig & {
  readonly connectionString: string;
  readonly answerMs: number;
  readonly progress?: Progress;
};

/** Opens one, and ends it whatever happened. Throws what the driver throws where the database cannot be reached. */
export async function onDirect<T>(options: DirectOptions, body: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await openDirect(options);
  try {
    return await body(client);
  } finally {
    await closeDirect(client);
  }
}

/** To be closed by closeDirect. */
export async function openDirect({ answerMs, progress, ...config }: DirectOptions): Promise<pg.Client> {
  const client = new pg.Client({ connectionTimeoutMillis: CONNECT_TIMEOUT_MS, keepAlive: true, ...config });
  // Whoever waits gets the same error from the statement.
  client.on('error', () => undefined);
  await client.connect().catch((error: unknown) => {
    dropSocket(client);
    throw error;
  });
  watchAnswers(client, answerMs, progress);
  return client;
}

/** Never rejects. */
export async function closeDirect(client: pg.Client): Promise<void> {
  await Promise.race([client.end().catch(() => undefined), sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
  dropSocket(client);
}

/** Without a goodbye; nothing where it is gone already. */
export function dropSocket(client: pg.ClientBase): void {
  (client as unknown as { readonly connection: { readonly stream: { destroy(): void } } }).connection.stream.destroy();
}
