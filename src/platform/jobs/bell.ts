// The bell between processes: a word that something may have changed, never the change itself. Carried by LISTEN and
// NOTIFY on one direct connection; it may be lost, doubled or late, so whoever listens also looks by itself now and then.
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { query } from '../database/connection.ts';
import { closeDirect, openDirect } from '../database/direct.ts';
import type { Log } from '../log.ts';

const CHANNEL = 'slotkeeper';
/** A word after a pause is sent at once, others within this after it as one: commits that notify queue behind one lock. */
const GATHER_MS = 25;
/** PostgreSQL refuses payloads of 8,000 bytes (NOTIFY); what does not fit waits for the next one. */
const PAYLOAD_MAX = 7_000;
/** Ids are far shorter; what is longer is heard here alone. */
const WORD_MAX = 200;
/** More than this unsent means the database is away; listeners look by themselves then. */
const UNSENT_MAX = 10_000;
/** A listening connection that does not come about within this is given up, and tried for again. */
const ANSWER_TIMEOUT_MS = 5_000;
const RECONNECT_MS = 1_000;

export type Bell = {
  /** Tells listeners here at once, and those in other processes soon. Words are ids and topics, nothing personal. */
  ring(topic: string, word: string): void;
  /** Hears a topic; the function answered ends it. */
  hear(topic: string, heard: (word: string) => void): () => void;
  /** Sends what was rung, and hears no more. */
  close(): Promise<void>;
};

export type BellOptions = {
  readonly pool: pg.Pool;
  readonly url: string;
  readonly log: Log;
  readonly answerTimeoutMs?: number;
};

/** Opens the listening connection in the background: a bell that cannot listen yet is only a slow one. */
export function hangBell(options: BellOptions): Bell {
  return new DatabaseBell(options);
}

class DatabaseBell implements Bell {
  readonly #pool: pg.Pool;
  readonly #url: string;
  readonly #log: Log;
  readonly #answerMs: number;
  readonly #self = randomUUID();
  readonly #listeners = new Map<string, Set<(word: string) => void>>();
  readonly #unsent = new Set<string>();
  #sending: NodeJS.Timeout | null = null;
  #reconnecting: NodeJS.Timeout | null = null;
  #client: pg.Client | null = null;
  #listening: Promise<void>;
  #closed = false;

  constructor({ pool, url, log, answerTimeoutMs = ANSWER_TIMEOUT_MS }: BellOptions) {
    this.#pool = pool;
    this.#url = url;
    this.#log = log;
    this.#answerMs = answerTimeoutMs;
    this.#listening = this.#listen();
  }

  ring(topic: string, word: string): void {
    this.#tell(topic, word);
    const line = `${topic} ${word}`;
    if (this.#closed || this.#unsent.size >= UNSENT_MAX || line.length > WORD_MAX) return;
    this.#unsent.add(line);
    this.#sending ??= setTimeout(() => void this.#send(), 0);
  }

  hear(topic: string, heard: (word: string) => void): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, listeners.add(heard));
    return () => void listeners.delete(heard);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#reconnecting) clearTimeout(this.#reconnecting);
    if (this.#sending) clearTimeout(this.#sending);
    if (this.#unsent.size > 0) await this.#send();
    await this.#listening;
    if (this.#client) await closeDirect(this.#client);
  }

  #tell(topic: string, word: string): void {
    for (const heard of this.#listeners.get(topic) ?? []) heard(word);
  }

  async #send(): Promise<void> {
    let payload = this.#self;
    for (const word of this.#unsent) {
      if (payload.length + word.length + 1 > PAYLOAD_MAX) break;
      payload += `\n${word}`;
      this.#unsent.delete(word);
    }
    try {
      await query(this.#pool, { name: 'bell_ring', text: 'select pg_notify($1, $2)', values: [CHANNEL, payload] });
    } catch (error) {
      this.#log.debug({ err: error }, 'the bell was not heard by other processes');
    }
    this.#sending = this.#closed ? null : setTimeout(() => this.#sendGathered(), GATHER_MS);
  }

  #sendGathered(): void {
    this.#sending = null;
    if (this.#unsent.size > 0) void this.#send();
  }

  /** Never rejects. */
  async #listen(): Promise<void> {
    let client: pg.Client | null = null;
    try {
      client = await openDirect({
        connectionString: this.#url,
        application_name: 'slotkeeper bell',
        answerMs: this.#answerMs,
      });
      client.on('notification', ({ payload }) => this.#hearOthers(payload ?? ''));
      client.on('end', () => this.#reconnect());
      await client.query(`listen ${CHANNEL}`);
      this.#client = client;
    } catch (error) {
      this.#log.debug({ err: error }, 'the bell cannot listen yet');
      if (client) await closeDirect(client);
      this.#reconnect();
    }
  }

  #hearOthers(payload: string): void {
    const [sender, ...words] = payload.split('\n');
    if (sender === this.#self) return;
    for (const word of words) {
      const space = word.indexOf(' ');
      this.#tell(word.slice(0, space), word.slice(space + 1));
    }
  }

  #reconnect(): void {
    this.#client = null;
    if (this.#closed || this.#reconnecting) return;
    this.#reconnecting = setTimeout(() => {
      this.#reconnecting = null;
      this.#listening = this.#listen();
    }, RECONNECT_MS);
  }
}
