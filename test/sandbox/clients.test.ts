// The provider clients of the house in the faulty world: each call and answer as its contract has it, and what the client makes
// of it.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EventSpec } from '../../src/calendars/provider.ts';
import type { Switches } from '../../src/sandbox/switches.ts';
import { openSandboxed, type Sandboxed } from '../providers/sandboxed.ts';

const OWNER = 'practitioner@example.com';
const BOUNDS = { timeoutMs: 5000 };
const SHARED = {
  marker: 'inst-1:session-7',
  title: 'Initial Consultation',
  start: Temporal.Instant.from('2026-12-10T15:00:00Z'),
  end: Temporal.Instant.from('2026-12-10T16:00:00Z'),
  zone: 'America/New_York',
};
const ONLINE: EventSpec = {
  ...SHARED,
  key: 'sk0abcdefghij0123456789klmnop',
  description: 'A first talk.',
  location: null,
  conference: true,
  attendees: [],
};

let world: Sandboxed;
beforeAll(async () => {
  world = await openSandboxed();
});
afterEach(async () => {
  await fetch(`${world.sandbox.url}/control/switches`, { method: 'DELETE' });
  await world.settle();
});
afterAll(() => world.close());

const turn = async (switches: Partial<Switches>): Promise<void> => {
  const body = JSON.stringify(switches);
  expect((await fetch(`${world.sandbox.url}/control/switches`, { method: 'PATCH', body })).status).toBe(200);
};

describe.each([
  ['google', { meetPendingReads: 1 }],
  ['microsoft', { teamsPendingReads: 1 }],
] as const)('%s', (name, late) => {
  it('a link that comes late is pending, and there when looked for again', async () => {
    await turn(late);
    const made = await world[name].create(OWNER, ONLINE, BOUNDS);
    const first = await world[name].read(OWNER, made.id, BOUNDS);
    const second = await world[name].read(OWNER, made.id, BOUNDS);
    expect([made, first].map((event) => event?.conference?.status)).toEqual(['pending', 'pending']);
    expect(second?.conference).toMatchObject({ status: 'ready', joinUrl: expect.stringMatching(/^http/) });
  });

  it.each([
    ['after the work', { status: 500, afterSuccess: true }, 1],
    ['by a page of HTML after the work', { html: true }, 1],
    ['by a page of HTML in place of the work', { status: 200, html: true }, 0],
    ['by a page of HTML before the work', { status: 502, html: true }, 0],
  ] as const)(
    'a creation that fails %s is in doubt, and looked for before it is tried again',
    async (_how, fault, live) => {
      await world.fault({ provider: name, operation: 'create', times: 1, ...fault });
      await expect(world[name].create(OWNER, ONLINE, BOUNDS)).rejects.toMatchObject({ facts: { outcome: 'unknown' } });
      expect(await world[name].find(OWNER, ONLINE.marker, BOUNDS)).toHaveLength(live);
      await world[name].create(OWNER, ONLINE, BOUNDS);
      expect(await world.live(`${name}/events`)).toHaveLength(1);
    },
  );
});

it('a deletion answered by a page of HTML is not believed: it may never have come to the provider', async () => {
  const page = { operation: 'delete', times: 1, status: 200, html: true } as const;
  const meeting = await world.zoom.create(OWNER, { ...SHARED, topic: 'x', agenda: 'x', minutes: 60 }, BOUNDS);
  await world.fault({ provider: 'zoom', ...page });
  await expect(world.zoom.delete(OWNER, meeting.id, BOUNDS)).rejects.toMatchObject({ facts: { outcome: 'unknown' } });
  const quietly = { ...BOUNDS, tellAttendees: false };
  for (const name of ['google', 'microsoft'] as const) {
    const event = await world[name].create(OWNER, ONLINE, BOUNDS);
    await world.fault({ provider: name, ...page });
    await expect(world[name].delete(OWNER, event.id, quietly)).rejects.toMatchObject({ facts: { outcome: 'unknown' } });
    await world[name].delete(OWNER, event.id, quietly);
    expect(await world.live(`${name}/events`)).toEqual([]);
  }
});

it('a Meet conference that fails is told as failed, and asked for anew under another request', async () => {
  await turn({ meetOutcome: 'failure' });
  const made = await world.google.create(OWNER, ONLINE, BOUNDS);
  expect(made.conference).toEqual({ status: 'failed' });
  await turn({ meetOutcome: 'success' });
  const after = await world.google.update(OWNER, made.id, ONLINE, BOUNDS);
  expect(after.conference).toMatchObject({ status: 'ready' });
});

it('an event that is moved stays the same to a client that asks for ids that stay', async () => {
  const made = await world.microsoft.create(OWNER, ONLINE, BOUNDS);
  const moved = `${world.sandbox.url}/control/microsoft/events/${encodeURIComponent(made.id)}/move`;
  expect((await fetch(moved, { method: 'POST' })).status).toBe(200);
  expect(await world.microsoft.read(OWNER, made.id, BOUNDS)).toEqual(made);
  expect(await world.microsoft.find(OWNER, ONLINE.marker, BOUNDS)).toEqual([made]);
});

describe('zoom', () => {
  const spec = { ...SHARED, topic: SHARED.title, agenda: 'A first talk.', minutes: 60 };

  it.each([
    ['after the work', { status: 500, afterSuccess: true }, 1],
    ['by a page of HTML after the work', { html: true }, 1],
    ['by a page of HTML in place of the work', { status: 200, html: true }, 0],
  ] as const)('a creation that fails %s is in doubt, and found where it is', async (_how, fault, live) => {
    await world.fault({ provider: 'zoom', operation: 'create', times: 1, ...fault });
    await expect(world.zoom.create(OWNER, spec, BOUNDS)).rejects.toMatchObject({ facts: { outcome: 'unknown' } });
    expect(await world.zoom.find(OWNER, SHARED.marker, BOUNDS)).toHaveLength(live);
  });

  it('over the daily limit a creation is told how long to wait, until midnight in UTC', async () => {
    await turn({ zoomDailyLimit: true });
    const host = 'busy@example.com';
    for (let count = 0; count < 100; count++) await world.zoom.create(host, spec, BOUNDS);
    await expect(world.zoom.create(host, spec, BOUNDS)).rejects.toMatchObject({
      facts: { outcome: 'retryable', status: 429, retryAfterMs: 16 * 60 * 60 * 1000 },
    });
    await world.zoom.create(OWNER, spec, BOUNDS);
  });
});
