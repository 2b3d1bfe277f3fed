// npm run restore -- <file>: brings what npm run backup wrote back into an empty database. That of DATABASE_URL, or the own one
// under DATA_DIR; a database that holds anything is left as it is.
import { resolve } from 'node:path';
import { MIGRATIONS } from '../composition-database.ts';
import { restoreBackup } from '../platform/backup/restore-backup.ts';
import { systemClock } from '../platform/time/clock.ts';
import { recordRestoration } from '../practitioners/record-restoration.ts';
import { carry } from './carry.ts';
import { readPath } from './options.ts';

const path = resolve(readPath('Usage: npm run restore -- <file>\n'));
await carry(async ({ database, log, signal, progress }) => {
  const { head, end } = await restoreBackup({
    url: database.ownerUrl,
    path,
    folder: MIGRATIONS,
    log,
    signal,
    progress,
    mark: (tx, { takenAt }) => recordRestoration(tx, { at: systemClock.now(), takenAt }),
  });
  const rows = end.tables.reduce((sum, table) => sum + table.rows, 0);
  return (
    `${rows} rows of ${end.tables.length} tables are back as they were at ${head.takenAt}.\n` +
    `It is the same installation (${head.marker ?? 'no practice yet'}): never run it beside the one the backup was taken from.\n` +
    'What was booked, moved or cancelled since then is unknown to it; see "Restore day" in docs/operating.md.'
  );
});
