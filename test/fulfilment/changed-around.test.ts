// What changes around a session that stands: the practitioner's address, choices and calendar, what somebody removes at a
// provider by hand, and settings that are missing for a while. The way in that people were told of is the one that works.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LEASE_MS } from '../../src/fulfilment/lease.ts';
import { startRunner } from '../../src/fulfilment/jobs.ts';
import type { Mailer } from '../../src/notifications/mailer.ts';
import { OutsideError } from '../../src/platform/outside-error.ts';
import { JOHN, SARAH } from '../cast.ts';
import { openWorkshop, type Booked, type Letter, type Workshop } from './open-workshop.ts';

let shop: Workshop;
const stories: Booked[] = [];
async function book(platform: Parameters<Workshop['book']>[0]): Promise<Booked> {
  const booked = await shop.book(platform);
  stories.push(booked);
  return booked;
}
beforeAll(async () => {
  shop = await openWorkshop();
});
afterEach(async () => {
  // Else what the next story changes would concern them too.
  for (const booked of stories.splice(0)) await shop.cancel(booked);
  await shop.changeSarah({ email: SARAH.email, invitations: 'slotkeeper', calendar: 'google' });
  await shop.clear();
});
afterAll(() => shop.close());

const MOVED_HOUSE = 'sarah.elsewhere@example.com';

async function objectOf(booked: Booked, kind: 'meeting' | 'calendar_event') {
  return (await shop.objects(booked)).find((object) => object.kind === kind);
}
async function linkOf(booked: Booked): Promise<string> {
  const link = (await shop.objects(booked)).find(({ joinUrl }) => joinUrl !== null)?.joinUrl;
  expect(link).toBeTypeOf('string');
  return link ?? '';
}
async function toClient(): Promise<Letter[]> {
  return (await shop.mails()).filter(({ to }) => to[0]?.address === JOHN.userEmail);
}
async function removeByHand(booked: Booked): Promise<void> {
  const object = await objectOf(booked, 'meeting');
  const account = shop.tools.meetings.get('zoom');
  await account?.meetings.delete(object?.host ?? '', object?.providerId ?? '', { timeoutMs: 5_000 });
}

/** Everything is looked at again, as after a runner that was killed. */
async function takenOver(): Promise<void> {
  await shop.tools.transactor.scan('fulfilment', (tx) =>
    tx.query({
      name: 'test_take_over',
      text: `update fulfilment set done_revision = wanted_revision - 1, due_at = $1::timestamptz, lease_until = $1::timestamptz`,
      values: [shop.clock.now().toString()],
    }),
  );
}
async function guests(): Promise<string> {
  const [event] = await shop.events();
  return JSON.stringify(event?.['attendees'] ?? []);
}

