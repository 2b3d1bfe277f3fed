// What fails outside, as staff meet it: listed with its reason and what to do, and, once that is done, tried again by one call.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CAST, JOHN, SARAH, type Who } from '../cast.ts';
import { booked, openHouse, refusal, type Json, type OpenHouse } from '../open-house.ts';

const FULFILMENTS = '/api/operations/fulfilments';
const LETTERS = '/api/operations/letters';
let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse({ settings: { MEETING_WAIT_MS: '0' } });
});
afterEach(() => house.clearFaults());
afterAll(() => house.close());

const list = async (path: string, at: OpenHouse = house, who: Who = 'staff') => {
  const { status, body } = await at.get(who, path);
  expect(status).toBe(200);
  return (body['fulfilments'] ?? body['letters']) as Json[];
};
const of = (id: number) => (rows: readonly Json[]) => rows.find((row) => row['appointmentId'] === id);
const meetingOf = async (id: number) =>
  (await house.get('staff', `/api/appointments/${id}`)).body['meetingDetails'] as Json | undefined;
const firstTry = (row: Json | undefined) => (row?.['steps'] as Json[] | undefined)?.[0]?.['nextTryAt'];
const retry = (path: string, id: unknown, key?: string) =>
  house.post('staff', `${path}/${String(id)}/retry`, undefined, key === undefined ? {} : { 'idempotency-key': key });

describe('a meeting that the provider refuses', () => {
  test('is listed with its reason, stays so while nothing is mended, and is ready after a retry', async () => {
    await house.orderFault({ provider: 'zoom', operation: 'create', status: 403, times: 1_000 });
    const id = await booked(house);
    const found = await house.until(
      () => list(FULFILMENTS).then(of(id)),
      (row) => row?.['reason'] !== undefined && row['inHand'] === false,
    );
    expect(found).toMatchObject({
      wantedRevision: 1,
      doneRevision: 0,
      reason: expect.stringMatching(/^The provider refuses it\..*then retry\.$/),
      said: expect.stringMatching(/^refused zoom create 403/),
      steps: [{ step: 'meeting', provider: 'zoom', platform: 'zoom', attempts: 1 }, { step: 'calendar_event' }],
    });
    for (const words of [...Object.values(JOHN), SARAH.email, 'http'])
      expect(JSON.stringify(found)).not.toContain(words);
    const session = found?.['sessionId'];

    // She hears of it before her client waits for a link, and once.
    const toHer = async () =>
      (await house.live.mailsTo(SARAH.email)).filter(({ raw }) => raw.includes(`X-Slotkeeper-Appointment: ${id}\r\n`));
    const told = await house.until(toHer, (mails) => mails.length === 2, { seconds: 1 });
    expect(told.map(({ subject }) => subject?.split(':')[0])).toEqual(['New appointment', 'Video link missing']);
    expect(told[1]?.raw.replaceAll('=\r\n', '')).toContain(
      'The video provider refuses to make it. Please ask your practice',
    );

    expect((await retry(FULFILMENTS, session)).status).toBe(202);
    const again = await house.until(
      () => list(FULFILMENTS).then(of(id)),
      (row) => row?.['inHand'] === false && row['attempts'] === 1,
    );
    expect(again?.['reason']).toBe(found?.['reason']);

    await house.clearFaults();
    // Under one key it is set going once.
    for (let call = 0; call < 2; call += 1) expect((await retry(FULFILMENTS, session, 'again')).status).toBe(202);
    await house.until(
      () => meetingOf(id),
      (meeting) => meeting?.['status'] === 'ready',
    );
    await house.until(
      () => list(`${FULFILMENTS}?state=open`).then(of(id)),
      (row) => row === undefined,
      { seconds: 1 },
    );
    expect(refusal(await retry(FULFILMENTS, session))).toEqual([409, 'nothing_to_retry']);
    expect(await house.live.zoom()).toHaveLength(1);
    const all = await house.until(toHer, (mails) => mails.length > 2, { seconds: 1 });
    expect(all.slice(2).map(({ subject }) => subject?.split(':')[0])).toEqual(['Video link ready']);
  });

  test('is not hurried where the provider asked to wait', async () => {
    await house.orderFault({ provider: 'zoom', operation: 'create', status: 429, retryAfter: 3600, times: 1 });
    const id = await booked(house, { date: '2030-06-21' });
    const waiting = await house.until(
      () => list(FULFILMENTS).then(of(id)),
      (row) => row?.['inHand'] === false && row['reason'] !== undefined,
    );
    const before = firstTry(waiting);
    await retry(FULFILMENTS, waiting?.['sessionId']);
    const after = await house.until(
      () => list(FULFILMENTS).then(of(id)),
      (row) => row?.['inHand'] === false && row['attempts'] === 1,
    );
    expect(firstTry(after)).toBe(before);
  });
});

