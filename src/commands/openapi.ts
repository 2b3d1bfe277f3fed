// npm run openapi: writes the API document to the file named, from the routes' own schemas. Needs no database and no
// settings, so that the same sources always give the same bytes.
import { writeFile } from 'node:fs/promises';
import { describeApi } from '../app.ts';
import { createLog } from '../platform/log.ts';

const [path] = process.argv.slice(2);
if (path === undefined) {
  process.stderr.write('Usage: node src/commands/openapi.ts <file>\n');
  process.exit(64);
}
const document = await describeApi(createLog('warn'));
await writeFile(path, `${JSON.stringify(document, null, 2)}\n`);
