// One of the processes that play: is told its share, tells its parent of each seed.
import { playShare, type Share } from './processes.ts';

await playShare(JSON.parse(process.argv[2] ?? '') as Share, (told) => {
  process.send?.(told);
});
process.disconnect?.();
