// The letter of an offer that is in doubt: a process that stands still, or a person who sends it again, makes no second one of it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addWaitlistEntry } from '../../src/appointments/add-waitlist-entry.ts';
import { placeOffers } from '../../src/appointments/place-offers.ts';
import { retryLetter } from '../../src/fulfilment/retry-fulfilment.ts';
import { offerSender, type OfferPost } from '../../src/fulfilment/send-offers.ts';
import type { KnownActor } from '../../src/identity/actor.ts';
import type { Mailer, Sending } from '../../src/notifications/mailer.ts';
import type { LetterState } from '../../src/notifications/store.ts';
import { noOnce } from '../../src/platform/http/idempotency.ts';
import { OutsideError } from '../../src/platform/outside-error.ts';
import { SARAH } from '../cast.ts';
import { openWorkshop, type Workshop } from './open-workshop.ts';

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
});
afterAll(() => shop.close());

/** Transactions of one sending: the claim, the circuits, the mark. */
const MARKED = 3;
const LOST = new OutsideError({ outcome: 'unknown', provider: 'mail', operation: 'send' });

let weeks = 0;
/** Whoever waits for a day is offered it. */
async function offered(userId: string): Promise<void> {
  const date = Temporal.PlainDate.from('2030-01-14').add({ weeks }).toString();
  weeks += 1;
  const person = { userId, userEmail: `${userId}@example.com`, userName: userId };
  const wish = { practitionerIds: [SARAH.practitionerId], sessionType: 'Initial Consultation', platform: null };
  const days = { firstDate: date, lastDate: date, timeZone: undefined, windows: [] };
  await addWaitlistEntry(shop.tools, shop.desk, { ...person, ...wish, ...days }, noOnce);
  expect(await placeOffers(shop.tools, shop.organisationId)).toBe(1);
}

/** The latest. */
async function letter(): Promise<{ readonly id: number; readonly state: LetterState }> {
  const [row] = await shop.tools.transactor.inOrganisation(shop.organisationId, (tx) =>
    tx.query<{ id: number; state: LetterState }>({
      name: 'test_offer_letter',
      text: 'select id, state from letter order by id desc limit 1',
    }),
  );
  if (!row) throw new Error('no letter was tried');
  return row;
}

/** A mail service that takes the second try: the answer to the first is lost. */
function forgetful(onSecond: () => Promise<void> = () => Promise.resolve()) {
  const sendings: Pick<Sending, 'onceKey' | 'repeated'>[] = [];
  const mailer: Mailer = {
    ...shop.tools.mailer,
    repeatsSafely: true,
    send: async (_mail, _timeoutMs, { onceKey, repeated }) => {
      sendings.push({ onceKey, repeated });
      if (sendings.length === 1) throw LOST;
      await onSecond();
      return null;
    },
  };
  const send = (over: Partial<OfferPost> = {}) => offerSender({ ...shop.tools, mailer, ...over })(shop.organisationId);
  return { sendings, send };
}

test('held too long to leave, it stays in doubt, and its repeat is the same to the mail service', async () => {
  await offered('waits');
  const { sendings, send } = forgetful();
  await send();
  expect((await letter()).state).toBe('unknown');
  shop.clock.advance({ minutes: 1 });
  let transactions = 0;
  const transactor: OfferPost['transactor'] = {
    inOrganisation: async (...given) => {
      const done = await shop.tools.transactor.inOrganisation(...given);
      transactions += 1;
      if (transactions === MARKED) shop.clock.advance({ seconds: 20 });
      return done;
    },
  };
  await send({ transactor });
  expect([sendings.length, (await letter()).state]).toEqual([1, 'unknown']);
  await send();
  expect((await letter()).state).toBe('sent');
  expect(sendings[1]).toEqual({ onceKey: sendings[0]?.onceKey, repeated: true });
});

test('while its repeat is on its way it is not sent again by hand', async () => {
  await offered('hurried');
  const { send } = forgetful(async () => {
    const { id, state } = await letter();
    expect(state).toBe('unknown');
    await expect(retryLetter(shop.tools, shop.desk as KnownActor, id, noOnce)).rejects.toMatchObject({
      code: 'nothing_to_retry',
    });
  });
  await send();
  shop.clock.advance({ minutes: 1 });
  await send();
  expect((await letter()).state).toBe('sent');
});

test('cut off in its repeat it is not sent a third time, where the mail service cannot tell a repeat', async () => {
  await offered('unlucky');
  let sendings = 0;
  const mailer: Mailer = {
    ...shop.tools.mailer,
    repeatsSafely: false,
    send: () => {
      sendings += 1;
      throw new Error('the process died here');
    },
  };
  const send = () => offerSender({ ...shop.tools, mailer })(shop.organisationId);
  for (const times of [1, 2, 2, 2]) {
    await send().catch(() => undefined);
    expect(sendings).toBe(times);
    shop.clock.advance({ minutes: 5 });
  }
  expect((await letter()).state).toBe('unknown');
});
