// One step of the sweep: a stretch of time of one calendar or host, compared with what we believe. Bounded in time, calls and
// what it sets going; where it was cut off, by its bounds or by a kill, the next step goes on.
import type { Bounds } from '../meetings/provider.ts';
import type { Transactor } from '../platform/database/transaction.ts';
import type { Log } from '../platform/log.ts';
import { OutsideError } from '../platform/outside-error.ts';
import type { Clock } from '../platform/time/clock.ts';
import { POLICY_BOUNDS } from '../practitioners/practitioner.ts';
import { backOffMs } from './back-off.ts';
import { checkSuspect, type CheckTools, type Look } from './check-drift.ts';
import { topicOf } from './plan.ts';
import { recordDrift } from './record-drift.ts';
import { removeStrays } from './remove-strays.ts';
import { existsTroubleAt } from './store-accounts.ts';
import { listUnsettled, settleDrift } from './store-drift.ts';
import { findLastBookable, findLastStart, listBelieved, Unsettled } from './store-standing.ts';
import {
  claimPlace,
  deletePlace,
  endRound,
  findSweptConnection,
  prolongSweep,
  putOffSweep,
  readSweepMode,
  SweepLost,
  updateRound,
  type SweepClaim,
} from './store-sweep.ts';
import { outletOf } from './sweep-outlet.ts';
import { markedBy, subjectOfSuspect, suspectsOf, type Compared, type Suspect } from './sweep.ts';

export type SweepTools = CheckTools & {
  readonly transactor: Pick<Transactor, 'inOrganisation' | 'scan'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly installation: string;
  chance(): number;
  wake(organisationId: number, sessionId: number): void;
};

/** Prolonged before every call; what a killed worker had in hand is taken over after this. */
export const SWEEP_LEASE_MS = 60_000;
const READ_TIMEOUT_MS = 8_000;
/** Several pages, none of which anybody waits for. */
const LIST_TIMEOUT_MS = 30_000;
/** The stretch of one step; a shorter one where so much is there that it is not listed in one go. */
const STEP_DAYS = [28, 7, 1] as const;
/** Things believed in one step; of a calendar so full a step is shorter. */
const MOST_BELIEVED = 500;
/** Closer looks in one step: a call each, so well below what a provider allows in a minute. */
const MOST_LOOKS = 40;
/** Sessions given to fulfilment in one step, so that what people booked meanwhile does not wait behind them. */
const MOST_MENDED = 10;
/** Rounds look so far ahead at least: what is ours may stand beyond all that we know of. */
const LEAST_AHEAD_DAYS = 90;
const MOST_AHEAD_DAYS = POLICY_BOUNDS.horizonDays.maximum + 2;
/** A round begins within a day of the one before, not at the same hour for all. */
const ROUND_HOURS = { least: 20, most: 24 };
/** Between the steps of a round, and where the step before has set something going. */
const STEP_SECONDS = { usual: 10, busy: 120 };
/** While work waits for the same account, it comes first. */
const YIELD_MINUTES = 15;
/** Where a person must change something first. */
const WAIT_HOURS = 6;
const FIRST_RETRY_FACTOR = 60;

/** Takes one step, at whatever place has been due longest; answers whether there was one. */
export async function sweepPlace(tools: SweepTools, signal?: AbortSignal): Promise<boolean> {
  const claim = await tools.transactor.scan('sweep', (tx) => claimPlace(tx.last, tools.clock.now(), SWEEP_LEASE_MS));
  if (claim === null) return false;
  try {
    await step(tools, claim, signal);
  } catch (error) {
    const { provider } = claim;
    if (error instanceof SweepLost) tools.log.info({ provider }, 'another worker has taken the sweep over');
    else if (signal?.aborted) await putOff(tools, claim, 0, null);
    else if (error instanceof OutsideError) await putOff(tools, claim, waitMs(tools, claim, error), error.message);
    else {
      tools.log.error({ err: error, provider }, 'a step of the sweep failed');
      await putOff(tools, claim, YIELD_MINUTES * 60_000, 'internal fault');
    }
  }
  return true;
}

