// npm run backup -- <file>: writes everything the database holds into one file, also while the server runs. What restores it
// is npm run restore.
import { resolve } from 'node:path';
import { writeBackup } from '../platform/backup/write-backup.ts';
import { systemClock } from '../platform/time/clock.ts';
import { carry, readVersion } from './carry.ts';
import { readPath } from './options.ts';

const path = resolve(readPath('Usage: npm run backup -- <file>\n'));
await carry(async ({ database, signal, progress }) => {
  const version = await readVersion();
  const taken = { url: database.ownerUrl, path, takenAt: systemClock.now(), version, signal, progress };
  const { end } = await writeBackup(taken);
  const rows = end.tables.reduce((sum, table) => sum + table.rows, 0);
  return (
    `${path}: ${rows} rows of ${end.tables.length} tables, sha256 ${end.sha256}.\n` +
    'It holds names, addresses and the key that signs tokens: keep it as safe as the database.'
  );
});
