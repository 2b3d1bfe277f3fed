// Loaded into the product's process by the bench alone: answers, over IPC, how late its event loop ran since last asked.
import { monitorEventLoopDelay } from 'node:perf_hooks';

export type Lateness = { readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number };

/** Samples are this far apart, and hold it: what is over it is delay. */
const EVERY_MS = 1;

const delay = monitorEventLoopDelay({ resolution: EVERY_MS });
delay.enable();

const over = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - EVERY_MS);

process.on('message', (message) => {
  if (message !== 'loop') return;
  const late = { p50Ms: over(delay.percentile(50)), p99Ms: over(delay.percentile(99)), maxMs: over(delay.max) };
  delay.reset();
  process.send?.(late satisfies Lateness);
});
