// What a practitioner gives at most, from when and until when: offered so, booked so, and true however many ask at once.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { booking, openHouse, refusal, type Answer, type Json, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
let [talk, group] = [0, 0];
beforeAll(async () => {
  house = await openHouse({ worker: false, settings: { DEMO: '0' } });
  talk = await added('/api/session-types', { name: 'Talk', durationMinutes: 60 });
  group = await added('/api/session-types', { name: 'Group', durationMinutes: 30 });
});
afterAll(() => house.close());

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];
let made = 0;
async function added(path: string, body: Json): Promise<number> {
  const answer = await house.post('staff', path, body);
  expect(answer.status, answer.text).toBe(201);
  return Number(answer.body['id']);
}
async function addPractitioner(over: Json): Promise<number> {
  made += 1;
  const who = { name: `Dr. ${made}`, email: `dr-${made}@example.com`, timeZone: 'America/New_York', gridMinutes: 60 };
  const sessionTypes = [{ id: talk }, { id: group }];
  const id = await added('/api/practitioners', { ...who, horizonDays: 365, sessionTypes, ...over });
  const hours = WEEKDAYS.map((weekday) => ({ weekday, from: '09:00', to: '14:00' }));
  const set = await house.put('staff', `/api/practitioners/${id}/weekly-hours`, { hours });
  expect(set.status, set.text).toBe(200);
  return id;
}
function book(id: number, date: string, time: string, over: Json = {}): Promise<Answer> {
  const { client = 'ada', ...rest } = over;
  const who = { userId: client, userEmail: `${String(client)}@example.com`, userName: 'Somebody' };
  const place = { practitionerId: id, practitionerName: undefined, videoMeetingConfig: undefined, date, time };
  return house.post('staff', '/api/appointments', { ...booking({ ...place, ...who }), sessionType: talk, ...rest });
}
type Slot = { start: string; available: boolean; reasons?: string[] };
async function slots(id: number, query: string, who: 'ada' | null = null): Promise<Slot[]> {
  const { body, text } = await house.get(who, `/api/practitioners/${id}/availability?${query}`);
  const days = (body['days'] ?? [body]) as { timeSlots: Slot[] }[];
  expect(days[0]?.timeSlots, text).toBeDefined();
  return days.flatMap(({ timeSlots }) => timeSlots);
}
const free = async (id: number, query: string, who: 'ada' | null = null) =>
  (await slots(id, query, who)).filter(({ available }) => available).map(({ start }) => start.slice(0, 16));
const MONDAY = '2030-06-17';

