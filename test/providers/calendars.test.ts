// Google's and Microsoft's clients against the emulators: one event for one session, with its link, whatever befalls the calls.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CalendarProvider, EventSpec } from '../../src/calendars/provider.ts';
import { openSandboxed, type Sandboxed } from './sandboxed.ts';

const OWNER = 'practitioner@example.com';
const BOUNDS = { timeoutMs: 5000 };
const SPEC: EventSpec = {
  key: 'sk0abcdefghij0123456789klmnop',
  marker: 'inst-1:session-7',
  title: 'Initial Consultation',
  description: 'A first talk.',
  location: 'https://zoom.example/j/1',
  start: Temporal.Instant.from('2026-12-10T15:00:00Z'),
  end: Temporal.Instant.from('2026-12-10T16:00:00Z'),
  zone: 'America/New_York',
  conference: false,
  attendees: [],
};
const QUIETLY = { ...BOUNDS, tellAttendees: false };
const ONLINE: EventSpec = { ...SPEC, location: null, conference: true };
const moved = (spec: EventSpec): EventSpec => ({
  ...spec,
  title: 'Moved',
  start: spec.start.add({ hours: 24 }),
  end: spec.end.add({ hours: 24 }),
});
const READY = { status: 'ready', id: expect.any(String), joinUrl: expect.stringMatching(/^http/), password: null };

let world: Sandboxed;
beforeAll(async () => {
  world = await openSandboxed();
});
afterEach(() => world.settle());
afterAll(() => world.close());

