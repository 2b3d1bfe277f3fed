// Two API processes and two workers on one PostgreSQL and one sandbox, under callers that never give up, while faults
// strike, several at once; then holds what the callers were told against what is there. Touches only what it started.
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { callerOf } from '../races/caller.ts';
import { chanceFrom } from '../races/chance.ts';
import {
  breachesOfAnswers,
  breachesOfKnown,
  breachesOfRows,
  createChecks,
  quiet,
  withRows,
  type Checks,
} from './checks.ts';
import { openCluster } from './cluster.ts';
import { openCompany } from './company.ts';
import { shuffledDeck, type Fault, type Scene } from './faults.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { breachesOutside, STANDS, takeLetters, type Letters, type Stands } from './outside-truth.ts';
import { layWire } from './wire.ts';

const CLIENTS = 6;
/** Longer than a booking takes with its wait for a meeting; a caller whose server is silent asks the other. */
const ANSWER_WITHIN_MS = 4_000;
/** Load before the first strike, and from the first to the last. */
const LEAD_MS = { least: 300, most: 1_000 };
const SPREAD_MS = 1_500;
/** Load after the last mending, in which what was held back arrives. */
const TAIL_MS = 700;
/** From the last mending to the next booking that is acknowledged: a pool sees dead connections, a lock wait runs out. */
const BOOKED_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 20;
/** Doubts are repeated until nobody is in doubt; a process may still be seeing that its connections are gone. */
const DOUBT_TRIES = 50;
const DOUBT_PAUSE_MS = 200;

/** How long after a fault of this name the first booking was acknowledged that was asked for after it. */
export type Recovery = { readonly fault: string; readonly bookedMs: number };

export type FaultReport = {
  readonly passed: number;
  readonly failures: readonly string[];
  readonly recoveries: readonly Recovery[];
  readonly readyMs: Readonly<Record<'api' | 'worker', readonly number[]>>;
  readonly acknowledged: number;
  /** Why the disk was never filled, or null. */
  readonly diskIsShared: string | null;
};

export type FaultOptions = {
  readonly rounds: number;
  readonly restEvery: number;
  readonly seed: number;
  readonly say: (line: string) => void;
  /** Puts a data folder where the first start would lay one. */
  readonly lay?: (folder: string) => Promise<void>;
};

