// One pass over one session: reads what is wanted and what is believed, takes each step as far as it goes, and gives the
// session back, done or to be looked at again. No call outside is made in a transaction, and none without the lease.
import { listConnectionsOfSession } from '../connections/store.ts';
import { meetingDetails, type OutsideObject } from '../meetings/meeting.ts';
import type { Bounds } from '../meetings/provider.ts';
import { listOutsideObjects, putOutsideObject } from '../meetings/store.ts';
import { Refusal } from '../platform/refusal.ts';
import { listLetters, type LetterRow } from '../notifications/store.ts';
import { accountsOf, LEFT, type Accounts, type AccountTools } from './accounts.ts';
import { alignObject, OUT_OF_REACH, type Alignment } from './align-object.ts';
import { backOffMs } from './back-off.ts';
import { openGate, type Gate, type GateTools } from './gate.ts';
import { isWaiting } from './held.ts';
import { Lease } from './lease.ts';
import { isOutOfReach, lacksPlatform, markerOf, wantedEvent, wantedMeeting, type SessionFacts } from './plan.ts';
import { eventPlace, eventToKeep } from './steps/calendar-event.ts';
import { sendLetters } from './send-letters.ts';
import { closeWhereDue } from './steps/closing.ts';
import { lapseWhereDue } from './steps/lapsing.ts';
import { meetingPlace, meetingToKeep } from './steps/meeting.ts';
import { sparing } from './remove-copies.ts';
import type { TextPost } from './steps/text-message.ts';
import { listCircuitsOfSession } from './store-accounts.ts';
import { readFacts } from './store-facts.ts';
import { giveBack, handOver, LeaseLost, type Claim } from './store.ts';
import { placeLeaving, wantedLeaving, type Hand, type Place, type Wanted } from './steps/wanted.ts';

/** Below SETTLE_AFTER_SILENCE_MS: when a look-up is believed, no call of ours is still on its way. */
export const CALL_TIMEOUT_MS = 8_000;
const BOUNDS: Bounds = { timeoutMs: CALL_TIMEOUT_MS };
/** What stands for a session so long over harms nobody; a provider that is gone for good is not asked about it for ever. */
const FORGOTTEN_AFTER_HOURS = 30 * 24;
/** Stands for "whichever": no revision overtakes it, so a pass that failed waits. */
const NO_REVISION = 2_147_483_647;

export type CarryOutTools = TextPost &
  AccountTools &
  GateTools & {
    /** Tells whoever waits that something about the session has come true. */
    announce(organisationId: number, sessionId: number): void;
    /** The runner is to stop: the pass ends after the step in hand, and the session is handed over. */
    isStopping?(): boolean;
  };

/** Between two steps nothing is under way outside, and another runner may go on from there. */
class HandOver extends Error {
  override readonly name = 'HandOver';
}

type Pass = {
  readonly claim: Claim;
  readonly lease: Lease;
  readonly facts: SessionFacts;
  readonly seats: readonly SessionFacts[];
  readonly wantedAt: Temporal.Instant;
  readonly restored: boolean;
  readonly letters: readonly LetterRow[];
  readonly accounts: Accounts;
  readonly gate: Gate;
  objects: OutsideObject[];
};

