// Free times over many practitioners: whatever is asked, the answer is what asking each of them alone would come to.
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { booking, openHouse, refusal, type Answer, type Json, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
let neighbour: string;
let [talk, group, course, massage] = [0, 0, 0, 0];
let [street, beach] = [0, 0];
const ids: number[] = [];

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'];
const ZONES = ['America/New_York', 'Europe/Berlin', 'Asia/Kathmandu', 'UTC', 'Pacific/Auckland'];
const SPOKEN = [['en'], ['de', 'en'], ['pt-BR'], [], ['pt', 'fr-CA']];
const LIMITS = [
  [],
  [{ per: 'day', mostSessions: 2 }],
  [{ per: 'week', mostMinutes: 240 }],
  [],
  [{ per: 'month', mostSessions: 3 }],
];

async function added(path: string, body: Json): Promise<number> {
  const answer = await house.post('staff', path, body);
  expect(answer.status, answer.text).toBe(201);
  return Number(answer.body['id']);
}
async function changed(path: string, body: Json): Promise<void> {
  const answer = await house.ask('staff', 'PATCH', path, { body });
  expect(answer.status, answer.text).toBe(200);
}
async function hours(id: number, list: readonly Json[]): Promise<void> {
  const set = await house.put('staff', `/api/practitioners/${id}/weekly-hours`, { hours: list });
  expect(set.status, set.text).toBe(200);
}
let made = 0;
async function addPractitioner(over: Json = {}, list?: readonly Json[]): Promise<number> {
  made += 1;
  const id = await added('/api/practitioners', {
    name: `Dr. ${made}`,
    email: `dr-${made}@example.com`,
    timeZone: 'UTC',
    gridMinutes: 60,
    horizonDays: 365,
    noticeMinutes: 0,
    sessionTypes: [{ id: talk }, { id: group }],
    ...over,
  });
  await hours(id, list ?? WEEKDAYS.map((weekday) => ({ weekday, from: '09:00', to: '12:00' })));
  return id;
}
const book = (id: number, start: string, sessionType = talk) =>
  house.post('staff', '/api/appointments', {
    ...booking({ practitionerId: id, practitionerName: undefined, videoMeetingConfig: undefined }),
    date: start.slice(0, 10),
    time: `${start.slice(11, 19)}Z`,
    sessionType,
  });

/** A practice in which hardly two are alike, and much is taken. */
beforeAll(async () => {
  house = await openHouse({ worker: false, settings: { DEMO: '0' } });
  neighbour = await house.openNeighbour();
  talk = await added('/api/session-types', { name: 'Talk', durationMinutes: 60 });
  group = await added('/api/session-types', { name: 'Group', durationMinutes: 30 });
  course = await added('/api/session-types', {
    name: 'Course',
    durationMinutes: 60,
    capacity: 2,
    bufferAfterMinutes: 15,
  });
  const room = await added('/api/resources', { kind: 'room', name: 'The only room' });
  massage = await added('/api/session-types', {
    name: 'Massage',
    durationMinutes: 30,
    needs: [{ kind: 'room', anyOf: [room] }],
  });
  street = await added('/api/locations', { name: 'High Street', timeZone: 'Europe/London' });
  beach = await added('/api/locations', { name: 'Beach', timeZone: 'Europe/Lisbon' });
  for (let n = 0; n < 10; n += 1) {
    const at = n % 3 === 0 ? { locationId: n % 2 === 0 ? street : beach } : {};
    const id = await addPractitioner(
      {
        timeZone: ZONES[n % 5],
        gridMinutes: [15, 30, 60][n % 3],
        bufferBeforeMinutes: [0, 10][n % 2],
        bufferAfterMinutes: [0, 0, 20][n % 3],
        noticeMinutes: [0, 1_440, 60][n % 3],
        horizonDays: [40, 365, 30][n % 3],
        languages: SPOKEN[n % 5],
        limits: LIMITS[n % 5],
        sessionTypes:
          n % 4 === 3
            ? [{ id: group, durationMinutes: 45 }]
            : [{ id: talk }, { id: group, noticeMinutes: 600 }, { id: course }, { id: massage }],
      },
      WEEKDAYS.slice(n % 2).map((weekday) => ({
        weekday,
        from: '09:00',
        to: '13:00',
        ...(weekday === 'friday' ? {} : at),
      })),
    );
    ids.push(id);
    if (n % 5 === 1) await house.put('staff', `/api/practitioners/${id}/holidays`, { region: 'DE' });
    if (n % 5 === 2) {
      await house.post('staff', `/api/practitioners/${id}/time-off`, {
        firstDate: '2030-01-15',
        lastDate: '2030-01-16',
      });
    }
  }
  const free = await house.get(null, `/api/availability?timeZone=UTC&from=2030-01-08&to=2030-01-21&limit=1000`);
  const times = (free.body['timeSlots'] as Time[]).filter((_, at) => at % 7 === 3);
  for (const { practitionerId, start } of times) {
    const { sessionType } = personOf(free, practitionerId);
    // Some lie in the way of others.
    await book(practitionerId, Temporal.Instant.from(start).toString(), sessionType.id);
  }
  for (const type of [course, massage]) {
    const offered = await house.get(null, `/api/availability?timeZone=UTC&sessionType=${type}&limit=200`);
    for (const { practitionerId, start } of (offered.body['timeSlots'] as Time[]).filter((_, at) => at % 9 === 4)) {
      await book(practitionerId, Temporal.Instant.from(start).toString(), type);
    }
  }
  // Their grid is another now: the sessions that stand do not lie on it.
  await changed(`/api/session-types/${course}`, { gridMinutes: 40 });
  const [held] = (await search('limit=1')).times;
  const { sessionType } = personOf(await house.get(null, '/api/availability?timeZone=UTC'), held!.practitionerId);
  const hold = { practitionerId: held!.practitionerId, sessionType: sessionType.id, start: held!.start };
  await house.post('ada', '/api/holds', hold);
});
afterAll(() => house.close());

type Time = {
  practitionerId: number;
  date: string;
  time: string;
  start: string;
  end: string;
  seatsLeft?: number;
  free?: number;
};
type Person = { id: number; name: string; languages: string[]; sessionType: { id: number; durationMinutes: number } };
function personOf({ body }: Answer, id: number): Person {
  return (body['practitioners'] as Person[]).find((one) => one.id === id)!;
}
async function search(query: string): Promise<{ times: Time[]; next: string | null; asked: number; answer: Answer }> {
  const answer = await house.get(null, `/api/availability?timeZone=UTC&${query}`);
  expect(answer.status, answer.text).toBe(200);
  const { timeSlots, nextCursor, asked } = answer.body;
  return { times: (timeSlots ?? []) as Time[], next: nextCursor as string | null, asked: asked as number, answer };
}
/** Free times of one practitioner, by the endpoint that is hers alone. */
async function alone(id: number, query: string): Promise<Time[]> {
  const answer = await house.get(null, `/api/practitioners/${id}/availability?${query}`);
  if (answer.status === 422) return [];
  expect(answer.status, answer.text).toBe(200);
  const days = answer.body['days'] as { date: string; timeSlots: (Time & { available: boolean })[] }[];
  return days.flatMap(({ date, timeSlots }) =>
    timeSlots
      .filter(({ available }) => available)
      .map(({ time, start, end, seatsLeft }) => ({
        practitionerId: id,
        date,
        time,
        start,
        end,
        ...(seatsLeft === undefined ? {} : { seatsLeft }),
      })),
  );
}
const epoch = ({ start }: Time) => Temporal.Instant.from(start).epochMilliseconds;
const inOrder = (times: readonly Time[]) =>
  times.toSorted((a, b) => epoch(a) - epoch(b) || a.practitionerId - b.practitionerId);

const questions = fc.record({
  timeZone: fc.constantFrom(...ZONES, 'Pacific/Chatham'),
  firstDay: fc.integer({ min: -2, max: 20 }),
  days: fc.integer({ min: 1, max: 40 }),
  sessionType: fc.constantFrom(undefined, 'talk', ' Group ', 'Course', 'Massage'),
  some: fc.option(fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 5 })),
  limit: fc.constantFrom(7, 40, 1_000),
});

