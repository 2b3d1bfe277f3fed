// A provider's world in memory, for trying an alignment against: objects that commit at once, late or never, whatever the
// answer says, and a runner that can be cut off at any step. Time moves only when a call takes some, or when told to.
import type { OutsideObject } from '../../src/meetings/meeting.ts';
import { OutsideError, type Outcome } from '../../src/platform/outside-error.ts';
import { setClock } from '../../src/platform/time/clock.ts';
import type { Found, Hand, Place, Wanted } from '../../src/fulfilment/steps/wanted.ts';

export const START = '2026-12-01T08:00:00Z';

/**
 * What befalls one call. lost: done, answer lost. late: answer lost, done a while later. error: answered 500, not done;
 * errorDone: answered 500, done. spent: the key is used up (creates that take a key), else no fault. cut*: our process dies.
 */
export const FATES = [
  'ok',
  'retryable',
  'refused',
  'lost',
  'late',
  'error',
  'errorDone',
  'spent',
  'cutBefore',
  'cutAfter',
  'cutLate',
] as const;
export type Fate = (typeof FATES)[number];

/** The process died; nothing of it goes on. */
export class Cut extends Error {}

export type Spot = 'lone' | 'keyed';
/** `guests`: what is told there and not looked at in what is found. */
export type Content = { readonly spot: Spot; readonly text: string; readonly guests: string };

type Thing = Pick<Content, 'spot'> & { -readonly [Told in 'text' | 'guests']: string } & {
  readonly id: string;
  readonly key: number | null;
  live: boolean;
};

/** The client's time-out; late work is done at most this much after it. */
const TIMEOUT_MS = 8_000;
const LATEST_MS = 9_000;

function fail(
  operation: string,
  outcome: Outcome,
  more: { readonly status?: number; readonly providerCode?: string } = {},
): never {
  throw new OutsideError({ outcome, provider: 'zoom', operation, ...more });
}

