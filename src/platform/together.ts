// Group commit: what is asked for while something like it is under way waits for that to end, and is then done together, in one
// transaction. With nobody before it, it is done at once; the more is asked for, the less each costs.

/** More would wait longer for each other than for a transaction of their own. */
const MOST = 32;
/** While one commits, another can be carried out. A transaction costs more than many more in it do, so another leaves where as many wait. */
const AT_ONCE = 2;
/** About two transactions long: by then the one under way waits for something else. */
const LONGEST_WAIT_MS = 5;

type Member<Item, Answer> = {
  readonly item: Item;
  readonly keys: readonly string[];
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
};

/** `act` does all it is given at once, and answers each in its order; where it throws, all of them fail. */
export class Together<Item, Answer> {
  readonly #act: (items: readonly Item[]) => Promise<readonly Answer[]>;
  #waiting: Member<Item, Answer>[] = [];
  readonly #held = new Set<string>();
  #underWay = 0;
  /** How many were in the one that left last. */
  #size = 0;
  #leaving = false;
  #patience: NodeJS.Timeout | undefined;

  constructor(act: (items: readonly Item[]) => Promise<readonly Answer[]>) {
    this.#act = act;
  }

  get idle(): boolean {
    return this.#underWay === 0 && this.#waiting.length === 0;
  }

  /** No two items that share a key are ever under way at once. */
  join(item: Item, keys: readonly string[]): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, keys, resolve, reject });
      this.#leaveSoon();
    });
  }

  /** Once what has arrived with it has been read. */
  #leaveSoon(): void {
    if (this.#leaving || this.#underWay >= AT_ONCE || this.#waiting.length === 0) return;
    if (this.#underWay === 0 || this.#waiting.length >= this.#size) this.#depart();
    else this.#patience ??= setTimeout(() => this.#depart(), LONGEST_WAIT_MS);
  }

  #depart(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    this.#leaving = true;
    setImmediate(() => {
      this.#leaving = false;
      void this.#leave();
    });
  }

  async #leave(): Promise<void> {
    const party = this.#party();
    if (party.length === 0) return;
    this.#underWay += 1;
    this.#size = party.length;
    this.#leaveSoon();
    try {
      const answers = await this.#act(party.map(({ item }) => item));
      party.forEach(({ resolve }, at) => resolve(answers[at]!));
    } catch (error) {
      for (const { reject } of party) reject(error);
    } finally {
      this.#underWay -= 1;
      for (const { keys } of party) for (const key of keys) this.#held.delete(key);
      this.#leaveSoon();
    }
  }

  /** Who can go now, in the order of their coming. */
  #party(): readonly Member<Item, Answer>[] {
    const party: Member<Item, Answer>[] = [];
    this.#waiting = this.#waiting.filter((member) => {
      if (party.length >= MOST || member.keys.some((key) => this.#held.has(key))) return true;
      for (const key of member.keys) this.#held.add(key);
      party.push(member);
      return false;
    });
    return party;
  }
}
