// How a program of ours is started, as `npm start` and the other scripts of package.json do.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const SOURCE = join(import.meta.dirname, '../src');

/** What Node is given for `program`, a path below src/. */
export function asShipped(program: string): string[] {
  return ['--import', pathToFileURL(join(SOURCE, 'platform/compile-cache.js')).href, join(SOURCE, program)];
}
