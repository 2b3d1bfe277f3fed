// What an endpoint is owed reaches it: signed, once or more, in the order of each appointment, and none is lost, whether it is
// down, slow, refuses one, or a worker dies in the middle.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noOnce } from '../../src/platform/http/idempotency.ts';
import { changeEndpoint } from '../../src/webhooks/change-endpoint.ts';
import { replayEvents, sendTest } from '../../src/webhooks/replay-events.ts';
import { rotateSecret } from '../../src/webhooks/rotate-secret.ts';
import { openPostRoom, type PostRoom } from './open-post-room.ts';
import { openReceiver, verifiedAt, type Got, type Receiver } from './receiver.ts';

let room: PostRoom;
let receiver: Receiver;
beforeEach(async () => {
  [room, receiver] = await Promise.all([openPostRoom(), openReceiver()]);
});
afterEach(async () => {
  await room.close();
  await receiver.close();
});

const APPOINTMENTS = ['appointment.booked', 'appointment.rescheduled', 'appointment.cancelled'];
/** The sequences that came for one subject, repeats left out. */
const cameFor = (got: readonly Got[], id: number) => [
  ...new Set(got.filter(({ event }) => event.subject.id === id).map(({ event }) => event.sequence)),
];
/** No event before an earlier one of its subject: each first coming is of the highest number so far. */
const inOrder = (got: readonly Got[]) => {
  const highest = new Map<number, number>();
  return got.every(({ event }) => {
    const last = highest.get(event.subject.id) ?? 0;
    if (event.sequence > last + 1) return false;
    highest.set(event.subject.id, Math.max(last, event.sequence));
    return true;
  });
};

test('a receiver that is down for a day, then up, gets every event, in the order of each appointment, none lost', async () => {
  const { id, secret } = await room.add(receiver.url, APPOINTMENTS);
  room.work();
  receiver.mood.now = 'down';
  const hours = ['09:00', '10:00', '11:00', '12:00', '13:00'];
  const booked: number[] = [];
  for (const [index, hour] of hours.entries()) booked.push(await room.book(`client${index}`, hour));
  await room.until(
    () => receiver.mood.calls,
    (calls) => calls > 0,
  );
  room.clock.advance({ hours: 6 });
  await room.move(booked[0]!, '15:00');
  await room.move(booked[1]!, '16:00');
  room.clock.advance({ hours: 6 });
  await room.cancel(booked[0]!);
  await room.cancel(booked[2]!);
  const end = room.clock.now().add({ hours: 14 });
  await room.until(
    () => Temporal.Instant.compare(room.clock.now(), end) >= 0,
    (over) => over,
    { minutes: 30 },
  );
  await room.until(
    () => room.standing(id),
    ({ waiting }) => waiting === 9,
  );
  expect(receiver.got).toEqual([]);
  expect(await room.standing(id)).toMatchObject({
    state: 'active',
    dead: 0,
    failingSince: expect.anything() as unknown,
  });

  receiver.mood.now = 204;
  await room.until(
    () => room.standing(id),
    ({ waiting }) => waiting === 0,
    { minutes: 5 },
  );
  expect(booked.map((one) => cameFor(receiver.got, one))).toEqual([[1, 2, 3], [1, 2], [1, 2], [1], [1]]);
  expect(inOrder(receiver.got)).toBe(true);
  for (const message of receiver.got) {
    const sentAt = Temporal.Instant.fromEpochMilliseconds(Number(message.headers['webhook-timestamp']) * 1000);
    expect(verifiedAt(sentAt, secret, message)).toEqual(message.event);
    expect(message.headers['webhook-id']).toBe(message.event.id);
  }
  expect(await room.standing(id)).toMatchObject({ dead: 0, failures: 0, failingSince: null });
}, 60_000);

test('two workers deliver in order, and a slow or dead endpoint holds up no other', async () => {
  const slow = await openReceiver();
  slow.mood.now = 'down';
  try {
    await room.add(slow.url);
    const { id } = await room.add(receiver.url, APPOINTMENTS);
    room.work();
    room.work();
    const booked = await Promise.all(['09:00', '10:00', '11:00'].map((hour) => room.book(`at${hour}`, hour)));
    await Promise.all(
      booked.map(async (one, index) => {
        await room.move(one, `${14 + index}:00`);
        await room.cancel(one);
      }),
    );
    await room.until(
      () => receiver.got.length,
      (length) => length >= 9,
    );
    await room.until(
      () => room.standing(id),
      ({ waiting }) => waiting === 0,
    );
    expect(booked.map((one) => cameFor(receiver.got, one))).toEqual([
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
    ]);
    expect(inOrder(receiver.got)).toBe(true);
    expect(slow.got).toEqual([]);
  } finally {
    await slow.close();
  }
}, 60_000);

