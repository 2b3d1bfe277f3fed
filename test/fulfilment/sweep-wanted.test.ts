// The sweep where what is wanted is no longer what was written: a practitioner is called otherwise, or the server words things
// otherwise than when it wrote them. It goes on seeing what happens to them.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openSweep, providerOf, type Sweeping } from './open-sweep.ts';
import type { Workshop } from './open-workshop.ts';

const PLATFORMS = ['zoom', 'google-meet', 'teams'] as const;
const NAME = 'Dr. Sarah Johnson';

let sweeping: Sweeping;
let shop: Workshop;
beforeAll(async () => {
  sweeping = await openSweep();
  ({ shop } = sweeping);
});
afterEach(async () => {
  await shop.changeSarah({ name: NAME });
  await sweeping.clear();
});
afterAll(() => sweeping.close());

describe.each(PLATFORMS)('%s', (platform) => {
  const isClean = async () => {
    const [place] = await sweeping.sql<{ clean: boolean }>(
      `select coalesce(clean_at >= swept_at, false) as clean from sweep where provider = $1`,
      [providerOf(platform)],
    );
    return place?.clean;
  };

  it('a practitioner’s new name is written to what is agreed, nobody is told, and what is deleted then is found', async () => {
    const booked = await sweeping.stand(platform);
    const [before, mails] = [await sweeping.ours(platform, booked), (await shop.mails()).length];
    await shop.changeSarah({ name: 'Dr. Sarah Miller' });
    await shop.finish();
    expect(await sweeping.ours(platform, booked)).toEqual(
      before.map((thing) => ({ ...thing, title: 'Appointment with Dr. Sarah Miller' })),
    );
    expect((await shop.mails()).length).toBe(mails);
    await sweeping.sweep();
    expect([await sweeping.drift(), await isClean()]).toEqual([[], true]);
    await sweeping.removeByHand(platform, (await sweeping.bearerOf(booked)).providerId ?? '');
    await sweeping.look();
    expect(await sweeping.drift()).toEqual([
      { kind: 'missing', state: 'mending', reason: null, sessionId: booked.sessionId },
    ]);
  });

  it('what another version wrote otherwise is compared with what is wanted now, though nothing is on its way', async () => {
    const booked = await sweeping.stand(platform);
    await sweeping.sql(`update outside_object set written = 'of another version' where session_id = $1`, [
      booked.sessionId,
    ]);
    await sweeping.look();
    expect([await sweeping.drift(), await isClean()]).toEqual([[], true]);
    await sweeping.removeByHand(platform, (await sweeping.bearerOf(booked)).providerId ?? '');
    await sweeping.sweep();
    expect((await sweeping.drift()).map(({ kind }) => kind)).toEqual(['missing']);
    expect(await sweeping.ours(platform, booked)).toHaveLength(1);
  });
});
