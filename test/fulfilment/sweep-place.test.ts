// The sweep over the real database, provider clients and emulators: what somebody does to our things at a provider by hand is
// found, and put right or told; whose it is not is never touched.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { markerOf } from '../../src/fulfilment/plan.ts';
import { openSweep, providerOf, type Sweeping } from './open-sweep.ts';
import type { Workshop } from './open-workshop.ts';

const PLATFORMS = ['zoom', 'google-meet', 'teams'] as const;

let sweeping: Sweeping;
let shop: Workshop;
beforeAll(async () => {
  sweeping = await openSweep();
  ({ shop } = sweeping);
});
afterEach(() => sweeping.clear());
afterAll(() => sweeping.close());

describe.each(PLATFORMS)('%s: what stands as it should', (platform) => {
  it('is left alone: nothing is found, written or told', async () => {
    await sweeping.stand(platform);
    const [before, mails] = [await sweeping.things(platform), (await shop.mails()).length];
    await sweeping.sweep();
    await sweeping.sweep();
    expect([await sweeping.things(platform), (await shop.mails()).length, await sweeping.drift()]).toEqual([
      before,
      mails,
      [],
    ]);
    const places = await sweeping.sql<{ provider: string; clean: boolean }>(
      'select provider, clean_at is not null as clean from sweep',
    );
    expect(places).toContainEqual({ provider: providerOf(platform), clean: true });
  });
});

describe.each(PLATFORMS)('%s: an appointment’s own thing', (platform) => {
  it('that was deleted by hand is put back, and its people get the new way in', async () => {
    const booked = await sweeping.stand(platform);
    const { providerId, joinUrl } = await sweeping.bearerOf(booked);
    await sweeping.removeByHand(platform, providerId ?? '');
    await sweeping.look();
    expect(await sweeping.drift()).toEqual([
      { kind: 'missing', state: 'mending', reason: null, sessionId: booked.sessionId },
    ]);
    await shop.finish();
    const after = await sweeping.bearerOf(booked);
    expect((await sweeping.ours(platform, booked)).map(({ id }) => id)).toContain(after.providerId);
    expect(after.joinUrl).not.toBe(joinUrl);
    expect((await shop.mails()).some(({ text }) => text.includes(after.joinUrl ?? 'no link'))).toBe(true);
    await sweeping.sweep();
    expect((await sweeping.drift()).map(({ state }) => state)).toEqual(['settled']);
  });

  it('that was moved by hand is moved back, within what is compared and out of it', async () => {
    const booked = await sweeping.stand(platform);
    for (const hours of [3, 24 * 200]) {
      const before = await sweeping.ours(platform, booked);
      await sweeping.changeByHand(platform, booked, { hours });
      expect(await sweeping.ours(platform, booked)).not.toEqual(before);
      await sweeping.look();
      expect(await sweeping.drift()).toEqual([
        { kind: 'moved', state: 'mending', reason: null, sessionId: booked.sessionId },
      ]);
      await shop.finish();
      expect(await sweeping.ours(platform, booked)).toEqual(before);
      await sweeping.sql('delete from drift');
    }
  });

  it('whose words were changed by hand bears its own again', async () => {
    const booked = await sweeping.stand(platform);
    const before = await sweeping.ours(platform, booked);
    await sweeping.sweep();
    shop.clock.advance({ hours: 20 });
    await sweeping.changeByHand(platform, booked, { title: 'Lunch' });
    await sweeping.look();
    expect(await sweeping.drift()).toEqual([
      { kind: 'changed', state: 'mending', reason: null, sessionId: booked.sessionId },
    ]);
    await shop.finish();
    expect(await sweeping.ours(platform, booked)).toEqual(before);
  });

  it('that is taken away again becomes a person’s to decide, and stays away until she has', async () => {
    const booked = await sweeping.stand(platform);
    await sweeping.removeByHand(platform, (await sweeping.bearerOf(booked)).providerId ?? '');
    await sweeping.sweep();
    await sweeping.removeByHand(platform, (await sweeping.bearerOf(booked)).providerId ?? '');
    const gone = await sweeping.ours(platform, booked);
    await sweeping.sweep();
    await sweeping.sweep();
    const task = { kind: 'missing', sessionId: booked.sessionId };
    expect(await sweeping.drift()).toEqual([{ ...task, state: 'open', reason: 'mended_before' }]);
    expect(await sweeping.ours(platform, booked)).toEqual(gone);

    await sweeping.decide('mend');
    await shop.finish();
    expect((await sweeping.ours(platform, booked)).length).toBe(gone.length + 1);
    await sweeping.sweep();
    expect(await sweeping.drift()).toEqual([{ ...task, state: 'settled', reason: null }]);

    await sweeping.removeByHand(platform, (await sweeping.bearerOf(booked)).providerId ?? '');
    await sweeping.sweep();
    await sweeping.decide('ignore');
    await sweeping.sweep();
    expect(await sweeping.drift()).toEqual([{ ...task, state: 'ignored', reason: null }]);
    expect(await sweeping.ours(platform, booked)).toEqual(gone);
  });
});