async function speakers(language: string): Promise<number[]> {
  const { answer } = await search(`from=2030-02-04&to=2030-02-06&view=first&limit=1000&language=${language}`);
  return (answer.body['practitioners'] as Person[]).map(({ id }) => id).toSorted((a, b) => a - b);
}
const speaking = (...tags: string[]) => ids.filter((_, n) => SPOKEN[n % 5]!.some((tag) => tags.includes(tag)));
/** On Fridays nobody is at a place. */
const isFriday = ({ date }: Time) => Temporal.PlainDate.from(date).dayOfWeek === 5;

describe('what is found among many', () => {
  test('is what each alone answers: all of it, of each the first, and its number day by day', async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(questions, async ({ timeZone, firstDay, days, sessionType, some, limit }) => {
        const from = Temporal.PlainDate.from('2030-01-07').add({ days: firstDay });
        const to = from.add({ days: days - 1 });
        const type: Record<string, string> = sessionType === undefined ? {} : { sessionType };
        const query = new URLSearchParams({ timeZone, from: from.toString(), to: to.toString(), ...type }).toString();
        const among = (some ?? [...ids.keys()]).map((at) => ids[at]!);
        const expected = inOrder((await Promise.all(among.map((id) => alone(id, query)))).flat());
        const whom = some ? `&practitioner=${among.join()}` : '';
        const ask = (more: string) => house.get(null, `/api/availability?${query}${whom}${more}`);

        const all: Time[] = [];
        for (let cursor: string | null = ''; cursor !== null;) {
          const { body, text }: Answer = await ask(`&limit=${limit}${cursor && `&cursor=${cursor}`}`);
          expect(body['timeSlots'], text).toBeDefined();
          all.push(...(body['timeSlots'] as Time[]));
          cursor = body['nextCursor'] as string | null;
        }
        expect(all).toEqual(expected);

        const firsts = among.flatMap((id) => expected.find((one) => one.practitionerId === id) ?? []);
        expect((await ask('&view=first&limit=1000')).body['timeSlots']).toEqual(inOrder(firsts));

        const dates = Array.from({ length: days }, (_, at) => from.add({ days: at }).toString());
        const counts = dates.map((date) => {
          const onDate = expected.filter((one) => one.date === date);
          const practitioners = new Set(onDate.map(({ practitionerId }) => practitionerId)).size;
          return { date, free: onDate.length, practitioners };
        });
        expect((await ask('&view=counts')).body['days']).toEqual(counts);

        const anybody = (await ask('&any=least-loaded&limit=50')).body['timeSlots'] as Time[];
        const starts = [...new Set(expected.map(epoch))].slice(0, 50);
        expect(anybody.map(epoch)).toEqual(starts);
        for (const { free, practitionerId, start } of anybody) {
          const those = expected.filter((one) => one.start === start).map((one) => one.practitionerId);
          expect(those).toContain(practitionerId);
          expect(free).toBe(those.length);
        }
        found += expected.length;
      }),
      { numRuns: 25 },
    );
    // A practice without a free time would prove nothing.
    expect(found).toBeGreaterThan(500);
  });

  test('can be booked as it was found, all but what is held', async () => {
    const { times } = await search('from=2030-02-01&to=2030-02-20&sessionType=Talk&view=first&limit=3');
    for (const { practitionerId, start } of times) {
      expect((await book(practitionerId, Temporal.Instant.from(start).toString())).status).toBe(201);
    }
    const again = await search('from=2030-02-01&to=2030-02-20&sessionType=Talk&view=next&limit=1000');
    for (const { practitionerId, start } of times) {
      expect(again.times.some((one) => one.practitionerId === practitionerId && one.start === start)).toBe(false);
    }
  });

  test('speaks the language, or a kind of it; and a kind is not found by another', async () => {
    expect(await speakers('de')).toEqual(speaking('de'));
    expect(await speakers('PT')).toEqual(speaking('pt', 'pt-BR'));
    expect(await speakers('pt-br,fr')).toEqual(speaking('pt-BR', 'fr-CA'));
    expect(await speakers('fr-FR')).toEqual([]);
  });

  test('lies within hours at the place, and not in those of the same person elsewhere', async () => {
    const query = 'from=2030-01-21&to=2030-01-27&limit=1000';
    const there = ids.filter((_, n) => n % 6 === 0);
    const elsewhere = await search(`${query}&location=${street}&practitioner=${ids[1]}`);
    expect([elsewhere.times, elsewhere.asked]).toEqual([[], 0]);
    const found = await search(`${query}&location=${street}`);
    expect(found.asked).toBe(there.length);
    const all = await search(`${query}&practitioner=${there.join()}`);
    expect(found.times).toEqual(all.times.filter((one) => !isFriday(one)));
    expect(all.times.some(isFriday)).toBe(true);
    expect(found.times.length).toBeGreaterThan(0);
  });

  test('is what holds now, whoever changed it: another process knows of it at once', async () => {
    const id = await addPractitioner({ languages: ['eo'] });
    const path = '/api/availability?timeZone=UTC&language=eo&limit=1&from=2030-03-04&to=2030-03-08';
    const first = async () => {
      const [here, there] = [await house.get(null, path), (await (await fetch(neighbour + path)).json()) as Json];
      expect(there).toEqual(here.body);
      return (there['timeSlots'] as Time[]).map(({ start }) => start);
    };
    expect(await first()).toEqual(['2030-03-04T09:00:00+00:00']);
    await hours(id, [{ weekday: 'tuesday', from: '15:00', to: '16:00' }]);
    expect(await first()).toEqual(['2030-03-05T15:00:00+00:00']);
    await house.ask('staff', 'PATCH', `/api/practitioners/${id}`, { body: { active: false } });
    expect(await first()).toEqual([]);
    await house.ask('staff', 'PATCH', `/api/practitioners/${id}`, { body: { active: true, languages: ['eo-XX'] } });
    expect(await first()).toEqual(['2030-03-05T15:00:00+00:00']);
  });
});

