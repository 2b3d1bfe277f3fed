// Plays one seed: founds its practices, starts its processes, lets people ask and things go wrong, brings all to rest, and
// examines what is left.
import { NOTHING_PLANTED, type Plant } from './plants.ts';
import { clientOf, live, type Desk, type Town } from './people.ts';
import type { Deed } from './acts.ts';
import { customsOf } from './customs.ts';
import { examine, examineTime } from './examine.ts';
import { Bells, startDesk, startWorker, type HouseTools } from './house.ts';
import type { Lane } from './lane.ts';
import { Outside, type Weather } from './outside.ts';
import { foundPractices, type Practice } from './practice.ts';
import { Statements, type Fate } from './statements.ts';
import { runIn, takeOver } from './takeover.ts';
import { countLeft, isQuiet, nextDue } from './work.ts';
import { World, type Machine } from './world.ts';

export type Played = {
  readonly seed: number;
  readonly acts: number;
  readonly breaches: readonly string[];
  readonly trace: readonly string[];
};

const CLIENTS = 4;
const ACTS_EACH = 8;
const STAFF_ACTS = 6;
const NEIGHBOUR_ACTS = 3;
/** Troubles in a hundred calls and in ten thousand flights, by the seed's mood. */
const MOODS = [
  { calls: 0, flights: 0, deaths: 0, deafness: 0 },
  { calls: 15, flights: 0, deaths: 0, deafness: 20 },
  { calls: 5, flights: 60, deaths: 40, deafness: 5 },
  { calls: 30, flights: 30, deaths: 60, deafness: 50 },
] as const;
const DESKS = ['desk-1', 'desk-2'] as const;
const WORKERS = ['worker-1', 'worker-2'] as const;
const LONGEST_RESTART_MS = 20_000;
const EXAMINED_AT_MS = [40_000, 90_000];
const LONGEST_JUMP_SECONDS = 3_600;
const LONGEST_FREEZE_MS = 90_000;
/** In which every worker looks for what is free, whether it has heard of anything or not: every fifth second. */
const LAST_LOOKS_MS = 7_000;
/** For all work outside to end once nothing goes wrong any more; retries wait for ten minutes at most. */
const REST_WITHIN_MS = 3 * 3_600_000;

export async function play(seed: number, lane: Lane, plant: Plant = NOTHING_PLANTED): Promise<Played> {
  takeOver();
  const world = new World(seed);
  lane.clock = { now: () => world.now() };
  const story = new Story(world, lane, plant);
  const ledger: Deed[] = [];
  let breaches: readonly string[];
  try {
    breaches = await story.tell(ledger);
  } catch (error) {
    breaches = [`the story broke off: ${error instanceof Error ? error.stack : String(error)}`];
  }
  await story.close();
  return { seed, acts: ledger.length, breaches, trace: world.lines };
}

class Story {
  readonly #world: World;
  readonly #lane: Lane;
  readonly #tools: HouseTools;
  readonly #outside: Outside;
  readonly #plant: Plant;
  readonly #weather: Weather;
  readonly #desks = new Map<string, Desk>();
  #flights: number;
  #due: { readonly sent: number; readonly at: Temporal.Instant | null } = { sent: -1, at: null };
  #deaths: number;
  /** Somebody may have something to do at any moment. */
  #alwaysDue = false;
  #organisations: number[] = [];

  constructor(world: World, lane: Lane, plant: Plant) {
    this.#world = world;
    this.#lane = lane;
    this.#plant = plant;
    const mood = world.chance.branch('mood').pick(MOODS);
    this.#flights = mood.flights;
    this.#deaths = mood.deaths;
    const deaths = world.chance.branch('deaths');
    this.#weather = {
      trouble: mood.calls,
      diesAround: () => (deaths.next() * 2_000 < this.#deaths ? deaths.pick(['before', 'after']) : null),
    };
    this.#outside = new Outside(world, lane, this.#weather, plant.hearing);
    const bells = new Bells(world);
    bells.deafness = mood.deafness;
    const planted = world.chance.branch('plant');
    const statements = new Statements(
      world,
      lane,
      () => this.#fate(),
      (query, machine) => plant.tamper?.(query, machine, planted),
    );
    const mailService = world.chance.branch('mail').pick(['resend', 'postmark'] as const);
    const waits = customsOf(world.chance).waitlist;
    this.#tools = { world, lane, statements, bells, mailService, waits };
    world.dueAtMs = () => this.#dueAtMs();
    world.prepare = () => lane.ready();
  }

