// The gate of one pass: every call outside goes through it, and is held back where its account is in trouble, has too much out
// already, or has nothing left for today. What the pass learns of an account is written down for all processes.
import type { OutsideObject } from '../meetings/meeting.ts';
import { CALLS_AT_ONCE, type OutsideProvider } from '../meetings/provider.ts';
import type { Transaction, Transactor } from '../platform/database/transaction.ts';
import type { Log } from '../platform/log.ts';
import { OutsideError, type OutsideFacts } from '../platform/outside-error.ts';
import type { Clock } from '../platform/time/clock.ts';
import { allowance, dayOf, nextAllowanceAt, type Change, type DailyChanges } from './budget.ts';
import {
  afterFailure,
  failsAccount,
  isOpen,
  PROBE_LEASE_MS,
  waitsUntil,
  type Account,
  type Circuit,
} from './circuit.ts';
import { Held } from './held.ts';
import type { Place, Wanted } from './steps/wanted.ts';
import {
  deleteCircuit,
  exhaustDay,
  existsTroubleAt,
  lockCircuit,
  passProbeOn,
  putCircuit,
  releaseWaiting,
  takeOfDay,
  takeProbe,
} from './store-accounts.ts';
import { isPost, passPostProbeOn, releasePostAwaited } from './store-post-awaited.ts';
import type { Traffic } from './traffic.ts';

/** Calls to an account that leaves them unanswered are put off by this, and as much again by chance. */
const SLOW_WAIT_MS = 4_000;
const FULL_WAIT_MS = 1_000;
/** A 429 that asks for so long is of the day's bound, not of the second's. */
const DAILY_WAIT_MS = 3_600_000;

export type GateTools = {
  readonly transactor: Pick<Transactor, 'inOrganisation'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly traffic: Traffic;
  readonly dailyChanges: DailyChanges;
  chance(): number;
};

export type Gate = {
  /** The same, every call of it through the gate. */
  guard(wanted: Wanted, start: Temporal.Instant): Wanted;
  guardPlace(object: OutsideObject, place: Place): Place;
  /** For what is not tried at all while its account is not asked: null, or when to come again. */
  waitFor(account: Account): Promise<Temporal.Instant | null>;
  /** A call whose account was waited for already. */
  watch<T>(account: Account, call: () => Promise<T>): Promise<T>;
  /** Writes down what was learned since the last time. */
  settle(): Promise<void>;
};

type Call = { readonly host: string | null; readonly change: Change | null };
type Learned = { readonly account: Account; alive: boolean; failure: OutsideFacts | null; probing: boolean };
type Whose = { readonly organisationId: number; readonly sessionId: number };

/** `circuits`: as the pass has read them. */
export function openGate(tools: GateTools, whose: Whose, circuits: readonly Circuit[]): Gate {
  const { clock, traffic } = tools;
  const learned = new Map<string, Learned>();
  const inOrganisation = <T>(body: (tx: Transaction) => Promise<T>): Promise<T> =>
    tools.transactor.inOrganisation(whose.organisationId, body);
  const about = (account: Account): Learned => {
    const key = nameOf(account);
    const known = learned.get(key) ?? { account, alive: false, failure: null, probing: false };
    learned.set(key, known);
    return known;
  };
  const circuitOf = ({ provider, connectionId }: Account): Circuit | null =>
    circuits.find((one) => one.provider === provider && one.connectionId === connectionId) ?? null;

  const waitFor = async (account: Account): Promise<Temporal.Instant | null> => {
    const circuit = circuitOf(account);
    const known = about(account);
    if (!isOpen(circuit) || known.probing) return null;
    const now = clock.now();
    if (circuit.probeAt && Temporal.Instant.compare(circuit.probeAt, now) <= 0) {
      const lease = { now, until: now.add({ milliseconds: PROBE_LEASE_MS }) };
      known.probing = await inOrganisation((tx) => takeProbe(tx.last, account, lease));
      if (known.probing) return null;
    }
    return waitsUntil(circuit, whose.sessionId, now, tools.chance());
  };

  const watch = async <T>(account: Account, call: () => Promise<T>, host: string | null = null): Promise<T> => {
    const known = about(account);
    const way = {
      provider: account.provider,
      account: `${whose.organisationId}/${nameOf(account)}/${host ?? ''}`,
      mailbox: mailboxOf(account, host),
    };
    const left = await traffic.enter(way, whose, known.probing);
    if (typeof left === 'string') throw crowded(tools, account, left);
    try {
      const answer = await call();
      known.alive = true;
      return answer;
    } catch (error) {
      learn(known, error);
      throw error;
    } finally {
      left();
    }
  };

  const through = async <T>(account: HostAccount, { host, change }: Call, call: () => Promise<T>): Promise<T> => {
    const until = await waitFor(account);
    // A host of whom nothing fails is asked all the same: it may be another's fault that the account looks dead.
    const doubted = until && (host === null || (await inOrganisation((tx) => existsTroubleAt(tx.last, account, host))));
    if (doubted) throw new Held(account.provider, 'circuit_open', until);
    const most = tools.dailyChanges.get(account.provider);
    if (change === null || host === null || most === undefined) return await watch(account, call, host);
    const counted = () => takeOneOfDay(tools, whose, { ...account, host, most }, change, call);
    return await watch(account, counted, host);
  };

  return {
    guard: (wanted, start) => guarded(through, wanted, start),
    guardPlace: (object, place) => guardedPlace(through, object, place),
    waitFor,
    watch: (account, call) => watch(account, call),
    settle: async () => {
      const news = [...learned.values()];
      learned.clear();
      for (const one of news) await writeDown(tools, whose, one, circuitOf(one.account));
    },
  };
}

