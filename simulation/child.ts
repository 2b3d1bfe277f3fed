// One of the processes that play: is told what to do, and tells its parent what comes of it.
import { findPlants } from './hunt.ts';
import { playShare } from './processes.ts';
import { replayShare } from './replays.ts';

const JOBS = { play: playShare, hunt: findPlants, replay: replayShare };

const task = await new Promise<never>((resolve) => {
  process.once('message', (told) => resolve(told as never));
});
const job: (task: never, tell: (told: object) => void) => Promise<void> = JOBS[process.argv[2] as keyof typeof JOBS];
await job(task, (told) => {
  process.send?.(told);
});
if (process.connected) process.disconnect?.();
