// The contract's journey through the typed client, as a front end or another back end goes it: what types promise, the
// server keeps; and what the network loses, the client asks for again without a second effect.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  createClient,
  isProblem,
  SlotkeeperNoAnswer,
  SlotkeeperProblem,
  type Input,
  type Slotkeeper,
} from '../../clients/typescript/src/slotkeeper.ts';
import { ADA, JOHN, SARAH } from '../cast.ts';
import { openUnrulyProxy, type UnrulyProxy } from '../clients/unruly-proxy.ts';
import { openHouse, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
let proxy: UnrulyProxy;
let john: Slotkeeper;
let staff: Slotkeeper;

beforeAll(async () => {
  house = await openHouse();
  proxy = await openUnrulyProxy(house.url);
  john = createClient({ baseUrl: proxy.url, getToken: () => Promise.resolve(house.tokenOf('john')) });
  staff = createClient({ baseUrl: house.url, token: house.tokenOf('staff') });
});
afterAll(async () => {
  await proxy.close();
  await house.close();
});
beforeEach(() => proxy.order());

/** John's booking with Dr. Johnson; each test has a day of its own. */
const booking = (date: string, over: Partial<Input<'bookAppointment'>> = {}): Input<'bookAppointment'> => ({
  ...JOHN,
  practitionerId: SARAH.practitionerId,
  date,
  time: '14:00',
  sessionType: 'Initial Consultation',
  ...over,
});

async function refusalOf(call: Promise<unknown>): Promise<SlotkeeperProblem> {
  const error: unknown = await call.then(
    () => null,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(SlotkeeperProblem);
  return error as SlotkeeperProblem;
}

describe('the journey', () => {
  test.each([
    ['zoom', '09:00'],
    ['google-meet', '10:00'],
    ['teams', '11:00'],
  ] as const)('a free time is found and booked on %s, and the link comes back', async (platform, time) => {
    const open = createClient({ baseUrl: house.url });
    const { timeSlots = [] } = await open.getAvailability({ practitionerId: 123, date: '2030-06-20' });
    const slot = timeSlots.find(({ start }) => start.startsWith(`2030-06-20T${time}`));
    expect(slot).toMatchObject({ available: true });
    const booked = await john.bookAppointment(booking('2030-06-20', { time, videoMeetingConfig: { platform } }));
    expect(booked.meetingDetails).toMatchObject({
      platform,
      status: 'ready',
      meetingUrl: expect.stringMatching(/^http/),
    });
    const seen = await john.getAppointment({ appointmentId: booked.appointmentId });
    expect(seen).toMatchObject({ status: 'confirmed', timeZone: 'America/New_York', time: `${time}:00` });
    expect(Date.parse(seen.start)).toBe(Date.parse(slot?.start ?? ''));
  });

  test('the four direct endpoints hand out meeting and event', async () => {
    const at = async (time: string) => (await john.bookAppointment(booking('2030-06-18', { time }))).appointmentId;
    const zoom = await staff.createZoomMeeting({ appointmentId: await at('13:00'), topic: 'First talk' });
    expect([zoom.join_url, zoom.host_url]).toEqual([expect.stringMatching(/^http/), expect.stringMatching(/zak=/)]);
    const meet = await john.createGoogleMeet({ appointmentId: await at('14:00') });
    expect(meet.meetingUrl).toMatch(/^http/);
    const teams = await john.createTeamsMeeting({ appointmentId: await at('15:00') });
    expect(teams.joinUrl).toMatch(/^http/);
    const event = await john.createCalendarEvent({ appointmentId: await at('16:00') });
    expect((await house.live.google()).map(({ id }) => id)).toContain(event.eventId);
  });

  test('an appointment is moved, cancelled with and without a reason, and stays to be seen', async () => {
    const { appointmentId } = await john.bookAppointment(booking('2030-06-24'));
    const moved = await john.rescheduleAppointment({ appointmentId, newDate: '2030-06-25', newTime: '15:00' });
    expect(moved).toEqual({ success: true, message: 'Appointment rescheduled successfully' });
    await john.cancelAppointment({ appointmentId });
    await john.cancelAppointment({ appointmentId, reason: 'Schedule conflict' });
    const seen = await john.getAppointment({ appointmentId });
    expect([seen.date, seen.time, seen.status]).toEqual(['2030-06-25', '15:00:00', 'cancelled']);
  });

  test('a list is walked item by item, however small its pages', async () => {
    const times = ['09:00', '10:00', '11:00', '13:00', '14:00'];
    for (const time of times) await staff.bookAppointment(booking('2030-07-01', { ...ADA, time }));
    const found: string[] = [];
    for await (const one of staff.each('listAppointments', { userId: 'ada', limit: 2 })) found.push(one.time);
    expect(found).toEqual(times.map((time) => `${time}:00`));
    for await (const one of staff.each('listPractitioners', { limit: 1 })) {
      expect(one.timeZone).toBeTruthy();
      break;
    }
  });

  test('staff change a practitioner in the version they read, and no other', async () => {
    const { revision = 0 } = await staff.getPractitioner({ practitionerId: 789 });
    await staff.changePractitioner({ practitionerId: 789, noticeMinutes: 30 }, { ifVersion: revision });
    const late = staff.changePractitioner({ practitionerId: 789, noticeMinutes: 45 }, { ifVersion: revision });
    expect((await refusalOf(late)).code).toBe('version_mismatch');
  });
});

describe('refusals', () => {
  test('a taken time is a typed problem, with free ones beside it that can be booked as they are', async () => {
    await john.bookAppointment(booking('2030-06-26'));
    const taken = await refusalOf(staff.bookAppointment(booking('2030-06-26', ADA)));
    if (!isProblem(taken, 'slot_taken')) throw taken;
    // The compiler knows the code by now, and what stands beside it.
    expect([taken.status, taken.code]).toEqual([409, 'slot_taken' satisfies typeof taken.code]);
    const [first] = taken.alternatives;
    if (first === undefined) throw taken;
    const { appointmentId } = await staff.bookAppointment(booking(first.date, { ...ADA, time: first.time }));
    expect(Date.parse((await staff.getAppointment({ appointmentId })).start)).toBe(Date.parse(first.start));
  });

  test('a refusal is not asked for again; it names the fields at fault, the times beside a gap, and the request', async () => {
    const wrong = await refusalOf(john.bookAppointment(booking('2030-13-45')));
    expect([wrong.code, wrong.errors.map(({ pointer }) => pointer)]).toEqual(['invalid_request', ['/date']]);
    expect(wrong.requestId).not.toBe('');
    expect(proxy.seen).toHaveLength(1);
    const inTheGap = await refusalOf(john.bookAppointment(booking('2030-03-10', { time: '02:30' })));
    expect([inTheGap.code, inTheGap.nearest.map(({ time }) => time)]).toEqual([
      'time_does_not_exist',
      ['01:59:00', '03:00:00'],
    ]);
    expect(isProblem(inTheGap, 'slot_taken')).toBe(false);
  });

  test('without a token, and with another’s appointment, the code says which it was', async () => {
    const nobody = createClient({ baseUrl: house.url });
    expect((await refusalOf(nobody.bookAppointment(booking('2030-06-27')))).code).toBe('unauthenticated');
    const { appointmentId } = await staff.bookAppointment(booking('2030-06-27', ADA));
    expect((await refusalOf(john.getAppointment({ appointmentId }))).code).toBe('not_found');
  });
});

const appointmentsOn = async (date: string): Promise<number> => {
  let count = 0;
  for await (const one of staff.each('listAppointments', { userId: JOHN.userId })) count += one.date === date ? 1 : 0;
  return count;
};

describe('what the network loses', () => {
  test.each(['lose-answer', 'cut-answer', 'refuse'] as const)(
    'one booking is made, whatever happens on the way (%s)',
    async (mischief) => {
      const date = { 'lose-answer': '2030-07-08', 'cut-answer': '2030-07-09', refuse: '2030-07-10' }[mischief];
      proxy.order(mischief, mischief);
      const { appointmentId } = await john.bookAppointment(booking(date));
      expect(await appointmentsOn(date)).toBe(1);
      expect((await staff.getAppointment({ appointmentId })).date).toBe(date);
      const keys = proxy.seen.map(({ key }) => key);
      expect(keys).toHaveLength(3);
      expect(new Set(keys).size).toBe(1);
      expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    },
  );

  test('moving and cancelling survive a lost answer too', async () => {
    const { appointmentId } = await john.bookAppointment(booking('2030-07-11'));
    proxy.order('lose-answer');
    await john.rescheduleAppointment({ appointmentId, newDate: '2030-07-12', newTime: '15:00' });
    const { revision } = await john.getAppointment({ appointmentId });
    expect(revision).toBe(2);
    proxy.order('lose-answer');
    await john.cancelAppointment({ appointmentId });
    expect((await john.getAppointment({ appointmentId })).status).toBe('cancelled');
  });

  test('two calls have two keys, and reading has none', async () => {
    await john.bookAppointment(booking('2030-07-15', { time: '09:00' }));
    await john.bookAppointment(booking('2030-07-15', { time: '10:00' }));
    await john.getPractitioner({ practitionerId: 123 });
    const [first, second, read] = proxy.seen.map(({ key }) => key);
    expect(first).not.toBe(second);
    expect(read).toBeUndefined();
  });

  test('what is given up names its key, and asked again with it is the same appointment', async () => {
    const once = createClient({ baseUrl: proxy.url, token: house.tokenOf('john'), retries: 0 });
    proxy.order('lose-answer');
    const lost: unknown = await once.bookAppointment(booking('2030-07-16')).catch((error: unknown) => error);
    expect(lost).toBeInstanceOf(SlotkeeperNoAnswer);
    const { idempotencyKey, attempts, status } = lost as SlotkeeperNoAnswer;
    expect([attempts, status, await appointmentsOn('2030-07-16')]).toEqual([1, null, 1]);
    await john.bookAppointment(booking('2030-07-16'), { idempotencyKey: idempotencyKey ?? '' });
    expect(await appointmentsOn('2030-07-16')).toBe(1);
  });

  test('a server that says later is asked later; a proxy’s page is an answer of nobody', async () => {
    proxy.order({ status: 503, headers: { 'retry-after': '0' } }, { status: 429 }, { status: 502 });
    expect((await john.getPractitioner({ practitionerId: 123 })).name).toBe('Dr. Sarah Johnson');
    expect(proxy.seen).toHaveLength(4);
    for (const status of [200, 404]) {
      proxy.order({ status });
      const lost: unknown = await john.getPractitioner({ practitionerId: 123 }).catch((error: unknown) => error);
      expect(lost).toMatchObject({ name: 'SlotkeeperNoAnswer', status, attempts: 1, idempotencyKey: null });
    }
  });

  test('a wait that would outlast the bound is not begun', async () => {
    proxy.order({ status: 503, headers: { 'retry-after': '3600' } });
    const call = john.getPractitioner({ practitionerId: 123 });
    await expect(call).rejects.toMatchObject({ status: 503, attempts: 1 });
  });

  test('a caller who changes her mind is let go at once, with her own reason', async () => {
    proxy.order({ status: 503, headers: { 'retry-after': '20' } });
    const leaving = new AbortController();
    const call = john.getPractitioner({ practitionerId: 123 }, { signal: leaving.signal });
    await house.until(
      () => Promise.resolve(proxy.seen.length),
      (count) => count === 1,
    );
    leaving.abort(new Error('changed my mind'));
    await expect(call).rejects.toThrow('changed my mind');
    await expect(john.listPractitioners({}, { signal: leaving.signal })).rejects.toThrow('changed my mind');
  });

  test('a token is asked for at every call, within the time of the call, and its failure is the page’s own', async () => {
    const tokens = ['not-one', house.tokenOf('john')];
    const renewing = createClient({ baseUrl: house.url, getToken: () => tokens.shift() ?? null });
    const list = () => renewing.listAppointments({ userId: JOHN.userId });
    expect((await refusalOf(list())).code).toBe('unauthenticated');
    expect((await list()).nextCursor).toBeNull();
    const signedOut = createClient({ baseUrl: house.url, getToken: () => Promise.reject(new Error('signed out')) });
    await expect(signedOut.listPractitioners()).rejects.toThrow('signed out');
    const stuck = createClient({ baseUrl: house.url, getToken: () => new Promise(() => {}) });
    await expect(stuck.listPractitioners({}, { timeoutMs: 5 })).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});