function crowded(tools: GateTools, account: Account, why: 'account_slow' | 'mailbox_full'): Held {
  const ms = why === 'account_slow' ? SLOW_WAIT_MS : FULL_WAIT_MS;
  return new Held(
    account.provider,
    why,
    tools.clock.now().add({ milliseconds: Math.round(ms * (1 + tools.chance())) }),
  );
}

function learn(known: Learned, error: unknown): void {
  if (!(error instanceof OutsideError) || error instanceof Held) return;
  if (failsAccount(error.facts, known.account)) known.failure = error.facts;
  else known.alive = true;
}

type HostAccount = Account & { readonly provider: OutsideProvider };
type Through = <T>(account: HostAccount, call: Call, run: () => Promise<T>) => Promise<T>;

function guarded(through: Through, wanted: Wanted, start: Temporal.Instant): Wanted {
  const { provider, connectionId, host } = wanted;
  const account = { provider, connectionId };
  const plain = { host, change: null };
  const changing = (kind: Change['kind']): Call => ({ host, change: { kind, start } });
  return {
    ...wanted,
    create: (generation) => through(account, changing('create'), () => wanted.create(generation)),
    update: (id, generation) => through(account, changing('update'), () => wanted.update(id, generation)),
    read: (id) => through(account, plain, () => wanted.read(id)),
    find: () => through(account, plain, () => wanted.find()),
    delete: (id) => through(account, plain, () => wanted.delete(id)),
  };
}

function guardedPlace(through: Through, { provider, connectionId, host }: OutsideObject, place: Place): Place {
  const [account, call] = [
    { provider, connectionId },
    { host, change: null },
  ];
  return {
    find: () => through(account, call, () => place.find()),
    delete: (id) => through(account, call, () => place.delete(id)),
  };
}

/** One of the host's day for the call; what the provider itself says of the day is believed. */
async function takeOneOfDay<T>(
  { transactor, clock }: GateTools,
  { organisationId }: Whose,
  at: HostAccount & { readonly host: string; readonly most: number },
  change: Change,
  call: () => Promise<T>,
): Promise<T> {
  const now = clock.now();
  const hostDay = { ...at, day: dayOf(now) };
  const allowed = allowance(at.most, change, now);
  const taken = await transactor.inOrganisation(organisationId, (tx) => takeOfDay(tx, hostDay, allowed));
  if (!taken) throw new Held(at.provider, 'budget_spent', nextAllowanceAt(change, now));
  try {
    return await call();
  } catch (error) {
    if (isDailyBound(error)) {
      await transactor.inOrganisation(organisationId, (tx) => exhaustDay(tx.last, hostDay, at.most));
    }
    throw error;
  }
}

async function passOn(tx: Transaction, account: Account, now: Temporal.Instant): Promise<void> {
  await (isPost(account) ? passPostProbeOn(tx, account, now) : passProbeOn(tx, account, now));
}

async function release(tx: Transaction, account: Account, now: Temporal.Instant): Promise<number> {
  return await (isPost(account) ? releasePostAwaited(tx, account, now) : releaseWaiting(tx, account, now));
}

async function writeDown(tools: GateTools, whose: Whose, learned: Learned, before: Circuit | null): Promise<void> {
  const { account, alive, failure, probing } = learned;
  const now = tools.clock.now();
  const facts = {
    provider: account.provider,
    connectionId: account.connectionId,
    organisationId: whose.organisationId,
  };
  if (failure) {
    const { outcome, operation, status, providerCode } = failure;
    const error = [outcome, account.provider, operation, status, providerCode]
      .filter((part) => part !== undefined)
      .join(' ');
    const failed = { at: now, error, sessionId: whose.sessionId, probing };
    const opened = await tools.transactor.inOrganisation(whose.organisationId, async (tx) => {
      const current = await lockCircuit(tx, account, now);
      const next = afterFailure(account, current, failed, tools.chance());
      const passesOn = isOpen(next) && (probing || !isOpen(current));
      if (passesOn) await Promise.all([putCircuit(tx, next), passOn(tx.last, account, now)]);
      else await putCircuit(tx.last, next);
      return isOpen(next) && !isOpen(current) ? next : null;
    });
    if (opened) tools.log.warn({ ...facts, error, failures: opened.failures }, 'an account is not asked for a while');
    return;
  }
  // Open, it is closed by a probe alone: others may have been let through for their host's sake.
  if (!alive || (!probing && (before === null || isOpen(before)))) return;
  const closed = await tools.transactor.inOrganisation(whose.organisationId, async (tx) => {
    const openedAt = await deleteCircuit(tx, account);
    return openedAt && { openedAt, released: await release(tx, account, now) };
  });
  if (closed) {
    const seconds = Math.round(now.since(closed.openedAt).total('seconds'));
    tools.log.info({ ...facts, seconds, released: closed.released }, 'an account answers again');
  }
}

function isDailyBound(error: unknown): boolean {
  return (
    error instanceof OutsideError && error.facts.status === 429 && (error.facts.retryAfterMs ?? 0) >= DAILY_WAIT_MS
  );
}

function nameOf({ provider, connectionId }: Account): string {
  return `${provider}/${connectionId ?? 'own'}`;
}

/** A connection is one mailbox. */
function mailboxOf({ provider, connectionId }: Account, host: string | null) {
  if (host === null || provider === 'mail' || provider === 'sms') return null;
  return { name: `${provider}/${connectionId ?? host}`, most: CALLS_AT_ONCE[provider] };
}
