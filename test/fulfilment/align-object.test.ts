// An alignment against a provider that does anything at any moment, and a process that dies at any step.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignObject, SETTLE_AFTER_ANSWER_MS, SETTLE_AFTER_SILENCE_MS } from '../../src/fulfilment/align-object.ts';
import { CALL_TIMEOUT_MS } from '../../src/fulfilment/carry-out.ts';
import { LEASE_MS } from '../../src/fulfilment/lease.ts';
import { objectToMake } from '../../src/fulfilment/steps/wanted.ts';
import type { OutsideObject } from '../../src/meetings/meeting.ts';
import {
  Cut,
  FATES,
  littleHand,
  littleWorld,
  type Content,
  type Fate,
  type LittleWorld,
  type Spot,
} from './little-world.ts';

type Row = { object: OutsideObject | null };
const A: Content = { spot: 'lone', text: 'at nine', guests: 'John' };
const K: Content = { ...A, spot: 'keyed' };
type Step = { act: { content: Content | null } | null; dies: number[] };
const acts = (...contents: readonly Content[]) => contents.map((content): Step => ({ act: { content }, dies: [] }));
const WITH_ADA: Content = { ...K, guests: 'John, Ada' };
/** Each was seen to leave what nobody wanted: acts, what befell the calls, how late what was late came. */
const ONCE_WRONG: [Step[], Fate[], number[]][] = [
  // What is found was changed by one who died before he could say so.
  [acts(K, WITH_ADA, K), ['cutAfter', 'ok', 'cutAfter'], []],
  [acts(K, WITH_ADA, K), ['late', 'ok', 'late'], [0]],
  [acts(K, { ...K, text: 'at ten' }, K), ['cutLate', 'ok', 'late'], []],
  // What is found is the first create's, though a second was about to leave.
  [[...acts(WITH_ADA), { act: { content: K }, dies: [2] }, { act: null, dies: [] }], ['late'], []],
  [[...acts(K, WITH_ADA), { act: null, dies: [] }], ['late'], []],
];
/** Far more than any undisturbed alignment needs. */
const MOST_PASSES = 40;

/** One pass, as the runner makes it; a death is followed by a take-over once the lease has run out. */
async function pass(
  world: LittleWorld,
  row: Row,
  content: Content | null,
  options: { readonly revision: number; tookOver?: boolean; fresh?: boolean; dies?: () => boolean },
): Promise<{ againAt: Temporal.Instant | null; cut: boolean }> {
  const { revision, tookOver = false, fresh = false, dies = () => false } = options;
  const hand = littleHand(world, row, { tookOver, fresh, dies });
  const wanted = content && world.wantedAt(content, revision);
  try {
    const { againAt } = await alignObject(
      row.object,
      wanted,
      (object) => world.placeAt(object.provider === 'zoom' ? 'lone' : 'keyed'),
      hand,
    );
    return { againAt, cut: false };
  } catch (error) {
    if (!(error instanceof Cut)) throw error;
    world.pass(LEASE_MS);
    return { againAt: world.clock.now(), cut: true };
  }
}

function waitUntil(world: LittleWorld, at: Temporal.Instant): void {
  world.pass(Math.max(0, at.epochMilliseconds - world.clock.now().epochMilliseconds));
}

/** Passes until in line; answers how many it took. */
async function untilInLine(
  world: LittleWorld,
  row: Row,
  content: Content | null,
  first: { readonly revision: number; readonly tookOver?: boolean; readonly fresh?: boolean },
): Promise<number> {
  let { tookOver = false, fresh = false } = first;
  for (let passes = 1; passes <= MOST_PASSES; passes += 1) {
    const { againAt, cut } = await pass(world, row, content, { revision: first.revision, tookOver, fresh });
    if (againAt === null) return passes;
    tookOver = cut;
    fresh = false;
    waitUntil(world, againAt);
  }
  throw new Error(`not in line after ${MOST_PASSES} passes: ${JSON.stringify(row.object)}`);
}