describe.each(PLATFORMS)('%s: another thing under our marker', (platform) => {
  it('is removed where it is a copy, and the one that people were told of stays', async () => {
    const booked = await sweeping.stand(platform);
    const before = await sweeping.ours(platform, booked);
    const marker = markerOf(shop.tools.installation, booked.sessionId);
    const start = await sweeping.startOf(booked);
    const [session] = await sweeping.sql<{ minutes: number }>(
      'select extract(epoch from ends_at - starts_at)::int / 60 as minutes from session where id = $1',
      [booked.sessionId],
    );
    const minutes = session?.minutes ?? 0;
    const exact = await sweeping.makeByHand(platform, { marker, start, minutes });
    expect((await sweeping.ours(platform, booked)).map(({ id }) => id)).toContain(exact);
    await sweeping.look();
    expect((await sweeping.drift()).some(({ kind, state }) => kind === 'duplicate' && state === 'mending')).toBe(true);
    await shop.finish();
    expect(await sweeping.ours(platform, booked)).toEqual(before);
  });

  it('is a person’s to decide where it stands at another time, and goes on her word alone', async () => {
    const booked = await sweeping.stand(platform);
    const before = await sweeping.ours(platform, booked);
    const marker = markerOf(shop.tools.installation, booked.sessionId);
    await sweeping.makeByHand(platform, {
      marker,
      start: (await sweeping.startOf(booked)).add({ hours: 30 }),
      title: 'Hers',
    });
    const both = await sweeping.ours(platform, booked);
    await sweeping.sweep();
    await sweeping.sweep();
    const task = { kind: 'duplicate', sessionId: booked.sessionId };
    expect(await sweeping.drift()).toEqual([{ ...task, state: 'open', reason: 'not_proved' }]);
    expect(await sweeping.ours(platform, booked)).toEqual(both);
    await sweeping.decide('remove');
    await sweeping.sweep();
    expect(await sweeping.drift()).toEqual([{ ...task, state: 'settled', reason: null }]);
    expect(await sweeping.ours(platform, booked)).toEqual(before);
  });

  it('is removed where the journal says that its session is cancelled', async () => {
    // Another keeps the place among those that are swept.
    await sweeping.stand(platform);
    const booked = await sweeping.stand(platform);
    const start = await sweeping.startOf(booked);
    await shop.cancel(booked);
    await shop.finish();
    expect(await sweeping.ours(platform, booked)).toEqual([]);
    await sweeping.makeByHand(platform, { marker: markerOf(shop.tools.installation, booked.sessionId), start });
    await sweeping.look();
    expect(await sweeping.drift()).toEqual([
      { kind: 'orphan', state: 'mending', reason: null, sessionId: booked.sessionId },
    ]);
    await shop.finish();
    expect(await sweeping.ours(platform, booked)).toEqual([]);
    await sweeping.sweep();
    expect((await sweeping.drift()).map(({ state }) => state)).toEqual(['settled']);
  });

  it('is never touched where no such session is known, but on a person’s word', async () => {
    const booked = await sweeping.stand(platform);
    const nobody = { sessionId: 987_654_321 };
    await sweeping.makeByHand(platform, {
      marker: markerOf(shop.tools.installation, nobody.sessionId),
      start: (await sweeping.startOf(booked)).add({ hours: 24 * 30 }),
    });
    await sweeping.sweep();
    await sweeping.sweep();
    expect(await sweeping.drift()).toEqual([{ kind: 'unknown', state: 'open', reason: 'not_proved', ...nobody }]);
    expect(await sweeping.ours(platform, nobody)).toHaveLength(1);
    await sweeping.decide('remove');
    await sweeping.sweep();
    expect(await sweeping.ours(platform, nobody)).toEqual([]);
    expect((await sweeping.drift()).map(({ state }) => state)).toEqual(['settled']);
  });
});
