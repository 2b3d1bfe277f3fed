// Loaded before everything else (node --import): what Node makes of our modules, types stripped and compiled, is kept for the next
// start, which is a third faster. Where it cannot be written, as in a read-only image, each start makes it anew.
// No TypeScript: nothing is kept yet as this is read, and what strips types would be loaded for it alone, at every start.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/slotkeeper'));
