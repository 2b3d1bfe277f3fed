// The runner: takes sessions that are due, a few at a time, and carries each out. Rung by the bell when an act commits,
// and looking by itself every second, so that a lost bell costs a second and nothing else.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bell } from '../platform/jobs/bell.ts';
import { SETTLE_AFTER_SILENCE_MS } from './align-object.ts';
import { carryOut, type CarryOutTools } from './carry-out.ts';
import { LEASE_MS } from './lease.ts';
import { claimDue, handOver, isTroubled, type Claim } from './store.ts';
import { WORK } from './topics.ts';
import { openTraffic } from './traffic.ts';
import type { Transactor } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';

/** Sessions carried out at once: mostly waiting for others, so more than processors, fewer than connections. */
const AT_ONCE = 8;
/** Of these, sessions that have failed again and again: a provider that lets every call run out of time may fill no more. */
const TROUBLED_AT_ONCE = 4;
/** With those who are only waiting for an answer that is long in coming: another hand takes each one's place. */
const MOST_IN_HAND = 32;
const LOOK_EVERY_MS = 1_000;
/** After a fault of the database. */
const PAUSE_MS = 1_000;

export type Runner = {
  /**
   * Takes no new session. Those in hand end after the step they are at, and are handed over to whoever looks next; a call that
   * is still out after `withinMs` is left to come to its end, and its session is free once it must have.
   */
  stop(withinMs: number): Promise<void>;
  /** Carries out everything due until nothing is; for tests and simulation, where time does not pass by itself. */
  runUntilIdle(): Promise<number>;
};

export type RunnerTools = Omit<CarryOutTools, 'traffic'> & { readonly transactor: Transactor; readonly bell: Bell };

/** Starts the runner. `idle` true: it runs only when told to. */
export function startRunner(
  tools: RunnerTools,
  options: { readonly idle?: boolean; readonly lookEveryMs?: number } = {},
): Runner {
  const inHand = new Map<Promise<void>, Claim>();
  let stopped = false;
  let looking: Promise<void> | null = null;
  let rung = false;
  /** Something that is due may be left: the last look had too few hands for it, or has not come to its end. */
  let more = false;

  const traffic = openTraffic(() => look());
  const freeHands = (): number => Math.min(AT_ONCE - (inHand.size - traffic.stuck()), MOST_IN_HAND - inHand.size);

  const take = async (): Promise<number> => {
    const free = freeHands();
    more = true;
    if (free <= 0) return 0;
    const troubled = Math.max(0, TROUBLED_AT_ONCE - [...inHand.values()].filter(isTroubled).length);
    const claims = await tools.transactor.scan('fulfilment', (tx) =>
      claimDue(tx.last, tools.clock.now(), LEASE_MS, { all: free, troubled }),
    );
    more = claims.length >= free || claims.filter(isTroubled).length >= troubled;
    for (const claim of claims) {
      const work = carry({ ...tools, traffic, isStopping: () => stopped }, claim).then((due) => {
        inHand.delete(work);
        return due || more ? look() : undefined;
      });
      inHand.set(work, claim);
    }
    return claims.length;
  };
  const look = (): void => {
    rung = true;
    if (stopped || options.idle) return;
    looking ??= lookWhileRung();
  };
  const lookWhileRung = async (): Promise<void> => {
    for (;;) {
      rung = false;
      try {
        await take();
      } catch (error) {
        tools.log.warn({ err: error }, 'looking for due sessions failed');
        await sleep(PAUSE_MS);
      }
      // Full hands: whoever comes free rings again.
      if (!rung || stopped || freeHands() <= 0) break;
    }
    // In the same turn as the decision, so that no bell falls between.
    looking = null;
  };
  const quiet = options.idle ? null : listen(tools.bell, look, options.lookEveryMs);
  look();

  return {
    stop: async (withinMs) => {
      stopped = true;
      quiet?.();
      await settled(
        Promise.resolve(looking).then(() => passOn(tools, inHand)),
        withinMs,
      );
      await freeAfterCall(tools, inHand.values());
    },
    runUntilIdle: () => untilIdle(take, inHand),
  };
}

async function untilIdle(take: () => Promise<number>, inHand: ReadonlyMap<Promise<void>, Claim>): Promise<number> {
  let total = 0;
  for (let taken = await take(); taken > 0; taken = await take()) {
    total += taken;
    await Promise.allSettled(inHand.keys());
  }
  return total;
}

/** Rung, and every so often by itself, until the answer is called. */
function listen(bell: Bell, look: () => void, everyMs = LOOK_EVERY_MS): () => void {
  const deaf = bell.hear(WORK, look);
  const timer = setInterval(look, everyMs);
  return () => {
    deaf();
    clearInterval(timer);
  };
}

async function settled(ended: Promise<void>, withinMs: number): Promise<void> {
  const bound = new AbortController();
  await Promise.race([ended, sleep(withinMs, undefined, { signal: bound.signal }).catch(() => undefined)]);
  bound.abort();
}

/** Whoever hears of them takes them up at once. */
async function passOn({ bell }: RunnerTools, inHand: ReadonlyMap<Promise<void>, Claim>): Promise<void> {
  const held = [...inHand.values()];
  await Promise.allSettled(inHand.keys());
  for (const { sessionId } of held) bell.ring(WORK, String(sessionId));
}

/** A call of theirs is still out; from its latest end on, whoever looks may take them up. */
async function freeAfterCall(tools: RunnerTools, claims: Iterable<Claim>): Promise<void> {
  const now = tools.clock.now();
  const callEndsAt = now.add({ milliseconds: SETTLE_AFTER_SILENCE_MS });
  for (const claim of claims) {
    await tools.transactor
      .inOrganisation(claim.organisationId, (tx) => handOver(tx.last, claim, now, callEndsAt))
      .catch((error: unknown) => tools.log.warn({ err: error }, 'a session in hand could not be handed over'));
  }
}

/** Never rejects. */
async function carry(tools: CarryOutTools, claim: Claim): Promise<boolean> {
  try {
    return await carryOut(tools, claim);
  } catch (error) {
    // The database is away; the lease runs out and the session is found again.
    tools.log[error instanceof Refusal ? 'warn' : 'error'](
      { err: error, sessionId: claim.sessionId },
      'a session could not be given back',
    );
    return false;
  }
}