/** One pass. True: the session is due again already. */
export async function carryOut(tools: CarryOutTools, claim: Claim): Promise<boolean> {
  const { organisationId, sessionId } = claim;
  const lease = new Lease(tools, claim);
  try {
    let pass = await readPass(tools, claim, lease);
    // A revision on: what is read before it would be done for one that nobody asks for any more.
    const ended = await endSeats(tools, pass.seats);
    if (ended.changed) pass = await readPass(tools, claim, lease);
    const [meetingAt, eventAt] = [await keepMeeting(tools, pass), await keepEvent(tools, pass)];
    const letters = await sendLetters(tools, pass, () => {
      endWhereStopping(tools);
      return lease.hold();
    });
    const nextAt = earliest([letters.nextAt, ended.againAt]);
    const again = earliest([meetingAt, eventAt, letters.againAt]);
    const error = pass.objects.find((object) => object.lastError !== null)?.lastError ?? null;
    const now = tools.clock.now();
    return await tools.transactor.inOrganisation(organisationId, (tx) =>
      giveBack(tx.last, claim, {
        now,
        revision: pass.facts.revision,
        done: again === null,
        // What waits for a provider is not kept from reminding in time.
        dueAt: earliest([again, nextAt]) ?? now,
        lookAgainAt: nextAt,
        error,
        waiting: letters.held || pass.objects.some(({ lastError }) => isWaiting(lastError)),
        waitsFor: letters.waitsFor,
      }),
    );
  } catch (error) {
    if (error instanceof HandOver) {
      await tools.transactor.inOrganisation(organisationId, (tx) => handOver(tx.last, claim, tools.clock.now()));
      return false;
    }
    if (error instanceof LeaseLost) {
      tools.log.info({ sessionId }, 'another runner has taken the session over');
      return false;
    }
    // A refusal is the pool's: the database is busy, and that is nobody's fault here.
    const level = error instanceof Refusal ? 'warn' : 'error';
    tools.log[level]({ err: error, sessionId }, 'a pass of fulfilment failed');
    const waitMs = backOffMs({ attempts: claim.attempts }, tools.chance());
    const now = tools.clock.now();
    return await tools.transactor.inOrganisation(organisationId, (tx) =>
      giveBack(tx.last, claim, {
        now,
        revision: NO_REVISION,
        done: false,
        dueAt: now.add({ milliseconds: waitMs }),
        lookAgainAt: null,
        error: 'internal fault',
        waiting: false,
        waitsFor: [],
      }),
    );
  }
}

/** What the clock alone brings about: requests lapse, and the server says how appointments went. */
async function endSeats(tools: CarryOutTools, seats: readonly SessionFacts[]) {
  let changed = false;
  const again: (Temporal.Instant | null)[] = [];
  for (const seat of seats) {
    const [lapsing, closing] = [await lapseWhereDue(tools, seat), await closeWhereDue(tools, seat)];
    changed ||= lapsing.lapsed || closing.closed;
    again.push(lapsing.againAt, closing.againAt);
  }
  return { changed, againAt: earliest(again) };
}

async function readPass(tools: CarryOutTools, claim: Claim, lease: Lease): Promise<Pass> {
  const { organisationId, sessionId } = claim;
  return await tools.transactor.inOrganisation(organisationId, async (tx): Promise<Pass> => {
    const [{ facts, seats, wantedAt, leaseNo, restored }, objects, letters, connections, circuits] = await Promise.all([
      readFacts(tx, sessionId),
      listOutsideObjects(tx, sessionId),
      listLetters(tx, sessionId),
      listConnectionsOfSession(tx, sessionId),
      listCircuitsOfSession(tx.last, sessionId),
    ]);
    if (leaseNo !== claim.leaseNo) throw new LeaseLost();
    const accounts = accountsOf(tools, organisationId, connections);
    const gate = openGate(tools, claim, circuits);
    return { claim, lease, facts, seats, wantedAt, restored, letters, accounts, gate, objects };
  });
}

async function keepMeeting(tools: CarryOutTools, pass: Pass): Promise<Temporal.Instant | null> {
  const { facts, accounts } = pass;
  const wanted = wantedMeeting(facts, accounts.places);
  const at = wanted && accounts.meetingsFor(wanted.platform, standing(pass, 'meeting'));
  return await keep(
    tools,
    pass,
    'meeting',
    wanted && at ? meetingToKeep(wanted, facts.revision, at, BOUNDS) : null,
    (object) => {
      const stands = accounts.meetingsOf(object);
      return stands ? meetingPlace(object, markerOf(tools.installation, facts.sessionId), stands, BOUNDS) : null;
    },
  );
}

