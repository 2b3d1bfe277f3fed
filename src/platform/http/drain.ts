// The way out of a server that balancers watch: it says that it is not ready, and goes on serving for a moment, so that they
// turn to others before it hears no more. What is in flight after that, closeServer waits for.
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from './server.ts';

/** A balancer asks every few seconds; where nobody has for so long, there is nobody to wait for. */
const WATCHED_MS = 60_000;

export type Drain = {
  /** A balancer has asked whether the server is ready. */
  noteProbe(): void;
  hasBegun(): boolean;
  /** Not ready from now on, and every answer asks for its connection to be closed. */
  begin(): void;
  /** Resolves when balancers have had `withinMs` to turn away, at once where none has been asking. */
  untilLeft(withinMs: number): Promise<void>;
};

export function createDrain(app: App): Drain {
  let begun = false;
  let probedAt = Number.NEGATIVE_INFINITY;
  app.addHook('onRequest', (_request, reply, done) => {
    // A connection that is closed behind an answer carries no request into the dark.
    if (begun) void reply.header('connection', 'close');
    done();
  });
  return {
    noteProbe: () => {
      probedAt = performance.now();
    },
    hasBegun: () => begun,
    begin: () => {
      begun = true;
    },
    untilLeft: async (withinMs) => {
      if (performance.now() - probedAt < WATCHED_MS) await sleep(withinMs);
    },
  };
}