/** `lone`: a provider that de-duplicates nothing. `keyed`: one that answers a repeated create with the first result. */
export function littleWorld(fates: readonly Fate[], latenesses: readonly number[]) {
  const clock = setClock(START);
  const things: Thing[] = [];
  let underWay: { at: Temporal.Instant; spot: Spot; create: boolean; apply: () => void }[] = [];
  const queue = [...fates];
  const late = [...latenesses];
  const blunders: string[] = [];
  let healed = false;
  let ids = 0;
  let calls = 0;

  const settleDue = (): void => {
    const due = underWay.filter(({ at }) => Temporal.Instant.compare(at, clock.now()) <= 0);
    underWay = underWay.filter((one) => !due.includes(one));
    for (const { apply } of due) {
      try {
        apply();
      } catch (error) {
        // What has gone meanwhile cannot be changed any more; nobody waits for that answer.
        if (!(error instanceof OutsideError)) throw error;
      }
    }
  };
  const pass = (ms: number): void => {
    clock.advance({ milliseconds: ms });
    settleDue();
  };
  const told = (thing: Thing, text: string): Found => ({
    id: thing.id,
    agrees: thing.text === text,
    join: { id: thing.id, url: `https://meet.example/${thing.id}`, password: null },
  });

  /** One call: `work` is what it does there. */
  async function call<T>(operation: string, spot: Spot, work: () => T, effect: boolean): Promise<T> {
    await Promise.resolve();
    calls += 1;
    const fate = healed ? 'ok' : (queue.shift() ?? 'ok');
    const create = operation === 'create';
    if (create && spot === 'lone' && underWay.some((one) => one.spot === spot && one.create)) {
      blunders.push('created while an earlier create was still under way');
    }
    const later = (): void => {
      if (!effect) return;
      const ms = (late.shift() ?? 0.5) * LATEST_MS;
      underWay.push({ at: clock.now().add({ milliseconds: Math.round(ms) }), spot, create, apply: () => void work() });
    };
    pass(20);
    switch (fate) {
      case 'ok':
        return work();
      case 'retryable':
        return fail(operation, 'retryable', { status: 429 });
      case 'refused':
        return fail(operation, 'refused', { status: 400 });
      case 'spent':
        return create && spot === 'keyed'
          ? fail(operation, 'refused', { status: 409, providerCode: 'key_spent' })
          : work();
      case 'error':
      case 'errorDone':
        if (fate === 'errorDone') work();
        return fail(operation, effect ? 'unknown' : 'retryable', { status: 500 });
      case 'lost':
      case 'late':
        if (fate === 'lost') work();
        pass(TIMEOUT_MS);
        if (fate === 'late') later();
        return fail(operation, effect ? 'unknown' : 'retryable', { providerCode: 'timeout' });
      case 'cutBefore':
        break;
      case 'cutAfter':
        work();
        break;
      case 'cutLate':
        later();
    }
    throw new Cut();
  }

  function make({ spot, text, guests }: Content, key: number | null): Thing {
    const same = key === null ? undefined : things.find((thing) => thing.spot === spot && thing.key === key);
    if (same) return Object.assign(same, { live: true, text, guests });
    ids += 1;
    const thing = { id: `${spot}-${ids}`, spot, text, guests, key, live: true };
    things.push(thing);
    return thing;
  }
  const standing = (spot: Spot): Thing[] => things.filter((thing) => thing.live && thing.spot === spot);

  function placeAt(spot: Spot): Place {
    return {
      find: () => call('list', spot, () => standing(spot).map((thing) => told(thing, '')), false),
      delete: (id) =>
        call('delete', spot, () => standing(spot).forEach((thing) => thing.id === id && (thing.live = false)), true),
    };
  }

  function wantedAt(content: Content, revision: number): Wanted {
    const { spot, text, guests } = content;
    return {
      ...placeAt(spot),
      kind: 'meeting',
      provider: spot === 'lone' ? 'zoom' : 'google',
      platform: spot === 'lone' ? 'zoom' : 'google-meet',
      connectionId: null,
      host: 'sarah@example.com',
      digest: `${text} ${guests}`,
      revision,
      repeatable: spot === 'keyed',
      create: (generation) => {
        const key = spot === 'keyed' ? generation : null;
        return call('create', spot, () => told(make(content, key), text), true);
      },
      find: () => call('list', spot, () => standing(spot).map((thing) => told(thing, text)), false),
      read: (id) =>
        call(
          'read',
          spot,
          () => {
            const thing = standing(spot).find((one) => one.id === id);
            return thing ? told(thing, text) : null;
          },
          false,
        ),
      update: (id) =>
        call(
          'update',
          spot,
          () => {
            const thing = standing(spot).find((one) => one.id === id);
            if (!thing) return fail('update', 'absent', { status: 404 });
            Object.assign(thing, { text, guests });
            return told(thing, text);
          },
          true,
        ),
    };
  }

  return {
    clock,
    blunders,
    pass,
    placeAt,
    wantedAt,
    standing: () => things.filter((thing) => thing.live).map(({ spot, text, guests }) => ({ spot, text, guests })),
    calls: () => calls,
    /** Somebody removes it at the provider by hand. */
    removeByHand: () => things.forEach((thing) => (thing.live = false)),
    heal: () => (healed = true),
  };
}

export type LittleWorld = ReturnType<typeof littleWorld>;

/** A hand whose row outlives the process; `cuts` says before which of its steps the process dies. */
export function littleHand(
  world: LittleWorld,
  row: { object: OutsideObject | null },
  options: {
    readonly tookOver: boolean;
    readonly fresh: boolean;
    readonly restored?: boolean;
    readonly dies: () => boolean;
  },
): Hand {
  return {
    now: () => world.clock.now(),
    chance: () => 0,
    tookOver: options.tookOver,
    restored: options.restored ?? false,
    fresh: options.fresh,
    hold: async () => {
      await Promise.resolve();
      if (options.dies()) throw new Cut();
    },
    put: async (object) => {
      await Promise.resolve();
      if (options.dies()) throw new Cut();
      row.object = object;
      if (options.dies()) throw new Cut();
    },
  };
}
