// The deck of faults: what may strike a company of processes, its database, the wire between them and the providers, and
// how each is mended. Dealt like cards, so that a long run meets every one of them as often as it is in the deck.
import type { Cluster } from './cluster.ts';
import type { Company, Member, Role } from './company.ts';
import type { Wire } from './wire.ts';

export type Fault = {
  readonly name: string;
  /** What it is about: no two faults of a round are about the same. */
  readonly touches: readonly string[];
  /** From strike to mending. */
  readonly heldMs: number;
  readonly strike: () => Promise<void> | void;
  readonly mend: () => Promise<void> | void;
};

export type Scene = {
  readonly company: Company;
  readonly cluster: Cluster;
  readonly wire: Wire;
  readonly chance: () => number;
};

/** Longer than a lease (fulfilment/carry-out, 30 s), and than every time-out of the pool. */
const PAST_LEASE_MS = 31_000;
const nothing = (): void => undefined;

type Card = (scene: Scene) => Fault | null;

/** Null where what it would strike is asleep, gone, or not there on this machine. */
const CARDS: readonly (readonly [copies: number, card: Card])[] = [
  [4, (scene) => killed(scene, 'api')],
  [4, (scene) => killed(scene, 'worker')],
  [1, everythingKilled],
  [4, (scene) => ofDatabase('killed', between(scene.chance, 0, 1_500), scene.cluster.kill, scene.cluster.revive)],
  [2, ({ cluster }) => ofDatabase('a connection’s process killed', 0, cluster.killBackend, cluster.revive)],
  [2, (scene) => stopped(scene, 'api', between(scene.chance, 300, 4_000))],
  [2, (scene) => stopped(scene, 'worker', between(scene.chance, 300, 4_000))],
  [1, (scene) => stopped(scene, 'api', PAST_LEASE_MS)],
  [2, (scene) => stopped(scene, 'worker', PAST_LEASE_MS)],
  [2, (scene) => ofDatabase('stopped', between(scene.chance, 300, 4_000), scene.cluster.freeze, scene.cluster.thaw)],
  [3, ({ cluster }) => ofDatabase('connections ended', 0, cluster.cut, nothing)],
  [2, ({ wire }) => ofWire('cut', 0, wire.cut, nothing)],
  [
    1,
    ({ wire, chance }) =>
      ofWire('silent, then late', between(chance, 500, 4_000), wire.silence, () => wire.speak(false)),
  ],
  [
    1,
    ({ wire, chance }) => ofWire('silent, then cut', between(chance, 500, 4_000), wire.silence, () => wire.speak(true)),
  ],
  [4, slowProvider],
  [2, diskFull],
];

/** These take half a minute each: once in a long run is enough. */
const RARE: readonly Card[] = [
  ({ cluster }) => ofDatabase('stopped past a lease', PAST_LEASE_MS, cluster.freeze, cluster.thaw),
];
/** A pass through the deck is some 25 rounds; a rare card is put into every second one. */
const RARE_EVERY = 2;

/** Deals so many faults that do not touch each other, every card once before any is dealt again. */
export function shuffledDeck(chance: () => number): (scene: Scene, most: number) => readonly Fault[] {
  let left: Card[] = [];
  let passes = 0;
  const shuffle = (): void => {
    left = CARDS.flatMap(([copies, card]) => Array.from({ length: copies }, () => card));
    if (passes++ % RARE_EVERY === 0) left.push(...RARE);
  };
  return (scene, most) => {
    const dealt: Fault[] = [];
    const back: Card[] = [];
    while (dealt.length < most) {
      if (left.length === 0 && dealt.length > 0) break;
      if (left.length === 0) shuffle();
      const [card] = left.splice(Math.floor(chance() * left.length), 1);
      const fault = card?.(scene);
      if (!card || !fault) continue;
      const touched = new Set(dealt.flatMap(({ touches }) => touches));
      if (fault.touches.some((name) => touched.has(name))) back.push(card);
      else dealt.push(fault);
    }
    left.push(...back);
    return dealt;
  };
}

