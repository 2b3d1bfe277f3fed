// Hands the statements of all simulated processes to the real database, one at a time. One that waits for a lock is parked and
// halted, and goes on when another has set it free and it is its turn; so which statement comes when is the seed's to say, and
// nobody else's.
import type { EventEmitter } from 'node:events';
import pg from 'pg';
import type { Chance } from './chance.ts';
import type { Lane } from './lane.ts';
import { Leases } from './leases.ts';
import { fail, Line, namesOf, type Errand, type Query } from './line.ts';
import { within } from './takeover.ts';
import type { Machine, World } from './world.ts';

/** Of a statement beside one who holds locks; then it is asked whether it waits for one, and again after twice as long. */
const ANSWERS_WITHIN_MS = 1;
/** Where nobody is known to hold any. */
const ALONE_WITHIN_MS = 1_000;
/** As in platform/database/connection.ts; measured in the world's time. */
const LOCK_TIMEOUT_MS = 5_000;
/** As there, too: how long a transaction is kept open whose owner asks nothing. Only one that stands still can be so slow. */
const IDLE_IN_TRANSACTION_MS = 15_000;
const LINES_OF_A_MACHINE = 4;

/** What may befall a flight: its connection is lost before it arrives, or before its answer comes back; or its process dies. */
export type Fate = 'ok' | 'lost' | 'answer lost' | 'dies before' | 'dies after';
export type FateOf = (machine: Machine, names: string) => Fate;
/** May change a flight before it leaves; plants do. */
export type Tamper = (query: Query, machine: string) => void;

export class Statements {
  readonly #world: World;
  readonly #lane: Lane;
  readonly #fateOf: FateOf;
  readonly #tamper: Tamper;
  readonly #turns: Chance;
  readonly #lines = new Map<Machine, ReadonlySet<Line>>();
  readonly leases = new Leases();
  #parked: Errand[] = [];
  /** Connections that are not with the lane. */
  readonly #out = new Set<pg.PoolClient>();
  /** How many flights were sent: nothing in the database changes otherwise. */
  sent = 0;

  constructor(world: World, lane: Lane, fateOf: FateOf, tamper: Tamper = () => undefined) {
    this.#world = world;
    this.#lane = lane;
    this.#fateOf = fateOf;
    this.#tamper = tamper;
    this.#turns = world.chance.branch('turns');
  }

