// What suits who waits, found by day and hour: the same as by looking at every free time, and without looking at each.
import { expect, test } from 'vitest';
import { freeTimes, type Free, type Wish } from '../../src/appointments/free-times.ts';
import { onWall, suits } from '../../src/appointments/waitlist.ts';
import { minuteOf } from '../../src/platform/time/wall-clock.ts';

const ZONES = ['Europe/Berlin', 'America/New_York', 'Pacific/Auckland'];
/** Berlin's clocks go back on the last Sunday of it. */
const FROM = minuteOf(Temporal.Instant.from('2030-10-20T00:00:00Z'));
const WISH: Wish = {
  practitionerIds: [],
  firstDate: '2030-10-20',
  lastDate: '2030-12-31',
  zone: null,
  windows: [],
  platform: null,
};

/** One after another, of practitioners in turn. */
function free(count: number, everyMinutes: number): Free[] {
  return Array.from({ length: count }, (_, i) => {
    const start = FROM + Math.floor(i / 3) * everyMinutes;
    return {
      practitionerId: (i % 3) + 1,
      zone: ZONES[i % 3] ?? '',
      slot: { start, end: start + 60, available: true, reasons: [] },
      forClients: false,
      platforms: new Set(i % 3 === 0 ? (['zoom'] as const) : []),
    };
  });
}

function lookingAtAll(all: readonly Free[], wish: Wish): Free[] {
  return all
    .filter(({ practitionerId, zone, slot, platforms }) => {
      const meant = wish.practitionerIds.length === 0 || wish.practitionerIds.includes(practitionerId);
      const held = wish.platform === null || platforms.has(wish.platform);
      return meant && held && suits(wish, onWall(slot, wish.zone ?? zone));
    })
    .toSorted((a, b) => a.slot.start - b.slot.start);
}

const nameOf = ({ practitionerId, slot }: Free) => `${slot.start} ${practitionerId}`;

test.each<[string, Partial<Wish>]>([
  ['anything', {}],
  ['a few days', { firstDate: '2030-10-26', lastDate: '2030-10-28' }],
  [
    'the night on which clocks go back',
    { firstDate: '2030-10-27', lastDate: '2030-10-27', windows: [{ to: '03:30' }] },
  ],
  ['windows that overlap', { windows: [{ from: '09:00', to: '12:00' }, { from: '10:00' }, { weekdays: [7] }] }],
  ['a zone of its own', { zone: 'Asia/Tokyo', windows: [{ weekdays: [1, 2], from: '07:00', to: '09:30' }] }],
  ['some of them', { practitionerIds: [3, 1, 9], windows: [{ from: '08:00', to: '20:00' }] }],
  ['a platform', { platform: 'zoom', practitionerIds: [1, 2] }],
  ['a platform of anybody', { platform: 'zoom', zone: 'Europe/Berlin' }],
  ['what is not free', { firstDate: '2031-01-01', lastDate: '2031-01-02' }],
  ['a window shorter than it lasts', { windows: [{ from: '09:00', to: '09:30' }] }],
])('finds what looking at every free time finds, in order: %s', (_what, over) => {
  const all = free(1_200, 30);
  const wish = { ...WISH, ...over };
  const found = [...freeTimes(all).suiting(wish)];
  const expected = lookingAtAll(all, wish);
  expect(found.map(nameOf).toSorted()).toEqual(expected.map(nameOf).toSorted());
  expect(found.map(({ slot }) => slot.start)).toEqual(expected.map(({ slot }) => slot.start));
});

test('five thousand who wait, beside five thousand free times of which none suits, cost less than a tenth of looking at all', () => {
  const all = free(5_000, 30);
  const wishes = Array.from({ length: 5_000 }, (_, i): Wish => {
    return { ...WISH, windows: [{ from: '09:00', to: `09:${String(i % 60).padStart(2, '0')}` }] };
  });
  const began = performance.now();
  const times = freeTimes(all);
  for (const wish of wishes) expect([...times.suiting(wish)].length).toBe(0);
  const laidOut = performance.now() - began;
  const sample = wishes.slice(0, 50);
  const beganAll = performance.now();
  for (const wish of sample) expect(lookingAtAll(all, wish)).toEqual([]);
  const each = (performance.now() - beganAll) / sample.length;
  expect(laidOut / wishes.length).toBeLessThan(each / 10);
});
