// npm run settings: writes the table of settings into docs/operating.md, between its two marks. A test says when it is stale.
import { readFile, writeFile } from 'node:fs/promises';
import { settingsReference } from '../config-reference.ts';
import { endWith, EX_USAGE } from './options.ts';

const [path] = process.argv.slice(2);
if (path === undefined) endWith(EX_USAGE, 'Usage: node src/commands/settings.ts <file>\n');
await writeFile(path, settingsReference(await readFile(path, 'utf8')));