describe('an object outside', () => {
  it('is one and agrees, or is none, whatever failed and wherever the process died', async () => {
    const content = fc.option(
      fc.record({
        spot: fc.constantFrom<Spot>('lone', 'keyed'),
        text: fc.constantFrom('at nine', 'at ten'),
        guests: fc.constantFrom('John', 'John, Ada'),
      }),
      { nil: null },
    );
    const step = fc.record({
      act: fc.option(fc.record({ content }), { nil: null, freq: 2 }),
      dies: fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 1 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 10 }),
        fc.array(fc.constantFrom<Fate>(...FATES), { maxLength: 25 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 10 }),
        async (steps, fates, latenesses) => {
          const world = littleWorld(fates, latenesses);
          const row: Row = { object: null };
          let wanted: Content | null = A;
          let revision = 1;
          let tookOver = false;
          let fresh = true;
          for (const { act, dies } of steps) {
            if (act) {
              wanted = act.content;
              revision += 1;
              fresh = true;
            }
            let countdown = dies[0] ?? Infinity;
            const done = await pass(world, row, wanted, {
              revision,
              tookOver,
              fresh,
              dies: () => (countdown -= 1) < 0,
            });
            tookOver = done.cut;
            fresh = false;
            if (done.againAt) waitUntil(world, done.againAt);
          }
          world.heal();
          await untilInLine(world, row, wanted, { revision, tookOver });
          // Whatever was still on its way arrives; nobody looks any more.
          world.pass(3_600_000);
          expect(world.blunders).toEqual([]);
          expect(world.standing()).toEqual(wanted === null ? [] : [wanted]);
          expect(row.object?.state ?? 'gone').toBe(wanted === null ? 'gone' : 'live');
        },
      ),
      { numRuns: 10_000, examples: ONCE_WRONG },
    );
  });

  it.each(FATES.flatMap((fate) => [[fate, A] as const, [fate, K] as const]))(
    'is made once when its create meets "%s" (%o)',
    async (fate, content) => {
      const world = littleWorld([fate], [0.9]);
      const row: Row = { object: null };
      await untilInLine(world, row, content, { revision: 1 });
      world.pass(3_600_000);
      expect(world.standing()).toEqual([content]);
      expect(row.object).toMatchObject({ state: 'live', settlesAt: null, lastError: null, attempts: 0 });
    },
  );

  it('is not created again before the first create must have arrived, where a repeat would make a second', async () => {
    const world = littleWorld(['late'], [0.9]);
    const row: Row = { object: null };
    const first = await pass(world, row, A, { revision: 1 });
    waitUntil(world, first.againAt ?? world.clock.now());
    const second = await pass(world, row, A, { revision: 1 });
    expect(row.object?.state).toBe('creating');
    expect(second.againAt).toEqual(row.object?.settlesAt);
    expect(world.standing()).toEqual([]);
    waitUntil(world, second.againAt ?? world.clock.now());
    expect((await pass(world, row, A, { revision: 1 })).againAt).toBeNull();
    expect(world.standing()).toEqual([A]);
  });

  it.each([K, A])(
    'that was found while a create of it may still be out is in doubt until that must have arrived (%o)',
    async (content) => {
      // The first create arrives late; the second, where there may be one, is done and says that it is not.
      const world = littleWorld(content === K ? ['late', 'ok', 'errorDone'] : ['lost'], [0.9]);
      const row: Row = { object: null };
      let last = await pass(world, row, content, { revision: 1 });
      while (row.object?.state !== 'live') {
        waitUntil(world, last.againAt ?? world.clock.now());
        last = await pass(world, row, content, { revision: 1 });
      }
      expect(last.againAt).toEqual(row.object.settlesAt);
      await untilInLine(world, row, null, { revision: 2 });
      world.pass(3_600_000);
      expect([world.standing(), row.object.state]).toEqual([[], 'gone']);
    },
  );

  it('is tried again sooner after an answer than after silence', async () => {
    const world = littleWorld(['error'], []);
    const row: Row = { object: null };
    await pass(world, row, A, { revision: 1 });
    expect(row.object?.settlesAt).toEqual(world.clock.now().add({ milliseconds: SETTLE_AFTER_ANSWER_MS }));
    await untilInLine(world, row, A, { revision: 1 });
    expect(world.standing()).toEqual([A]);
  });

  it('that was removed by hand is made anew when it is next touched', async () => {
    const world = littleWorld([], []);
    const row: Row = { object: null };
    await untilInLine(world, row, A, { revision: 1 });
    world.removeByHand();
    const moved = { ...A, text: 'at ten' };
    await untilInLine(world, row, moved, { revision: 2 });
    expect(world.standing()).toEqual([moved]);
    expect(row.object?.generation).toBe(2);
  });

  it('whose key is spent is made under the next one, soon', async () => {
    const world = littleWorld(['spent'], []);
    const row: Row = { object: null };
    await untilInLine(world, row, K, { revision: 1 });
    expect(row.object).toMatchObject({ generation: 2, state: 'live' });
    expect(world.clock.now().since('2026-12-01T08:00:00Z').total('seconds')).toBeLessThan(3);
  });

  it('is left alone when nothing changed: not a call', async () => {
    const world = littleWorld([], []);
    const row: Row = { object: null };
    await untilInLine(world, row, A, { revision: 1 });
    const before = world.calls();
    expect((await pass(world, row, A, { revision: 2 })).againAt).toBeNull();
    expect(world.calls()).toBe(before);
    expect(row.object?.writtenRevision).toBe(2);
  });

  it('refused before is tried at once after an act, but whoever asked us to slow down is left alone', async () => {
    for (const [fate, calls] of [
      ['refused', 2],
      ['retryable', 1],
    ] as const) {
      const world = littleWorld([fate], []);
      const row: Row = { object: null };
      await pass(world, row, A, { revision: 1 });
      await pass(world, row, A, { revision: 2, fresh: true });
      expect([fate, world.calls()]).toEqual([fate, calls]);
    }
  });

  it('of a session that came back from a backup is looked up before one is made, and made where there is none', async () => {
    for (const content of [A, K]) {
      const world = littleWorld([], []);
      const known = world.wantedAt(content, 1);
      const later = await known.create(1);
      // What the backup may say: nothing; that nothing was asked for yet; that it was given up.
      for (const state of [null, 'creating', 'gone'] as const) {
        const row: Row = { object: state && { ...objectToMake(known, 1, null), state } };
        const hand = littleHand(world, row, { tookOver: false, fresh: true, restored: true, dies: () => false });
        await alignObject(row.object, known, () => null, hand);
        expect([state, row.object?.state, row.object?.providerId]).toEqual([state, 'live', later.id]);
      }
      expect((await known.find()).map(({ id }) => id)).toEqual([later.id]);

      const empty = littleWorld([], []);
      const row: Row = { object: null };
      const hand = littleHand(empty, row, { tookOver: false, fresh: true, restored: true, dies: () => false });
      await alignObject(null, empty.wantedAt(content, 1), () => null, hand);
      expect([row.object?.state, (await empty.wantedAt(content, 1).find()).length]).toEqual(['live', 1]);
    }
  });

  it('is touched no more once the lease is lost', async () => {
    const world = littleWorld([], []);
    const row: Row = { object: null };
    const lost = new Error('lost');
    const hand = littleHand(world, row, { tookOver: false, fresh: true, dies: () => false });
    const held = { ...hand, hold: () => Promise.reject(lost) };
    await expect(alignObject(null, world.wantedAt(A, 1), () => null, held)).rejects.toBe(lost);
    expect(world.calls()).toBe(0);
    const unwritable = { ...hand, put: () => Promise.reject(lost) };
    await expect(alignObject(null, world.wantedAt(A, 1), () => null, unwritable)).rejects.toBe(lost);
    expect(world.calls()).toBe(0);
  });

  it('has times that fit each other: no call outlives its silence, no silence its lease', () => {
    expect(CALL_TIMEOUT_MS).toBeLessThan(SETTLE_AFTER_SILENCE_MS);
    expect(SETTLE_AFTER_SILENCE_MS + CALL_TIMEOUT_MS).toBeLessThan(LEASE_MS);
  });
});
