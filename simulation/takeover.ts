// Takes the machine away from code that runs in a simulated process: timers, chance and the network are the world's there,
// and the real ones everywhere else. Who runs where is told by the asynchronous context, so the product needs no seam for it,
// and what it will wait for in future is caught too.
import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire, syncBuiltinESMExports } from 'node:module';

/** What code finds in place of the machine. `later` left out: timers are real there; 'look' marks those that only look for work. */
export type Place = {
  readonly later?: (ms: number, run: () => void, kind?: 'look') => () => void;
  readonly elapsedMs?: () => number;
  readonly fetch?: typeof globalThis.fetch;
  chance(): number;
  /** Real work of the machine that the world has to wait for. */
  await<T>(work: Promise<T>): Promise<T>;
};

const places = new AsyncLocalStorage<Place>();

/** Runs `body` there; whatever it waits for goes on there, too. */
export function runIn<T>(place: Place, body: () => T): T {
  return places.run(place, body);
}

/** Runs `body` on the real machine, wherever it is called from. */
export function runOutside<T>(body: () => T): T {
  return places.exit(body);
}

/** The real one, for the simulation's own waiting. */
export const realTimeout = globalThis.setTimeout;
export const realFetch = globalThis.fetch;

/** Whether it is so by then, in real time. */
export async function within(answered: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = realTimeout(resolve, ms, false);
  });
  try {
    return await Promise.race([answered.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What the product holds of a timer; that it keeps nobody awake is said to nobody. */
class VirtualTimer {
  readonly cancel: () => void;
  constructor(cancel: () => void) {
    this.cancel = cancel;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
}

const NOTHING = (): void => undefined;

let taken = false;

/** Once for a machine process. */
export function takeOver(): void {
  if (taken) return;
  taken = true;
  const require = createRequire(import.meta.url);
  takeTimers();
  takeTimerPromises(require('node:timers/promises') as Record<string, unknown>);
  takeChance(require('node:crypto') as Record<string, unknown>);
  globalThis.fetch = (input, init) => (places.getStore()?.fetch ?? realFetch)(input, init);
  syncBuiltinESMExports();
}

function takeTimers(): void {
  const real = { setTimeout, setInterval, clearTimeout, clearInterval };
  const global = globalThis as unknown as Record<string, unknown>;
  global['setTimeout'] = (run: (...given: unknown[]) => void, ms = 0, ...given: unknown[]): unknown => {
    const later = places.getStore()?.later;
    return later ? new VirtualTimer(later(ms, bound(run, given))) : real.setTimeout(run, ms, ...given);
  };
  global['setInterval'] = (run: (...given: unknown[]) => void, ms = 0, ...given: unknown[]): unknown => {
    const later = places.getStore()?.later;
    if (!later) return real.setInterval(run, ms, ...given);
    const tick = bound(run, given);
    let cancel = NOTHING;
    const again = (): void => {
      cancel = later(
        ms,
        () => {
          again();
          tick();
        },
        'look',
      );
    };
    again();
    return new VirtualTimer(() => cancel());
  };
  const clear = (timer: unknown): void => {
    if (timer instanceof VirtualTimer) timer.cancel();
    else real.clearTimeout(timer as number);
  };
  global['clearTimeout'] = clear;
  global['clearInterval'] = clear;
  const realDeadline = AbortSignal.timeout.bind(AbortSignal);
  AbortSignal.timeout = (ms) => {
    const later = places.getStore()?.later;
    if (!later) return realDeadline(ms);
    const controller = new AbortController();
    later(ms, () => controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')));
    return controller.signal;
  };
  const realNow = performance.now.bind(performance);
  performance.now = () => places.getStore()?.elapsedMs?.() ?? realNow();
}

function bound(run: (...given: unknown[]) => void, given: readonly unknown[]): () => void {
  const there = AsyncLocalStorage.snapshot();
  return () => there(() => run(...given));
}

type Sleep = (ms?: number, value?: unknown, options?: { signal?: AbortSignal }) => Promise<unknown>;

function takeTimerPromises(timers: Record<string, unknown>): void {
  const real = timers['setTimeout'] as Sleep;
  timers['setTimeout'] = ((ms = 0, value, options = {}) => {
    const later = places.getStore()?.later;
    if (!later) return real(ms, value, options);
    return new Promise((resolve, reject) => {
      const cancel = later(ms, () => resolve(value));
      options.signal?.addEventListener('abort', () => {
        cancel();
        reject(new DOMException('The operation was aborted', 'AbortError'));
      });
    });
  }) satisfies Sleep;
}

function bytes(size: number): Buffer | null {
  const place = places.getStore();
  return place ? Buffer.from(Array.from({ length: size }, () => Math.floor(place.chance() * 256))) : null;
}

function takeChance(crypto: Record<string, unknown>): void {
  const realRandom = Math.random;
  Math.random = () => places.getStore()?.chance() ?? realRandom();
  const realBytes = crypto['randomBytes'] as (size: number, callback?: unknown) => Buffer;
  crypto['randomBytes'] = (size: number, callback?: unknown) =>
    (callback === undefined ? bytes(size) : null) ?? realBytes(size, callback);
  const realUuid = crypto['randomUUID'] as () => string;
  crypto['randomUUID'] = () => {
    const hex = bytes(16)?.toString('hex');
    return hex
      ? `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
      : realUuid();
  };
  // Signing leaves for another thread of the machine, and takes as long as it takes.
  const subtle = globalThis.crypto.subtle as unknown as Record<string, (...given: unknown[]) => Promise<unknown>>;
  for (const name of ['importKey', 'sign', 'digest', 'verify']) {
    const real = subtle[name]?.bind(subtle);
    if (!real) continue;
    subtle[name] = (...given) => {
      const work = real(...given);
      return places.getStore()?.await(work) ?? work;
    };
  }
}
