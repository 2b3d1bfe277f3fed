// From booked to true outside, on real parts: whatever a provider does, one meeting, one event and one letter each.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LINK_GRACE_MS } from '../../src/fulfilment/letters-owed.ts';
import type { Platform } from '../../src/meetings/provider.ts';
import type { Fault } from '../../src/sandbox/faults.ts';
import { JOHN, SARAH } from '../cast.ts';
import { openWorkshop, type Letter, type Workshop } from './open-workshop.ts';

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
});
afterEach(() => shop.clear());
afterAll(() => shop.close());

const PLATFORMS: readonly (Platform | null)[] = ['zoom', 'google-meet', 'teams', null];
/** Who makes it: Zoom's meeting for Zoom, else the calendar. */
const PROVIDER = { zoom: 'zoom', 'google-meet': 'google', teams: 'microsoft', none: 'google' } as const;

/** `client confirmation`, in any order; the kind is told by the subject's first word. */
async function told(): Promise<string[]> {
  const openings: Readonly<Record<string, string>> = {
    Confirmed: 'client confirmation',
    Moved: 'client change',
    Updated: 'client change',
    'Your video link': 'client link',
    Cancelled: 'client cancellation',
    'New appointment': 'practitioner confirmation',
    'Appointment moved': 'practitioner change',
    'Appointment updated': 'practitioner change',
    'Video link ready': 'practitioner link',
    'Appointment cancelled': 'practitioner cancellation',
  };
  const mails = await shop.mails();
  return mails.map(({ subject }) => openings[subject.split(':')[0] ?? ''] ?? subject).toSorted();
}
const CONFIRMED = ['client confirmation', 'practitioner confirmation'];

async function standing(): Promise<{ meetings: number; events: number }> {
  return { meetings: (await shop.zoom()).length, events: (await shop.events()).length };
}
const whole = (platform: Platform | null) => ({ meetings: platform === 'zoom' ? 1 : 0, events: 1 });
const NOTHING = { meetings: 0, events: 0 };

async function linkOf(booked: Parameters<Workshop['objects']>[0]): Promise<string | null> {
  return (await shop.objects(booked)).find(({ joinUrl }) => joinUrl !== null)?.joinUrl ?? null;
}

function field({ ical }: Letter, name: string): string | undefined {
  return new RegExp(`^${name}:(.*)$`, 'm').exec(ical ?? '')?.[1]?.trim();
}

describe('a booking', () => {
  it.each(PLATFORMS)(
    'on %s is one meeting or none, one event, and one letter each with the link in it',
    async (platform) => {
      const booked = await shop.book(platform);
      const seconds = await shop.finish();
      expect(await standing()).toEqual(whole(platform));
      expect(await told()).toEqual(CONFIRMED);
      const link = await linkOf(booked);
      expect(link !== null).toBe(platform !== null);
      const mails = await shop.mails();
      expect(mails.map(({ to }) => String(to[0]?.address)).toSorted()).toEqual(
        [SARAH.email, JOHN.userEmail].toSorted(),
      );
      for (const { text } of mails) expect(text.includes(link ?? 'the link')).toBe(link !== null);
      expect(seconds).toBeLessThan(5);
      expect(await shop.dueNext()).toBeNull();
    },
  );

  it('puts the way into the meeting onto the calendar, and no person', async () => {
    const booked = await shop.book('zoom');
    await shop.finish();
    const [event] = await shop.events();
    expect(event).toMatchObject({ location: await linkOf(booked) });
    expect(JSON.stringify([event, await shop.zoom()])).not.toMatch(/John Doe|user@example/);
  });

  it('is done at once where there is nothing to do', async () => {
    await shop.book('zoom');
    await shop.finish();
    expect(await shop.run()).toBe(0);
  });
});

const isOfMissing = (letter: string) => letter.startsWith('Video link missing');

const TROUBLES: readonly (readonly [title: string, fault: Omit<Fault, 'provider'>, mostSeconds: number])[] = [
  ['answers its create with 500', { operation: 'create', status: 500, times: 2 }, 30],
  ['answers its create with 502, and who knows what it does', { operation: 'create', status: 502, times: 1 }, 30],
  ['creates and drops the connection', { operation: 'create', dropAfterSuccess: true, times: 1 }, 30],
  ['creates and drops the connection, twice', { operation: 'create', dropAfterSuccess: true, times: 2 }, 60],
  ['asks for patience (429)', { operation: 'create', status: 429, retryAfter: 7, times: 1 }, 30],
  ['has no token for us for a while', { operation: 'token', status: 503, times: 3 }, 30],
  ['refuses for a while', { operation: 'create', status: 403, times: 1 }, 700],
  ['refuses three times', { operation: 'create', status: 403, times: 3 }, 2_400],
  ['refuses six times', { operation: 'create', status: 400, times: 6 }, 4_200],
];