describe('a letter that the mail service refuses', () => {
  test('is listed with its reason, and sent by a retry once the way is free, once', async () => {
    await house.orderFault({ provider: 'mail', operation: 'send', status: 550, times: 1_000 });
    const id = await booked(house, { date: '2030-06-24', videoMeetingConfig: undefined });
    const mine = async () => (await list(LETTERS)).filter((row) => row['appointmentId'] === id);
    const found = await house.until(mine, (rows) => rows.length === 2, { seconds: 1 });
    const letter = found.find((row) => row['recipient'] === 'client');
    expect(letter).toMatchObject({ kind: 'confirmation', state: 'refused', attempts: 1 });
    expect(letter?.['reason']).toMatch(/will not take it.*then retry/);
    for (const words of [...Object.values(JOHN), SARAH.email]) expect(JSON.stringify(found)).not.toContain(words);

    const about = async () =>
      (await house.live.mailsTo(JOHN.userEmail)).filter(({ raw }) =>
        raw.includes(`X-Slotkeeper-Appointment: ${id}\r\n`),
      );
    expect(await about()).toEqual([]);
    await house.clearFaults();
    const sent = await house.until(
      () => retry(LETTERS, letter?.['letterId'], 'send-it'),
      // A pass may still be going on.
      ({ status }) => status === 202,
    );
    expect(sent.body['success']).toBe(true);
    await retry(LETTERS, letter?.['letterId'], 'send-it');
    const [mail, ...others] = await house.until(about, (mails) => mails.length > 0, { seconds: 1 });
    expect([mail?.subject, others]).toEqual([expect.stringMatching(/Sarah Johnson/), []]);
    const left = await house.until(mine, (rows) => rows.length === 1);
    expect(left.map((row) => row['recipient'])).toEqual(['practitioner']);
    const done = async () => refusal(await retry(LETTERS, letter?.['letterId']));
    await house.until(done, ([, code]) => code === 'nothing_to_retry');
  });

  test('is not sent any more once its reader was told something newer, or all is over', async () => {
    await house.orderFault({ provider: 'mail', operation: 'send', status: 550, times: 1_000 });
    const id = await booked(house, { date: '2030-06-25', videoMeetingConfig: undefined });
    const mine = async () => (await list(LETTERS)).filter((row) => row['appointmentId'] === id);
    const [first] = await house.until(mine, (rows) => rows.length === 2, { seconds: 1 });
    await house.clearFaults();
    const path = `/api/appointments/${id}/reschedule`;
    expect((await house.put('staff', path, { newDate: '2030-06-25', newTime: '15:00' })).status).toBe(200);
    // From the moment it is moved, and after the newer letter too.
    const overtaken = async () => {
      const { status, body } = await retry(LETTERS, first?.['letterId']);
      expect([status, body['code'], body['detail']]).toEqual([
        409,
        'nothing_to_retry',
        expect.stringMatching(/old news/),
      ]);
    };
    await overtaken();
    await house.until(
      () => house.live.mailsTo(JOHN.userEmail),
      (mails) => mails.some(({ raw }) => raw.includes(`X-Slotkeeper-Appointment: ${id}\r\n`)),
      { seconds: 1 },
    );
    await overtaken();
  });
});

