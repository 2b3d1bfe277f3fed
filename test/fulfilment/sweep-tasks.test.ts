// What waits for a person: each round looks at it again, however long ago it was changed, and only what was looked at and found
// right is closed.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordRestoration } from '../../src/practitioners/record-restoration.ts';
import { openSweep, type Sweeping } from './open-sweep.ts';
import type { Booked, Workshop } from './open-workshop.ts';

/** Calendars, whose lists tell no words. */
const PLATFORMS = ['google-meet', 'teams'] as const;
const TITLE = 'Appointment with Dr. Sarah Johnson';

let sweeping: Sweeping;
let shop: Workshop;
// A story lasts for days: each begins a week before its appointments.
beforeEach(async () => {
  sweeping = await openSweep();
  ({ shop } = sweeping);
});
afterEach(() => sweeping.close());

const restore = () =>
  shop.tools.transactor.inOrganisation(shop.organisationId, (tx) =>
    recordRestoration(
      { organisations: [shop.organisationId], query: (statement) => tx.query(statement) },
      { at: shop.clock.now(), takenAt: '2030-01-01T00:00:00Z' },
    ),
  );

const dayLater = async (): Promise<void> => {
  shop.clock.advance({ hours: 24 });
  await sweeping.sweep();
};

const told = async () =>
  (await sweeping.drift())
    .toSorted((a, b) => a.kind.localeCompare(b.kind))
    .map(({ kind, state, reason }) => [kind, state, reason]);

describe.each(PLATFORMS)('%s: a task', (platform) => {
  const titles = async (booked: Booked) => (await sweeping.ours(platform, booked)).map(({ title }) => title);
  const rename = (booked: Booked, title: string) => sweeping.changeByHand(platform, booked, { title });

  it('of a restored practice stays open, round after round, until staff let the sweep mend, which puts it right', async () => {
    const booked = await sweeping.stand(platform);
    await sweeping.sweep();
    shop.clock.advance({ hours: 20 });
    await rename(booked, 'Lunch');
    shop.clock.advance({ hours: 1 });
    await restore();
    for (let days = 0; days < 2; days += 1) {
      await dayLater();
      expect([days, await told(), await titles(booked)]).toEqual([
        days,
        [['changed', 'open', 'report_only']],
        ['Lunch'],
      ]);
    }
    await sweeping.setMode('mend');
    await dayLater();
    expect([await told(), await titles(booked)]).toEqual([[['changed', 'mending', null]], [TITLE]]);
    await dayLater();
    expect([await told(), await titles(booked)]).toEqual([[['changed', 'settled', null]], [TITLE]]);
  });

  it('of what was done a second time stays open until somebody puts it right there', async () => {
    const booked = await sweeping.stand(platform);
    for (const title of ['Lunch', 'Lunch again']) {
      await sweeping.sweep();
      shop.clock.advance({ hours: 20 });
      await rename(booked, title);
      shop.clock.advance({ hours: 1 });
    }
    for (let days = 0; days < 2; days += 1) {
      await dayLater();
      expect([days, await told()]).toEqual([days, [['changed', 'open', 'mended_before']]]);
    }
    await rename(booked, TITLE);
    await dayLater();
    expect(await told()).toEqual([['changed', 'settled', null]]);
  });

  it('is closed once its appointment is cancelled, or its thing is no longer there', async () => {
    const [booked] = [await sweeping.stand(platform), await sweeping.stand(platform)];
    await sweeping.setMode('report');
    await rename(booked, 'Lunch');
    const id = await sweeping.makeByHand(platform, {
      marker: `sk:${shop.tools.installation}:987654321`,
      start: (await sweeping.startOf(booked)).add({ hours: 30 }),
    });
    await sweeping.sweep();
    await dayLater();
    const open = [
      ['changed', 'open', 'report_only'],
      ['unknown', 'open', 'not_proved'],
    ];
    expect(await told()).toEqual(open);
    await shop.cancel(booked);
    await shop.finish();
    await sweeping.removeByHand(platform, id);
    await dayLater();
    expect(await told()).toEqual([
      ['changed', 'settled', null],
      ['unknown', 'settled', null],
    ]);
    const places = await sweeping.sql<{ clean: boolean }>('select clean_at >= swept_at as clean from sweep');
    expect(places.map(({ clean }) => clean)).toEqual(places.map(() => true));
  });
});

it('what could not be judged is looked at in the next round, though it was changed before that began', async () => {
  const booked = await sweeping.stand('teams');
  await sweeping.sweep();
  shop.clock.advance({ hours: 20 });
  await sweeping.changeByHand('teams', booked, { title: 'Lunch' });
  shop.clock.advance({ hours: 1 });
  const hold = (until: string | null) =>
    sweeping.sql('update fulfilment set lease_until = $2::timestamptz where session_id = $1', [
      booked.sessionId,
      until,
    ]);
  await hold(shop.clock.now().add({ hours: 1 }).toString());
  await sweeping.look();
  expect(await sweeping.drift()).toEqual([]);
  await hold(null);
  await dayLater();
  expect((await sweeping.drift()).map(({ kind }) => kind)).toEqual(['changed']);
});