describe.each(PLATFORMS)('a provider of %s', (platform) => {
  const provider = PROVIDER[platform ?? 'none'];

  it.each(TROUBLES)(
    'that %s still ends with one meeting, one event, one confirmation each',
    async (_, fault, mostSeconds) => {
      // A token from an earlier test would be used on: its hour is over.
      shop.clock.advance({ minutes: 61 });
      await shop.fault({ provider, ...fault });
      const booked = await shop.book(platform);
      const seconds = await shop.finish(2 * 3_600);
      expect(await standing()).toEqual(whole(platform));
      const all = await told();
      const letters = all.filter((letter) => !letter.endsWith('link') && !isOfMissing(letter));
      expect(letters).toEqual(CONFIRMED);
      expect(all.filter(isOfMissing)).toHaveLength(platform !== null && fault.times === 6 ? 1 : 0);
      expect((await linkOf(booked)) !== null).toBe(platform !== null);
      expect(seconds).toBeLessThanOrEqual(mostSeconds);
      for (const object of await shop.objects(booked)) {
        expect(object).toMatchObject({ state: 'live', settlesAt: null, lastError: null });
      }
    },
  );

  it('that lost an answer and cannot be looked into waits with the second create', async () => {
    await shop.fault({ provider, operation: 'create', dropAfterSuccess: true, times: 1 });
    await shop.fault({ provider, operation: 'list', status: 500, times: 4 });
    await shop.book(platform);
    await shop.finish();
    expect(await standing()).toEqual(whole(platform));
  });

  it.each([
    ['500', { operation: 'update', status: 500, times: 2 }],
    ['a dropped connection', { operation: 'update', dropAfterSuccess: true, times: 1 }],
    ['429', { operation: 'update', status: 429, retryAfter: 3, times: 1 }],
    ['404, though it is there', { operation: 'update', status: 404, times: 1 }],
    ['404 of a read after it', { operation: 'read', status: 404, times: 1 }],
    ['a page that says 404', { operation: 'update', status: 404, html: true, times: 1 }],
  ] as const)('that answers a move with %s has moved meeting and event in the end', async (_, fault) => {
    const booked = await shop.book(platform);
    await shop.finish();
    const before = await shop.objects(booked);
    await shop.fault({ provider, ...fault });
    await shop.move(booked, '15:00');
    await shop.finish();
    expect(await standing()).toEqual(whole(platform));
    const hours = JSON.stringify([await shop.zoom(), await shop.events()]);
    expect(hours).toMatch(/T(15:00:00-0[45]:00|(19|20):00:00)/);
    // The same ones, not new ones.
    const ids = (objects: typeof before) =>
      objects.map(({ kind, providerId, joinUrl }) => `${kind} ${providerId} ${joinUrl}`).toSorted();
    expect(ids(await shop.objects(booked))).toEqual(ids(before));
    expect(await told()).toEqual([
      'client change',
      ...CONFIRMED.slice(0, 1),
      'practitioner change',
      ...CONFIRMED.slice(1),
    ]);
  });

  it.each([
    ['500', { operation: 'delete', status: 500, times: 2 }],
    ['a dropped connection', { operation: 'delete', dropAfterSuccess: true, times: 1 }],
    ['404, though it is there', { operation: 'delete', status: 404, times: 1 }],
    ['a page that says 404', { operation: 'delete', status: 404, html: true, times: 1 }],
    ['a page that says 403', { operation: 'delete', status: 403, html: true, times: 1 }],
  ] as const)('that answers a cancellation with %s has nothing left in the end', async (_, fault) => {
    const booked = await shop.book(platform);
    await shop.finish();
    await shop.fault({ provider, ...fault });
    await shop.cancel(booked);
    await shop.finish();
    expect(await standing()).toEqual(NOTHING);
    expect(await told()).toEqual([
      'client cancellation',
      ...CONFIRMED.slice(0, 1),
      'practitioner cancellation',
      ...CONFIRMED.slice(1),
    ]);
  });

  it('cancelled while its creation is in flight leaves nothing', async () => {
    await shop.fault({ provider, operation: 'create', latencyMs: 300, times: 1 });
    const booked = await shop.book(platform);
    const running = shop.run();
    await expect
      .poll(async () => JSON.stringify(await standing()) !== JSON.stringify(NOTHING), { timeout: 5_000 })
      .toBe(true);
    await shop.cancel(booked);
    await running;
    await shop.finish();
    expect(await standing()).toEqual(NOTHING);
    expect(await told()).toEqual(['client cancellation', 'practitioner cancellation']);
  });

  it('cancelled while nobody knows whether it was created leaves nothing', async () => {
    await shop.fault({ provider, operation: 'create', dropAfterSuccess: true, times: 1 });
    const booked = await shop.book(platform);
    await shop.run();
    await shop.cancel(booked);
    await shop.finish();
    expect(await standing()).toEqual(NOTHING);
  });
});

