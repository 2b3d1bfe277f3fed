// Zoom's client against the emulator: one meeting for one session, whatever befalls the calls.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MeetingSpec } from '../../src/meetings/provider.ts';
import { openSandboxed, type Sandboxed } from './sandboxed.ts';

const HOST = 'practitioner@example.com';
const BOUNDS = { timeoutMs: 5000 };
const SPEC: MeetingSpec = {
  marker: 'inst-1:session-7',
  topic: 'Initial Consultation',
  agenda: 'A first talk. '.repeat(60),
  start: Temporal.Instant.from('2026-12-10T15:00:00Z'),
  minutes: 60,
  zone: 'America/New_York',
};
const MOVED: MeetingSpec = { ...SPEC, start: SPEC.start.add({ hours: 24 }), minutes: 30, topic: 'Moved' };

let world: Sandboxed;
beforeAll(async () => {
  world = await openSandboxed();
});
afterEach(() => world.settle());
afterAll(() => world.close());

describe('a meeting', () => {
  it('is created as asked, read, moved under the same id and link, and deleted', async () => {
    const made = await world.zoom.create(HOST, SPEC, BOUNDS);
    expect(made).toEqual({
      id: expect.stringMatching(/^\d{9,12}$/),
      joinUrl: expect.stringMatching(/^http/),
      password: expect.any(String),
      topic: SPEC.topic,
      start: SPEC.start,
      minutes: 60,
    });
    expect(await world.zoom.read(HOST, made.id, BOUNDS)).toEqual(made);
    const moved = await world.zoom.update(HOST, made.id, MOVED, BOUNDS);
    expect(moved).toEqual({ ...made, topic: 'Moved', start: MOVED.start, minutes: 30 });
    await world.zoom.delete(HOST, made.id, BOUNDS);
    expect(await world.zoom.read(HOST, made.id, BOUNDS)).toBeNull();
    expect(await world.live('zoom/meetings')).toEqual([]);
  });

  it('deleted twice is deleted', async () => {
    const { id } = await world.zoom.create(HOST, SPEC, BOUNDS);
    await world.zoom.delete(HOST, id, BOUNDS);
    await expect(world.zoom.delete(HOST, id, BOUNDS)).resolves.toBeUndefined();
  });

  it('that is gone cannot be updated', async () => {
    const { id } = await world.zoom.create(HOST, SPEC, BOUNDS);
    await world.zoom.delete(HOST, id, BOUNDS);
    await expect(world.zoom.update(HOST, id, MOVED, BOUNDS)).rejects.toMatchObject({ facts: { outcome: 'absent' } });
  });

  it('of a host unknown to Zoom is refused', async () => {
    const creating = world.zoom.create('nobody@example.com', SPEC, BOUNDS);
    await expect(creating).rejects.toMatchObject({ facts: { outcome: 'refused', providerCode: '1001' } });
  });

  it('gives its host a link, and none when it is gone', async () => {
    const { id } = await world.zoom.create(HOST, SPEC, BOUNDS);
    expect(await world.zoom.hostLink(HOST, id, BOUNDS)).toMatch(/^http/);
    await world.zoom.delete(HOST, id, BOUNDS);
    expect(await world.zoom.hostLink(HOST, id, BOUNDS)).toBeNull();
  });
});

describe('a look-up by marker', () => {
  it('finds all copies and nothing else, also past the first page', async () => {
    const first = await world.zoom.create(HOST, SPEC, BOUNDS);
    const other = { ...SPEC, marker: `${SPEC.marker}1`, agenda: SPEC.marker };
    for (let n = 0; n < 301; n += 1) await world.zoom.create(HOST, other, BOUNDS);
    world.clock.advance({ seconds: 1 });
    const second = await world.zoom.create(HOST, SPEC, BOUNDS);
    expect(await world.zoom.find(HOST, SPEC.marker, BOUNDS)).toEqual([first, second]);
  });

  it('that fails is not "none"', async () => {
    await world.fault({ provider: 'zoom', operation: 'list', status: 500, times: 1 });
    await expect(world.zoom.find(HOST, SPEC.marker, BOUNDS)).rejects.toMatchObject({ facts: { outcome: 'retryable' } });
    expect(await world.zoom.find(HOST, SPEC.marker, BOUNDS)).toEqual([]);
  });
});

describe('a fault of Zoom', () => {
  it('whose answer is lost after success leaves a doubt that a look-up settles', async () => {
    await world.fault({ provider: 'zoom', operation: 'create', dropAfterSuccess: true, times: 1 });
    await expect(world.zoom.create(HOST, SPEC, BOUNDS)).rejects.toMatchObject({ facts: { outcome: 'unknown' } });
    const [found] = await world.zoom.find(HOST, SPEC.marker, BOUNDS);
    expect(found).toMatchObject({ topic: SPEC.topic, start: SPEC.start, password: expect.any(String) });
  });

  it('that answers after our time is up leaves a doubt', async () => {
    await world.fault({ provider: 'zoom', operation: 'create', latencyMs: 400, times: 1 });
    const creating = world.zoom.create(HOST, SPEC, { timeoutMs: 200 });
    await expect(creating).rejects.toMatchObject({ facts: { outcome: 'unknown', providerCode: 'timeout' } });
  });

  it.each([
    ['30', 30_000],
    ['Tue, 01 Dec 2026 08:10:00 GMT', 600_000],
    ['2026-12-02T00:00:00Z', 57_600_000],
  ])('that asks for patience until %s is heard', async (retryAfter, expected) => {
    world.clock.set('2026-12-01T08:00:00Z');
    await world.fault({ provider: 'zoom', operation: 'create', status: 429, retryAfter, times: 1 });
    const facts = { outcome: 'retryable', retryAfterMs: expected };
    await expect(world.zoom.create(HOST, SPEC, BOUNDS)).rejects.toMatchObject({ facts });
    expect(await world.live('zoom/meetings')).toEqual([]);
  });

  it('of one refused token is not noticed', async () => {
    await world.fault({ provider: 'zoom', operation: 'create', status: 401, times: 1 });
    await world.zoom.create(HOST, SPEC, BOUNDS);
    expect(await world.live('zoom/meetings')).toHaveLength(1);
  });

  it('that refuses every token asks for the account to be reconnected', async () => {
    await world.fault({ provider: 'zoom', operation: 'read', status: 401 });
    await expect(world.zoom.read(HOST, '123456789', BOUNDS)).rejects.toMatchObject({ facts: { outcome: 'reconnect' } });
  });

  it('after the change took place leaves a doubt, not a no', async () => {
    const { id } = await world.zoom.create(HOST, SPEC, BOUNDS);
    await world.fault({ provider: 'zoom', operation: 'read', status: 500, times: 1 });
    await expect(world.zoom.update(HOST, id, MOVED, BOUNDS)).rejects.toMatchObject({ facts: { outcome: 'unknown' } });
    expect(await world.zoom.update(HOST, id, MOVED, BOUNDS)).toMatchObject({ id, start: MOVED.start });
  });
});

it('the log names no person, no link and no token', async () => {
  const { joinUrl } = await world.zoom.create(HOST, SPEC, BOUNDS);
  const lines = world.logLines.join('\n');
  expect(lines).toContain('"operation":"create"');
  expect(lines).not.toMatch(/practitioner|Bearer|Consultation/);
  expect(lines).not.toContain(joinUrl);
});
