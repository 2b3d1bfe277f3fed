// The people of a world: clients and a front desk, each asking one thing after the other of whichever process answers, trying
// again under the same key when no answer came, and remembering what they were told.
import { refusalOf } from '../src/platform/http/failure.ts';
import type { OfferSeen, Person, Wish } from './act.ts';
import { ACTS, claimOf, type Deed, type Kind } from './acts.ts';
import type { Chance } from './chance.ts';
import type { House } from './house.ts';
import type { Plant } from './plants.ts';
import type { Practice } from './practice.ts';
import { runIn } from './takeover.ts';
import { ABOUT_ENTRIES, ABOUT_OFFERS, ABOUT_SERIES, kindOf, NEW, wishOf } from './wishes.ts';
import { Died, type Machine, type World } from './world.ts';

export type Desk = { readonly machine: Machine; readonly house: House };

export type Town = {
  readonly world: World;
  readonly ledger: Deed[];
  /** Where a bug is planted: what arrives of a wish, and what comes back of an answer. */
  readonly asking: Plant['asking'];
  readonly telling: Plant['telling'];
  /** Those that answer now. */
  desks(): readonly Desk[];
};

const LONGEST_PAUSE_MS = 25_000;
const STROKE_MS = 10_000;
const REPEATS = 4;
const BOOKS: ReadonlySet<Kind> = new Set(['book', 'confirm', 'takeOffer']);
const READS: ReadonlySet<Kind> = new Set(['list', 'read', 'look']);
/** As a 5xx is: it may have happened. A fault is one of ours (see examine.ts). */
const UNANSWERED = /^(?:died|not_ready|overloaded|FAULT)/;
const AGAIN_AFTER_MS = 1_500;

export function clientOf(practice: Practice, subject: string): Person {
  const email = `${subject}@example.com`;
  const { organisationId } = practice;
  const actor = {
    organisationId,
    role: 'client',
    subject,
    email,
    practitionerId: null,
    key: `client:${subject}`,
  } as const;
  return { name: subject, actor, subject, email };
}

/** Lives through `acts` acts. Call it in the person's own place. */
export async function live(town: Town, practice: Practice, person: Person, acts: number): Promise<void> {
  const chance = town.world.chance.branch(`life of ${person.name} among ${practice.hosts.length}`);
  const life = new Life(town, practice, person, chance);
  for (let n = 0; n < acts; n += 1) {
    await pause(pauseOf(town.world, chance));
    await life.actOnce();
  }
}

class Life {
  readonly #town: Town;
  readonly #practice: Practice;
  readonly #person: Person;
  readonly #chance: Chance;
  /** What this person knows to be there. */
  readonly #appointments = new Set<number>();
  readonly #holds: { id: number; wish: Wish }[] = [];
  readonly #entries = new Set<number>();
  #offers: OfferSeen[] = [];

  constructor(town: Town, practice: Practice, person: Person, chance: Chance) {
    this.#town = town;
    this.#practice = practice;
    this.#person = person;
    this.#chance = chance;
  }

