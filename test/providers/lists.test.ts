// What the sweep asks each provider for: everything of ours in a stretch of time, whoever else is there, and however much.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CalendarProvider, EventSpec } from '../../src/calendars/provider.ts';
import type { Listing, MeetingSpec } from '../../src/meetings/provider.ts';
import { openSandboxed, type Sandboxed } from './sandboxed.ts';

const OWNER = 'practitioner@example.com';
const BOUNDS = { timeoutMs: 60_000 };
const START = Temporal.Instant.from('2026-12-10T15:00:00Z');
const stretch = (from: string, to: string): Listing => ({
  marked: 'sk:abc:',
  from: Temporal.Instant.from(from),
  to: Temporal.Instant.from(to),
});
const DECEMBER = stretch('2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z');

let world: Sandboxed;
beforeAll(async () => {
  world = await openSandboxed();
});
afterEach(() => world.settle());
afterAll(() => world.close());

describe.each(['google', 'microsoft'] as const)('%s: the list of a calendar', (name) => {
  const calendar = (): CalendarProvider => world[name];
  let keys = 0;
  const spec = (marker: string, hours: number): EventSpec => ({
    key: `sk0abcdefghij0123456789${String((keys += 1)).padStart(8, '0')}`,
    marker,
    title: 'A talk',
    description: 'Words.',
    location: null,
    start: START.add({ hours }),
    end: START.add({ hours: hours + 1 }),
    zone: 'America/New_York',
    conference: false,
    attendees: [],
  });

  it('shows ours that start in the stretch, and nobody else’s', async () => {
    const made = await calendar().create(OWNER, spec('sk:abc:7', 0), BOUNDS);
    for (const [marker, hours] of [
      ['sk:abd:8', 0],
      ['sk:abcd:8', 1],
      ['other', 2],
      ['sk:abc:9', -240],
      ['sk:abc:10', 24 * 31],
    ] as const)
      await calendar().create(OWNER, spec(marker, hours), BOUNDS);
    const { id, start, end } = made;
    const mine = { id, start, end, marker: 'sk:abc:7', title: null, changedAt: world.clock.now() };
    expect(await calendar().list(OWNER, DECEMBER, BOUNDS)).toEqual([mine]);
    // Its end is outside: what starts there belongs to the next stretch.
    expect(await calendar().list(OWNER, { ...DECEMBER, to: start }, BOUNDS)).toEqual([]);
    expect(await calendar().list(OWNER, { ...DECEMBER, from: start }, BOUNDS)).toEqual([mine]);
    await calendar().delete(OWNER, id, { ...BOUNDS, tellAttendees: false });
    expect(await calendar().list(OWNER, DECEMBER, BOUNDS)).toEqual([]);
  });

  it('tells when an event was last changed', async () => {
    const first = spec('sk:abc:7', 0);
    const made = await calendar().create(OWNER, first, BOUNDS);
    world.clock.advance({ minutes: 5 });
    await calendar().update(OWNER, made.id, { ...first, title: 'Other words' }, BOUNDS);
    const [listed] = await calendar().list(OWNER, DECEMBER, BOUNDS);
    expect(listed?.changedAt?.toString()).toBe(world.clock.now().toString());
  });
});

const numbered = (i: number): EventSpec => ({
  key: `sk0abcdefghij0123456789p${String(i).padStart(8, '0')}`,
  marker: i % 2 === 0 ? `sk:abc:${i + 1}` : 'sk:other:1',
  title: 'A talk',
  description: '',
  location: null,
  start: START.add({ minutes: i }),
  end: START.add({ minutes: i + 5 }),
  zone: 'UTC',
  conference: false,
  attendees: [],
});

it('microsoft: the list goes on over as many pages as there are', async () => {
  const events = Array.from({ length: 620 }, (_, i) => i);
  for (let i = 0; i < events.length; i += 3)
    await Promise.all(events.slice(i, i + 3).map((n) => world.microsoft.create(OWNER, numbered(n), BOUNDS)));
  const listed = await world.microsoft.list(OWNER, DECEMBER, BOUNDS);
  expect(new Set(listed.map(({ marker }) => marker)).size).toBe(310);
}, 60_000);

const meeting = (marker: string, start: Temporal.Instant): MeetingSpec => ({
  marker,
  topic: 'A talk',
  agenda: 'x'.repeat(1_000),
  start,
  minutes: 60,
  zone: 'America/New_York',
});

describe('zoom: the list of a host', () => {
  it('shows ours that start in the stretch, with their titles, and nobody else’s', async () => {
    const made = await world.zoom.create(OWNER, meeting('sk:abc:7', START), BOUNDS);
    await world.zoom.create(OWNER, meeting('sk:abcd:8', START), BOUNDS);
    await world.zoom.create(OWNER, meeting('sk:abc:9', START.add({ hours: 24 * 40 })), BOUNDS);
    const end = START.add({ minutes: 60 });
    const mine = { id: made.id, marker: 'sk:abc:7', start: START, end, title: 'A talk', changedAt: null };
    expect(await world.zoom.list(OWNER, DECEMBER, BOUNDS)).toEqual([mine]);
    expect(await world.zoom.list(OWNER, { ...DECEMBER, to: START }, BOUNDS)).toEqual([]);
  });

  it('goes on over as many pages as there are', async () => {
    for (let i = 0; i < 305; i += 1) {
      // A host may be given a hundred a day.
      if (i % 100 === 0) world.clock.advance({ hours: 24 });
      await world.zoom.create(OWNER, meeting(`sk:abc:${i + 1}`, START.add({ minutes: i })), BOUNDS);
    }
    const listed = await world.zoom.list(OWNER, DECEMBER, BOUNDS);
    expect(new Set(listed.map(({ marker }) => marker)).size).toBe(305);
  }, 60_000);
});