describe('a letter in doubt', () => {
  test('whose reader was told something newer is listed no more, and the log of the appointment says how it ended', async () => {
    await house.orderFault({ provider: 'mail', operation: 'send', dropAfterSuccess: true, times: 1_000 });
    const id = await booked(house, { date: '2030-06-26', videoMeetingConfig: undefined });
    const mine = async () => (await list(`${LETTERS}?state=unknown`)).filter((row) => row['appointmentId'] === id);
    const log = async () =>
      ((await house.get('staff', `/api/appointments/${id}/letters`)).body['letters'] as Json[])
        .filter(({ recipient }) => recipient === 'client')
        .map(({ kind, status, nextAttemptAt }) => `${String(kind)} ${String(status)} ${String(nextAttemptAt)}`);
    const [first] = await house.until(mine, (rows) => rows.length === 2);
    await house.clearFaults();
    const path = `/api/appointments/${id}/reschedule`;
    expect((await house.put('staff', path, { newDate: '2030-06-26', newTime: '15:00' })).status).toBe(200);
    await house.until(mine, (rows) => rows.length === 0, { seconds: 1 });
    expect((await log()).toSorted()).toEqual(['change sent undefined', 'confirmation overtaken undefined']);
    expect(refusal(await retry(LETTERS, first?.['letterId']))).toEqual([409, 'nothing_to_retry']);
  });
});

describe('without a worker', () => {
  let idle: OpenHouse;
  beforeAll(async () => {
    idle = await openHouse({ worker: false, sandboxUrl: house.sandboxUrl });
  });
  afterAll(() => idle.close());

  test('what is late is listed page by page; only staff and services of the practice see it, or may set it going', async () => {
    const ids = [];
    for (const date of ['2030-06-20', '2030-06-21', '2030-06-24']) ids.push(await booked(idle, { date }));
    expect([await list(`${FULFILMENTS}?state=overdue`, idle), await list(FULFILMENTS, idle)]).toEqual([[], []]);
    idle.clock.advance({ minutes: 1 });
    const first = await idle.get('service', `${FULFILMENTS}?state=overdue&limit=2`);
    const cursor = String(first.body['nextCursor']);
    const second = await idle.get('service', `${FULFILMENTS}?state=overdue&limit=2&cursor=${cursor}`);
    const rows = [...(first.body['fulfilments'] as Json[]), ...(second.body['fulfilments'] as Json[])];
    expect(rows.map((row) => row['appointmentId'])).toEqual(ids);
    expect(second.body['nextCursor']).toBeNull();

    const session = String(rows[0]?.['sessionId']);
    const calls = [
      (who: Who) => idle.get(who, FULFILMENTS),
      (who: Who) => idle.get(who, LETTERS),
      (who: Who) => idle.post(who, `${FULFILMENTS}/${session}/retry`, undefined),
      (who: Who) => idle.post(who, `${LETTERS}/${session}/retry`, undefined),
    ];
    for (const call of calls) {
      expect(refusal(await call(null))).toEqual([401, 'unauthenticated']);
      for (const who of ['john', 'ada', 'sarah', 'michael', 'foreignJohn', 'foreignSarah'] as const)
        expect([who, ...refusal(await call(who))]).toEqual([who, 403, 'forbidden']);
    }
    for (const who of CAST.filter((one) => /staff|service/i.test(one))) {
      const foreign = who.startsWith('foreign');
      expect([who, (await list(`${FULFILMENTS}?state=open`, idle, who)).length]).toEqual([who, foreign ? 0 : 3]);
      const { status } = await idle.post(who, `${FULFILMENTS}/${session}/retry`, undefined);
      expect([who, status]).toEqual([who, foreign ? 404 : 202]);
      // A session is no letter.
      expect((await idle.post(who, `${LETTERS}/${session}/retry`, undefined)).status).toBe(404);
    }
    for (const query of ['state=ready', 'limit=0', 'cursor=x'])
      expect((await idle.get('staff', `${FULFILMENTS}?${query}`)).status).toBe(400);
  });
});