  async actOnce(): Promise<void> {
    const kind = this.#kind();
    const wish = this.#wish(kind);
    const keyed = !READS.has(kind) && this.#chance.happens(0.5);
    const key = keyed ? `${this.#person.name}-${this.#town.ledger.length}` : null;
    let deed = await this.#ask(kind, wish, key);
    for (let n = 0; n < REPEATS && deed.end === 'unknown'; n += 1) {
      await pause(AGAIN_AFTER_MS);
      // Without a key nobody knows, and looks first.
      if (key === null) return void (await this.#ask('list', wish, null));
      deed = await this.#ask(kind, wish, key);
    }
    if (key !== null && this.#chance.happens(0.15)) await this.#ask(kind, wish, key);
  }

  #kind(): Kind {
    const kind = kindOf(this.#person, this.#practice, this.#chance);
    if (ABOUT_SERIES.has(kind)) return this.#knownSeries().length > 0 ? kind : 'book';
    if (ABOUT_OFFERS.has(kind) && this.#offers.length > 0) return kind;
    if (ABOUT_OFFERS.has(kind) || ABOUT_ENTRIES.has(kind)) {
      if (this.#entries.size === 0) return 'wait';
      return kind === 'leave' ? kind : 'look';
    }
    const held = kind === 'confirm' || kind === 'release';
    const missing = !NEW.has(kind) && (held ? this.#holds.length === 0 : this.#known().length === 0);
    return missing ? 'book' : kind;
  }

  /** The desk knows of everything that anybody was answered. */
  #known(): number[] {
    if (this.#person.actor.role === 'client') return [...this.#appointments];
    const mine = this.#town.ledger.filter(({ who }) => who.actor.organisationId === this.#practice.organisationId);
    const booked = mine.filter(({ kind, end }) => BOOKS.has(kind) && end === 'done');
    const alone = booked.flatMap(({ answer }) => answer?.subject ?? []);
    return [
      ...alone,
      ...mine.flatMap(({ kind, answer }) => (kind === 'bookSeries' ? (answer?.appointments ?? []) : [])),
    ];
  }

  #knownSeries(): number[] {
    const { role, organisationId } = this.#person.actor;
    const made = this.#town.ledger.filter(({ who, kind, end }) => {
      const seen = role === 'client' ? who === this.#person : who.actor.organisationId === organisationId;
      return seen && kind === 'bookSeries' && end === 'done';
    });
    return made.flatMap(({ answer }) => answer?.subject ?? []);
  }

  #wish(kind: Kind): Wish {
    if (kind === 'confirm' || kind === 'release') {
      const [held] = this.#holds.splice(this.#chance.between(0, this.#holds.length - 1), 1);
      if (held) return { ...held.wish, about: held.id };
    }
    const who = { practice: this.#practice, person: this.#person, chance: this.#chance };
    if (ABOUT_OFFERS.has(kind)) {
      const [{ id, practitionerId, wall }] = this.#offers.splice(
        this.#chance.between(0, this.#offers.length - 1),
        1,
      ) as [OfferSeen];
      const [date = '', time = ''] = wall.split('T');
      return { ...wishOf(kind, who, { id, isSeat: false }), practitionerId, date, time };
    }
    const id = NEW.has(kind) ? 0 : this.#chance.pick(this.#subjects(kind));
    return wishOf(kind, who, { id, isSeat: this.#isSeat(id) });
  }

  /** What such an act can be about. */
  #subjects(kind: Kind): number[] {
    if (ABOUT_SERIES.has(kind)) return this.#knownSeries();
    return ABOUT_ENTRIES.has(kind) ? [...this.#entries] : this.#known();
  }

  #isSeat(id: number): boolean {
    const booked = this.#town.ledger.find(({ kind, answer }) => kind === 'book' && answer?.subject === id);
    const kind = this.#practice.kinds.find((one) => one.id === booked?.wish.sessionType);
    return kind !== undefined && kind.capacity > 1;
  }

  async #ask(kind: Kind, wish: Wish, key: string | null): Promise<Deed> {
    const { world, ledger } = this.#town;
    let desks = this.#town.desks();
    while (desks.length === 0) {
      await pause(AGAIN_AFTER_MS);
      desks = this.#town.desks();
    }
    const { machine, house } = this.#chance.pick(desks);
    const [no, askedAtMs] = [ledger.length, world.elapsedMs];
    const made = { no, who: this.#person, kind, wish, key, askedAtMs, answeredAtMs: Infinity };
    const deed: Deed = { ...made, end: 'open', code: null, answer: null };
    ledger.push(deed);
    const words = `${deed.no} ${this.#person.name} ${kind} ${wish.date} ${wish.time}${key === null ? '' : ', keyed'}`;
    world.trace(`${machine.name} < act ${words}`);
    try {
      const { actor } = this.#person;
      const { asking, telling } = this.#town;
      const act = () => ACTS[kind].run(house, actor, asking?.(wish) ?? wish, claimOf(house, deed));
      const answer = await Promise.race([runIn(machine.place, act), machine.death]);
      deed.answer = telling?.(deed, answer) ?? answer;
      deed.end = 'done';
      this.#learn(deed);
    } catch (error) {
      const code = error instanceof Died ? 'died' : (refusalOf(error)?.code ?? `FAULT ${String(error)}`);
      deed.code = code;
      deed.end = UNANSWERED.test(code) ? 'unknown' : 'refused';
    }
    deed.answeredAtMs = world.elapsedMs;
    world.trace(`${machine.name}: act ${deed.no} ${kind} is ${deed.end}${deed.code === null ? '' : ` (${deed.code})`}`);
    return deed;
  }

  #learn({ kind, answer, wish }: Deed): void {
    if (answer === null) return;
    if (BOOKS.has(kind) && answer.subject !== null) this.#appointments.add(answer.subject);
    if (kind === 'wait' && answer.subject !== null) this.#entries.add(answer.subject);
    if (answer.offers) this.#offers = [...answer.offers];
    if (kind === 'hold' && answer.subject !== null) this.#holds.push({ id: answer.subject, wish });
    for (const id of answer.appointments ?? []) this.#appointments.add(id);
    if (kind === 'list') for (const { id } of answer.told ?? []) this.#appointments.add(id);
  }
}

/** Many ask at the stroke of a clock, and so at once. */
function pauseOf(world: World, chance: Chance): number {
  const ms = chance.between(0, LONGEST_PAUSE_MS);
  return chance.happens(0.6) ? STROKE_MS - ((world.elapsedMs + ms) % STROKE_MS) + ms : ms;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