  /** What a process takes for its pool. */
  poolOf(machine: Machine): pg.Pool {
    const lines = new Set<Line>();
    this.#lines.set(machine, lines);
    const queue: (() => void)[] = [];
    const open = (): pg.PoolClient => {
      const line = new Line(machine, this.#lane.take(), (query) => this.#ask(line, query));
      this.#out.add(line.real);
      line.release = (discard) => {
        if (!lines.delete(line)) return;
        line.lost ||= discard === true;
        this.#hangUp(line);
        queue.shift()?.();
      };
      lines.add(line);
      return line as unknown as pg.PoolClient;
    };
    machine.onDeath(() => {
      const held = [...lines];
      lines.clear();
      this.#lines.delete(machine);
      for (const line of held) this.#hangUp(line);
    });
    const connect = async (): Promise<pg.PoolClient> => {
      if (lines.size >= LINES_OF_A_MACHINE) await new Promise<void>((resolve) => void queue.push(resolve));
      return machine.alive ? open() : await new Promise<never>(() => undefined);
    };
    return Object.create(pg.Pool.prototype, {
      options: { value: { max: LINES_OF_A_MACHINE } },
      waitingCount: { get: () => queue.length },
      connect: { value: connect },
    }) as pg.Pool;
  }

  /** The machine stands still: the server ends the transactions it leaves open. */
  standStill(machine: Machine): void {
    for (const line of this.#lines.get(machine) ?? []) this.#endIfIdle(line);
  }

  #endIfIdle(line: Line, afterMs = IDLE_IN_TRANSACTION_MS): void {
    const { machine } = line;
    this.#world.later(afterMs, null, async () => {
      const isHeld = this.#lines.get(machine)?.has(line) === true && !line.lost;
      const isAsleep = machine.frozenUntilMs > this.#world.elapsedMs;
      if (!isHeld || !isAsleep || line.real.getTransactionStatus() === 'I') return;
      if (line.isAsked) return this.#endIfIdle(line);
      const leftMs = line.idleSinceMs + IDLE_IN_TRANSACTION_MS - this.#world.elapsedMs;
      if (leftMs > 0) return this.#endIfIdle(line, leftMs);
      this.#world.trace(`${machine.name}: its transaction is ended for idleness`);
      line.lost = true;
      await line.real.query('rollback');
      await this.#wakeParked();
    });
  }

  #ask(line: Line, query: Query): void {
    if (!line.machine.alive) return;
    const names = namesOf(query);
    const [answered, deliver] = [Promise.resolve(), () => undefined];
    const errand: Errand = { line, query, names, state: 'waiting', isHeard: false, answered, deliver };
    line.errand = errand;
    this.#world.happen(line.machine, () => this.#send(errand));
  }

  async #send(errand: Errand): Promise<void> {
    const { line, names } = errand;
    const { machine } = line;
    const fate = line.lost ? 'lost' : this.#fateOf(machine, names);
    if (fate !== 'ok') this.#world.trace(`${machine.name}: ${fate} (${names})`);
    if (fate === 'dies before') return this.#world.kill(machine);
    if (fate === 'lost') {
      line.lost = true;
      errand.state = 'done';
      return fail(errand.query, new Error('Connection terminated unexpectedly'));
    }
    await this.#run(errand);
    if (errand.state !== 'done') return;
    if (fate === 'answer lost') line.lost = true;
    if (fate === 'dies after') this.#world.kill(machine);
    errand.deliver(line.lost ? new Error('Connection terminated unexpectedly') : undefined);
  }

  async #run(errand: Errand): Promise<void> {
    this.#submit(errand);
    await this.#answerOrWait(errand);
    // Locks are given up where a transaction ends, and nowhere else.
    if (errand.state === 'done' && !errand.line.holds) await this.#wakeParked();
  }

  /** Until it is answered, or known to sleep until a lock is free. */
  async #answerOrWait(errand: Errand): Promise<void> {
    const { pid } = errand.line;
    let ms = this.#mayWait(errand.line) ? ANSWERS_WITHIN_MS : ALONE_WITHIN_MS;
    for (; !(await within(errand.answered, ms)); ms = Math.min(2 * ms, ALONE_WITHIN_MS)) {
      if (!(await this.#lane.blockers([pid])).has(pid)) continue;
      if (errand.state === 'done') return;
      this.#lane.sleepers.halt(pid);
      if (errand.state === 'out') this.#park(errand);
      if (await this.#closesCircle(pid)) await this.#cancel(errand, '40P01', 'deadlock detected');
      return;
    }
  }

  /** Whether somebody else's transaction is open: nothing else holds a lock. */
  #mayWait({ real }: Line): boolean {
    if (this.#parked.length > 0) return true;
    for (const other of this.#out) if (other !== real && other.getTransactionStatus() === 'T') return true;
    return false;
  }

  #submit(errand: Errand): void {
    const { query, line } = errand;
    this.#world.trace(`${line.machine.name} > ${errand.names}`);
    this.#tamper(query, line.machine.name);
    this.leases.watch(query, line.machine.name);
    errand.state = 'out';
    this.sent += 1;
    const answered = Promise.withResolvers<void>();
    errand.answered = answered.promise;
    const ready = query.handleReadyForQuery.bind(query);
    const failed = query.handleError.bind(query);
    const settle = (deliver: (instead?: Error) => void): void => {
      errand.deliver = (instead) => {
        errand.deliver = () => undefined;
        errand.isHeard = true;
        deliver(instead);
      };
      errand.state = 'done';
      line.idleSinceMs = this.#world.elapsedMs;
      answered.resolve();
    };
    // Of a flight that was answered no statement hears what became of it.
    const lost = (error: Error, wire: unknown): void => {
      if (query.statements) for (const statement of query.statements) statement.handleError(error, wire);
      else failed(error, wire);
    };
    query.handleReadyForQuery = (wire) => settle((instead) => (instead ? lost(instead, wire) : ready(wire)));
    query.handleError = (error, wire) => {
      const told = Object.assign(error, line.verdict);
      const end = (): void =>
        settle((instead) => {
          if (instead) lost(instead, wire);
          // Where it was a flight, the driver notes by it what was never prepared: in truth the connection would be gone.
          if (!instead || query.statements) failed(told, wire);
        });
      // The server tells of an error first, then gives up the locks, then says that it is ready.
      if (error instanceof pg.DatabaseError && error.severity !== 'FATAL')
        (wire as EventEmitter).once('readyForQuery', end);
      else end();
    };
    line.real.query(query as unknown as pg.Query);
  }

  #park(errand: Errand): void {
    errand.state = 'parked';
    this.#parked.push(errand);
    this.#world.trace(`${errand.line.machine.name} waits for a lock (${errand.names})`);
    this.#world.later(LOCK_TIMEOUT_MS, null, async () => {
      if (errand.state !== 'parked') return;
      await this.#cancel(errand, '55P03', 'canceling statement due to lock timeout');
      await this.#wakeParked();
    });
  }

  /** As the server would end it by itself; when it does is the world's to say. */
  async #cancel(errand: Errand, code: string, message: string): Promise<void> {
    errand.line.verdict = { code, message };
    await this.#lane.cancel(errand.line.pid);
    this.#lane.sleepers.goOn(errand.line.pid);
    await errand.answered;
    errand.line.verdict = {};
  }

  /** Whether those it waits for wait, in the end, for it. */
  async #closesCircle(pid: number): Promise<boolean> {
    const blockers = await this.#lane.blockers(this.#parked.map(({ line }) => line.pid));
    const seen = new Set<number>();
    const next = [...(blockers.get(pid) ?? [])];
    for (let one = next.pop(); one !== undefined; one = next.pop()) {
      if (one === pid) return true;
      if (!seen.has(one)) next.push(...(blockers.get(one) ?? []));
      seen.add(one);
    }
    return false;
  }

  /** What was set free goes on, one after the other; its answer can be heard in any order. */
  async #wakeParked(): Promise<void> {
    while (this.#parked.length > 0) {
      const blockers = await this.#lane.blockers(this.#parked.map(({ line }) => line.pid));
      const free = this.#parked.filter(({ state, line }) => state === 'parked' && !blockers.has(line.pid));
      if (free.length === 0) break;
      const next = this.#turns.pick(free);
      this.#lane.sleepers.goOn(next.line.pid);
      await this.#answerOrWait(next);
    }
    const done = this.#parked.filter(({ state }) => state === 'done');
    this.#parked = this.#parked.filter(({ state }) => state !== 'done');
    for (const errand of done) {
      const { machine } = errand.line;
      if (machine.alive) {
        this.#world.happen(machine, () => errand.deliver());
        continue;
      }
      errand.deliver();
      await this.#giveBack(errand.line.real);
    }
    // A transaction that nobody ends any more held locks, too.
    if (done.some(({ line }) => !line.machine.alive)) await this.#wakeParked();
  }

  /** The connection goes back. Of a process that died, what was on its way may arrive all the same. */
  #hangUp(line: Line): void {
    const { machine, errand, real } = line;
    const waits = errand?.state === 'waiting' && !machine.alive;
    if (errand?.state === 'parked') return;
    // The driver waits for every answer to be heard; on a dead machine nobody hears it.
    if (errand?.state === 'done') errand.deliver();
    if (waits && this.#world.chance.happens(0.5)) {
      this.#world.happen(null, async () => {
        this.#world.trace(`${machine.name}, dead, had sent ${errand.names}`);
        await this.#run(errand);
        if (errand.state !== 'done') return;
        // Nobody hears it; but the driver waits for it to be heard.
        errand.deliver();
        await this.#giveBack(real);
        await this.#wakeParked();
      });
      return;
    }
    if (!line.lost && machine.alive) {
      this.#out.delete(real);
      return this.#lane.giveBack(real);
    }
    this.#world.happen(null, () => this.#giveBack(real).then(() => this.#wakeParked()));
  }

  async #giveBack(real: pg.PoolClient): Promise<void> {
    await real.query('rollback');
    this.#out.delete(real);
    this.#lane.giveBack(real);
  }

  /** Once all machines are dead: until all their connections have come back. */
  async drain(): Promise<void> {
    await this.#world.run(() => this.#out.size === 0);
  }
}
