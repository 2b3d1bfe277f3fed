// The closer look at one suspect: what we know of its session now, then the thing itself at the provider. Only what we knew
// before the look, and still know when it is acted on, counts; whoever works at the session in between wins.
import { listConnectionsOfSession } from '../connections/store.ts';
import { meetingDetails, type OutsideObject } from '../meetings/meeting.ts';
import { listOutsideObjects } from '../meetings/store.ts';
import type { Bounds } from '../meetings/provider.ts';
import type { Transactor } from '../platform/database/transaction.ts';
import { accountsOf, type Accounts, type AccountTools } from './accounts.ts';
import { wantedEvent, wantedMeeting, type SessionFacts } from './plan.ts';
import { eventToKeep } from './steps/calendar-event.ts';
import { meetingToKeep } from './steps/meeting.ts';
import type { Wanted } from './steps/wanted.ts';
import { existsSession, findStanding, type Standing } from './store-standing.ts';
import { readFacts } from './store-facts.ts';
import type { SweepClaim } from './store-sweep.ts';
import type { SweepOutlet } from './sweep-outlet.ts';
import { isTimeOf, type Finding, type Suspect } from './sweep.ts';

export type CheckTools = AccountTools & { readonly transactor: Pick<Transactor, 'inOrganisation' | 'scan'> };

export type Look = {
  readonly claim: SweepClaim;
  readonly outlet: SweepOutlet;
  /** Before each call outside: prolongs the lease, and answers what the call is bounded by. */
  bounds(timeoutMs?: number): Promise<Bounds>;
};

/** `leaseNo`: of the session as it was judged; null: there is none. */
export type Found = { readonly finding: Finding; readonly leaseNo: number | null };

/** fine: nothing is wrong. unsure: it is being worked at, or waits for something; the next round looks again. */
export type Checked = Found | 'fine' | 'unsure';

export async function checkSuspect(tools: CheckTools, look: Look, suspect: Suspect): Promise<Checked> {
  return suspect.own ? await checkOwn(tools, look, suspect) : await checkOther(tools, look, suspect);
}

async function checkOwn(tools: CheckTools, look: Look, suspect: Suspect & { readonly own: true }): Promise<Checked> {
  const { claim, outlet } = look;
  const { organisationId } = claim;
  const { sessionId } = suspect;
  const [standing, read, objects, connections] = await tools.transactor.inOrganisation(
    organisationId,
    async (tx) => [
      await findStanding(tx, sessionId),
      await readFacts(tx, sessionId),
      await listOutsideObjects(tx, sessionId),
      await listConnectionsOfSession(tx, sessionId),
    ],
    { readOnly: true, isolation: 'repeatable read' },
  );
  const object = objects.find(({ kind }) => kind === outlet.kind);
  if (!standing?.settled) return 'unsure';
  // Nothing of its own is to stand here, by now: what stands nevertheless is found as another's.
  if (!standing.live || !object || object.state === 'gone' || !isHere(object, claim)) return 'fine';
  const id = object.providerId;
  const wanted = wantedOf(
    read.facts,
    objects,
    object,
    accountsOf(tools, organisationId, connections),
    await look.bounds(),
  );
  // Anything else is on its way already, or waits for something. What is wanted otherwise than it was written is not: no pass is
  // due, and the thing is compared with what is wanted now.
  const isDone = object.state === 'live' && object.settlesAt === null && object.written !== null;
  if (wanted === null || id === null || !isDone) return 'unsure';
  const found = await wanted.read(id);
  if (found?.agrees) return 'fine';
  const there = suspect.listed?.id === id ? suspect.listed : null;
  const kind = !found ? 'missing' : there && isTimeOf(standing, there) ? 'changed' : 'moved';
  const judged = { sessionId, id, at: standing.start };
  return { finding: findingOf(kind, judged, standing, true), leaseNo: standing.leaseNo };
}

