// One simulated world: virtual time, simulated processes, and a list of what can happen next. One thing happens at a time,
// chosen by the seed; then all code runs until it waits again. So a seed is a story, and the same seed the same story.
import { chanceOf, type Chance } from './chance.ts';
import { runOutside, type Place } from './takeover.ts';

/** A process of the operating system, as far as a world has any. It is gone for good once it is not alive. */
export type Machine = {
  readonly name: string;
  readonly place: Place;
  readonly alive: boolean;
  /** Rejects when the machine dies: whoever waits for its answer learns it so. */
  readonly death: Promise<never>;
  /** Until then nothing happens on it. */
  frozenUntilMs: number;
  /** What ends with it. */
  onDeath(run: () => void): void;
};

/** The process died before it answered. */
export class Died extends Error {}

/** What can happen next; on a machine it does so only while that lives and is not frozen. */
type Happening = { readonly machine: Machine | null; readonly run: () => void | Promise<void> };
type Timer = Happening & { at: number; readonly look: boolean };

/** Of a seed that does not come to its end. */
const MOST_STEPS = 60_000;
/** What one statement, answer or turn of a program takes at most. */
const LONGEST_STEP_MS = 4;
/** Between two runners that look every second. */
const LATEST_LOOK_MS = 999;

export class World {
  readonly seed: number;
  readonly chance: Chance;
  /** Real, from the first instant on; the seed moves it. */
  elapsedMs = 0;
  #wallMs: number;
  readonly #steps: Chance;
  readonly #trace: string[] = [];
  #ready: Happening[] = [];
  #timers: Timer[] = [];
  readonly #work = new Set<Promise<unknown>>();
  readonly #deaths = new Map<Machine, (() => void)[]>();
  #stepped = 0;
  readonly machines: Machine[] = [];
  /** Nobody asks for anything any more. */
  over = false;
  /** A machine has stood still: what it had in hand came late. */
  froze = false;
  /** When the next session is due, in this world's milliseconds; null: none is. Asked when nothing else can happen. */
  dueAtMs: () => Promise<number | null> = () => Promise.resolve(null);

  /** Before each thing that happens, and while nothing does. */
  prepare: () => Promise<void> | undefined = () => undefined;

  constructor(seed: number) {
    this.seed = seed;
    this.chance = chanceOf(seed);
    this.#steps = this.chance.branch('steps');
    this.#wallMs = Temporal.Instant.from('2030-01-07T09:00:00Z').epochMilliseconds;
  }

  now(): Temporal.Instant {
    return Temporal.Instant.fromEpochMilliseconds(this.#wallMs + Math.floor(this.elapsedMs));
  }

  /** Sets all clocks on the wall; how long something lasts is not measured by them. */
  setWall(to: Temporal.Instant): void {
    this.#wallMs = to.epochMilliseconds - Math.floor(this.elapsedMs);
  }

  trace(line: string): void {
    this.#trace.push(`${(this.elapsedMs / 1000).toFixed(3).padStart(12)} ${line}`);
  }

  get lines(): readonly string[] {
    return this.#trace;
  }

  /** Can happen from now on, in whatever order. */
  happen(machine: Machine | null, run: () => void | Promise<void>): void {
    if (machine && !machine.alive) return;
    this.#ready.push({ machine, run });
  }

  later(ms: number, machine: Machine | null, run: () => void | Promise<void>, look = false): () => void {
    if (machine && !machine.alive) return () => undefined;
    const timer: Timer = { at: this.elapsedMs + Math.max(0, ms), machine, run, look };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
      this.#ready = this.#ready.filter((one) => one !== timer);
    };
  }

  start(name: string, fetchOf: (machine: Machine) => typeof fetch): Machine {
    const ends: (() => void)[] = [];
    const death = Promise.withResolvers<never>();
    death.promise.catch(() => undefined);
    const chance = this.chance.branch(`${name} at ${this.elapsedMs}`);
    let alive = true;
    const machine: Machine = {
      name,
      frozenUntilMs: 0,
      death: death.promise,
      get alive() {
        return alive;
      },
      onDeath: (run) => void ends.push(run),
      place: {
        later: (ms, run, kind) => this.later(ms, machine, run, kind === 'look'),
        elapsedMs: () => this.elapsedMs,
        fetch: (input, init) => fetchOf(machine)(input, init),
        chance: () => chance.next(),
        await: (work) => this.await(work),
      },
    };
    ends.push(() => {
      alive = false;
      death.reject(new Died(name));
    });
    this.#deaths.set(machine, ends);
    this.machines.push(machine);
    return machine;
  }

