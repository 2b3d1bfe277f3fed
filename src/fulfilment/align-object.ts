// Brings one object at a provider, a meeting or a calendar event, into line with what is wanted, and writes down what it
// believes before and after every call that could leave something behind.
//
// The life of an object: creating (written before the create) -> live -> deleting (written before the delete) -> gone. A
// crash or a time-out leaves it in "creating" or "deleting" with `settlesAt`, the instant from which the provider's own
// answer can be believed. Out of that state leads only a look-up by marker: what it finds is adopted (one) or removed (the
// rest); that it finds nothing counts only from `settlesAt` on. A provider that answers a repeated create with the first
// result need not be waited for. An update or delete is simply repeated, but an unclear one is looked at once more later.
import type { OutsideKind, OutsideObject } from '../meetings/meeting.ts';
import type { OutsideProvider, Platform } from '../meetings/provider.ts';
import { OutsideError } from '../platform/outside-error.ts';
import { backOffMs } from './back-off.ts';

/** After a time-out the provider may still be working on it; longer than any call may take (see carry-out). */
export const SETTLE_AFTER_SILENCE_MS = 10_000;
/** After an answer such as 500 the work is over, but its result may reach a provider's lists only a little later. */
export const SETTLE_AFTER_ANSWER_MS = 2_000;
/** A link still being made is asked for again after this. */
const LINK_PENDING_MS = 1_000;

/** An object as the provider tells it. `agrees`: its time and words are the ones wanted. */
export type Found = {
  readonly id: string;
  readonly agrees: boolean;
  /** null: it bears no link (yet). */
  readonly join: { readonly id: string; readonly url: string; readonly password: string | null } | null;
};

/** Where an object stands: how all of ours for this session are found there, and removed. */
export type Place = { find(): Promise<readonly Found[]>; delete(id: string): Promise<void> };

/** What must be there. `repeatable`: a create repeated with the same generation answers the first one's result. */
export type Wanted = Place & {
  readonly kind: OutsideKind;
  readonly provider: OutsideProvider;
  readonly platform: Platform | null;
  readonly host: string;
  readonly digest: string;
  readonly revision: number;
  readonly repeatable: boolean;
  create(generation: number): Promise<Found>;
  read(id: string): Promise<Found | null>;
  update(id: string, generation: number): Promise<Found>;
};

/** The runner's side: the time, chance for the jitter, and a write that throws when the lease is lost. */
export type Hand = {
  now(): Temporal.Instant;
  chance(): number;
  put(object: OutsideObject): Promise<void>;
  /** True after a take-over: the runner before may have been cut off in a call. */
  readonly tookOver: boolean;
};

/** The object as now believed, and when to come back; `againAt` null: in line. */
export type Alignment = { readonly object: OutsideObject | null; readonly againAt: Temporal.Instant | null };