test('an event that is refused holds back its own appointment alone, until it is dead; one call sends the dead again', async () => {
  const { id } = await room.add(receiver.url, APPOINTMENTS);
  room.work();
  const [bad, good] = [await room.book('a', '09:00'), await room.book('b', '10:00')];
  receiver.mood.now = ({ subject, sequence }) => (subject.id === bad && sequence === 1 ? 422 : 204);
  await room.move(bad, '11:00');
  await room.move(good, '12:00');
  await room.until(
    () => cameFor(receiver.got, good),
    (came) => came.length === 2,
  );
  expect(cameFor(receiver.got, bad)).toEqual([]);
  await room.until(
    () => room.standing(id),
    ({ waiting, state }) => waiting === 2 && state === 'active',
  );
  room.clock.advance({ hours: 73 });

  await room.until(
    () => room.standing(id),
    ({ waiting }) => waiting === 0,
  );
  expect(await room.standing(id)).toMatchObject({ dead: 1, state: 'active' });
  expect(cameFor(receiver.got, bad)).toEqual([2]);

  receiver.mood.now = 204;
  await replayEvents(room.tools, room.actor, { id, replay: { kind: 'dead' } }, noOnce);
  await room.until(
    () => room.standing(id),
    ({ waiting, dead }) => waiting + dead === 0,
  );
  expect(cameFor(receiver.got, bad)).toEqual([2, 1]);
}, 60_000);

test('a worker that dies in the middle leaves nothing undone, and if it only slept, it writes nothing afterwards', async () => {
  const { id } = await room.add(receiver.url, APPOINTMENTS);
  const { promise: asleep, resolve: wake } = Promise.withResolvers<void>();
  // It has sent, and is cut off before it can write down that it has.
  const first = room.work(async (posting) => {
    const posted = await room.tools.post(posting);
    await asleep;
    return posted;
  });
  const one = await room.book('a', '09:00');
  await room.until(
    () => receiver.got.length,
    (length) => length === 1,
  );
  await first.stop(0);
  await room.move(one, '11:00');
  room.work();
  // Until the lease has run out nobody else sends.
  await room.until(
    () => room.sql('select 1 from webhook_delivery'),
    (rows) => rows.length === 2,
  );
  expect(receiver.got).toHaveLength(1);
  room.clock.advance({ seconds: 31 });
  await room.until(
    () => room.standing(id),
    ({ waiting }) => waiting === 0,
  );
  expect(receiver.got.map(({ event }) => event.sequence)).toEqual([1, 1, 2]);
  expect(receiver.got[1]?.headers['webhook-id']).toBe(receiver.got[0]?.headers['webhook-id']);
  expect(receiver.got[1]?.body).toBe(receiver.got[0]?.body);
  const log = () => room.sql<{ outcome: string }>('select outcome from webhook_attempt order by id');
  const before = await log();
  wake();
  await room.until(
    () => room.lines.filter(({ msg }) => msg === 'webhook').length,
    (lines) => lines === 3,
  );
  expect([before.length, await log()]).toEqual([2, before]);
}, 60_000);

test('a worker that is told to stop ends the round in hand; another goes on at once, and nothing comes twice', async () => {
  const { id } = await room.add(receiver.url, APPOINTMENTS);
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>();
  const first = room.work(async (posting) => {
    await held;
    return await room.tools.post(posting);
  });
  // More than goes out at once.
  const hours = ['09:00', '10:00', '11:00', '12:00', '13:00', '14:00', '15:00'];
  for (const [index, hour] of hours.entries()) await room.book(`client${index}`, hour);
  await room.until(
    () => room.standing(id),
    ({ waiting }) => waiting === hours.length,
  );
  await room.until(
    () => room.sql('select 1 from webhook_endpoint where lease_until is not null'),
    (rows) => rows.length === 1,
  );
  const stopped = first.stop(10_000);
  letGo();
  await stopped;
  expect(await room.sql('select 1 from webhook_endpoint where lease_until is not null')).toEqual([]);
  const before = receiver.got.length;
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(hours.length);
  // Not a moment passes on this clock.
  room.work();
  await room.until(
    () => room.standing(id),
    ({ waiting }) => waiting === 0,
  );
  expect(new Set(receiver.got.map(({ event }) => event.subject.id)).size).toBe(hours.length);
  expect(receiver.got).toHaveLength(hours.length);
}, 60_000);

