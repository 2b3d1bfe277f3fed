// Brings one object at a provider, a meeting or a calendar event, into line with what is wanted, and writes down what it
// believes before and after every call that could leave something behind.
//
// The life of an object: creating (written before the create) -> live -> deleting (written before the delete) -> gone. A
// crash or a time-out leaves it in "creating" or "deleting" with `settlesAt`, the instant from which the provider's own
// answer can be believed. Out of that state leads only a look-up by marker: what it finds is adopted (one) or removed (the
// rest); that it finds nothing counts only from `settlesAt` on. A provider that answers a repeated create with the first
// result need not be waited for. An update or delete is simply repeated. Whatever was unclear on the way, the object is
// looked at once more when everything must have arrived.
import { isStuck, missingLink, type OutsideObject } from '../meetings/meeting.ts';
import { isAbsent } from '../platform/http/provider-outcome.ts';
import { OutsideError } from '../platform/outside-error.ts';
import { backOffMs } from './back-off.ts';
import { Held, isMendable, notConfigured, stillThere, WAITING } from './held.ts';
import { isAt, objectToMake, type Found, type Hand, type Place, type Wanted } from './steps/wanted.ts';

/** After a time-out the provider may still be working on it; longer than any call may take (see carry-out). */
export const SETTLE_AFTER_SILENCE_MS = 10_000;
/** After an answer such as 500 the work is over, but its result may reach a provider's lists only a little later. */
export const SETTLE_AFTER_ANSWER_MS = 2_000;
/** Answers of a gateway that has lost sight of the work (RFC 9110, 15.5.9, 15.6.3, 15.6.5): as good as silence. */
const SAYS_NOTHING: ReadonlySet<number | undefined> = new Set([undefined, 408, 502, 504]);

/** The object as now believed, and when to come back; `againAt` null: in line. */
export type Alignment = { readonly object: OutsideObject | null; readonly againAt: Temporal.Instant | null };

/** It stands where it is wanted, in a place that this deployment cannot reach now: it is left as it is, and that is said. */
export const OUT_OF_REACH = 'out of reach';

/** `placeOf` answers null for a place that this deployment can no longer reach. */
export async function alignObject(
  current: OutsideObject | null,
  wanted: Wanted | null | typeof OUT_OF_REACH,
  placeOf: (object: OutsideObject) => Place | null,
  hand: Hand,
): Promise<Alignment> {
  if (current?.nextAttemptAt && Temporal.Instant.compare(hand.now(), current.nextAttemptAt) < 0) {
    if (!(hand.fresh && isMendable(current.lastError))) return { object: current, againAt: current.nextAttemptAt };
  }
  const work = new Work(current, hand);
  try {
    return { againAt: await work.run(wanted, placeOf), object: work.object };
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return { againAt: await work.fail(error), object: work.object };
  }
}

/** One attempt at one object; `object` is always what was last written down. */
class Work {
  object: OutsideObject | null;
  readonly #hand: Hand;
  /** While a create is out: what `settlesAt` falls back to if it surely did not happen. */
  #creating: { readonly settledBefore: Temporal.Instant | null } | null = null;

  constructor(object: OutsideObject | null, hand: Hand) {
    this.object = object;
    this.#hand = hand;
  }

  async run(
    wanted: Wanted | null | typeof OUT_OF_REACH,
    placeOf: (object: OutsideObject) => Place | null,
  ): Promise<Temporal.Instant | null> {
    if (wanted === OUT_OF_REACH) {
      if (this.object) throw notConfigured(this.object, 'keep');
      return null;
    }
    if (this.object && this.object.state !== 'gone' && !(wanted && isAt(this.object, wanted))) {
      const again = await this.#remove(this.object, placeOf(this.object));
      if (again) return again;
    }
    if (!wanted) return null;
    const object = this.object;
    if (!object || object.state === 'gone') return await this.#begin(wanted, (object?.generation ?? 0) + 1);
    if (object.state === 'creating') return await this.#settleCreate(object, wanted);
    return await this.#keep(object, wanted);
  }

