import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Transactor } from '../../src/platform/database/transaction.ts';
import { noOnce } from '../../src/platform/http/idempotency.ts';
import { startDeliveries } from '../../src/webhooks/jobs-delivery.ts';
import { sendTest } from '../../src/webhooks/replay-events.ts';
import { openPostRoom, type PostRoom } from './open-post-room.ts';
import { openReceiver, type Receiver } from './receiver.ts';

let room: PostRoom;
let receiver: Receiver;
beforeEach(async () => {
  [room, receiver] = await Promise.all([openPostRoom(), openReceiver()]);
});
afterEach(async () => {
  await room.close();
  await receiver.close();
});

test('a test that comes while it is written down that the one before was not taken leaves at once', async () => {
  const { id } = await room.add(receiver.url);
  receiver.mood.now = 503;
  const real = room.tools.transactor;
  let written = 0;
  const transactor: Transactor = {
    ...real,
    inOrganisation: async (...given) => {
      // The first writes down the try, the second gives the endpoint back.
      if (receiver.mood.calls === 1 && (written += 1) === 2) {
        receiver.mood.now = 204;
        await sendTest(room.tools, room.actor, id, noOnce);
      }
      return await real.inOrganisation(...given);
    },
  };
  const deliveries = startDeliveries({ ...room.tools, transactor });
  await sendTest(room.tools, room.actor, id, noOnce);
  // No time goes by.
  await room.until(
    () => room.standing(id),
    ({ waiting, lastError }) => waiting === 0 && lastError === null,
  );
  expect(written).toBeGreaterThanOrEqual(2);
  await deliveries.stop(5_000);
});
