import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rangeText } from '../../src/occupancy/occupancy.ts';
import { DAY, forbiddenBy, MICHAEL, openDesk, SARAH, stretch, type OpenDesk } from './open-desk.ts';

let desk: OpenDesk;
/** Booked 10:00-11:00 and 12:00-13:00 with Michael, and one that was cancelled. */
let ten: number;
let noon: number;
let dead: number;

beforeAll(async () => {
  desk = await openDesk();
  const session = async (client: string, time: string) =>
    (await desk.sessionOf(await desk.book(client, time))) ?? Number.NaN;
  ten = await session('ann', '10:00');
  noon = await session('bob', '12:00');
  const appointment = await desk.book('cem', '14:00');
  dead = (await desk.sessionOf(appointment)) ?? Number.NaN;
  await desk.cancel(appointment);
});
afterAll(() => desk.close());

const range = (from: string, to: string) => rangeText(stretch(from, to));

/** Each as the role that requests use, in a transaction of its own that ends in a commit. */
const FORBIDDEN: readonly (readonly [string, string, () => readonly [string, readonly unknown[]]])[] = [
  [
    'a row over another',
    'occupancy_no_overlap',
    () => [
      'insert into occupancy (organisation_id, resource_id, during, session_id) values (current_organisation(), $1, $2, $3)',
      [MICHAEL, range('10:45', '11:15'), noon],
    ],
  ],
  [
    'a row moved over another',
    'occupancy_no_overlap',
    () => ['update occupancy set during = $2 where session_id = $1', [noon, range('10:30', '11:30')]],
  ],
  [
    'a row stretched into another',
    'occupancy_no_overlap',
    () => ['update occupancy set during = $2 where session_id = $1', [noon, range('10:59', '13:00')]],
  ],
  [
    'a row moved to another’s time by way of another resource',
    'occupancy_no_overlap',
    () => [
      `with there as (insert into occupancy (organisation_id, resource_id, during, session_id)
                      values (current_organisation(), $1, $2, $3) returning 1)
       update occupancy set resource_id = $1 where session_id = $4 and exists (select from there)`,
      [SARAH, range('09:30', '10:30'), noon, ten],
    ],
  ],
  [
    'a row moved to free time, away under its session',
    'session_owns_what_it_claims',
    () => ['update occupancy set during = $2 where session_id = $1', [ten, range('15:00', '16:00')]],
  ],
  [
    'a row shortened under its session',
    'session_owns_what_it_claims',
    () => ['update occupancy set during = $2 where session_id = $1', [ten, range('10:00', '10:30')]],
  ],
  [
    'a row deleted under its session',
    'session_owns_what_it_claims',
    () => ['delete from occupancy where session_id = $1', [ten]],
  ],
  [
    'a live session without a row',
    'live_session_owns_its_time',
    () => ['update session set occupancy_id = null where id = $1', [ten]],
  ],
  [
    'a cancelled session alive again',
    'live_session_owns_its_time',
    () => ['update session set live = true where id = $1', [dead]],
  ],
  [
    'a new live session without a row',
    'live_session_owns_its_time',
    () => [
      `insert into session (organisation_id, practitioner_id, session_type_id, starts_at, ends_at, occupied, zone, wall_start)
       select organisation_id, practitioner_id, session_type_id, starts_at, ends_at, occupied, zone, wall_start
         from session where id = $1`,
      [ten],
    ],
  ],
  [
    'a live session with the row of another time',
    'session_owns_what_it_claims',
    () => [
      'update session set occupancy_id = (select occupancy_id from session where id = $2) where id = $1',
      [ten, noon],
    ],
  ],
  [
    'a live session that claims the very row of another',
    'session_owns_what_it_claims',
    () => [
      `insert into session (organisation_id, practitioner_id, session_type_id, starts_at, ends_at, occupied, zone, wall_start, occupancy_id)
       select organisation_id, practitioner_id, session_type_id, starts_at, ends_at, occupied, zone, wall_start, occupancy_id
         from session where id = $1`,
      [ten],
    ],
  ],
  [
    'a session whose row is another practitioner’s time',
    'session_owns_what_it_claims',
    () => ['update occupancy set resource_id = $2 where session_id = $1', [ten, SARAH]],
  ],
  [
    'a session moved to another practitioner without her time',
    'session_owns_what_it_claims',
    () => ['update session set practitioner_id = $2 where id = $1', [ten, SARAH]],
  ],
  [
    'a row handed to another session under its own',
    'session_owns_what_it_claims',
    () => ['update occupancy set session_id = $2 where session_id = $1', [ten, noon]],
  ],
  [
    'a row handed to a dead session',
    'occupancy_of_a_session',
    () => [
      'insert into occupancy (organisation_id, resource_id, during, session_id) values (current_organisation(), $1, $2, $3)',
      [SARAH, range('16:00', '17:00'), dead],
    ],
  ],
  [
    'a dead session that gave up its claim but not its row',
    'occupancy_of_a_session',
    () => ['update session set live = false, occupancy_id = null where id = $1', [ten]],
  ],
  [
    'a dead session that keeps its claim',
    'dead_session_owns_nothing',
    () => ['update session set live = false where id = $1', [ten]],
  ],
  [
    'a session’s time moved out of what it occupies',
    'session_inside_its_occupancy',
    () => ["update session set starts_at = starts_at - interval '15 minutes' where id = $1", [ten]],
  ],
  [
    'a session and its claim moved, its row left behind',
    'session_owns_what_it_claims',
    () => [
      'update session set starts_at = lower($2::tstzrange), ends_at = upper($2::tstzrange), occupied = $2 where id = $1',
      [ten, range('15:00', '16:00')],
    ],
  ],
  [
    'a row that is a session’s and a hold’s',
    'occupancy_has_one_owner',
    () => ['update occupancy set hold_id = 1, expires_at = now() where session_id = $1', [ten]],
  ],
  [
    'a hold’s row that never expires',
    'occupancy_expires_with_hold',
    () => [
      `with h as (
         insert into hold (organisation_id, practitioner_id, session_type_id, holder, starts_at, ends_at, expires_at, zone, wall_start)
         select organisation_id, practitioner_id, session_type_id, 'x', starts_at, ends_at, now(), zone, wall_start
           from session where id = $1 returning organisation_id, id
       )
       insert into occupancy (organisation_id, resource_id, during, hold_id) select organisation_id, $2, $3, id from h`,
      [ten, SARAH, range('16:00', '17:00')],
    ],
  ],
  [
    'a row of a session that is not there',
    'occupancy_of_a_session',
    () => [
      'insert into occupancy (organisation_id, resource_id, during, session_id) values (current_organisation(), $1, $2, 5)',
      [MICHAEL, range('16:00', '17:00')],
    ],
  ],
  [
    'a row longer than reads look back',
    'occupancy_within_a_day',
    () => [
      'insert into occupancy (organisation_id, resource_id, during, session_id) values (current_organisation(), $1, $2, $3)',
      [SARAH, `[${DAY}T00:00Z,2030-01-16T00:01Z)`, ten],
    ],
  ],
  [
    'a row closed at its end',
    'occupancy_is_half_open',
    () => [
      'insert into occupancy (organisation_id, resource_id, during, session_id) values (current_organisation(), $1, $2, $3)',
      [SARAH, `[${DAY}T00:00Z,${DAY}T01:00Z]`, ten],
    ],
  ],
  [
    'a second seat with the same number',
    'seat_taken_once',
    () => [
      `insert into appointment (organisation_id, session_id, client_id, state)
       select organisation_id, session_id, client_id, state from appointment where session_id = $1`,
      [ten],
    ],
  ],
];

describe('raw SQL, as the role of requests, cannot leave behind', () => {
  test.each(FORBIDDEN)('%s', async (_, constraint, statement) => {
    const before = await desk.taken();
    expect(await forbiddenBy(desk.sql(...statement()))).toBe(constraint);
    expect(await desk.taken()).toEqual(before);
  });
});

test('of raw inserts at the same moment on overlapping times one stays, and no rule but the constraint is asked', async () => {
  const tries = Array.from({ length: 8 }, (_, i) =>
    forbiddenBy(
      desk.sql(
        'insert into occupancy (organisation_id, resource_id, during, session_id) values (current_organisation(), $1, $2, $3)',
        [SARAH, range(`20:${String(i).padStart(2, '0')}`, '21:00'), ten],
      ),
    ),
  );
  const outcomes = await Promise.all(tries);
  expect(outcomes.filter((outcome) => outcome === 'nothing')).toHaveLength(1);
  expect(new Set(outcomes)).toEqual(new Set(['nothing', 'occupancy_no_overlap']));
});