/** Nobody waits for it: a minute, then up to two hours, or as long as the provider asks for. */
function waitMs(tools: SweepTools, { attempts }: SweepClaim, { facts }: OutsideError): number {
  if (facts.outcome === 'refused' || facts.outcome === 'reconnect') return WAIT_HOURS * 3_600_000;
  const own = backOffMs({ attempts }, tools.chance()) * FIRST_RETRY_FACTOR;
  return Math.max(own, backOffMs({ attempts, retryAfterMs: facts.retryAfterMs }, 0));
}

async function putOff(tools: SweepTools, claim: SweepClaim, ms: number, error: string | null): Promise<void> {
  const dueAt = tools.clock.now().add({ milliseconds: Math.round(ms) });
  await tools.transactor.inOrganisation(claim.organisationId, (tx) => putOffSweep(tx.last, claim, dueAt, error));
}

type Step = Look & {
  readonly tools: SweepTools;
  readonly signal: AbortSignal | undefined;
  readonly reportOnly: boolean;
};
type Round = {
  readonly beganAt: Temporal.Instant;
  cursorAt: Temporal.Instant;
  readonly untilAt: Temporal.Instant;
  found: number;
};

async function step(tools: SweepTools, claim: SweepClaim, signal: AbortSignal | undefined): Promise<void> {
  const { organisationId, connectionId } = claim;
  const now = tools.clock.now();
  const [connection, trouble, mode] = await tools.transactor.inOrganisation(organisationId, async (tx) => [
    connectionId === 0 ? null : await findSweptConnection(tx, connectionId),
    await existsTroubleAt(tx, { ...claim, connectionId: connectionId || null }, claim.host),
    await readSweepMode(tx),
  ]);
  if (connectionId !== 0 && (connection === null || connection.state === 'disconnected')) {
    await tools.transactor.inOrganisation(organisationId, (tx) => deletePlace(tx.last, claim));
    return;
  }
  const outlet = outletOf(tools, claim, connection);
  if (outlet === null) return await putOff(tools, claim, WAIT_HOURS * 3_600_000, 'not configured');
  if (connection && connection.state !== 'connected')
    return await putOff(tools, claim, WAIT_HOURS * 3_600_000, 'the account waits to be connected again');
  if (trouble) return await putOff(tools, claim, YIELD_MINUTES * 60_000, 'yields to work that waits');

  const cleanSince = mode.set?.by === 'restoration' && isSince(claim.cleanAt, mode.set.at);
  const bounds = async (timeoutMs = READ_TIMEOUT_MS): Promise<Bounds> => {
    signal?.throwIfAborted();
    const until = tools.clock.now().add({ milliseconds: SWEEP_LEASE_MS });
    await tools.transactor.inOrganisation(organisationId, (tx) => prolongSweep(tx.last, claim, until));
    return { timeoutMs, ...(signal ? { signal } : {}) };
  };
  const work: Step = { tools, claim, outlet, bounds, signal, reportOnly: mode.mode === 'report' && !cleanSince };
  await removeStrays(tools, work);

  const round: Round =
    claim.beganAt && claim.cursorAt && claim.untilAt
      ? { beganAt: claim.beganAt, cursorAt: later(claim.cursorAt, now), untilAt: claim.untilAt, found: claim.found }
      : { beganAt: now, cursorAt: now, untilAt: await horizonOf(work, now), found: 0 };
  const busy = isBefore(round.cursorAt, round.untilAt) && (await compare(work, round, now));
  await tools.transactor.inOrganisation(organisationId, async (tx) => {
    if (isBefore(round.cursorAt, round.untilAt)) {
      const seconds = busy ? STEP_SECONDS.busy : STEP_SECONDS.usual;
      await updateRound(tx, claim, round, tools.clock.now().add({ seconds }));
      return;
    }
    const { least, most } = ROUND_HOURS;
    const next = round.beganAt.add({ minutes: Math.round((least + (most - least) * tools.chance()) * 60) });
    await endRound(tx, claim, { beganAt: round.beganAt, clean: round.found === 0 }, next);
  });
}

