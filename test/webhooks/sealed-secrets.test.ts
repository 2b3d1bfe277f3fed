// The keys that seal endpoints' secrets: rotated under way, taken away afterwards, and missing. Nothing is lost for want of one.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noOnce } from '../../src/platform/http/idempotency.ts';
import { createSealing } from '../../src/platform/sealing.ts';
import { rotateEndpointKeys } from '../../src/webhooks/rotate-keys.ts';
import { rotateSecret } from '../../src/webhooks/rotate-secret.ts';
import { KEY, openPostRoom, type PostRoom } from './open-post-room.ts';
import { openReceiver, verifiedAt, type Receiver } from './receiver.ts';

const NEW = { id: 'new', key: new Uint8Array(32).fill(8) };
const BOOKED = ['appointment.booked'];
let room: PostRoom;
let receiver: Receiver;
beforeEach(async () => {
  [room, receiver] = await Promise.all([openPostRoom(), openReceiver()]);
});
afterEach(async () => {
  await room.close();
  await receiver.close();
});

const came = (wished: number) =>
  room.until(
    () => receiver.got.length,
    (length) => length === wished,
  );

test('with the key rotated and the old one taken away, both secrets of an overlap still sign', async () => {
  const { id, secret: old } = await room.add(receiver.url, BOOKED);
  const fresh = (await rotateSecret(room.tools, room.actor, { id, overlapHours: 2 }, noOnce)) ?? '';
  const ended = await room.add(receiver.url, ['appointment.cancelled']);
  await rotateSecret(room.tools, room.actor, { id: ended.id, overlapHours: 0 }, noOnce);
  const both = { ...room.tools, sealing: createSealing([NEW, KEY]) };
  expect(await rotateEndpointKeys(both)).toEqual({ resealed: 3, unreadable: new Map(), left: new Map([['new', 3]]) });
  const alone = createSealing([NEW]);
  expect(await rotateEndpointKeys({ ...room.tools, sealing: alone })).toMatchObject({
    resealed: 0,
    unreadable: new Map(),
  });

  room.work(room.tools.post, alone);
  await room.book('a', '09:00');
  await came(1);
  for (const secret of [old, fresh]) {
    expect(verifiedAt(room.clock.now(), secret, receiver.got[0]!)).toMatchObject({ type: 'appointment.booked' });
  }
}, 60_000);

test('a secret that is replaced while it is sealed anew is sealed anew where it stands then', async () => {
  const { id } = await room.add(receiver.url, BOOKED);
  const sealing = createSealing([NEW, KEY]);
  let replaced = false;
  const open = async (text: string, about: string) => {
    if (!replaced) await rotateSecret({ ...room.tools, sealing }, room.actor, { id, overlapHours: 2 }, noOnce);
    replaced = true;
    return await sealing.open(text, about);
  };
  const rotated = await rotateEndpointKeys({ ...room.tools, sealing: { ...sealing, open } });
  expect(rotated).toEqual({ resealed: 1, unreadable: new Map(), left: new Map([['new', 2]]) });
});

test('without its key an endpoint says so and waits, however long: not disabled, nothing dead, nothing unsigned', async () => {
  const { id, secret } = await room.add(receiver.url, BOOKED);
  receiver.mood.now = 503;
  const sound = room.work();
  await room.book('a', '09:00');
  await room.until(
    () => room.standing(id),
    ({ failures }) => failures > 0,
  );
  await sound.stop(5_000);
  const calls = receiver.mood.calls;
  receiver.mood.now = 204;

  const sealing = createSealing([NEW]);
  const lost = room.work(room.tools.post, sealing);
  const end = room.clock.now().add({ hours: 10 * 24 });
  await room.until(
    () => room.standing(id),
    ({ lastError }) => lastError === 'secret_unreadable',
    { minutes: 30 },
  );
  await room.until(
    () => Temporal.Instant.compare(room.clock.now(), end) >= 0,
    (over) => over,
    { hours: 12 },
  );
  const { failures } = await room.standing(id);
  await room.until(
    () => room.standing(id),
    (standing) => standing.failures > failures,
    { minutes: 30 },
  );
  expect(await room.standing(id)).toMatchObject({ state: 'active', waiting: 1, dead: 0, failingSince: null });
  expect(receiver.mood.calls).toBe(calls);
  const rotated = await rotateEndpointKeys({ ...room.tools, sealing });
  expect([rotated.unreadable, rotated.left]).toEqual([new Map([['test', 1]]), new Map([['test', 1]])]);
  await lost.stop(5_000);

  // One more answer of 503 is the first of a new spell.
  receiver.mood.now = 503;
  room.work();
  await room.until(
    () => room.standing(id),
    ({ lastError }) => lastError === 'status_503',
    { minutes: 15 },
  );
  expect(await room.standing(id)).toMatchObject({ state: 'active', waiting: 1, dead: 0 });
  receiver.mood.now = 204;
  // The clock may go on while it is on its way, so far that it is sent again.
  await room.until(
    () => receiver.got.length,
    (length) => length > 0,
    { minutes: 15 },
  );
  const sentAt = Number(receiver.got[0]?.headers['webhook-timestamp']) * 1_000;
  const at = Temporal.Instant.fromEpochMilliseconds(sentAt);
  expect(verifiedAt(at, secret, receiver.got[0]!)).toMatchObject({ sequence: 1 });
}, 60_000);

test('a new secret in the place of one that does not open ends the wait at once', async () => {
  const { id } = await room.add(receiver.url, BOOKED);
  const sealing = createSealing([NEW]);
  const worker = room.work(room.tools.post, sealing);
  await room.book('a', '09:00');
  await room.until(
    () => room.standing(id),
    ({ lastError, dueAt }) => lastError === 'secret_unreadable' && dueAt !== null,
  );
  await worker.stop(5_000);
  const fresh = (await rotateSecret({ ...room.tools, sealing }, room.actor, { id, overlapHours: 24 }, noOnce)) ?? '';
  room.work(room.tools.post, sealing);
  await came(1);
  expect(verifiedAt(room.clock.now(), fresh, receiver.got[0]!)).toMatchObject({ type: 'appointment.booked' });
}, 60_000);
