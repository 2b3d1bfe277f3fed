// Mail cannot be looked up: a letter in doubt is repeated once, and where that is no longer wanted its doubt ends all the same, and
// the delivery log says how.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listFailedLetters } from '../../src/fulfilment/store-failing.ts';
import { openWorkshop, type Booked, type Workshop } from './open-workshop.ts';

let shop: Workshop;
beforeAll(async () => {
  shop = await openWorkshop();
});
afterEach(() => shop.clear());
afterAll(() => shop.close());

const CUT = { provider: 'mail', operation: 'send', dropAfterSuccess: true } as const;
async function listed({ sessionId }: Booked) {
  const all = await shop.tools.transactor.inOrganisation(shop.organisationId, (tx) =>
    listFailedLetters(tx, 'unknown', { after: 0, limit: 100 }),
  );
  return all.filter((letter) => letter.sessionId === sessionId);
}
const log = async (booked: Booked) =>
  (await shop.letters(booked))
    .filter(({ recipient }) => recipient === 'client')
    .map(({ kind, revision, state, nextAttemptAt }) => [`${kind} ${revision} ${state}`, nextAttemptAt]);
async function inDoubt(platform: 'zoom' | null): Promise<Booked> {
  await shop.fault({ ...CUT, times: 2 });
  const booked = await shop.book(platform);
  await shop.run();
  expect((await listed(booked)).map(({ nextAttemptAt }) => nextAttemptAt !== null)).toEqual([true, true]);
  return booked;
}

describe('a letter in doubt', () => {
  it('ends as overtaken once its reader was told that the appointment was moved, and is nobody’s to see to', async () => {
    const booked = await inDoubt(null);
    await shop.move(booked, '15:00');
    await shop.finish();
    expect(await log(booked)).toEqual([
      ['confirmation 1 overtaken', null],
      ['change 2 sent', null],
    ]);
    expect(await listed(booked)).toEqual([]);
    expect((await shop.mails()).length).toBe(4);
  });

  it('ends so, too, where the cancellation that followed is in doubt for good: that one alone is listed', async () => {
    const booked = await inDoubt(null);
    await shop.fault(CUT);
    await shop.cancel(booked);
    await shop.finish();
    expect(await log(booked)).toEqual([
      ['confirmation 1 overtaken', null],
      ['cancellation 2 unknown', null],
    ]);
    expect((await listed(booked)).map(({ kind, nextAttemptAt }) => [kind, nextAttemptAt])).toEqual([
      ['cancellation', null],
      ['cancellation', null],
    ]);
  });

  it('for good ends so where the link comes later in a letter of its own', async () => {
    await shop.fault({ provider: 'zoom', operation: 'create', status: 503 });
    await shop.fault({ ...CUT, times: 4 });
    const booked = await shop.book('zoom');
    await shop.finish(60);
    expect(await log(booked)).toEqual([['confirmation 1 unknown', null]]);
    await shop.heal();
    await shop.finish();
    expect(await log(booked)).toEqual([
      ['confirmation 1 overtaken', null],
      ['link 1 sent', null],
    ]);
    expect(await listed(booked)).toEqual([]);
  });

  it('is repeated where the appointment was moved away and back before anybody was told', async () => {
    const booked = await inDoubt(null);
    await shop.move(booked, '15:00');
    await shop.move(booked, '10:00');
    await shop.finish();
    expect(await log(booked)).toEqual([['confirmation 1 sent', null]]);
  });

  it('of an appointment that is over waits for no repeat any more', async () => {
    const booked = await inDoubt(null);
    shop.clock.advance({ hours: 24 * 365 });
    await shop.run();
    expect(await log(booked)).toEqual([['confirmation 1 unknown', null]]);
  });
});