  /** Whatever the machine was doing ends where it is; what has left it goes on by itself. */
  kill(machine: Machine): void {
    const ends = this.#deaths.get(machine) ?? [];
    this.#deaths.delete(machine);
    for (const end of ends) end();
    this.machines.splice(this.machines.indexOf(machine), 1);
    this.#ready = this.#ready.filter((one) => one.machine !== machine);
    this.#timers = this.#timers.filter((one) => one.machine !== machine);
  }

  /** Where those live who are no process of ours: they have time and chance, and no network. */
  placeOf(name: string): Place {
    const chance = this.chance.branch(name);
    return {
      later: (ms, run) => (this.over ? () => undefined : this.later(ms, null, run)),
      elapsedMs: () => this.elapsedMs,
      chance: () => chance.next(),
      await: (work) => this.await(work),
    };
  }

  async await<T>(work: Promise<T>): Promise<T> {
    this.#work.add(work);
    return await work.finally(() => this.#work.delete(work));
  }

  /** Lets things happen until `over` says so. */
  async run(over: () => boolean): Promise<void> {
    this.#stepped = 0;
    await runOutside(async () => {
      await this.#settle();
      while (!over()) {
        await this.#step();
        if ((this.#stepped += 1) > MOST_STEPS) throw new Error('the world does not come to rest');
      }
    });
  }

  async #step(): Promise<void> {
    this.elapsedMs += 1 + this.#steps.between(0, LONGEST_STEP_MS - 1);
    this.#ring();
    let possible = this.#possible();
    if (possible.length === 0) {
      await this.#passTime();
      possible = this.#possible();
      if (possible.length === 0) return;
    }
    const next = this.#steps.pick(possible);
    this.#ready.splice(this.#ready.indexOf(next), 1);
    await this.prepare();
    await next.run();
    await this.#settle();
  }

  #possible(): Happening[] {
    return this.#ready.filter(({ machine }) => machine === null || machine.frozenUntilMs <= this.elapsedMs);
  }

  /** Timers that have run out can happen now. */
  #ring(): void {
    const due = this.#timers.filter(({ at }) => at <= this.elapsedMs);
    if (due.length === 0) return;
    this.#timers = this.#timers.filter((timer) => !due.includes(timer));
    this.#ready.push(...due.toSorted((a, b) => a.at - b.at));
  }

  /** Nothing can happen now: on to the next timer, or to when a session is due and somebody looks. */
  async #passTime(): Promise<void> {
    const waking = [...this.#timers.filter(({ look }) => !look).map(({ at }) => at), ...this.#thaws()];
    const looks = this.#timers.filter(({ look }) => look);
    const firstLook = Math.min(...looks.map(({ at }) => at));
    // What comes before anybody looks comes whatever is due.
    const dueAt = Math.min(...waking) <= firstLook ? null : await this.dueAtMs();
    if (dueAt !== null) waking.push(Math.max(dueAt, firstLook));
    if (waking.length === 0) throw new Error('nothing can happen any more');
    const to = Math.max(this.elapsedMs, Math.min(...waking));
    const found = dueAt !== null && to >= dueAt;
    // Looks that would have found nothing are left out; of those at the right moment one comes first.
    const early = looks.filter(({ at }) => at < to);
    const first = found && early.length > 0 ? this.#steps.pick(early) : null;
    for (const look of early) look.at = look === first ? to : to + this.#steps.between(1, LATEST_LOOK_MS);
    this.elapsedMs = to;
    this.#ring();
  }

  #thaws(): number[] {
    return this.machines.map(({ frozenUntilMs }) => frozenUntilMs).filter((at) => at > this.elapsedMs);
  }

  /** Until all code waits for something that the world has in hand. */
  async #settle(): Promise<void> {
    for (;;) {
      await turn();
      await turn();
      if (this.#work.size === 0) return;
      await Promise.allSettled(this.#work);
    }
  }
}

/** Everything that promises and ticks lead to has run when it resolves. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
