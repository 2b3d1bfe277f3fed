// What happens while the sweep looks: booked, moved or cancelled between its list and what it does about it. Nobody loses anything.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { markerOf } from '../../src/fulfilment/plan.ts';
import type { SweepTools } from '../../src/fulfilment/sweep-place.ts';
import { openSweep, type Sweeping } from './open-sweep.ts';
import type { Booked, Workshop } from './open-workshop.ts';

let sweeping: Sweeping;
let shop: Workshop;
beforeAll(async () => {
  sweeping = await openSweep();
  ({ shop } = sweeping);
});
afterEach(() => sweeping.clear());
afterAll(() => sweeping.close());

const PLATFORMS = ['zoom', 'teams'] as const;
type Platform = (typeof PLATFORMS)[number];
/** Where its things stand; at the others there are only places that earlier tests have left. */
const PLACES = { zoom: ['zoom', 'google'], teams: ['microsoft'] } as const;
type When = 'before the list is answered' | 'after the list' | 'after the closer look';

/** The sweep's tools, with something that happens once at that moment. */
function interrupted(platform: Platform, when: When, happens: () => Promise<void>): SweepTools {
  let done = false;
  const once = async () => {
    if (done) return;
    done = true;
    await happens();
  };
  const guard = <T extends { list: (...a: never[]) => Promise<unknown>; read: (...a: never[]) => Promise<unknown> }>(
    real: T,
  ): T => ({
    ...real,
    list: async (...given: never[]) => {
      if (when === 'before the list is answered') await once();
      const listed = await real.list(...given);
      if (when === 'after the list') await once();
      return listed;
    },
    read: async (...given: never[]) => {
      const found = await real.read(...given);
      if (when === 'after the closer look') await once();
      return found;
    },
  });
  const { meetings, calendars } = shop.tools;
  if (platform === 'zoom') {
    const zoom = meetings.get('zoom');
    if (!zoom) throw new Error('no Zoom');
    return { ...shop.tools, meetings: new Map([['zoom' as const, { ...zoom, meetings: guard(zoom.meetings) }]]) };
  }
  const calendar = calendars.get('microsoft');
  if (!calendar) throw new Error('no calendar');
  return { ...shop.tools, calendars: new Map([...calendars, ['microsoft' as const, guard(calendar)]]) };
}

const ACTS: readonly (readonly [string, (platform: Platform, mine: Booked) => Promise<void>])[] = [
  ['another is booked, and made', async (platform) => void (await sweeping.stand(platform))],
  ['another is booked, and not made yet', async (platform) => void (await sweeping.book(platform))],
  ['it is moved, outside too', async (_, mine) => void (await shop.move(mine, '15:00'), await shop.finish())],
  ['it is moved here alone', (_, mine) => shop.move(mine, '15:00')],
  ['it is cancelled, outside too', async (_, mine) => void (await shop.cancel(mine), await shop.finish())],
  ['it is cancelled here alone', (_, mine) => shop.cancel(mine)],
];
const MOMENTS = ['before the list is answered', 'after the list', 'after the closer look'] as const;

describe.each(PLATFORMS)('on %s, while the sweep looks', (platform) => {
  it.each(ACTS.flatMap(([name, act]) => MOMENTS.map((when) => [name, when, act] as const)))(
    '%s, %s: it ends as was agreed, and nothing is told',
    async (_, when, act) => {
      // One that stands keeps the place among those that are swept.
      const other = await sweeping.book(platform);
      const mine = await sweeping.stand(platform);
      // So that it is looked at, and would be put right.
      if (when === 'after the closer look') await sweeping.changeByHand(platform, mine, { title: 'Lunch' });
      let happened = false;
      const happens = async () => {
        happened = true;
        await act(platform, mine);
      };
      await sweeping.look(interrupted(platform, when, happens), PLACES[platform]);
      await shop.finish();
      expect(happened).toBe(true);
      if (when === 'after the closer look') await sweeping.sweep(PLACES[platform]);
      const [before, mails] = [await sweeping.things(platform), (await shop.mails()).length];
      const sessions = await sweeping.sql<{ id: number; live: boolean }>('select id, live from session');
      for (const { id, live } of sessions.filter((one) => one.id >= other.sessionId)) {
        const marker = markerOf(shop.tools.installation, id);
        expect(before.filter((one) => one.marker === marker)).toHaveLength(live ? 1 : 0);
      }
      // And so it finds it itself.
      await sweeping.sweep(PLACES[platform]);
      await sweeping.sweep(PLACES[platform]);
      expect(await sweeping.things(platform)).toEqual(before);
      expect((await shop.mails()).length).toBe(mails);
      expect((await sweeping.drift()).filter(({ state }) => state !== 'settled')).toEqual([]);
    },
  );
});