describe('anybody', () => {
  const WEEK = 'from=2030-03-11&to=2030-03-15&limit=50';
  const choice = async (by: string, among: readonly number[]) =>
    (await search(`${WEEK}&practitioner=${among.join()}&any=${by}`)).times.map(({ practitionerId }) => practitionerId);

  test('is who was booked longest ago, and then the next', async () => {
    const team = [await addPractitioner(), await addPractitioner(), await addPractitioner()];
    const order: number[] = [];
    for (let n = 0; n < 6; n += 1) {
      const { times } = await search(`${WEEK}&practitioner=${team.join()}&any=least-recently-booked`);
      const { practitionerId, start } = times[0]!;
      order.push(practitionerId);
      expect((await book(practitionerId, Temporal.Instant.from(start).toString())).status).toBe(201);
    }
    expect(order).toEqual([...team, ...team]);
  });

  test('is who has least to do, however lately she was given it', async () => {
    const [busy, idle, away] = [await addPractitioner(), await addPractitioner(), await addPractitioner()];
    await hours(away, []);
    for (const time of ['09:00:00', '10:00:00']) expect((await book(busy, `2030-03-04T${time}`)).status).toBe(201);
    expect((await book(idle, '2030-03-04T09:00:00')).status).toBe(201);
    expect(new Set(await choice('least-loaded', [busy, idle, away]))).toEqual(new Set([idle]));
    expect(new Set(await choice('least-recently-booked', [busy, idle, away]))).toEqual(new Set([busy]));
    expect((await book(idle, '2030-03-04T10:00:00')).status).toBe(201);
    expect((await book(idle, '2030-03-04T11:00:00')).status).toBe(201);
    expect(new Set(await choice('least-loaded', [busy, idle, away]))).toEqual(new Set([busy]));
  });
});