/** Compares the next stretch, and moves the round on as far as it has come. Answers whether much was set going. */
async function compare(work: Step, round: Round, now: Temporal.Instant): Promise<boolean> {
  const { tools, claim, outlet } = work;
  const from = round.cursorAt;
  const { to, compared } = await readBoth(work, round);
  // A stretch that could not be listed even day by day says nothing.
  if (compared === null) round.found += 1;
  const suspects = compared ? suspectsOf(compared, tools.installation, claim.cleanAt) : [];
  const fine: string[] = [];
  let cut: Suspect | null = null;
  let [looks, mended] = [0, 0];
  for (const suspect of suspects) {
    if ((looks >= MOST_LOOKS || mended >= MOST_MENDED) && isBefore(from, suspect.at)) {
      cut = suspect;
      break;
    }
    looks += 1;
    const found = await checkSuspect(tools, work, suspect);
    if (found === 'fine') fine.push(subjectOfSuspect(suspect));
    // What could not be judged is not found well.
    if (found === 'unsure') round.found += 1;
    if (found === 'fine' || found === 'unsure') continue;
    try {
      const act = await recordDrift(tools, claim, outlet, found, work.reportOnly);
      if (act !== 'leave') round.found += 1;
      if (act === 'mend') mended += 1;
    } catch (error) {
      if (!(error instanceof Unsettled)) throw error;
      round.found += 1;
    }
  }
  const end = cut && isBefore(cut.at, to) ? cut.at : to;
  await tools.transactor.inOrganisation(claim.organisationId, (tx) => settleDrift(tx, claim, fine, now));
  round.cursorAt = end;
  return mended > 0;
}

type Both = {
  readonly to: Temporal.Instant;
  /** null: too much for one answer, whatever the stretch. */
  readonly compared: Compared | null;
};

/** What we believe of a stretch, read first, then what is there. */
async function readBoth(work: Step, round: Round): Promise<Both> {
  const { tools, claim, outlet } = work;
  const from = round.cursorAt;
  let last: Both | null = null;
  for (const days of STEP_DAYS) {
    const end = earlier(from.add({ hours: days * 24 }), round.untilAt);
    const stretch = { from, to: end, limit: MOST_BELIEVED };
    const [rows, unsettled] = await tools.transactor.inOrganisation(claim.organisationId, async (tx) => [
      await listBelieved(tx, claim, outlet.kind, stretch),
      await listUnsettled(tx, claim, stretch),
    ]);
    const full = rows.length === MOST_BELIEVED ? rows.at(-1)?.start : undefined;
    const to = full && isBefore(from, full) ? full : end;
    const believed = rows
      .filter(({ start }) => isBefore(start, to))
      .map(({ topic, practitioner, ...one }) => ({
        ...one,
        title: topicOf({ topic, practitioner: { name: practitioner } }),
      }));
    const tasks = unsettled.filter(({ at }) => isBefore(at, to));
    last = { to, compared: null };
    try {
      const listing = { marked: markedBy(tools.installation), from, to };
      const listed = await outlet.list(listing, await work.bounds(LIST_TIMEOUT_MS));
      return { to, compared: { believed, listed, tasks } };
    } catch (error) {
      if (!(error instanceof OutsideError) || error.facts.providerCode !== 'list_too_long') throw error;
    }
  }
  tools.log.warn({ provider: claim.provider }, 'a day of a calendar is too full to be listed, and is left out');
  if (last === null) throw new Error('a step has at least one length');
  return last;
}

/** Where it may not be known what was booked, as after a restoration, as far ahead as can be. */
async function horizonOf({ tools, claim, reportOnly }: Step, now: Temporal.Instant): Promise<Temporal.Instant> {
  const ends = await tools.transactor.inOrganisation(claim.organisationId, async (tx) => [
    (await findLastStart(tx, claim, now))?.add({ hours: 24 }),
    reportOnly ? await findLastBookable(tx, now) : null,
  ]);
  const least = now.add({ hours: LEAST_AHEAD_DAYS * 24 });
  const wished = ends.reduce<Temporal.Instant>((last, end) => (end ? later(last, end) : last), least);
  return earlier(wished, now.add({ hours: MOST_AHEAD_DAYS * 24 }));
}

function isBefore(a: Temporal.Instant, b: Temporal.Instant): boolean {
  return Temporal.Instant.compare(a, b) < 0;
}

function isSince(at: Temporal.Instant | null, since: Temporal.Instant): boolean {
  return at !== null && !isBefore(at, since);
}

function later(a: Temporal.Instant, b: Temporal.Instant): Temporal.Instant {
  return isBefore(a, b) ? b : a;
}

function earlier(a: Temporal.Instant, b: Temporal.Instant): Temporal.Instant {
  return isBefore(a, b) ? a : b;
}
