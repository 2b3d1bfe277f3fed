// Looks after the embedded PostgreSQL for as long as a process serves: where it ends unasked (killed, out of memory, a full
// disk), it is started again, however often that takes. Every process that serves does so; which of them starts it is decided
// as at any start. The server is no child of ours (whoever adopts it could not have one), so its pid is looked at.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.ts';
import { looksGone, readPostmaster, wasStoppedByHand } from './embedded-postmaster.ts';

/** A look is one signal that is not sent and one small file of /proc. */
const LOOK_EVERY_MS = 500;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

export type Server = { readonly pid: number; readonly port: number; readonly adopted: boolean };

export type Watch = {
  /** Why the database is away, for whoever asks, without anything secret; null: nothing is known against it. */
  trouble(): string | null;
  /** Starts nothing any more; resolves when a start in hand is through, or was given up. */
  end(): Promise<void>;
};

export type WatchOptions = {
  readonly folder: string;
  readonly log: Log;
  /** The server that runs now. */
  readonly server: Server;
  /** Starts it again, or finds that another process did; throws in plain words where it cannot. */
  readonly reach: (stop: AbortSignal) => Promise<Server>;
  /** From here on the process is ending: what is down stays down. */
  readonly stop?: AbortSignal | undefined;
};

export function watchServer(options: WatchOptions): Watch {
  const over = new AbortController();
  const watch = new ServerWatch(options, AbortSignal.any([over.signal, ...(options.stop ? [options.stop] : [])]));
  const ended = watch.run();
  return {
    trouble: () => watch.trouble,
    end: async () => {
      over.abort();
      await ended;
    },
  };
}

class ServerWatch {
  trouble: string | null = null;
  readonly #options: WatchOptions;
  readonly #over: AbortSignal;

  constructor(options: WatchOptions, over: AbortSignal) {
    this.#options = options;
    this.#over = over;
  }

  /** Never rejects. */
  async run(): Promise<void> {
    let { pid } = this.#options.server;
    while (await this.#pause(LOOK_EVERY_MS)) {
      if (await looksGone(pid)) pid = (await this.#bringBack(pid)) ?? pid;
    }
  }

  /** The pid of the server that runs again; null where the process ends before. */
  async #bringBack(pid: number): Promise<number | null> {
    const { folder, log } = this.#options;
    const since = performance.now();
    if (!(await this.#isWanted(pid))) return null;
    const found = await readPostmaster(folder).catch(() => null);
    if (found && 'pid' in found) {
      log.warn({ folder, pid, successor: found.pid }, 'the embedded database ended, and somebody else starts it again');
    } else {
      log.error({ folder, pid }, 'the embedded database ended unasked: starting it again');
    }
    this.trouble = 'The database ended and is being started again.';
    for (let pauseMs = FIRST_PAUSE_MS; !this.#over.aborted; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        return this.#welcome(await this.#options.reach(this.#over), since);
      } catch (error) {
        if (this.#over.aborted) break;
        const reason = error instanceof Error ? error.message : String(error);
        log.error({ folder, reason, againInMs: pauseMs }, 'the embedded database could not be started again');
        this.trouble = 'The database ended and cannot be started again yet; the log says why.';
      }
      if (!(await this.#pause(pauseMs)) || !(await this.#isWanted(pid))) break;
    }
    return null;
  }

  /** Somebody who stopped it by hand may be copying the folder: waits until it is started again. False: we end. */
  async #isWanted(pid: number): Promise<boolean> {
    const { folder, log } = this.#options;
    let told = false;
    while (!this.#over.aborted && (await wasStoppedByHand(folder, pid))) {
      this.trouble = 'The database was stopped by hand.';
      if (!told) {
        log.warn({ folder, pid }, 'the embedded database was stopped by hand: it is left so until it is started again');
      }
      told = true;
      await this.#pause(LOOK_EVERY_MS);
    }
    return !this.#over.aborted;
  }

  #welcome({ pid, port, adopted }: Server, since: number): number {
    const { folder, log, server } = this.#options;
    log.warn(
      { folder, port, pid, adopted, afterMs: Math.round(performance.now() - since) },
      'the embedded database is running again',
    );
    this.trouble = null;
    if (port !== server.port) {
      // Its port was taken while another process started it: connections are opened where it was.
      log.error({ port, known: server.port }, 'the embedded database has another port now: start this process anew');
      this.trouble = 'The database has another port now: this process must be started anew.';
    }
    return pid;
  }

  /** False where the process ends meanwhile. */
  async #pause(ms: number): Promise<boolean> {
    return await sleep(ms, true, { ref: false, signal: this.#over }).catch(() => false);
  }
}