const freeIn = ({ body }: Answer) => (body['days'] as { free: number }[]).reduce((sum, day) => sum + day.free, 0);

describe('the answer', () => {
  test('has a validator that holds while nothing changes, and no longer', async () => {
    const path = '/api/availability?timeZone=UTC&from=2030-04-01&to=2030-04-02&view=counts';
    const first = await house.get(null, path);
    const etag = first.headers.get('etag')!;
    expect(first.headers.get('cache-control')).toMatch(/^public, max-age=\d$/);
    expect((await house.get('john', path, { 'if-none-match': etag })).status).toBe(304);
    const [time] = (await search('from=2030-04-01&to=2030-04-02&sessionType=Talk')).times;
    expect((await book(time!.practitionerId, Temporal.Instant.from(time!.start).toString())).status).toBe(201);
    const later = await house.get(null, path, { 'if-none-match': etag });
    expect([later.status, later.headers.get('etag') === etag]).toEqual([200, false]);
  });

  test('is for a client alone where somebody limits clients', async () => {
    const id = await addPractitioner({ limits: [{ per: 'week', of: 'client', mostSessions: 1 }] });
    const path = `/api/availability?timeZone=UTC&practitioner=${id}&from=2030-05-06&to=2030-05-10&view=counts`;
    expect(freeIn(await house.get('john', path))).toBe(15);
    expect((await book(id, '2030-05-06T09:00:00')).status).toBe(201);
    const [john, ada, nobody] = [
      await house.get('john', path),
      await house.get('ada', path),
      await house.get(null, path),
    ];
    expect([john, ada, nobody].map(freeIn)).toEqual([0, 14, 14]);
    const whose = [john, ada, nobody].map(({ headers }) => headers.get('cache-control')?.split(',')[0]);
    expect(whose).toEqual(['private', 'private', 'public']);
  });

  test('is of the practice of who asks, or of those who are named', async () => {
    const path = '/api/availability?timeZone=UTC&limit=1';
    const foreign = await house.get('foreignStaff', path);
    expect(foreign.body['asked']).toBe(0);
    // Kept by a cache, it would be handed to the clients of this practice.
    expect(foreign.headers.get('cache-control')).toMatch(/^private/);
    const anybody = (await house.get(null, path)).headers;
    expect(anybody.get('cache-control')).toMatch(/^public/);
    // Nor the other way round.
    for (const headers of [anybody, foreign.headers]) expect(headers.get('vary')).toMatch(/\bauthorization\b/i);
    expect((await house.get(null, `${path}&practitioner=123`)).headers.get('vary')).toBeNull();
    expect((await house.get('foreignStaff', `${path}&practitioner=${ids[0]}`)).body['asked']).toBe(1);
    for (const who of [null, 'john', 'sarah', 'staff', 'service'] as const) {
      expect((await house.get(who, path)).body['asked']).toBeGreaterThan(ids.length);
    }
  });

  test('begins today and ends in two weeks where nothing else is asked', async () => {
    const { body } = await house.get(null, '/api/availability?timeZone=Pacific/Auckland&view=counts');
    expect([body['from'], body['to'], (body['days'] as Json[]).length]).toEqual(['2030-01-08', '2030-01-21', 14]);
  });
});

