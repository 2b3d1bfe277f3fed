// What aligning an object needs from both sides: the step says what is wanted and how it is brought about at its provider,
// the runner lends the time and the lease.
import type { OutsideKind, OutsideObject } from '../../meetings/meeting.ts';
import type { OutsideProvider, Platform } from '../../meetings/provider.ts';

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
  /** The connection it is made with; null: the deployment's account. */
  readonly connectionId: number | null;
  readonly digest: string;
  readonly revision: number;
  readonly repeatable: boolean;
  create(generation: number): Promise<Found>;
  read(id: string): Promise<Found | null>;
  update(id: string, generation: number): Promise<Found>;
};

/** Right before a call leaves. */
type Leave = <T>(call: () => Promise<T>) => Promise<T>;

export function placeLeaving(place: Place, leave: Leave): Place {
  return { find: () => leave(() => place.find()), delete: (id) => leave(() => place.delete(id)) };
}

export function wantedLeaving(wanted: Wanted, leave: Leave): Wanted {
  return {
    ...wanted,
    ...placeLeaving(wanted, leave),
    create: (generation) => leave(() => wanted.create(generation)),
    read: (id) => leave(() => wanted.read(id)),
    update: (id, generation) => leave(() => wanted.update(id, generation)),
  };
}

/** As it is written down before it is asked for: not yet known by any id. */
export function objectToMake(wanted: Wanted, generation: number, before: OutsideObject | null): OutsideObject {
  return {
    kind: wanted.kind,
    provider: wanted.provider,
    platform: wanted.platform,
    host: wanted.host,
    connectionId: wanted.connectionId,
    generation,
    state: 'creating',
    providerId: null,
    joinId: null,
    joinUrl: null,
    password: null,
    written: wanted.digest,
    writtenRevision: 0,
    settlesAt: null,
    tellAgain: false,
    attempts: before?.attempts ?? 0,
    nextAttemptAt: null,
    lastError: before?.lastError ?? null,
  };
}

/** Whether it stands, or is being made, just where it is wanted. */
export function isAt(object: OutsideObject, wanted: Wanted): boolean {
  return (
    object.state !== 'deleting' &&
    object.provider === wanted.provider &&
    object.host === wanted.host &&
    object.connectionId === wanted.connectionId &&
    object.platform === wanted.platform
  );
}

/** The runner's side: the time, chance for the jitter, and the lease; `put` and `hold` throw when it is lost. */
export type Hand = {
  now(): Temporal.Instant;
  chance(): number;
  put(object: OutsideObject): Promise<void>;
  /** Called right before each call outside; prolongs the lease past the call's end. */
  hold(): Promise<void>;
  /** True after a take-over: the runner before may have been cut off in a call. */
  readonly tookOver: boolean;
  /** True in the first pass after an act: what was refused before may be allowed now. */
  readonly fresh: boolean;
  /** True for a session older than the backup it came back from: what we know of it outside may be out of date. */
  readonly restored: boolean;
};
