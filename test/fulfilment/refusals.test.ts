// A provider's no: most are over in seconds, some last until a person acts, and an account that says it to all is left alone.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { reasonOf } from '../../src/fulfilment/reason.ts';
import { listOpenCircuits } from '../../src/fulfilment/store-accounts.ts';
import { meetingDetails } from '../../src/meetings/meeting.ts';
import { openWorkshop, type Booked, type Workshop } from './open-workshop.ts';

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
});
afterEach(() => shop.clear());
afterAll(() => shop.close());

const statusOf = async (booked: Booked) => meetingDetails('zoom', await shop.objects(booked))?.status;
const meetingOf = async (booked: Booked) => (await shop.objects(booked)).find(({ kind }) => kind === 'meeting');
const creates = () => shop.calls('zoom').filter(({ operation }) => operation === 'create').length;

describe('a refusal', () => {
  it.each([400, 401, 403, 404, 422])(
    '%d that is over soon costs seconds: pending, then ready, one of each',
    async (status) => {
      await shop.fault({ provider: 'zoom', operation: 'create', status, times: 2 });
      const booked = await shop.book('zoom');
      await shop.run();
      expect(await statusOf(booked)).toBe('pending');
      expect(await shop.finish(20)).toBeLessThan(20);
      expect([await statusOf(booked), (await shop.zoom()).length]).toEqual(['ready', 1]);
      expect([(await shop.events()).length, (await shop.mails()).length]).toEqual([1, 2]);
    },
  );

  it.each([403, 422])(
    '%d of a removal that is over soon leaves no meeting of a cancelled appointment',
    async (status) => {
      const booked = await shop.book('zoom');
      await shop.finish();
      await shop.fault({ provider: 'zoom', operation: 'delete', status, times: 2 });
      await shop.cancel(booked);
      expect(await shop.finish(20)).toBeLessThan(20);
      expect([(await shop.zoom()).length, (await shop.events()).length]).toEqual([0, 0]);
    },
  );

  it('of a removal is over as soon after many of something else', async () => {
    const booked = await shop.book('zoom');
    await shop.finish();
    await shop.fault({ provider: 'zoom', operation: 'update', status: 400 });
    await shop.move(booked, '15:00');
    await shop.live(3_600);
    await shop.fault({ provider: 'zoom', operation: 'delete', status: 403, times: 3 });
    await shop.cancel(booked);
    await shop.live(20);
    expect((await shop.zoom()).length).toBe(0);
  });

  it('that lasts is told after four retries within 20 s, with its reason, and looked at every ten minutes', async () => {
    await shop.fault({ provider: 'zoom', operation: 'create', status: 400 });
    const booked = await shop.book('zoom');
    await shop.live(20);
    expect([creates(), await statusOf(booked)]).toEqual([5, 'failed']);
    expect(await meetingOf(booked)).toMatchObject({
      attempts: 5,
      lastError: expect.stringMatching(/^refused zoom create 400/),
    });
    const subjects = async () => (await shop.mails()).map(({ subject }) => subject.split(':')[0]);
    const told = await subjects();
    expect(told).toHaveLength(3);
    expect(told).toEqual(expect.arrayContaining(['Confirmed', 'New appointment', 'Video link missing']));
    await shop.live(3_600);
    expect(await subjects()).toHaveLength(3);
    expect(creates()).toBe(11);
    await shop.heal();
    await shop.live(600);
    expect(await statusOf(booked)).toBe('ready');
  });

  it('by which an account turns all away is not asked for by every session', async () => {
    await shop.fault({ provider: 'zoom', operation: 'create', status: 401 });
    const booked: Booked[] = [];
    for (let count = 0; count < 30; count += 1) booked.push(await shop.book('zoom'));
    await shop.live(60);
    const open = await shop.tools.transactor.inOrganisation(shop.organisationId, (tx) => listOpenCircuits(tx, 10));
    expect(open.map(({ provider }) => provider)).toEqual(['zoom']);
    // A look with a token renewed is a second call. Those under way when it opens, and then one at a time.
    expect(creates()).toBeLessThanOrEqual(40);
    const before = creates();
    await shop.live(3_600);
    expect(creates() - before).toBeLessThanOrEqual(80);
    await shop.heal();
    await shop.live(1_200);
    expect((await shop.zoom()).length).toBe(30);
  });
});

describe('a link that does not come', () => {
  it.each([
    ['google-meet', { meetOutcome: 'failure' }],
    ['google-meet', { meetPendingReads: 9 }],
    ['teams', { teamsPendingReads: 9 }],
  ] as const)(
    'on %s, with %j, is on its way for a minute, then told with its reason, and comes when it can be had',
    async (platform, switches) => {
      const there = async (booked: Booked) => meetingDetails(platform, await shop.objects(booked))?.status;
      await shop.turn(switches);
      const booked = await shop.book(platform);
      await shop.live(30);
      expect(await there(booked)).toBe('pending');
      await shop.live(60);
      const [event] = await shop.objects(booked);
      expect([await there(booked), reasonOf(event?.lastError ?? '')]).toEqual([
        'failed',
        expect.stringContaining('no link'),
      ]);
      await shop.turn({ meetOutcome: 'success', meetPendingReads: 0, teamsPendingReads: 0 });
      await shop.live(3_600);
      expect([await there(booked), (await shop.events()).length]).toEqual(['ready', 1]);
      expect((await shop.objects(booked))[0]).toMatchObject({ attempts: 0, lastError: null });
    },
  );
});