async function keepEvent(tools: CarryOutTools, pass: Pass): Promise<Temporal.Instant | null> {
  const { facts, accounts } = pass;
  const wanted = wantedEvent(facts, accounts.places, meetingDetails(facts.platform, pass.objects));
  const calendar = wanted && accounts.calendarFor(wanted.calendar, standing(pass, 'calendar_event'));
  return await keep(
    tools,
    pass,
    'calendar_event',
    wanted && calendar ? eventToKeep(wanted, facts.revision, calendar, BOUNDS) : null,
    (object) => {
      const stands = accounts.calendarOf(object);
      const removal = { ...BOUNDS, tellAttendees: facts.practitioner.invitations === 'provider' };
      return stands ? eventPlace(object, markerOf(tools.installation, facts.sessionId), stands, removal) : null;
    },
  );
}

function standing({ objects }: Pass, kind: OutsideObject['kind']): OutsideObject | null {
  return objects.find((object) => object.kind === kind) ?? null;
}

async function keep(
  tools: CarryOutTools,
  pass: Pass,
  kind: OutsideObject['kind'],
  wanted: Wanted | null,
  placeOf: Parameters<typeof alignObject>[2],
): Promise<Temporal.Instant | null> {
  const { claim, facts, accounts } = pass;
  const current = standing(pass, kind);
  // A session that is over needs nothing new, and what it had may stay.
  const forgottenAt = facts.live ? facts.end : facts.end.add({ hours: FORGOTTEN_AFTER_HOURS });
  if (Temporal.Instant.compare(forgottenAt, tools.clock.now()) <= 0) return null;
  const hand: Hand = {
    now: () => tools.clock.now(),
    chance: () => tools.chance(),
    tookOver: claim.tookOver,
    fresh: claim.attempts === 1,
    restored: pass.restored,
    hold: async () => void (await pass.lease.hold()),
    put: async (object) => {
      const held = await tools.transactor.inOrganisation(claim.organisationId, (tx) =>
        putOutsideObject(tx.last, claim.sessionId, claim.leaseNo, object),
      );
      if (!held) throw new LeaseLost();
      pass.lease.seen();
    },
  };
  const left = current !== null && accounts.isLeft(current);
  // What stands with an account that was disconnected stays, until something else is wanted.
  if (left && wanted !== null && isAsWanted(current, wanted)) return null;
  const places = current?.connectionId === null ? tools.places : accounts.places;
  const outOfReach = current !== null && !left && isOutOfReach(facts, places, current);
  endWhereStopping(tools);
  const leave = <T>(call: () => Promise<T>): Promise<T> => pass.lease.leave(call);
  const place = (object: OutsideObject): Place | null => {
    const there = accounts.isLeft(object) ? LEFT : placeOf(object);
    if (there === null || there === LEFT) return there;
    return sparing(tools.transactor, pass, object, pass.gate.guardPlace(object, placeLeaving(there, leave)));
  };
  const guarded = wanted && pass.gate.guard(wantedLeaving(wanted, leave), facts.start);
  const spared = guarded && sparing(tools.transactor, pass, guarded, guarded);
  const goal = outOfReach ? OUT_OF_REACH : spared;
  const alignment: Alignment = await alignObject(current, goal, place, hand);
  await pass.gate.settle();
  const { object } = alignment;
  if (object) pass.objects = [...pass.objects.filter((other) => other.kind !== kind), object];
  if (object && object !== current) tools.announce(claim.organisationId, claim.sessionId);
  // With the settings the place may come back, and nobody rings then.
  const lacking = lacksPlatform(facts, accounts.places)
    ? backOffMs({ attempts: 1, refused: true }, tools.chance())
    : null;
  return alignment.againAt ?? (lacking === null ? null : tools.clock.now().add({ milliseconds: lacking }));
}

function isAsWanted(object: OutsideObject, wanted: Wanted): boolean {
  const same = object.provider === wanted.provider && object.platform === wanted.platform;
  return object.state === 'live' && same && object.written === wanted.digest;
}

function endWhereStopping(tools: CarryOutTools): void {
  if (tools.isStopping?.()) throw new HandOver('the runner is to stop');
}

function earliest(instants: readonly (Temporal.Instant | null)[]): Temporal.Instant | null {
  return instants.reduce<Temporal.Instant | null>(
    (first, at) => (at && (!first || Temporal.Instant.compare(at, first) < 0) ? at : first),
    null,
  );
}
