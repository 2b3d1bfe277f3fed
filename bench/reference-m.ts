// M: the hand-written minimum of an availability server: Fastify, a pool of eight, one named select, an integer sweep
// with cached offsets. No authentication, no log, no limits, no schedules but Mon-Fri 09-17.
import Fastify from 'fastify';
import pg from 'pg';

const POOL = 8;
const ZONE = 'America/New_York';
const LENGTH = 60;
const GRID = 30;
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: POOL });
const app = Fastify();

type Day = { readonly date: string; readonly weekday: number; readonly start: number; readonly offset: string };
const days = new Map<string, Day>();

/** Epoch minutes of a day's midnight, and its offset. Clocks change on Sundays here, when nobody works. */
function dayOf(date: Temporal.PlainDate): Day {
  const key = date.toString();
  let day = days.get(key);
  if (!day) {
    const midnight = date.toZonedDateTime(ZONE);
    day = { date: key, weekday: date.dayOfWeek, start: midnight.epochMilliseconds / 60_000, offset: midnight.offset };
    days.set(key, day);
  }
  return day;
}

const two = (n: number) => (n < 10 ? `0${n}` : String(n));
const clock = (minute: number) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
const label = (minute: number) =>
  `${clock(((Math.floor(minute / 60) + 11) % 12) * 60 + 60 + (minute % 60))} ${minute < 720 ? 'AM' : 'PM'}`;

/** Rows are by start and the grid goes forward, so each is looked at once. */
function sweep(day: Day, rows: readonly { s: number; e: number }[], from: number): { slots: object[]; next: number } {
  const slots: object[] = [];
  let next = from;
  if (day.weekday > 5) return { slots, next };
  for (let minute = 540; minute + LENGTH <= 1020; minute += GRID) {
    const start = day.start + minute;
    while (next < rows.length && rows[next]!.e <= start) next += 1;
    const available = next >= rows.length || rows[next]!.s >= start + LENGTH;
    slots.push({
      time: label(minute),
      available,
      start: `${day.date}T${clock(minute)}:00${day.offset}`,
      end: `${day.date}T${clock(minute + LENGTH)}:00${day.offset}`,
    });
  }
  return { slots, next };
}

app.get('/ready', () => ({}));
app.get<{ Params: { id: string }; Querystring: { date?: string; from?: string; to?: string } }>(
  '/api/practitioners/:id/availability',
  async (request) => {
    const { date, from, to } = request.query;
    const first = Temporal.PlainDate.from(date ?? from ?? '');
    const last = Temporal.PlainDate.from(date ?? to ?? '');
    const asked: Day[] = [];
    for (let day = first; Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 }))
      asked.push(dayOf(day));
    const { rows } = await pool.query<{ s: number; e: number }>({
      name: 'busy',
      text: `select (extract(epoch from starts_at) / 60)::int as s, (extract(epoch from ends_at) / 60)::int as e
               from reference.occupancy
              where resource_id = $1 and starts_at > to_timestamp($2::float8 - 86400) and starts_at < to_timestamp($3)
                and ends_at > to_timestamp($2) order by starts_at`,
      values: [request.params.id, asked[0]!.start * 60, (asked.at(-1)!.start + 1_440) * 60],
    });
    let next = 0;
    const listed = asked.map((day) => {
      const swept = sweep(day, rows, next);
      ({ next } = swept);
      return { date: day.date, timeSlots: swept.slots };
    });
    const head = { practitionerId: Number(request.params.id), timeZone: ZONE };
    return date === undefined ? { ...head, days: listed } : { ...head, ...listed[0] };
  },
);
/** The next free starts of many: one select for all of them, and a sweep of each until it has as many as are asked for. */
app.get<{ Querystring: { first: string; count: string; from: string; to: string; limit: string } }>(
  '/api/availability',
  async (request) => {
    const [first, count, limit] = [request.query.first, request.query.count, request.query.limit].map(Number);
    const asked: Day[] = [];
    for (
      let day = Temporal.PlainDate.from(request.query.from);
      day.toString() <= request.query.to;
      day = day.add({ days: 1 })
    )
      asked.push(dayOf(day));
    const ids = Array.from({ length: count! }, (_, at) => first! + at);
    const { rows } = await pool.query<{ id: string; s: number; e: number }>({
      name: 'busy-among',
      text: `select resource_id as id, (extract(epoch from starts_at) / 60)::int as s, (extract(epoch from ends_at) / 60)::int as e
               from reference.occupancy
              where resource_id = any($1) and starts_at > to_timestamp($2::float8 - 86400) and starts_at < to_timestamp($3)
                and ends_at > to_timestamp($2) order by resource_id, starts_at`,
      values: [ids, asked[0]!.start * 60, (asked.at(-1)!.start + 1_440) * 60],
    });
    const byId = new Map<number, { s: number; e: number }[]>();
    for (const { id, s, e } of rows) {
      const list = byId.get(Number(id)) ?? [];
      byId.set(Number(id), list);
      list.push({ s, e });
    }
    const found: { id: number; start: string }[] = [];
    for (const id of ids) {
      const free: { id: number; start: string }[] = [];
      let next = 0;
      for (const day of asked) {
        const swept = sweep(day, byId.get(id) ?? [], next);
        ({ next } = swept);
        for (const slot of swept.slots as { available: boolean; start: string; end: string }[])
          if (slot.available) free.push({ id, ...slot });
        if (free.length >= limit!) break;
      }
      found.push(...free.slice(0, limit));
    }
    found.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : a.id - b.id));
    return { timeZone: ZONE, timeSlots: found.slice(0, limit) };
  },
);
await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) });