test('a practice of 1,200 is found a thousand at most at once, and none is read by itself', async () => {
  await house.rows(
    `with r as (insert into resource (organisation_id, id, kind)
                select $1, n, 'practitioner' from generate_series(700001, 701200) as n returning id),
          d as (insert into directory (public_id, organisation_id, kind) select id, $1, 'practitioner' from r),
          p as (insert into practitioner (organisation_id, id, name, email, zone, grid_minutes, languages)
                select $1, id, 'Dr. ' || id, id || '@example.com', 'UTC', 30, '{la}' from r),
          h as (insert into weekly_hours (organisation_id, practitioner_id, weekday, from_minute, to_minute)
                select $1, id, d, 540, 720 from r, generate_series(1, 5) as d)
     insert into offering (organisation_id, practitioner_id, session_type_id) select $1, id, $2 from r`,
    [house.organisations.own, talk],
  );
  const path = '/api/availability?timeZone=UTC&language=la&sessionType=Talk&from=2030-06-03&to=2030-06-16';
  expect(refusal(await house.get(null, path))).toEqual([400, 'invalid_request', 'query/practitioner']);
  const thousand = Array.from({ length: 1_000 }, (_, n) => 700_001 + n);
  const ofThem = `${path}&practitioner=${thousand.join()}`;
  await house.get(null, ofThem);
  // Counts what is sent, and lets it pass.
  const sent = vi.spyOn(pg.Client.prototype, 'query');
  const { body } = await house.get(null, `${ofThem}&limit=3`);
  expect(body['asked']).toBe(1_000);
  // What there is to choose from, who matches, what is taken of those in front; and what the house asks by itself meanwhile.
  expect(sent.mock.calls.length).toBeLessThan(10);
  sent.mockClear();
  expect((body['timeSlots'] as Time[]).map(({ practitionerId }) => practitionerId)).toEqual([
    700_001, 700_002, 700_003,
  ]);
  const firsts = (await house.get(null, `${ofThem}&view=first&limit=1000`)).body['timeSlots'] as Time[];
  expect(firsts.map(({ practitionerId }) => practitionerId)).toEqual(thousand);
  expect(sent.mock.calls.length).toBeLessThan(10);
  sent.mockRestore();
  const counts = (await house.get(null, `${ofThem}&view=counts`)).body['days'] as { free: number }[];
  expect(counts.slice(0, 6).map(({ free }) => free)).toEqual([5_000, 5_000, 5_000, 5_000, 5_000, 0]);
});