describe('limits', () => {
  test('of a day hold for what is offered, booked and moved; what is cancelled is given again', async () => {
    const id = await addPractitioner({ limits: [{ per: 'day', mostSessions: 2 }] });
    const first = await book(id, MONDAY, '09:00');
    expect([first.status, (await book(id, MONDAY, '10:00')).status]).toEqual([201, 201]);
    const third = await book(id, MONDAY, '11:00');
    expect(refusal(third)).toEqual([409, 'booking_limit_reached']);
    expect(third.body['reasons']).toEqual(['booking_limit_reached']);
    const alternatives = third.body['alternatives'] as { date: string }[];
    expect(alternatives).toHaveLength(5);
    expect(alternatives.map(({ date }) => date)).not.toContain(MONDAY);
    expect((await slots(id, `date=${MONDAY}`)).map(({ reasons }) => reasons)).toEqual([
      ['slot_taken', 'booking_limit_reached'],
      ['slot_taken', 'booking_limit_reached'],
      ...[1, 2, 3].map(() => ['booking_limit_reached']),
    ]);
    expect(await free(id, `date=2030-06-18`)).toHaveLength(5);
    const one = `/api/appointments/${String(first.body['appointmentId'])}`;
    const moved = await house.put('staff', `${one}/reschedule`, { newDate: MONDAY, newTime: '12:00' });
    expect(moved.status, moved.text).toBe(200);
    expect((await house.put('staff', `${one}/cancel`, {})).status).toBe(200);
    expect(await free(id, `date=${MONDAY}`)).toHaveLength(4);
  });

  test('of a week, from Monday, by minutes and across session types; of a month; of one session type', async () => {
    const id = await addPractitioner({
      limits: [
        { per: 'week', mostMinutes: 150 },
        { per: 'month', sessionTypeId: group, mostSessions: 1 },
      ],
    });
    expect((await book(id, '2030-06-18', '09:00')).status).toBe(201);
    expect((await book(id, '2030-06-21', '09:00', { sessionType: group })).status).toBe(201);
    expect((await book(id, '2030-06-19', '09:00')).status).toBe(201);
    // 150 minutes are given: the week is full, to a minute.
    expect(await free(id, 'from=2030-06-17&to=2030-06-23')).toEqual([]);
    expect(await free(id, 'from=2030-06-14&to=2030-06-14')).toHaveLength(5);
    expect(await free(id, 'from=2030-06-24&to=2030-06-24')).toHaveLength(5);
    expect(await free(id, `from=2030-06-24&to=2030-06-28&sessionType=${group}`)).toEqual([]);
    expect(await free(id, `from=2030-07-01&to=2030-07-01&sessionType=${group}`)).toHaveLength(5);
    expect(refusal(await book(id, '2030-06-24', '09:00', { sessionType: group }))).toEqual([
      409,
      'booking_limit_reached',
    ]);
  });

  test('of each client bind that client alone, who is offered accordingly; others’ are not told', async () => {
    const id = await addPractitioner({ limits: [{ per: 'week', of: 'client', mostSessions: 1 }] });
    expect((await book(id, MONDAY, '09:00')).status).toBe(201);
    expect(refusal(await book(id, '2030-06-19', '09:00'))).toEqual([409, 'client_limit_reached']);
    expect((await book(id, '2030-06-19', '09:00', { client: 'bob' })).status).toBe(201);
    expect(await free(id, 'date=2030-06-20')).toHaveLength(5);
    expect(await free(id, 'date=2030-06-20', 'ada')).toEqual([]);
    expect(await free(id, 'date=2030-06-27', 'ada')).toHaveLength(5);
    const { headers } = await house.get('ada', `/api/practitioners/${id}/availability?date=2030-06-20`);
    expect(headers.get('cache-control')).toMatch(/^private/);
  });

  test('of each client hold for what was held for nobody named, once it is booked for somebody', async () => {
    const id = await addPractitioner({ limits: [{ per: 'day', of: 'client', mostSessions: 1 }] });
    const hold = async (time: string) => {
      const wish = { practitionerId: id, sessionType: talk, date: MONDAY, time };
      return Number((await house.post('service', '/api/holds', wish)).body['id']);
    };
    const [first, second, third] = [await hold('09:00'), await hold('10:00'), await hold('11:00')];
    expect((await book(id, MONDAY, '09:00', { holdId: first })).status).toBe(201);
    const refused = await book(id, MONDAY, '10:00', { holdId: second });
    expect(refusal(refused)).toEqual([409, 'client_limit_reached']);
    expect(refused.body['because']).toMatchObject([{ code: 'client_limit_reached', limit: { mostSessions: 1 } }]);
    const instead = refused.body['alternatives'] as Json[];
    expect([instead.length, instead.filter(({ date }) => date === MONDAY)]).toEqual([5, []]);
    // It is open still, for somebody else; and of two at once for one client, one is booked.
    expect((await book(id, MONDAY, '10:00', { holdId: second, client: 'bob' })).status).toBe(201);
    const fourth = await hold('12:00');
    const both = [
      book(id, MONDAY, '11:00', { holdId: third, client: 'eve' }),
      book(id, MONDAY, '12:00', { holdId: fourth, client: 'eve' }),
    ];
    expect((await Promise.all(both)).map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
  });

  test('are never passed, however many ask at once', async () => {
    const id = await addPractitioner({ limits: [{ per: 'week', mostSessions: 3 }] });
    const times = WEEKDAYS.flatMap((_, day) => [9, 10, 11, 12, 13].map((hour) => [17 + day, hour] as const));
    const answers = await Promise.all(
      times.map(([day, hour], n) =>
        book(id, `2030-06-${day}`, `${String(hour).padStart(2, '0')}:00`, { client: `c${n}` }),
      ),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(answers.filter((one) => one.body['code'] === 'booking_limit_reached')).toHaveLength(22);
  });
});

describe('notice and horizon', () => {
  test('may differ for a session type, and end on a date', async () => {
    const id = await addPractitioner({
      horizonUntil: '2030-06-18',
      sessionTypes: [{ id: talk }, { id: group, noticeMinutes: 2_880, horizonDays: 300, durationMinutes: 30 }],
    });
    expect(await free(id, 'date=2030-06-18')).toHaveLength(5);
    expect((await slots(id, 'date=2030-06-19'))[0]?.reasons).toEqual(['beyond_horizon']);
    expect(refusal(await book(id, '2030-06-19', '09:00'))).toEqual([422, 'beyond_horizon']);
    expect(await free(id, `date=2030-06-19&sessionType=${group}`)).toHaveLength(5);
    expect((await book(id, '2030-06-19', '09:00', { sessionType: group })).status).toBe(201);
    // It is Monday the 7th of January, 09:00 in New York.
    expect((await slots(id, `date=2030-01-08&sessionType=${group}`))[0]?.reasons).toEqual(['notice_too_short']);
    expect(await free(id, 'date=2030-01-08')).toHaveLength(5);
    // Who asks why is told until when, and from when; so is who is refused.
    const late = await book(id, '2030-06-19', '12:00');
    expect(late.body['because']).toEqual([
      { code: 'beyond_horizon', reason: 'beyond_horizon', lastDate: '2030-06-18' },
    ]);
    const soon = await book(id, '2030-01-08', '09:00', { sessionType: group });
    expect(soon.body['because']).toEqual([
      { code: 'notice_too_short', reason: 'notice_too_short', bookBy: '2030-01-06T09:00:00-05:00' },
    ]);
    // 300 days before the 4th of November, on the other side of a change of clocks.
    const far = await house.get(
      null,
      `/api/practitioners/${id}/availability?date=2030-11-04&sessionType=${group}&explain=true`,
    );
    expect((far.body['timeSlots'] as { because: unknown }[])[0]?.because).toEqual([
      { code: 'beyond_horizon', reason: 'beyond_horizon', opensAt: '2030-01-08T00:00:00-05:00' },
    ]);
    const seen = await house.get('staff', `/api/practitioners/${id}`);
    expect(seen.body).toMatchObject({
      horizonUntil: '2030-06-18',
      sessionTypes: [{ id: talk }, { id: group, noticeMinutes: 2_880, horizonDays: 300 }],
    });
    expect((await house.get(null, `/api/practitioners/${id}`)).text).not.toMatch(/noticeMinutes|horizon/);
  });
});

describe('packing', () => {
  test('orders free times as she prefers them, and changes none', async () => {
    const id = await addPractitioner({ packing: 'adjacent' });
    expect((await book(id, MONDAY, '12:00')).status).toBe(201);
    const preferred = await slots(id, `date=${MONDAY}&order=preferred`);
    expect(preferred.map(({ start }) => start.slice(11, 13))).toEqual(['11', '13', '10', '09', '12']);
    const byTime = await slots(id, `date=${MONDAY}`);
    expect(preferred.toSorted((a, b) => a.start.localeCompare(b.start))).toEqual(byTime);
  });
});

test('limits with faults are refused, each named', async () => {
  const id = await addPractitioner({});
  const limits = (...list: readonly Json[]) =>
    house.ask('staff', 'PATCH', `/api/practitioners/${id}`, { body: { limits: list } });
  const week = { per: 'week', mostSessions: 1 };
  expect(refusal(await limits({ per: 'day' }))).toEqual([400, 'invalid_request', '/limits/0']);
  expect(refusal(await limits(week, week))).toEqual([400, 'invalid_request', '/limits/1']);
  expect(refusal(await limits({ per: 'year', mostSessions: 1 }))).toEqual([400, 'invalid_request', '/limits/0/per']);
  expect(refusal(await limits({ per: 'day', mostSessions: -1 }))).toEqual([
    400,
    'invalid_request',
    '/limits/0/mostSessions',
  ]);
  const set = await limits(week);
  expect(set.body['limits']).toEqual([
    { per: 'week', of: 'practitioner', sessionTypeId: null, mostSessions: 1, mostMinutes: null },
  ]);
});