  async tell(ledger: Deed[]): Promise<readonly string[]> {
    const world = this.#world;
    await this.#outside.clear();
    const practices = await foundPractices(world, this.#lane);
    const [practice, neighbour] = practices;
    this.#organisations = practices.map(({ organisationId }) => organisationId);
    for (const name of DESKS) this.#startDesk(name);
    for (const name of WORKERS) this.#startWorker(name);
    const { asking, telling } = this.#plant;
    const town: Town = { world, ledger, asking, telling, desks: () => [...this.#desks.values()] };
    const lives: (() => Promise<void>)[] = Array.from({ length: CLIENTS }, (_, at) => () => {
      return live(town, practice, clientOf(practice, `client-${at + 1}`), ACTS_EACH);
    });
    const staff = { name: 'desk', actor: practice.staff, subject: 'client-1', email: 'client-1@example.com' };
    lives.push(() => live(town, practice, staff, STAFF_ACTS));
    lives.push(() => live(town, neighbour, clientOf(neighbour, 'client-1'), NEIGHBOUR_ACTS));
    let living = lives.length;
    let fault: unknown;
    lives.forEach((life, at) => {
      runIn(world.placeOf(`life ${at}`), life)
        .catch((error: unknown) => (fault = error))
        .finally(() => (living -= 1));
    });
    this.#disturb();
    const during = this.#examineNowAndThen(practices);
    await world.run(() => living === 0);
    if (fault) throw fault;
    await this.#rest();
    const after = await examine({ world, lane: this.#lane, outside: this.#outside, practices, ledger });
    return [...during, ...this.#tools.statements.leases.breaches, ...after];
  }

  /** What must be true of time is so at any moment, in whatever state people and providers are. */
  #examineNowAndThen(practices: readonly Practice[]): readonly string[] {
    const breaches: string[] = [];
    for (const atMs of EXAMINED_AT_MS) {
      this.#world.later(atMs, null, async () => {
        const found = await examineTime(this.#lane, practices);
        breaches.push(...found.map((breach) => `after ${atMs / 1_000} s: ${breach}`));
      });
    }
    return breaches;
  }

  /** Nothing goes wrong any more, and everything that is owed is done. */
  async #rest(): Promise<void> {
    const world = this.#world;
    world.trace('from here on nothing goes wrong');
    [this.#flights, this.#deaths, this.#weather.trouble] = [0, 0, 0];
    const end = world.elapsedMs + REST_WITHIN_MS;
    let idle = false;
    let last = false;
    const look = async (): Promise<void> => {
      const left = await countLeft(this.#lane, this.#organisations, world.now());
      idle = left === 0 && (last || !this.#tools.waits);
      if (idle) return;
      // Whoever offers what is free looks without being told, too; what that finds is to be settled as well.
      last = left === 0 && world.machines.every(({ frozenUntilMs }) => frozenUntilMs <= world.elapsedMs);
      this.#alwaysDue = last;
      const dueMs = left > 0 ? ((await this.#dueAtMs()) ?? 0) - world.elapsedMs : 0;
      world.later(last ? LAST_LOOKS_MS : Math.max(2_000, dueMs), null, look);
    };
    world.later(0, null, look);
    await world.run(() => idle || world.elapsedMs > end);
    this.#alwaysDue = false;
    if (!idle) throw new Error('the work outside does not come to its end');
  }

  /** Restarts, freezes and clocks that are set, now and then. */
  #disturb(): void {
    const world = this.#world;
    const chance = world.chance.branch('disturbances');
    if (this.#deaths === 0) return;
    const next = (): void => {
      world.later(chance.between(5_000, 60_000), null, async () => {
        if (this.#deaths === 0) return;
        if (chance.happens(0.2) && (await isQuiet(this.#lane, this.#organisations))) {
          world.setWall(world.now().add({ seconds: chance.between(1, LONGEST_JUMP_SECONDS) }));
          world.trace('all clocks are set forward');
        }
        const machine = chance.pick(world.machines.length > 0 ? world.machines : [null]);
        if (machine && chance.happens(0.5)) {
          machine.frozenUntilMs = world.elapsedMs + chance.between(1_000, LONGEST_FREEZE_MS);
          world.froze = true;
          this.#tools.statements.standStill(machine);
          world.trace(`${machine.name} stands still`);
        } else if (machine) {
          world.trace(`${machine.name} is killed`);
          world.kill(machine);
        }
        next();
      });
    };
    next();
  }

  #fate(): Fate {
    const { chance } = this.#world;
    if (this.#flights > 0 && chance.next() * 10_000 < this.#flights) return chance.pick(['lost', 'answer lost']);
    if (this.#deaths > 0 && chance.next() * 10_000 < this.#deaths) return chance.pick(['dies before', 'dies after']);
    return 'ok';
  }

  #startDesk(name: string): void {
    const machine = this.#start(name, () => this.#startDesk(name));
    machine.onDeath(() => this.#desks.delete(name));
    this.#desks.set(name, { machine, house: startDesk(this.#tools, machine) });
  }

  #startWorker(name: string): void {
    startWorker(
      this.#tools,
      this.#start(name, () => this.#startWorker(name)),
    );
  }

  #start(name: string, again: () => void): Machine {
    const world = this.#world;
    world.trace(`${name} starts`);
    const machine = world.start(name, (one) => this.#outside.fetchOf(one));
    machine.onDeath(() => {
      if (!world.over) world.later(world.chance.between(100, LONGEST_RESTART_MS), null, again);
    });
    return machine;
  }

  async #dueAtMs(): Promise<number | null> {
    if (this.#alwaysDue) return this.#world.elapsedMs;
    const { sent } = this.#tools.statements;
    if (this.#due.sent !== sent) this.#due = { sent, at: await nextDue(this.#lane, this.#organisations) };
    const { at } = this.#due;
    return at && this.#world.elapsedMs + (at.epochMilliseconds - this.#world.now().epochMilliseconds);
  }

  /** Everything ends where it is; what is left over is nobody's work any more. */
  async close(): Promise<void> {
    this.#world.over = true;
    for (const machine of this.#world.machines.slice()) this.#world.kill(machine);
    await this.#tools.statements.drain();
    await this.#lane.rows(
      `update fulfilment set done_revision = wanted_revision, look_again_at = null, lease_until = null
        where organisation_id = any($1)`,
      [this.#organisations],
    );
    await this.#lane.forget(this.#organisations);
  }
}
