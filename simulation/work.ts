// What a world still has to do, and when: asked of its rows, so that no time is passed over in which something would be done.
import { HOLD_GRACE_SECONDS } from '../src/occupancy/occupancy.ts';
import type { Lane } from './lane.ts';

/** Letters of a series that wait for their links are looked at again every 5 s. */
const SOON_SECONDS = 10;

const LEFT = `
  select (select count(*) from fulfilment
           where organisation_id = any($1)
             and (done_revision < wanted_revision or lease_until is not null or look_again_at < $2
                  or (look_again_at is not null and attempts > 0)))::int
         + (select count(*) from offer
             where organisation_id = any($1) and (state = 'open' or letter_due_at is not null))::int as n`;

const DUE = `
  select least(
    (select min(greatest(due_at, lease_until)) from fulfilment
      where done_revision < wanted_revision and organisation_id = any($1)),
    (select min(greatest(look_again_at, lease_until)) from fulfilment
      where done_revision = wanted_revision and organisation_id = any($1)),
    (select min(least(case when state = 'open' then expires_at + interval '${HOLD_GRACE_SECONDS} seconds' end, letter_due_at))
       from offer where organisation_id = any($1) and (state = 'open' or letter_due_at is not null))) as at`;

const BUSY = `
  select (select count(*) from fulfilment where organisation_id = any($1) and lease_until is not null)::int
         + (select count(*) from outside_object where organisation_id = any($1) and settles_at is not null)::int
         + (select count(*) from offer where organisation_id = any($1) and state = 'open' and letter_due_at is not null)::int as n`;

/** How much is owed, in hand, or to be looked at soon; or whenever it may be, where a look did not get done what it was for. */
export async function countLeft(lane: Lane, organisations: readonly number[], now: Temporal.Instant): Promise<number> {
  const soon = now.add({ seconds: SOON_SECONDS }).toString();
  const [left] = await lane.rows<{ n: number }>(LEFT, [organisations, soon]);
  return left?.n ?? 0;
}

/** When the next of it is due; null: nothing is. */
export async function nextDue(lane: Lane, organisations: readonly number[]): Promise<Temporal.Instant | null> {
  const [row] = await lane.rows<{ at: Temporal.Instant | null }>(DUE, [organisations]);
  return row?.at ?? null;
}

/** Nothing is out, nobody waits for what may be, and nothing offered is still to be told: then a clock that jumps misleads no one. */
export async function isQuiet(lane: Lane, organisations: readonly number[]): Promise<boolean> {
  const [busy] = await lane.rows<{ n: number }>(BUSY, [organisations]);
  return busy?.n === 0;
}