/** `placeOf` answers null for a place that this deployment can no longer reach. */
export async function alignObject(
  current: OutsideObject | null,
  wanted: Wanted | null,
  placeOf: (object: OutsideObject) => Place | null,
  hand: Hand,
): Promise<Alignment> {
  if (current?.nextAttemptAt && Temporal.Instant.compare(hand.now(), current.nextAttemptAt) < 0) {
    return { object: current, againAt: current.nextAttemptAt };
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

  async run(wanted: Wanted | null, placeOf: (object: OutsideObject) => Place | null): Promise<Temporal.Instant | null> {
    if (this.object && this.object.state !== 'gone' && !(wanted && isAt(this.object, wanted))) {
      const again = await this.#remove(this.object, placeOf(this.object));
      if (again) return again;
    }
    if (!wanted) return null;
    const object = this.object;
    if (!object || object.state === 'gone') return await this.#create(wanted, (object?.generation ?? 0) + 1);
    if (object.state === 'creating') return await this.#settleCreate(object, wanted);
    return await this.#keep(object, wanted);
  }

  /** Writes the failure down with the next try; what was unclear stays so until it can be believed. */
  async fail(error: OutsideError): Promise<Temporal.Instant> {
    const { outcome, status, providerCode, retryAfterMs } = error.facts;
    const object = this.object;
    if (!object) throw error;
    const attempts = object.attempts + 1;
    const refused = outcome === 'refused' || outcome === 'reconnect';
    const nextAttemptAt = this.#in(backOffMs({ attempts, refused, retryAfterMs }, this.#hand.chance()));
    const unclear = outcome === 'unknown';
    await this.#put({
      ...object,
      attempts,
      nextAttemptAt,
      lastError: [outcome, error.facts.provider, error.facts.operation, status, providerCode]
        .filter((part) => part !== undefined)
        .join(' '),
      ...(!unclear && this.#creating ? { settlesAt: this.#creating.settledBefore } : {}),
      ...(unclear && object.state === 'live' ? { written: null } : {}),
    });
    return nextAttemptAt;
  }

  async #create(
    wanted: Wanted,
    generation: number,
    settledBefore: Temporal.Instant | null = null,
  ): Promise<Temporal.Instant | null> {
    await this.#put({
      kind: wanted.kind,
      provider: wanted.provider,
      platform: wanted.platform,
      host: wanted.host,
      generation,
      state: 'creating',
      providerId: null,
      joinId: null,
      joinUrl: null,
      password: null,
      written: null,
      writtenRevision: 0,
      // Were we cut off from here on, this is how long nobody may believe that there is none.
      settlesAt: this.#in(SETTLE_AFTER_SILENCE_MS),
      attempts: this.object?.attempts ?? 0,
      nextAttemptAt: null,
      lastError: this.object?.lastError ?? null,
    });
    this.#creating = { settledBefore };
    const made = await wanted.create(generation);
    this.#creating = null;
    return await this.#keepAs(wanted, made, null);
  }

  async #settleCreate(object: OutsideObject, wanted: Wanted): Promise<Temporal.Instant | null> {
    if (object.settlesAt === null) return await this.#create(wanted, object.generation);
    const [first, ...others] = await wanted.find();
    if (first) {
      for (const other of others) await wanted.delete(other.id);
      return await this.#keepAs(wanted, first.agrees ? first : await wanted.update(first.id, object.generation), null);
    }
    if (!wanted.repeatable && !this.#isPast(object.settlesAt)) return object.settlesAt;
    return await this.#create(wanted, object.generation, this.#isPast(object.settlesAt) ? null : object.settlesAt);
  }

  async #keep(object: OutsideObject, wanted: Wanted): Promise<Temporal.Instant | null> {
    const id = object.providerId ?? '';
    const unclear = this.#hand.tookOver || (object.settlesAt !== null && this.#isPast(object.settlesAt));
    if (unclear && object.written === wanted.digest) return await this.#lookAgain(object, wanted);
    try {
      if (object.written !== wanted.digest) {
        return await this.#keepAs(wanted, await wanted.update(id, object.generation), object.settlesAt);
      }
      if (wanted.platform !== null && object.joinUrl === null) {
        const found = await wanted.read(id);
        if (!found) return await this.#create(wanted, object.generation + 1);
        // A link that could not be made does not agree; the update asks for it anew.
        const mended = found.agrees ? found : await wanted.update(id, object.generation);
        return await this.#keepAs(wanted, mended, object.settlesAt);
      }
    } catch (error) {
      if (error instanceof OutsideError && error.facts.outcome === 'absent') {
        return await this.#create(wanted, object.generation + 1);
      }
      throw error;
    }
    if (object.writtenRevision !== wanted.revision) await this.#put({ ...object, writtenRevision: wanted.revision });
    return object.settlesAt;
  }

  /** Once an unclear call can be believed: exactly one of ours is there, and it says what is wanted. */
  async #lookAgain(object: OutsideObject, wanted: Wanted): Promise<Temporal.Instant | null> {
    const all = await wanted.find();
    const ours = all.find((found) => found.id === object.providerId) ?? all[0];
    if (!ours) return await this.#create(wanted, object.generation + 1);
    for (const other of all) if (other.id !== ours.id) await wanted.delete(other.id);
    return await this.#keepAs(wanted, ours.agrees ? ours : await wanted.update(ours.id, object.generation), null);
  }

  async #keepAs(wanted: Wanted, found: Found, settlesAt: Temporal.Instant | null): Promise<Temporal.Instant | null> {
    const object = this.object;
    if (!object) throw new Error('an object is kept only after it was written down');
    const awaited = wanted.platform !== null && found.join === null;
    const nextAttemptAt = awaited ? this.#in(LINK_PENDING_MS * Math.min(object.attempts + 1, 30)) : null;
    await this.#put({
      ...object,
      state: 'live',
      providerId: found.id,
      joinId: found.join?.id ?? null,
      joinUrl: found.join?.url ?? null,
      password: found.join?.password ?? null,
      written: wanted.digest,
      writtenRevision: wanted.revision,
      settlesAt,
      attempts: awaited ? object.attempts + 1 : 0,
      nextAttemptAt,
      lastError: null,
    });
    return nextAttemptAt ?? settlesAt;
  }

  async #remove(object: OutsideObject, place: Place | null): Promise<Temporal.Instant | null> {
    // Nothing was ever asked for that could still appear.
    const nothing = object.providerId === null && object.settlesAt === null;
    if (object.state !== 'deleting') await this.#put({ ...object, state: 'deleting' });
    if (!nothing) {
      if (!place) {
        throw new OutsideError({
          outcome: 'reconnect',
          provider: object.provider,
          operation: 'delete',
          providerCode: 'not_configured',
        });
      }
      if (object.providerId !== null) await place.delete(object.providerId);
      if (object.settlesAt !== null || this.#hand.tookOver) {
        const left = (await place.find()).filter((found) => found.id !== object.providerId);
        for (const found of left) await place.delete(found.id);
        if (object.settlesAt !== null && !this.#isPast(object.settlesAt)) return object.settlesAt;
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

  #isPast(instant: Temporal.Instant): boolean {
    return Temporal.Instant.compare(this.#hand.now(), instant) >= 0;
  }
}

function isAt(object: OutsideObject, wanted: Wanted): boolean {
  return (
    object.state !== 'deleting' &&
    object.provider === wanted.provider &&
    object.host === wanted.host &&
    object.platform === wanted.platform
  );
}
