// The lease of one pass, as it stands before each call outside. It can be taken away at any moment (see connections/store-waiting.ts), so
// the database is asked before each call, unless it has said since the call before that the session is ours still.
import type { Transactor } from '../platform/database/transaction.ts';
import type { Clock } from '../platform/time/clock.ts';
import { LeaseLost, prolong, type Claim } from './store.ts';

/** It need outlive only one call, and the statements around it. What a killed runner had in hand is taken over after this. */
export const LEASE_MS = 30_000;
/** What must be left of it before a call: what that takes, waiting at the gate, and clocks that differ. */
const ENOUGH_MS = 25_000;
/** What must be left when it leaves: more than it takes. The gate lets nobody wait for so long; a process that stood still has. */
const ENOUGH_STILL_MS = 10_000;
/** While a call is out that may take longer than the lease: the database may fail us twice. */
const HOLD_ON_EVERY_MS = 8_000;

type LeaseTools = {
  readonly transactor: Pick<Transactor, 'inOrganisation'>;
  readonly clock: Clock;
  /** A runner that is to stop has given the rest of its lease away. */
  isStopping?(): boolean;
};

export class Lease {
  readonly #tools: LeaseTools;
  readonly #claim: Claim;
  #until: Temporal.Instant;
  /** The database has said so, and nothing has been called since. */
  #ours = true;

  constructor(tools: LeaseTools, claim: Claim) {
    this.#tools = tools;
    this.#claim = claim;
    this.#until = claim.leaseUntil;
  }

  /** Makes sure of it for one call, or throws LeaseLost; until when. */
  async hold(): Promise<Temporal.Instant> {
    const { clock, transactor } = this.#tools;
    const now = clock.now();
    if (!this.#ours || !this.#lasts(ENOUGH_MS, now) || this.#tools.isStopping?.()) {
      const until = now.add({ milliseconds: LEASE_MS });
      const claim = this.#claim;
      const held = await transactor.inOrganisation(claim.organisationId, (tx) => prolong(tx.last, claim, until));
      if (!held) throw new LeaseLost();
      this.#until = until;
    }
    this.#ours = false;
    return this.#until;
  }

  /** For a call that may have waited since `hold`: where it did for too long, the lease is made sure of anew. */
  async leave<T>(call: () => Promise<T>): Promise<T> {
    if (!this.#lasts(ENOUGH_STILL_MS, this.#tools.clock.now())) await this.hold();
    return await call();
  }

  /** Held on to, as long as it is ours, while something may take longer than it lasts. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    let holding = Promise.resolve();
    let timer: NodeJS.Timeout;
    let over = false;
    const holdOn = async (): Promise<void> => {
      this.#ours = false;
      try {
        await this.hold();
      } catch (error) {
        // A database that cannot be asked is asked again; whoever has taken the session over goes on with it.
        over ||= error instanceof LeaseLost;
      }
      if (!over) later();
    };
    const later = (): void => {
      timer = setTimeout(() => {
        holding = holdOn();
      }, HOLD_ON_EVERY_MS);
    };
    later();
    try {
      return await work();
    } finally {
      over = true;
      clearTimeout(timer!);
      // What is given back after this stays so.
      await holding;
    }
  }

  /** Until when it is ours, unless it has been taken away. */
  get until(): Temporal.Instant {
    return this.#until;
  }

  /** The database has found the session ours just now. */
  seen(): void {
    this.#ours = true;
  }

  #lasts(forMs: number, now: Temporal.Instant): boolean {
    const leftMs = this.#until.since(now).total('milliseconds');
    // More is left than there ever is where our clock has gone back.
    return leftMs >= forMs && leftMs <= LEASE_MS;
  }
}
