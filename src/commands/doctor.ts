// npm run doctor: looks over settings, machine, database, work and providers as the server would meet them, changes nothing, and
// says in one line each what is well and what to do. Ends with 1 where something must be done; also while the server runs.
// npm run doctor -- --live asks those outside this machine too; --json tells it to a machine.
import { examineHouse } from './examine-house.ts';
import { readOptions } from './options.ts';
import { EX_STOPPED, stopSignal } from './stop-signal.ts';

const asked = readOptions(
  { live: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
  'Usage: npm run doctor -- [--live] [--json]\n',
);
const stop = stopSignal();
// Whoever has read enough, as `| head` has, closes our output: the round goes on to its end, and leaves nothing open.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
const failures = await examineHouse({ ...asked, stop, write: (text) => process.stdout.write(text) });
// A question that is still out may not keep the process.
if (failures === null) process.exit(EX_STOPPED);
process.exitCode = failures === 0 ? 0 : 1;