describe('a link that was told and works no more', () => {
  it.each(['zoom', 'google-meet', 'teams'] as const)(
    'since the host has another address at %s, is replaced in a letter to both',
    async (platform) => {
      const booked = await book(platform);
      await shop.finish();
      const told = await linkOf(booked);
      await shop.changeSarah({ email: MOVED_HOUSE });
      await shop.finish();
      const link = await linkOf(booked);
      expect(link).not.toBe(told);
      const mails = await shop.mails();
      expect(mails).toHaveLength(4);
      const [, news] = await toClient();
      expect(news?.subject).toMatch(/^Your video link has changed: /);
      expect(news?.text).toContain(link);
      expect(news?.text).not.toContain(told);
      expect(news?.text).toMatch(/earlier .*link no longer works/);
      const [toHost] = mails.filter(({ to }) => to[0]?.address === MOVED_HOUSE);
      expect(toHost?.subject).toMatch(/^Video link changed: /);
      expect(toHost?.text).toContain(link);
    },
  );

  it('since somebody removed the meeting, is replaced, and a second time at the same revision, each in its own letter', async () => {
    const booked = await book('zoom');
    await shop.finish();
    await removeByHand(booked);
    await shop.changeSarah({ invitations: 'provider' });
    // The look-up after a take-over finds that it is gone.
    await takenOver();
    await shop.finish();
    await removeByHand(booked);
    await takenOver();
    await shop.finish();
    const mails = await toClient();
    expect(mails.map(({ subject }) => subject.split(':')[0])).toEqual([
      'Confirmed',
      'Your video link has changed',
      'Your video link has changed',
    ]);
    expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(3);
    expect(new Set(mails.map(({ headers }) => headers['x-slotkeeper-revision'])).size).toBe(2);
    expect(mails.at(-1)?.text).toContain(await linkOf(booked));
  });

  it('since the meeting was removed before a move, is said to work no more in the letter of the move', async () => {
    const booked = await book('zoom');
    await shop.finish();
    await removeByHand(booked);
    await shop.move(booked, '15:00');
    await shop.finish();
    const mails = await toClient();
    expect(mails.map(({ subject }) => subject.split(':')[0])).toEqual(['Confirmed', 'Moved']);
    expect(mails[1]?.text).toContain(await linkOf(booked));
    expect(mails[1]?.text).toMatch(/earlier .*link no longer works/);
  });

  it('whose letter is in doubt is repeated under the same Message-ID, and no other follows', async () => {
    const booked = await book('zoom');
    await shop.finish();
    await shop.fault({ provider: 'mail', operation: 'send', dropAfterSuccess: true, times: 2 });
    await shop.changeSarah({ email: MOVED_HOUSE });
    await shop.finish();
    const [, ...news] = await toClient();
    expect(news.map(({ subject }) => subject.split(':')[0])).toEqual(Array(2).fill('Your video link has changed'));
    expect(new Set(news.map(({ messageId }) => messageId)).size).toBe(1);
    expect((await shop.letters(booked)).map(({ state }) => state)).toEqual(['sent', 'sent', 'sent', 'sent']);
  });
});

describe('a letter in doubt', () => {
  it('of a move still tells the old time when it is repeated', async () => {
    const booked = await book('zoom');
    await shop.finish();
    await shop.fault({ provider: 'mail', operation: 'send', dropAfterSuccess: true, times: 2 });
    await shop.move(booked, '15:00');
    await shop.finish();
    const [, ...changes] = await toClient();
    expect(changes.map(({ subject }) => subject.split(':')[0])).toEqual(['Moved', 'Moved']);
  });
  it.each([
    [true, ['sent', 'sent']],
    [false, ['unknown', 'unknown']],
  ])('whose repeat is cut off is repeated again where its service knows it (%s)', async (repeatsSafely, states) => {
    const booked = await book('zoom');
    const lost = new OutsideError({ outcome: 'unknown', provider: 'mail', operation: 'send' });
    const silence = Promise.withResolvers<never>();
    let sends = 0;
    const mailer: Mailer = {
      ...shop.tools.mailer,
      repeatsSafely,
      send: () => {
        sends += 1;
        return sends > 2 ? silence.promise : Promise.reject(lost);
      },
    };
    const away = startRunner({ ...shop.tools, mailer }, { idle: true });
    await away.runUntilIdle();
    shop.clock.advance({ minutes: 1 });
    const late = away.runUntilIdle();
    await expect.poll(() => sends).toBe(4);
    shop.clock.advance({ milliseconds: LEASE_MS });
    const back = startRunner({ ...shop.tools, mailer: { ...shop.tools.mailer, repeatsSafely } }, { idle: true });
    await shop.finish(3_600, back);
    expect((await shop.letters(booked)).map(({ state }) => state)).toEqual(states);
    expect(await toClient()).toHaveLength(repeatsSafely ? 1 : 0);
    // Whoever stood still has no more to say about it.
    silence.reject(lost);
    await late;
    expect((await shop.letters(booked)).map(({ state }) => state)).toEqual(states);
  });
});