test('a worker that does not wait for a post that is out leaves the endpoint free as soon as that must have ended', async () => {
  await room.add(receiver.url, APPOINTMENTS);
  const { promise: asleep, resolve: wake } = Promise.withResolvers<void>();
  const first = room.work(async (posting) => {
    await asleep;
    return await room.tools.post(posting);
  });
  await room.book('a', '09:00');
  await room.until(
    () => room.sql('select 1 from webhook_endpoint where lease_until is not null'),
    (rows) => rows.length === 1,
  );
  await first.stop(0);
  const [row] = await room.sql<{ until: Temporal.Instant }>('select lease_until as until from webhook_endpoint');
  expect(row?.until.since(room.clock.now()).total('seconds')).toBeLessThanOrEqual(10);
  wake();
}, 60_000);

test('a signature that was forged, altered, or is old is found out; while a secret is replaced both sign', async () => {
  const { id, secret: old } = await room.add(receiver.url, APPOINTMENTS);
  room.work();
  const sent = async (hour: string) => {
    const before = receiver.got.length;
    await room.book(`at${hour}`, hour);
    await room.until(
      () => receiver.got.length,
      (length) => length > before,
    );
    return receiver.got.at(-1)!;
  };
  const first = await sent('09:00');
  const at = room.clock.now();
  expect(verifiedAt(at, old, first)).toMatchObject({ type: 'appointment.booked' });
  expect(() => verifiedAt(at.add({ minutes: 6 }), old, first)).toThrow(/too old/);
  const altered = first.body.replace('appointment.booked', 'appointment.cancelled');
  expect(() => verifiedAt(at, old, { ...first, body: altered })).toThrow(/No matching signature/);
  const later = { ...first.headers, 'webhook-timestamp': String(at.add({ minutes: 6 }).epochMilliseconds / 1000) };
  expect(() => verifiedAt(at.add({ minutes: 6 }), old, { ...first, headers: later })).toThrow(/No matching signature/);

  const fresh = (await rotateSecret(room.tools, room.actor, { id, overlapHours: 2 }, noOnce)) ?? '';
  expect(fresh).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(() => verifiedAt(at, fresh, first)).toThrow(/No matching signature/);
  const during = await sent('10:00');
  for (const secret of [old, fresh]) expect(verifiedAt(room.clock.now(), secret, during)).toEqual(during.event);
  room.clock.advance({ hours: 2 });
  const after = await sent('11:00');
  expect(verifiedAt(room.clock.now(), fresh, after)).toEqual(after.event);
  expect(() => verifiedAt(room.clock.now(), old, after)).toThrow(/No matching signature/);
  const [kept] = await room.sql<{ kept: string }>(
    'select secret_sealed || previous_sealed as kept from webhook_endpoint',
  );
  for (const secret of [old, fresh]) {
    expect(kept?.kept).not.toContain(secret.slice(6));
    expect(JSON.stringify(room.lines)).not.toContain(secret.slice(6));
  }
}, 60_000);

test('paused it is sent nothing and misses nothing; one that is gone, or has failed for days, is disabled, and says why', async () => {
  const { id } = await room.add(receiver.url, APPOINTMENTS);
  room.work();
  const change = (state: 'active' | 'paused') =>
    changeEndpoint(room.tools, room.actor, { id, change: { state } }, noOnce);
  await change('paused');
  await room.book('a', '09:00');
  await room.until(
    () => room.standing(id),
    ({ waiting }) => waiting === 1,
  );
  await expect(sendTest(room.tools, room.actor, id, noOnce)).rejects.toMatchObject({ code: 'endpoint_not_active' });
  expect(receiver.mood.calls).toBe(0);
  await change('active');
  await room.until(
    () => receiver.got.length,
    (length) => length === 1,
  );

  receiver.mood.now = 410;
  await room.book('b', '10:00');
  await room.until(
    () => room.standing(id),
    ({ state }) => state === 'disabled',
  );
  expect(await room.standing(id)).toMatchObject({ reason: 'gone', waiting: 1, lastError: 'status_410' });

  receiver.mood.now = 503;
  receiver.mood.headers = { 'retry-after': '7200' };
  room.clock.advance({ seconds: 1 });
  await change('active');
  await room.until(
    () => room.standing(id),
    ({ failures }) => failures === 1,
  );
  const { dueAt, failingSince } = await room.standing(id);
  expect(dueAt?.since(failingSince!).total('hours')).toBe(2);
  room.clock.advance({ hours: 73 });
  await room.until(
    () => room.standing(id),
    ({ state }) => state === 'disabled',
  );
  expect(await room.standing(id)).toMatchObject({ reason: 'failing', waiting: 1, dead: 0, lastError: 'status_503' });
  expect(await room.journalled('webhook_endpoint.disabled')).toEqual([id, id]);
}, 60_000);

