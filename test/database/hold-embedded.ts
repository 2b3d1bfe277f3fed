// A process that starts the embedded database, tells what it got on one line, and holds on until its input ends.
import { startEmbedded } from '../../src/platform/database/embedded.ts';
import { createLog } from '../../src/platform/log.ts';

const [, , folder = '', settings = '{}'] = process.argv;
const database = await startEmbedded({
  folder,
  log: createLog('silent'),
  settings: JSON.parse(settings) as Record<string, string>,
});
const { ownerUrl, adopted, firstStart } = database;
process.stdout.write(`${JSON.stringify({ ownerUrl, folder: database.folder, adopted, firstStart })}\n`);
process.stdin.resume().on('end', () => {
  void database.stop().then(() => process.exit(0));
});