describe('letters', () => {
  it('are sent though meeting and event cannot be made, and the link follows', async () => {
    await shop.fault({ provider: 'zoom', operation: 'create', status: 500 });
    await shop.fault({ provider: 'google', operation: 'create', status: 500 });
    await shop.book('zoom');
    await shop.finish(LINK_GRACE_MS / 1_000 - 1);
    expect(await told()).toEqual([]);
    await shop.finish(2);
    expect(await told()).toEqual(CONFIRMED);
    await shop.heal();
    await shop.finish();
    expect(await told()).toEqual([
      'client confirmation',
      'client link',
      'practitioner confirmation',
      'practitioner link',
    ]);
  });

  it('queued before a move are never sent: the one that leaves tells the new time', async () => {
    await shop.fault({ provider: 'mail', operation: 'send', status: 451, times: 2 });
    const booked = await shop.book('zoom');
    await shop.run();
    expect((await shop.letters(booked)).map(({ state }) => state)).toEqual(['queued', 'queued']);
    await shop.move(booked, '15:00');
    await shop.finish();
    expect(await told()).toEqual(CONFIRMED);
    for (const { text } of await shop.mails()) expect(text).toMatch(/3:00|15:00/);
    expect((await shop.letters(booked)).map(({ state, revision }) => `${state} ${revision}`).toSorted()).toEqual([
      'sent 2',
      'sent 2',
      'superseded 1',
      'superseded 1',
    ]);
  });

  it('of nobody-knows are repeated once, under the same id, and no more', async () => {
    await shop.fault({ provider: 'mail', operation: 'send', dropAfterSuccess: true });
    const booked = await shop.book(null);
    await shop.finish();
    const mails = await shop.mails();
    expect(mails.length).toBe(4);
    expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(2);
    expect((await shop.letters(booked)).map(({ state, attempts }) => [state, attempts])).toEqual([
      ['unknown', 2],
      ['unknown', 2],
    ]);
  });

  it('that often surely failed are still repeated once when in doubt', async () => {
    await shop.fault({ provider: 'mail', operation: 'send', status: 451, times: 8 });
    await shop.fault({ provider: 'mail', operation: 'send', dropAfterSuccess: true, times: 2 });
    const booked = await shop.book(null);
    await shop.finish();
    expect((await shop.letters(booked)).map(({ state, attempts }) => [state, attempts])).toEqual([
      ['sent', 6],
      ['sent', 6],
    ]);
  });

  it('that wait for the settings of the mail service are tried every ten minutes, not every two, once it is no matter of seconds', async () => {
    await shop.fault({ provider: 'mail', operation: 'send', status: 535, times: 14 });
    const booked = await shop.book(null);
    const seconds = await shop.finish();
    expect(seconds).toBe(1 + 2 + 4 + 8 + 3 * 600);
    expect((await shop.letters(booked)).map(({ state, attempts }) => [state, attempts])).toEqual([
      ['sent', 8],
      ['sent', 8],
    ]);
  });

  it('of which a session has had hundreds are still told apart from those never sent', async () => {
    const booked = await shop.book(null);
    await shop.tools.transactor.inOrganisation(shop.organisationId, (tx) =>
      tx.query({
        name: 'test_many_letters',
        text: `insert into letter (organisation_id, session_id, appointment_id, recipient, kind, revision, state, starts_at)
               select $1, $2, $3, 'client', 'change', -n, 'superseded', $4::timestamptz from generate_series(1, 600) n`,
        values: [tx.organisationId, booked.sessionId, booked.id, shop.clock.now().toString()],
      }),
    );
    await shop.finish();
    await shop.move(booked, '15:00');
    await shop.finish();
    expect(await told()).toEqual([
      'client change',
      'client confirmation',
      'practitioner change',
      'practitioner confirmation',
    ]);
  });

  it('that are refused are not sent again, and hold nothing up', async () => {
    await shop.fault({ provider: 'mail', operation: 'send', status: 550, times: 1 });
    const booked = await shop.book('zoom');
    await shop.finish();
    expect((await shop.letters(booked)).map(({ state }) => state).toSorted()).toEqual(['refused', 'sent']);
    expect(await standing()).toEqual(whole('zoom'));
  });

  it('carry a calendar entry that keeps its identity and rises', async () => {
    const booked = await shop.book('google-meet');
    await shop.finish();
    await shop.move(booked, '15:00');
    await shop.finish();
    await shop.cancel(booked);
    await shop.finish();
    const toClient = (await shop.mails()).filter(({ to }) => to[0]?.address === JOHN.userEmail);
    expect(new Set(toClient.map((mail) => field(mail, 'UID'))).size).toBe(1);
    expect(toClient.map((mail) => `${field(mail, 'METHOD')} ${field(mail, 'SEQUENCE')}`).toSorted()).toEqual([
      'CANCEL 2',
      'REQUEST 0',
      'REQUEST 1',
    ]);
  });
});

describe('what was refused', () => {
  it('is tried again at once after an act', async () => {
    await shop.fault({ provider: 'zoom', operation: 'create', status: 400, times: 1 });
    const booked = await shop.book('zoom');
    await shop.run();
    expect((await shop.objects(booked)).find(({ kind }) => kind === 'meeting')?.lastError).toMatch(/^refused/);
    await shop.move(booked, '15:00');
    await shop.finish(30);
    expect(await standing()).toEqual(whole('zoom'));
    expect(await told()).toEqual(CONFIRMED);
  });
});
