// One of the processes that play: is told its share, tells its parent of each seed.
import { playShare, type Share } from './processes.ts';

const share = await new Promise<Share>((resolve) => {
  process.once('message', (told) => resolve(told as Share));
});
await playShare(share, (told) => {
  process.send?.(told);
});
process.disconnect?.();