describe.each(['google', 'microsoft'] as const)('%s: an event', (name) => {
  const calendar = (): CalendarProvider => world[name];
  const live = () => world.live(`${name}/events`);

  it('is created as asked, read, moved under the same id, and deleted', async () => {
    const made = await calendar().create(OWNER, SPEC, BOUNDS);
    expect(made).toEqual({
      id: expect.any(String),
      key: SPEC.key,
      title: SPEC.title,
      start: SPEC.start,
      end: SPEC.end,
      location: SPEC.location,
      conference: null,
    });
    expect(await calendar().read(OWNER, made.id, BOUNDS)).toEqual(made);
    const to = { ...moved(SPEC), location: null };
    const after = await calendar().update(OWNER, made.id, to, BOUNDS);
    expect(after).toEqual({ ...made, title: 'Moved', start: to.start, end: to.end, location: null });
    await calendar().delete(OWNER, made.id, QUIETLY);
    expect(await calendar().read(OWNER, made.id, BOUNDS)).toBeNull();
    expect(await live()).toEqual([]);
  });

  it('invites nobody, is private, and blocks its time', async () => {
    await calendar().create(OWNER, SPEC, BOUNDS);
    const [event] = await live();
    expect(event?.['attendees'] ?? []).toEqual([]);
    expect(event?.['visibility'] ?? event?.['sensitivity']).toBe('private');
    expect(event?.['transparency'] ?? event?.['showAs']).toMatch(/opaque|busy/);
  });

  it('invites whom the practitioner wants invited by the provider, and nobody else is put out', async () => {
    const attendees = [{ name: 'Zoë "Z" Doe', address: 'zoe@example.com' }];
    const made = await calendar().create(OWNER, { ...ONLINE, attendees }, BOUNDS);
    await calendar().update(OWNER, made.id, { ...moved(ONLINE), attendees }, BOUNDS);
    const guests = async () => JSON.stringify((await live())[0]?.['attendees']);
    expect(await guests()).toMatch(/zoe@example.com/);
    expect(await guests()).toContain(JSON.stringify('Zoë "Z" Doe'));
    await calendar().update(OWNER, made.id, ONLINE, BOUNDS);
    expect(await guests()).toMatch(/zoe@example.com/);
    await calendar().delete(OWNER, made.id, { ...BOUNDS, tellAttendees: true });
    expect(await live()).toEqual([]);
  });

  it('keeps its conference link through every change', async () => {
    const made = await calendar().create(OWNER, ONLINE, BOUNDS);
    expect(made.conference).toEqual(READY);
    const after = await calendar().update(OWNER, made.id, moved(ONLINE), BOUNDS);
    expect(after.conference).toEqual(made.conference);
    expect(await calendar().read(OWNER, made.id, BOUNDS)).toEqual(after);
  });

  it('gets a conference link when one is wanted later', async () => {
    const made = await calendar().create(OWNER, SPEC, BOUNDS);
    const after = await calendar().update(OWNER, made.id, ONLINE, BOUNDS);
    expect(after).toMatchObject({ id: made.id, conference: READY });
  });

  it('is not made twice by the same key, and is set right if the wish has changed since', async () => {
    const first = await calendar().create(OWNER, ONLINE, BOUNDS);
    expect(await calendar().create(OWNER, ONLINE, BOUNDS)).toEqual(first);
    const again = await calendar().create(OWNER, moved(ONLINE), BOUNDS);
    expect(again).toEqual({ ...first, title: 'Moved', start: moved(ONLINE).start, end: moved(ONLINE).end });
    expect(await live()).toHaveLength(1);
  });

  it('whose creation was answered by silence is in doubt, found by its marker, and not made twice', async () => {
    await world.fault({ provider: name, operation: 'create', dropAfterSuccess: true, times: 1 });
    await expect(calendar().create(OWNER, ONLINE, BOUNDS)).rejects.toMatchObject({ facts: { outcome: 'unknown' } });
    const [found] = await calendar().find(OWNER, SPEC.marker, BOUNDS);
    expect(found).toMatchObject({ key: SPEC.key, title: SPEC.title, conference: READY });
    expect(await calendar().create(OWNER, ONLINE, BOUNDS)).toEqual(found);
    expect(await live()).toHaveLength(1);
  });

  it('is found by its marker alone, oldest first, and never once it is gone', async () => {
    const one = await calendar().create(OWNER, SPEC, BOUNDS);
    world.clock.advance({ seconds: 1 });
    const two = await calendar().create(OWNER, { ...SPEC, key: `${SPEC.key}2` }, BOUNDS);
    await calendar().create(OWNER, { ...SPEC, key: `${SPEC.key}3`, marker: `${SPEC.marker}1` }, BOUNDS);
    expect(await calendar().find(OWNER, SPEC.marker, BOUNDS)).toEqual([one, two]);
    await calendar().delete(OWNER, one.id, QUIETLY);
    expect(await calendar().find(OWNER, SPEC.marker, BOUNDS)).toEqual([two]);
  });

  it('deleted twice is deleted, and then cannot be updated', async () => {
    const { id } = await calendar().create(OWNER, SPEC, BOUNDS);
    await calendar().delete(OWNER, id, QUIETLY);
    await expect(calendar().delete(OWNER, id, QUIETLY)).resolves.toBeUndefined();
    await expect(calendar().update(OWNER, id, SPEC, BOUNDS)).rejects.toMatchObject({ facts: { outcome: 'absent' } });
    expect(await live()).toEqual([]);
  });

  it('that a failed look-up did not find is not "none"', async () => {
    await world.fault({ provider: name, operation: 'list', status: 503, times: 1 });
    await expect(calendar().find(OWNER, SPEC.marker, BOUNDS)).rejects.toMatchObject({
      facts: { outcome: 'retryable' },
    });
  });

  it.each([
    [500, 'unknown'],
    [429, 'retryable'],
    [400, 'refused'],
  ])('whose creation is answered by %i is %s, and the next try makes exactly one', async (status, outcome) => {
    await world.fault({ provider: name, operation: 'create', status, times: 1 });
    await expect(calendar().create(OWNER, SPEC, BOUNDS)).rejects.toMatchObject({ facts: { outcome, status } });
    await calendar().create(OWNER, SPEC, BOUNDS);
    expect(await live()).toHaveLength(1);
  });

  it.each([
    ['30', 30_000],
    ['Tue, 01 Dec 2026 08:10:00 GMT', 600_000],
    ['2026-12-02T00:00:00Z', 57_600_000],
  ])('waits as long as the provider asks: %s', async (retryAfter, retryAfterMs) => {
    world.clock.set('2026-12-01T08:00:00Z');
    await world.fault({ provider: name, operation: 'update', status: 429, retryAfter, times: 1 });
    const { id } = await calendar().create(OWNER, SPEC, BOUNDS);
    const facts = { outcome: 'retryable', retryAfterMs };
    await expect(calendar().update(OWNER, id, SPEC, BOUNDS)).rejects.toMatchObject({ facts });
  });

  it('does not notice one refused token, and asks to reconnect when every token is refused', async () => {
    await world.fault({ provider: name, operation: 'create', status: 401, times: 1 });
    const { id } = await calendar().create(OWNER, SPEC, BOUNDS);
    await world.fault({ provider: name, operation: 'read', status: 401 });
    await expect(calendar().read(OWNER, id, BOUNDS)).rejects.toMatchObject({ facts: { outcome: 'reconnect' } });
  });

  it('stays where it is while the token endpoint is down', async () => {
    await world.settle();
    world.clock.advance({ hours: 2 });
    await world.fault({ provider: name, operation: 'token', status: 503 });
    const facts = { outcome: 'retryable', operation: 'token' };
    await expect(calendar().create(OWNER, SPEC, BOUNDS)).rejects.toMatchObject({ facts });
    expect(await live()).toEqual([]);
  });

  it('of a stranger is not made', async () => {
    const creating = calendar().create('nobody@example.com', SPEC, BOUNDS);
    await expect(creating).rejects.toMatchObject({ facts: { outcome: expect.stringMatching(/refused|reconnect/) } });
  });

  it('leaves no person, title, link or token in the log', async () => {
    const { conference } = await calendar().create(OWNER, ONLINE, BOUNDS);
    const lines = world.logLines.join('\n');
    expect(lines).toContain(`"provider":"${name}"`);
    expect(lines).not.toMatch(/practitioner|Bearer|Consultation|inst-1/);
    expect(lines).not.toContain(conference?.status === 'ready' ? conference.joinUrl : 'no link');
  });
});

it('google: a deleted event is revived under its key, with a link', async () => {
  const first = await world.google.create(OWNER, ONLINE, BOUNDS);
  await world.google.delete(OWNER, first.id, QUIETLY);
  const revived = await world.google.create(OWNER, moved(ONLINE), BOUNDS);
  expect(revived).toMatchObject({ id: first.id, title: 'Moved', start: moved(ONLINE).start, conference: READY });
  expect(await world.live('google/events')).toHaveLength(1);
});

it('google: by a refresh token events go to the owner whose consent it is', async () => {
  const made = await world.googleUser.create(OWNER, ONLINE, BOUNDS);
  expect(await world.live('google/events')).toMatchObject([{ id: made.id, calendarId: OWNER }]);
});

it('google: by a refresh token nothing is written for another owner', async () => {
  const creating = world.googleUser.create('michael.lee@example.com', SPEC, BOUNDS);
  await expect(creating).rejects.toMatchObject({ facts: { outcome: 'refused' } });
});

it('microsoft: an hour that the clock shows twice keeps its instant', async () => {
  const start = Temporal.Instant.from('2027-11-07T06:30:00Z');
  const spec = { ...SPEC, start, end: start.add({ hours: 1 }) };
  expect(await world.microsoft.create(OWNER, spec, BOUNDS)).toMatchObject({ start, end: spec.end });
});