  /** Writes the failure down with the next try; what was unclear stays so until it can be believed. */
  async fail(error: OutsideError): Promise<Temporal.Instant> {
    const object = this.object;
    if (!object) throw error;
    if (error instanceof Held) return await this.#wait(object, error);
    const { provider, operation, status, providerCode, retryAfterMs } = error.facts;
    // The key of this generation is used up there: the next one has its own (see the calendar port).
    const spent = providerCode === 'key_spent';
    const outcome = spent ? 'retryable' : error.facts.outcome;
    const attempts = object.attempts + 1;
    const lastError = [outcome, provider, operation, status, providerCode]
      .filter((part) => part !== undefined)
      .join(' ');
    const refused = isStuck({ attempts, lastError });
    const nextAttemptAt = this.#in(backOffMs({ attempts, refused, retryAfterMs }, this.#hand.chance()));
    await this.#put({
      ...object,
      generation: object.generation + (spent ? 1 : 0),
      attempts,
      nextAttemptAt,
      lastError,
      settlesAt: outcome === 'unknown' ? this.#unclearUntil(object, status) : this.#unclearBefore(object),
    });
    return nextAttemptAt;
  }

  /** Nothing was asked of anybody: no try is used up, and nothing is in doubt that was not. */
  async #wait(object: OutsideObject, { facts, why, until }: Held): Promise<Temporal.Instant> {
    await this.#put({
      ...object,
      nextAttemptAt: until,
      lastError: `${WAITING} ${facts.provider} ${why}`,
      settlesAt: this.#unclearBefore(object),
    });
    return until;
  }

  /** While a create is out the row already says "unclear"; here what it said before. */
  #unclearBefore(object: OutsideObject): Temporal.Instant | null {
    return this.#creating ? this.#creating.settledBefore : object.settlesAt;
  }

  #unclearUntil(object: OutsideObject, status: number | undefined): Temporal.Instant | null {
    const before = this.#unclearBefore(object);
    // A delete that arrives late does no harm, and a look-up changes nothing.
    if (object.state !== 'live' && !this.#creating) return before;
    const until = this.#in(SAYS_NOTHING.has(status) ? SETTLE_AFTER_SILENCE_MS : SETTLE_AFTER_ANSWER_MS);
    return before && Temporal.Instant.compare(before, until) > 0 ? before : until;
  }

  /** The first create; for a session that came back from a backup, a look at what was made after that was taken. */
  async #begin(wanted: Wanted, generation: number, settledBefore: Temporal.Instant | null = null) {
    if (!this.#hand.restored) return await this.#create(wanted, generation, settledBefore);
    const unknown = { ...objectToMake(wanted, generation, this.object), written: null, settlesAt: this.#hand.now() };
    await this.#put(unknown);
    return await this.#settleCreate(unknown, wanted);
  }

  /** Another, where it is gone: one answer that says so may be wrong, and what stood all the same would stay beside it. */
  async #replace(object: OutsideObject, wanted: Wanted): Promise<Temporal.Instant | null> {
    const read = await this.#call(() => wanted.read(object.providerId ?? ''));
    const isThere = read ?? (await this.#call(() => wanted.find())).find(({ id }) => id === object.providerId);
    if (!isThere) return await this.#begin(wanted, object.generation + 1, object.settlesAt);
    throw stillThere(object);
  }

  async #create(wanted: Wanted, generation: number, settledBefore: Temporal.Instant | null = null) {
    // Were we cut off from here on, this is how long nobody may believe that there is none.
    const settlesAt = this.#in(SETTLE_AFTER_SILENCE_MS);
    // What is found may be an earlier one's, and say what was wanted then.
    const alike = settledBefore === null || this.object?.written === wanted.digest;
    const making = objectToMake(wanted, generation, this.object);
    await this.#put({ ...making, written: alike ? making.written : null, settlesAt });
    this.#creating = { settledBefore };
    const made = await this.#call(() => wanted.create(generation));
    this.#creating = null;
    // An earlier create may still arrive beside this one.
    return await this.#keepAs(wanted, made, settledBefore && this.#in(SETTLE_AFTER_SILENCE_MS));
  }

  async #settleCreate(object: OutsideObject, wanted: Wanted): Promise<Temporal.Instant | null> {
    if (object.settlesAt === null && !this.#hand.restored) return await this.#create(wanted, object.generation);
    const [first, ...others] = await this.#call(() => wanted.find());
    if (first)
      return await this.#keepOne(object, wanted, first, others, first.agrees && object.written === wanted.digest);
    if (!wanted.repeatable && this.#doubtOf(object)) return this.#doubtOf(object);
    return await this.#create(wanted, object.generation, object.settlesAt);
  }

  /** One of several that are all ours stays. */
  async #keepOne(object: OutsideObject, wanted: Wanted, one: Found, others: readonly Found[], agrees: boolean) {
    for (const other of others) await this.#call(() => wanted.delete(other.id));
    const ours: OutsideObject = { ...object, state: 'live', ...namesOf(one) };
    const kept = agrees ? one : await this.#update(object.providerId === one.id ? object : ours, wanted, one.id);
    return await this.#keepAs(wanted, kept, this.#doubtOf(object));
  }

  async #keep(object: OutsideObject, wanted: Wanted): Promise<Temporal.Instant | null> {
    const id = object.providerId ?? '';
    const unclear = this.#hand.tookOver || (object.settlesAt !== null && this.#doubtOf(object) === null);
    if (unclear && object.written === wanted.digest) return await this.#lookAgain(object, wanted);
    try {
      if (object.written !== wanted.digest) {
        return await this.#keepAs(wanted, await this.#update(object, wanted, id), object.settlesAt);
      }
      if (wanted.platform !== null && object.joinUrl === null) {
        const found = await this.#call(() => wanted.read(id));
        if (!found) return await this.#replace(object, wanted);
        // A link that could not be made does not agree; the update asks for it anew.
        const mended = found.agrees ? found : await this.#update(object, wanted, id);
        return await this.#keepAs(wanted, mended, object.settlesAt);
      }
    } catch (error) {
      if (!isAbsent(error)) throw error;
      return await this.#replace(object, wanted);
    }
    // What was out of reach and needs no call says so no more.
    if (object.writtenRevision !== wanted.revision || object.lastError !== null) {
      const inLine = { attempts: 0, nextAttemptAt: null, lastError: null };
      await this.#put({ ...object, ...inLine, writtenRevision: wanted.revision });
    }
    return object.settlesAt;
  }

  /** Once an unclear call can be believed: exactly one of ours is there, and it says what is wanted. */
  async #lookAgain(object: OutsideObject, wanted: Wanted): Promise<Temporal.Instant | null> {
    const all = await this.#call(() => wanted.find());
    const id = object.providerId ?? '';
    // A list may lag behind; what it does not show may still be there.
    const known = all.find((found) => found.id === id) ?? (await this.#call(() => wanted.read(id)));
    const ours = known ?? all[0];
    if (!ours) return await this.#create(wanted, object.generation + 1);
    const others = all.filter((found) => found.id !== ours.id);
    // Of what is found not all is looked at: one that is not known to be ours is told all.
    return await this.#keepOne(object, wanted, ours, others, ours === known && ours.agrees && !object.tellAgain);
  }

  /** The row says which it is and "not as wanted" until the answer is in, so that a crash on the way repeats it, whatever is wanted by then. */
  async #update(object: OutsideObject, wanted: Wanted, id: string): Promise<Found> {
    if (object !== this.object || object.written !== null) await this.#put({ ...object, written: null });
    return await this.#call(() => wanted.update(id, object.generation));
  }

  async #call<T>(call: () => Promise<T>): Promise<T> {
    await this.#hand.hold();
    return await call();
  }

  async #keepAs(wanted: Wanted, found: Found, settlesAt: Temporal.Instant | null): Promise<Temporal.Instant | null> {
    const object = this.object;
    if (!object) throw new Error('an object is kept only after it was written down');
    const awaited = wanted.platform !== null && found.join === null;
    const attempts = awaited ? object.attempts + 1 : 0;
    const lastError = missingLink(object.provider, attempts);
    const refused = lastError !== null;
    const nextAttemptAt = awaited ? this.#in(backOffMs({ attempts, refused }, this.#hand.chance())) : null;
    await this.#put({
      ...object,
      state: 'live',
      ...namesOf(found),
      written: wanted.digest,
      writtenRevision: wanted.revision,
      settlesAt,
      // Of what is found not all is looked at; what may still arrive may say something else.
      tellAgain: settlesAt !== null && (object.tellAgain || object.written !== wanted.digest),
      attempts,
      nextAttemptAt,
      lastError,
    });
    return nextAttemptAt ?? settlesAt;
  }

  async #remove(object: OutsideObject, place: Place | null): Promise<Temporal.Instant | null> {
    // Whatever failed so far, it was something else.
    if (object.state !== 'deleting') await this.#put({ ...object, state: 'deleting', attempts: 0 });
    // Else nothing was ever asked for that could still appear.
    if (object.providerId !== null || object.settlesAt !== null) {
      if (!place) throw notConfigured(object, 'delete');
      const id = object.providerId;
      if (id !== null) await this.#call(() => place.delete(id));
      if (object.settlesAt !== null || this.#hand.tookOver) {
        const left = (await this.#call(() => place.find())).filter((found) => found.id !== id);
        for (const found of left) await this.#call(() => place.delete(found.id));
        if (this.#doubtOf(object)) return this.#doubtOf(object);
      }
    }
    await this.#put({
      ...object,
      state: 'gone',
      providerId: null,
      joinId: null,
      joinUrl: null,
      password: null,
      written: null,
      settlesAt: null,
      attempts: 0,
      nextAttemptAt: null,
      lastError: null,
    });
    return null;
  }

  async #put(object: OutsideObject): Promise<void> {
    await this.#hand.put(object);
    this.object = object;
  }

  #in(ms: number): Temporal.Instant {
    return this.#hand.now().add({ milliseconds: ms });
  }

  /** Until when another may still arrive. */
  #doubtOf({ settlesAt }: OutsideObject): Temporal.Instant | null {
    return settlesAt && Temporal.Instant.compare(this.#hand.now(), settlesAt) < 0 ? settlesAt : null;
  }
}

/** By which it is called there, and how one comes in. */
function namesOf({ id, join }: Found) {
  return { providerId: id, joinId: join?.id ?? null, joinUrl: join?.url ?? null, password: join?.password ?? null };
}