test('what an endpoint was owed while it was disabled does not die of its age once it is active and still away', async () => {
  const { id } = await room.add(receiver.url, APPOINTMENTS);
  room.work();
  receiver.mood.now = 503;
  await room.book('a', '09:00');
  await room.until(
    () => room.standing(id),
    ({ failures }) => failures === 1,
  );
  room.clock.advance({ hours: 73 });
  await room.until(
    () => room.standing(id),
    ({ state }) => state === 'disabled',
  );
  room.clock.advance({ hours: 48 });
  await changeEndpoint(room.tools, room.actor, { id, change: { state: 'active' } }, noOnce);
  await room.until(
    () => room.standing(id),
    ({ failures, dead }) => failures + dead > 0,
  );
  expect(await room.standing(id)).toMatchObject({ waiting: 1, dead: 0 });
  receiver.mood.now = 204;
  await room.until(
    () => room.standing(id),
    ({ waiting }) => waiting === 0,
    { minutes: 5 },
  );
  // An answer that comes late on a busy machine is asked for again.
  expect(new Set(receiver.got.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
}, 60_000);

test('an endpoint that does not answer is asked again every quarter of an hour, though one event alone waits', async () => {
  const { id } = await room.add(receiver.url, APPOINTMENTS);
  room.work();
  receiver.mood.now = 503;
  await room.book('a', '09:00');
  await room.until(
    () => room.standing(id),
    ({ failures }) => failures >= 12,
    { minutes: 5 },
  );
  const { dueAt } = await room.standing(id);
  expect(dueAt!.since(room.clock.now()).total('minutes')).toBeLessThanOrEqual(15);
  receiver.mood.now = 204;
  room.clock.advance({ minutes: 15 });
  await room.until(
    () => room.standing(id),
    ({ waiting }) => waiting === 0,
  );
  expect(receiver.got).toHaveLength(1);
}, 60_000);

test('one event, or those of a time, are sent again under their ids; a test goes to its endpoint alone', async () => {
  const { id } = await room.add(receiver.url, ['appointment.booked']);
  room.work();
  const from = room.clock.now();
  const [one, two] = [await room.book('a', '09:00'), await room.book('b', '10:00')];
  await room.until(
    () => receiver.got.length,
    (length) => length === 2,
  );
  room.clock.advance({ minutes: 1 });
  const to = room.clock.now();
  await room.move(two, '11:00');
  const eventId = receiver.got.find(({ event }) => event.subject.id === one)?.event.id ?? '';
  const again = (replay: Parameters<typeof replayEvents>[2]['replay']) =>
    replayEvents(room.tools, room.actor, { id, replay }, noOnce);
  await again({ kind: 'event', eventId });
  await room.until(
    () => receiver.got.length,
    (length) => length === 3,
  );
  expect(receiver.got.at(-1)?.event.id).toBe(eventId);
  await again({ kind: 'range', from, to });
  await room.until(
    () => receiver.got.length,
    (length) => length === 5,
  );
  await expect(again({ kind: 'event', eventId: 'evt_1' })).rejects.toMatchObject({ code: 'not_found' });

  const other = await openReceiver();
  try {
    await room.add(other.url);
    await sendTest(room.tools, room.actor, id, noOnce);
    await room.until(
      () => receiver.got.length,
      (length) => length === 6,
    );
    expect(receiver.got.at(-1)?.event).toMatchObject({ type: 'webhook.test', subject: { id }, sequence: 1 });
    expect(other.got).toEqual([]);

    // What is still in hand when a test is sent goes once more.
    await room.until(
      () => room.standing(id),
      ({ waiting }) => waiting === 0,
    );
    receiver.mood.now = 404;
    await sendTest(room.tools, room.actor, id, noOnce);
    await room.until(
      () => room.standing(id),
      ({ lastError, waiting }) => lastError === 'status_404' && waiting === 1,
    );
    receiver.mood.now = 204;
    // No time goes by: that the one before has to wait does not hold it up.
    await sendTest(room.tools, room.actor, id, noOnce);
    await room.until(
      () => room.standing(id),
      ({ waiting }) => waiting === 0,
    );
    expect(receiver.got.slice(6).map(({ event }) => event.sequence)).toEqual([2, 3]);
  } finally {
    await other.close();
  }
}, 60_000);
