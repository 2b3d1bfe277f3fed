// npm run simulate -- --seeds N [--seed K] [--processes P]: plays seeds against an embedded database of its own, and tells
// the story of the first that fails.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startEmbedded } from '../src/platform/database/embedded.ts';
import { migrate } from '../src/platform/database/migrate.ts';
import { createLog } from '../src/platform/log.ts';
import { openLane } from './lane.ts';
import { play } from './play.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
  },
});
const CARELESS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off', max_connections: '200' };
const folder = await mkdtemp(join(tmpdir(), 'slotkeeper-simulation-'));
const log = createLog('warn');
const server = await startEmbedded({ folder: join(folder, 'postgres'), log, settings: CARELESS });
await migrate({ ownerUrl: server.ownerUrl, folder: join(import.meta.dirname, '..', 'migrations'), log });
const lane = await openLane({ url: server.appUrl, ownerUrl: server.ownerUrl });
void pg;
const first = Number(values.seed);
const began = performance.now();
let acts = 0;
let failed = 0;
for (let seed = first; seed < first + Number(values.seeds); seed += 1) {
  const played = await play(seed, lane);
  if (process.env['TWICE']) {
    const again = await play(seed, lane);
    const at = played.trace.findIndex((line, n) => line !== again.trace[n]);
    if (at >= 0) console.log(`seed ${seed} differs at ${at}:\n${played.trace.slice(at - 16, at + 3).join('\n')}\n---\n${again.trace.slice(at - 2, at + 3).join('\n')}`);
  }
  acts += played.acts;
  if (values.trace) console.log(played.trace.join('\n'));
  if (played.breaches.length > 0) {
    failed += 1;
    if (process.env['SQL']) console.log(JSON.stringify(await lane.rows(process.env['SQL']), null, 1));
    console.log(`seed ${seed} fails:\n  ${played.breaches.join('\n  ')}`);
  }
}
const seconds = (performance.now() - began) / 1000;
console.log(`${values.seeds} seeds, ${acts} acts, ${failed} failed, ${seconds.toFixed(1)} s`);
await lane.close();
await server.stop();
await rm(folder, { recursive: true, force: true });