/** As a pass of fulfilment would bring it about, at the very place where it stands. */
function wantedOf(
  facts: SessionFacts,
  objects: readonly OutsideObject[],
  object: OutsideObject,
  accounts: Accounts,
  bounds: Bounds,
): Wanted | null {
  const made = object.kind === 'meeting' ? meetingOf() : eventOf();
  const here =
    made?.provider === object.provider && made.host === object.host && made.connectionId === object.connectionId;
  return here && made.platform === object.platform ? made : null;

  function meetingOf(): Wanted | null {
    const wanted = wantedMeeting(facts, accounts.places);
    const at = wanted && accounts.meetingsFor(wanted.platform, object);
    return wanted && at ? meetingToKeep(wanted, facts.revision, at, bounds) : null;
  }
  function eventOf(): Wanted | null {
    const wanted = wantedEvent(facts, accounts.places, meetingDetails(facts.platform, objects));
    const at = wanted && accounts.calendarFor(wanted.calendar, object);
    return wanted && at ? eventToKeep(wanted, facts.revision, at, bounds) : null;
  }
}

async function checkOther(tools: CheckTools, look: Look, suspect: Suspect & { readonly own: false }): Promise<Checked> {
  const { claim, outlet } = look;
  const { sessionId, id } = suspect;
  const { standing, own } = await tools.transactor.inOrganisation(
    claim.organisationId,
    async (tx) => {
      const objects = await listOutsideObjects(tx, sessionId);
      return {
        standing: await findStanding(tx, sessionId),
        own: objects.find(({ kind }) => kind === outlet.kind) ?? null,
      };
    },
    { readOnly: true, isolation: 'repeatable read' },
  );
  if (standing === null) {
    // Another organisation's of this installation, on a calendar that both use, is none of our business.
    if (await tools.transactor.scan('fulfilment', (tx) => existsSession(tx.last, sessionId), { readOnly: true }))
      return 'fine';
    const there = await outlet.read(id, await look.bounds());
    return there ? { finding: findingOf('unknown', suspect, null, false), leaseNo: null } : 'fine';
  }
  if (!standing.settled || (own?.settlesAt ?? null) !== null) return 'unsure';
  // It has become the session's own.
  if (own?.providerId === id) return 'fine';
  const there = await outlet.read(id, await look.bounds());
  if (there === null) return 'fine';
  const { leaseNo } = standing;
  if (standing.live) {
    const proved = isKeptHere(own, claim) && (await areAllOfItsTime(look, suspect, standing, own));
    return { finding: findingOf('duplicate', suspect, standing, proved), leaseNo };
  }
  const proved = standing.cancelled && (own === null || own.state === 'gone') && isTimeOf(standing, there);
  return { finding: findingOf(proved ? 'orphan' : 'unknown', suspect, standing, proved), leaseNo };
}

/**
 * A copy at another time may be somebody's own, made from ours. Whoever removes one copy looks for all of them, so that each must be
 * of the session's very time.
 */
async function areAllOfItsTime(
  look: Look,
  { marker }: Suspect & { readonly own: false },
  standing: Standing,
  own: OutsideObject | null,
): Promise<boolean> {
  const all = await look.outlet.find(marker, await look.bounds());
  return all.every((one) => one.id === own?.providerId || isTimeOf(standing, one));
}

function isKeptHere(own: OutsideObject | null, claim: SweepClaim): boolean {
  return own?.state === 'live' && own.written !== null && isHere(own, claim);
}

function isHere(own: OutsideObject, { provider, connectionId, host }: SweepClaim): boolean {
  return own.provider === provider && (own.connectionId ?? 0) === connectionId && own.host === host;
}

function findingOf(
  kind: Finding['kind'],
  { sessionId, id: providerId, at }: Pick<Suspect, 'sessionId' | 'id' | 'at'>,
  standing: Standing | null,
  proved: boolean,
): Finding {
  return { kind, sessionId, providerId, at, revision: standing?.revision ?? 0, proved };
}