describe('settings that are missing for a while', () => {
  it.each([
    ['zoom', 'zoom', 'meeting'],
    ['google-meet', 'google', 'calendar_event'],
    ['teams', 'microsoft', 'calendar_event'],
    [null, 'google', 'calendar_event'],
  ] as const)('leave what stands for %s at %s as it is, until they are back', async (platform, provider, kind) => {
    const booked = await book(platform);
    await shop.finish();
    const before = await objectOf(booked, kind);
    const poorer = shop.runnerWithout(provider);
    await shop.move(booked, '15:00');
    await shop.finish(3_600, poorer);
    expect(await objectOf(booked, kind)).toMatchObject({
      state: 'live',
      providerId: before?.providerId,
      joinUrl: before?.joinUrl,
      lastError: expect.stringMatching(new RegExp(`^reconnect ${provider} .*not_configured$`)),
    });
    const next = await shop.dueNext();
    expect(next?.since(shop.clock.now()).total('minutes')).toBeLessThanOrEqual(10);
    expect(next?.since(shop.clock.now()).total('minutes')).toBeGreaterThan(0);
    await shop.finish();
    expect(await objectOf(booked, kind)).toMatchObject({
      state: 'live',
      providerId: before?.providerId,
      joinUrl: before?.joinUrl,
      lastError: null,
    });
    expect(JSON.stringify([await shop.zoom(), await shop.events()])).toMatch(/T(15:00:00-0[45]:00|(19|20):00:00)/);
    expect([(await shop.zoom()).length, (await shop.events()).length]).toEqual([platform === 'zoom' ? 1 : 0, 1]);
    expect((await toClient()).map(({ subject }) => subject.split(':')[0])).toEqual(['Confirmed', 'Moved']);
  });

  it('cost nothing where nothing changed meanwhile', async () => {
    const booked = await book('zoom');
    await shop.finish();
    const before = await shop.objects(booked);
    await shop.changeSarah({ invitations: 'provider' });
    await shop.changeSarah({ invitations: 'slotkeeper' });
    await shop.finish(1_800, shop.runnerWithout('zoom'));
    await shop.finish();
    const ids = (objects: typeof before) => objects.map(({ providerId }) => String(providerId)).toSorted();
    const after = await shop.objects(booked);
    expect(ids(after)).toEqual(ids(before));
    expect(after.map(({ lastError }) => lastError)).toEqual([null, null]);
  });

  it('and a booking made before they were: its meeting comes with them', async () => {
    const booked = await book('zoom');
    await shop.finish(1_800, shop.runnerWithout('zoom'));
    expect(await objectOf(booked, 'meeting')).toBeUndefined();
    await shop.finish();
    const link = await linkOf(booked);
    expect((await toClient()).at(-1)?.text).toContain(link);
  });
});

describe('a practitioner who lets her calendar’s provider invite', () => {
  it.each(['google-meet', 'teams'] as const)('has the client on the event of %s', async (platform) => {
    await shop.changeSarah({ invitations: 'provider' });
    const booked = await book(platform);
    await shop.finish();
    expect(await guests()).toContain(JOHN.userEmail);
    expect(await guests()).toContain(JOHN.userName);
    const [mail] = await toClient();
    expect(mail?.ical).toBeNull();
    await shop.move(booked, '15:00');
    await shop.finish();
    expect(await guests()).toContain(JOHN.userEmail);
    await shop.cancel(booked);
    stories.length = 0;
    await shop.finish();
    expect(await shop.events()).toEqual([]);
  });

  it('is obeyed for what stands already, and nobody gets a letter for it', async () => {
    await book('google-meet');
    await shop.finish();
    expect(await guests()).toBe('[]');
    await shop.changeSarah({ invitations: 'provider' });
    await shop.finish();
    expect(await guests()).toContain(JOHN.userEmail);
    expect(await shop.mails()).toHaveLength(2);
  });

  it('or chooses another calendar, finds what is to come there', async () => {
    await book(null);
    await shop.finish();
    await shop.changeSarah({ calendar: 'microsoft' });
    await shop.finish();
    const [event, ...others] = await shop.events();
    expect(others).toEqual([]);
    expect(event).toHaveProperty('subject');
  });
});