describe('refusals', () => {
  const cases: readonly (readonly [query: string, status: number, code: string, pointer: string])[] = [
    ['', 400, 'invalid_request', 'query/timeZone'],
    ['timeZone=Mars', 400, 'invalid_request', 'query/timeZone'],
    ['timeZone=UTC&practitioner=a', 400, 'invalid_request', 'query/practitioner'],
    ['timeZone=UTC&practitioner=9999999999999999', 400, 'invalid_request', 'query/practitioner'],
    ['timeZone=UTC&practitioner=999999', 404, 'not_found', 'query/practitioner'],
    ['timeZone=UTC&sessionType=Nothing', 422, 'unknown_session_type', 'query/sessionType'],
    ['timeZone=UTC&location=999999', 422, 'unknown_location', 'query/location'],
    ['timeZone=UTC&language=*', 400, 'invalid_request', 'query/language'],
    ['timeZone=UTC&language=de,,en', 400, 'invalid_request', 'query/language'],
    ['timeZone=UTC&from=2030-06-30&to=2030-06-01', 400, 'invalid_request', 'query/to'],
    ['timeZone=UTC&from=2030-06-01&to=2030-09-01', 400, 'invalid_request', 'query/to'],
    ['timeZone=UTC&from=2030-06-01&to=2030-07-13&view=counts', 400, 'invalid_request', 'query/to'],
    ['timeZone=UTC&from=2030-02-30', 400, 'invalid_request', 'query/from'],
    ['timeZone=UTC&view=all', 400, 'invalid_request', 'query/view'],
    ['timeZone=UTC&any=chance', 400, 'invalid_request', 'query/any'],
    ['timeZone=UTC&any=least-loaded&view=first', 400, 'invalid_request', 'query/any'],
    ['timeZone=UTC&any=least-loaded&limit=51', 400, 'invalid_request', 'query/limit'],
    ['timeZone=UTC&limit=0', 400, 'invalid_request', 'query/limit'],
    ['timeZone=UTC&limit=1001', 400, 'invalid_request', 'query/limit'],
    ['timeZone=UTC&cursor=abc', 400, 'invalid_request', 'query/cursor'],
    ['timeZone=UTC&colour=red', 400, 'invalid_request', 'query/colour'],
  ];
  test.each(cases)('%s', async (query: string, ...expected) => {
    expect(refusal(await house.get(null, `/api/availability?${query}`))).toEqual(expected);
  });

  test('a session type there is not: those on offer are listed', async () => {
    const { sessionTypes } = (await house.get(null, '/api/session-types?limit=100')).body as { sessionTypes: Json[] };
    const { body } = await house.get(null, '/api/availability?timeZone=UTC&sessionType=Nothing');
    expect(body['sessionTypes']).toEqual(sessionTypes.map(({ id, name }) => ({ id, name })));
    expect(body['message']).toContain(`"${String(sessionTypes[0]?.['name'])}"`);
  });

  test('one of another practice among them, or a place in another list', async () => {
    const path = `/api/availability?timeZone=UTC&practitioner=${ids[0]},999999`;
    expect(refusal(await house.get('staff', path))).toEqual([404, 'not_found', 'query/practitioner']);
    const { next } = await search(`limit=1&practitioner=${ids.join()}`);
    const first = await house.get(null, `/api/availability?timeZone=UTC&view=first&cursor=${next}`);
    expect(refusal(first)).toEqual([400, 'invalid_request', 'query/cursor']);
  });

  test.each(['from=2200-12-31', 'from=1970-01-01', 'from=2200-12-31&view=counts', 'from=1970-01-01&view=first'])(
    'no time is found at the ends of what can be asked: %s',
    async (query) => {
      for (const zone of ['Pacific/Kiritimati', 'Pacific/Niue']) {
        const path = `/api/availability?timeZone=${zone}&practitioner=${ids.join()}&${query}`;
        const { status, body, text } = await house.get(null, path);
        expect(status, text).toBe(200);
        const { days = [], timeSlots = [] } = body as { days?: { free: number }[]; timeSlots?: Time[] };
        expect([days.filter(({ free }) => free > 0), timeSlots]).toEqual([[], []]);
      }
    },
  );

  test('nothing that is sent makes a fault of ours', async () => {
    const names = [
      'timeZone',
      'sessionType',
      'practitioner',
      'language',
      'location',
      'from',
      'to',
      'view',
      'any',
      'limit',
    ];
    const odd = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom(
        '0',
        '-1',
        '1e9',
        'null',
        '\u0000',
        '2030-06-01',
        `${ids[0]}`,
        'de',
        'UTC',
        'counts',
        '1,1',
        'x-1',
      ),
    );
    const asked = fc.uniqueArray(fc.tuple(fc.constantFrom(...names, 'cursor'), odd), { selector: ([name]) => name });
    await fc.assert(
      fc.asyncProperty(asked, async (pairs) => {
        const query = new URLSearchParams([
          ...pairs,
          ...(pairs.some(([name]) => name === 'timeZone') ? [] : [['timeZone', 'UTC']]),
        ]);
        const { status, text } = await house.get(null, `/api/availability?${query.toString()}`);
        expect(status, text).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
  });
});