type Ends = readonly [heldMs: number, strike: Fault['strike'], mend: Fault['mend']];

function ofDatabase(what: string, ...[heldMs, strike, mend]: Ends): Fault {
  return { name: `database: ${what}`, touches: ['database'], heldMs, strike, mend };
}

function ofWire(what: string, ...[heldMs, strike, mend]: Ends): Fault {
  return { name: `wire: ${what}`, touches: ['wire'], heldMs, strike, mend };
}

function between(chance: () => number, least: number, most: number): number {
  return least + chance() * (most - least);
}

function one({ company, chance }: Scene, role: Role): Member | null {
  const awake = company.awake(role);
  return awake[Math.floor(chance() * awake.length)] ?? null;
}

function killed(scene: Scene, role: Role): Fault | null {
  const { company, chance } = scene;
  const member = one(scene, role);
  if (!member) return null;
  return {
    name: `${role} killed`,
    touches: [member.name],
    heldMs: between(chance, 0, 1_000),
    strike: () => company.kill(member),
    mend: () => company.revive(member),
  };
}

function everythingKilled({ company, cluster }: Scene): Fault {
  const members = company.awake();
  return {
    name: 'everything killed',
    touches: ['database', ...members.map(({ name }) => name)],
    heldMs: 0,
    strike: async () => {
      await Promise.all([cluster.kill(), ...members.map((member) => company.kill(member))]);
    },
    mend: async () => {
      await Promise.all([cluster.revive(), ...members.map((member) => company.revive(member))]);
    },
  };
}

/** Past a lease it sleeps on through the rounds that follow, and is woken when its time is up. */
function stopped(scene: Scene, role: Role, forMs: number): Fault | null {
  const { company } = scene;
  const member = one(scene, role);
  if (!member || company.awake(role).length < 2) return null;
  const long = forMs >= PAST_LEASE_MS;
  return {
    name: `${role} stopped${long ? ' past a lease' : ''}`,
    touches: [member.name],
    heldMs: long ? 0 : forMs,
    strike: () => company.stop(member, forMs),
    mend: long ? nothing : () => company.wake(member),
  };
}

const CALLS = [
  ['zoom', 'create'],
  ['zoom', 'update'],
  ['zoom', 'delete'],
  ['zoom', 'token'],
  ['google', 'create'],
  ['google', 'update'],
  ['google', 'delete'],
  ['microsoft', 'create'],
  ['microsoft', 'update'],
  ['mail', 'send'],
] as const;

/** Slow up to past what a call may take (8 s), failing, or silent about what it did. */
function slowProvider({ company, chance }: Scene): Fault {
  const [provider, operation] = CALLS[Math.floor(chance() * CALLS.length)] ?? CALLS[0];
  const what = chance();
  const how =
    what < 0.6
      ? { latencyMs: Math.round(between(chance, 300, 9_000)) }
      : what < 0.8
        ? { dropAfterSuccess: true }
        : { status: provider === 'mail' ? 451 : 503 };
  const fault = { provider, operation, times: 1 + Math.floor(chance() * 8), ...how };
  const strike = () => order(company.sandboxUrl, fault);
  return { name: 'a provider slow or failing', touches: [provider], heldMs: 1_000, strike, mend: nothing };
}

async function order(sandboxUrl: string, fault: object): Promise<void> {
  const answer = await fetch(`${sandboxUrl}/control/faults`, { method: 'POST', body: JSON.stringify(fault) });
  if (answer.status !== 201) throw new Error(`The sandbox refused a fault: ${await answer.text()}`);
}

function diskFull({ cluster, chance }: Scene): Fault | null {
  if (cluster.diskIsShared !== null) return null;
  // At first old log is written over, and only tables that grow are refused.
  const logToo = chance() < 0.5;
  const strike = async (): Promise<void> => {
    await cluster.fill();
    if (logToo) await cluster.writeLog();
  };
  const heldMs = between(chance, 2_000, 5_000);
  return ofDatabase(`disk full${logToo ? ', no room for its log' : ''}`, heldMs, strike, async () => {
    await cluster.empty();
    await cluster.revive();
  });
}