export async function faultRounds({ rounds, restEvery, seed, say, lay }: FaultOptions): Promise<FaultReport> {
  const folder = await mkdtemp(join(tmpdir(), 'slotkeeper-kills-'));
  // As root the database runs under another account, which must be able to pass.
  await chmod(folder, 0o711);
  const cluster = await openCluster(folder, lay);
  const wire = await layWire(cluster.port);
  const company = await openCompany(folder, cluster.url(wire.port));
  const chance = chanceFrom(seed);
  const scene: Scene = { company, cluster, wire, chance };
  const deal = shuffledDeck(chance);
  // Its own chance: how fast this machine is changes what callers do, and never which faults strike.
  const ledger = createLedger(chanceFrom(seed + 1));
  const apis = company.members.flatMap(({ role, environment: { PORT } }) =>
    role === 'api' ? [{ url: `http://127.0.0.1:${PORT}` }] : [],
  );
  const caller = callerOf(apis, company.token, { withinMs: ANSWER_WITHIN_MS });
  const checks = createChecks();
  const letters: Letters = new Map();
  const recoveries: Recovery[] = [];
  if (cluster.diskIsShared) say(`the disk is never filled: ${cluster.diskIsShared}`);
  try {
    for (let n = 1; n <= rounds; n += 1) {
      const rest = n === rounds || n % restEvery === 0;
      await company.wakeDue(false);
      const faults = deal(scene, 1 + Math.floor(chance() ** 2 * 3));
      const before = { told: ledger.told.length, doubtful: ledger.doubtful() };
      const struck = await loadAndStrike(scene, faults, { ledger, caller }, checks, n);
      recoveries.push(...struck);
      if (rest) await company.wakeDue(true);
      await company.reviveAll();
      let left = ledger.inDoubt();
      for (let tries = 0; left > 0 && tries < DOUBT_TRIES; tries += 1) {
        left = await ledger.clearDoubts(caller);
        if (left > 0) await sleep(DOUBT_PAUSE_MS);
      }
      checks.check(`round ${n}, repeating what was in doubt`, left > 0 ? [`${left} calls got no answer`] : []);
      checks.check(`round ${n}, answers`, ledger.faults);
      await withRows(cluster.url(cluster.port), async (rows, time) => {
        checks.check(`round ${n}, time`, await time());
        checks.check(`round ${n}, what was acknowledged`, await breachesOfRows(rows, ledger));
        checks.check(
          `round ${n}, nothing that nobody was told of`,
          breachesOfKnown(await rows<Stands>(STANDS), ledger),
        );
        if (!rest) return;
        await fetch(`${company.sandboxUrl}/control/faults`, { method: 'DELETE' });
        checks.check(`round ${n}, as callers look it up`, await breachesOfAnswers(caller, ledger.takeChanged()));
        const quietMs = await quiet(rows);
        checks.check(`round ${n}, work outside done`, quietMs === null ? ['it did not come to rest'] : []);
        await takeLetters(company.sandboxUrl, letters);
        const stands = await rows<Stands>(STANDS);
        checks.check(`round ${n}, the world outside`, await breachesOutside(company.sandboxUrl, stands, letters));
        say(`  at rest ${seconds(quietMs ?? 0)} later, ${ledger.known.size} appointments compared`);
      });
      const names = struck.map(({ fault, bookedMs }) => `${fault} (booked after ${Math.round(bookedMs)} ms)`);
      say(
        `round ${n}: ${names.join('; ')}; ${ledger.told.length - before.told} acknowledged, ${ledger.doubtful() - before.doubtful} not answered`,
      );
    }
    checks.check('no answer was 500', ledger.bugs);
    checks.check('no process ended that nobody killed', company.surprises);
  } finally {
    await company.end();
    wire.end();
    await cluster.end();
    await rm(folder, { recursive: true, force: true });
  }
  return {
    passed: checks.passed(),
    failures: checks.failures,
    recoveries,
    readyMs: company.readyMs,
    acknowledged: ledger.told.length,
    diskIsShared: cluster.diskIsShared,
  };
}

async function loadAndStrike(
  { chance }: Scene,
  faults: readonly Fault[],
  { ledger, caller }: { readonly ledger: Ledger; readonly caller: ReturnType<typeof callerOf> },
  { check }: Checks,
  n: number,
): Promise<Recovery[]> {
  let over = false;
  const clients = Array.from({ length: CLIENTS }, (_, i) => ledger.persist(caller, `client-${i}`, () => over));
  await sleep(LEAD_MS.least + chance() * (LEAD_MS.most - LEAD_MS.least));
  const offsets = faults.map((_, i) => (i === 0 ? 0 : chance() * SPREAD_MS));
  const struck = await Promise.all(
    faults.map(async ({ strike, mend, heldMs }, i) => {
      await sleep(offsets[i] ?? 0);
      const at = performance.now();
      await strike();
      await sleep(heldMs);
      await mend();
      return at;
    }),
  );
  const mended = performance.now();
  const bookedAfter = (at: number) => ledger.told.find(({ kind, asked }) => kind === 'book' && asked >= at);
  while (!bookedAfter(mended) && performance.now() - mended < BOOKED_WITHIN_MS) await sleep(LOOK_EVERY_MS);
  check(
    `round ${n}, bookings go on after ${faults.map(({ name }) => name).join(' and ')}`,
    bookedAfter(mended) ? [] : [`none was acknowledged within ${seconds(BOOKED_WITHIN_MS)}`],
  );
  await sleep(TAIL_MS);
  over = true;
  await Promise.all(clients);
  return faults.map(({ name }, i) => {
    const at = struck[i] ?? 0;
    return { fault: name, bookedMs: (bookedAfter(at)?.answered ?? Number.POSITIVE_INFINITY) - at };
  });
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
