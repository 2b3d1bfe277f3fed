// The practices of a world, founded for its seed: people, hours, and the night on which it all happens, which is often one on
// which clocks change.
import { transactor } from '../src/platform/database/transaction.ts';
import { noOnce } from '../src/platform/http/idempotency.ts';
import { addPractitioner } from '../src/practitioners/add-practitioner.ts';
import { addSessionType } from '../src/practitioners/add-session-type.ts';
import { setWeeklyHours } from '../src/schedules/set-weekly-hours.ts';
import { WEEKDAYS } from '../src/schedules/weekly-hours.ts';
import type { Actor } from '../src/identity/actor.ts';
import type { Chance } from './chance.ts';
import { customsOf, type Customs } from './customs.ts';
import type { Lane } from './lane.ts';
import type { World } from './world.ts';

export type Host = { readonly id: number; readonly name: string; readonly email: string; readonly zone: string };
export type SessionKind = {
  readonly id: number;
  readonly name: string;
  readonly minutes: number;
  /** Seats of one session. */
  readonly capacity: number;
};
export type Practice = {
  readonly organisationId: number;
  readonly hosts: readonly Host[];
  readonly kinds: readonly SessionKind[];
  readonly staff: Actor;
  readonly customs: Customs;
  /** The dates and hours on the wall for which everybody asks. */
  readonly dates: readonly string[];
  readonly times: readonly string[];
};

/** The date whose night has a change of the clocks, or none. */
const NIGHTS = [
  { zone: 'America/New_York', date: '2030-03-10' },
  { zone: 'America/New_York', date: '2030-11-03' },
  { zone: 'Europe/Berlin', date: '2030-03-31' },
  { zone: 'Europe/Berlin', date: '2030-10-27' },
  { zone: 'Australia/Lord_Howe', date: '2030-04-07' },
  { zone: 'Australia/Lord_Howe', date: '2030-10-06' },
] as const;
const ORDINARY = { zone: 'America/New_York', date: '2030-01-16' } as const;

const call = { once: noOnce, status: 201, expected: null };
const GRID_MINUTES = 30;
const LENGTHS = [30, 60] as const;
const GROUP_MINUTES = 60;
/** Everything of the seed's that is the same from its first instant on. Sets the world's clocks. */
export async function foundPractices(world: World, lane: Lane): Promise<readonly [Practice, Practice]> {
  const chance = world.chance.branch('practice');
  const night = chance.happens(0.5) ? chance.pick(NIGHTS) : ORDINARY;
  const date = Temporal.PlainDate.from(night.date);
  // So that somebody asks while it happens, and somebody long before.
  const hoursBefore = chance.pick([2, 30, 60]);
  world.setWall(date.toZonedDateTime(night.zone).toInstant().subtract({ hours: hoursBefore }));
  const customs = customsOf(world.chance);
  return [
    await found(world, lane, chance, { ...night, hosts: 2, customs }),
    await found(world, lane, chance, { ...night, hosts: 1, customs: { ...customs, capacity: 1 } }),
  ];
}

async function found(
  world: World,
  lane: Lane,
  chance: Chance,
  night: {
    readonly zone: string;
    readonly date: string;
    readonly hosts: number;
    readonly customs: Customs;
  },
): Promise<Practice> {
  const [row] = await lane.rows<{ id: number }>(
    `insert into organisation (name) values ('Practice') returning organisation_id as id`,
  );
  const organisationId = row?.id ?? 0;
  const staff: Actor = {
    organisationId,
    role: 'staff',
    subject: 'desk',
    email: null,
    practitionerId: null,
    key: 'staff:desk',
  };
  const tools = {
    transactor: transactor({ pool: lane.pool, log: lane.log }),
    clock: { now: () => world.now() },
  };
  const kinds = await offer(tools, staff, chance, night.customs.capacity);
  const zones = [night.zone, chance.pick([night.zone, 'Europe/Lisbon'])];
  const made: Host[] = [];
  for (const [at, zone] of zones.slice(0, night.hosts).entries()) {
    const [name, email] = [`Host ${at + 1}`, `host-${at + 1}@practice.example`];
    const { id } = await addPractitioner(tools, staff, {
      name,
      email,
      timeZone: zone,
      gridMinutes: GRID_MINUTES,
      bufferBeforeMinutes: 0,
      bufferAfterMinutes: chance.pick([0, 0, 15]),
      noticeMinutes: chance.pick([0, 30]),
      horizonDays: 400,
      calendar: at === 0 ? 'google' : 'microsoft',
      reminders: { leadMinutes: chance.pick([[], [60]]), channels: ['email'], practitioner: false },
      sessionTypes: kinds.map((kind) => ({ id: kind.id })),
      call,
    });
    const hours = WEEKDAYS.map((weekday) => ({ weekday, from: '00:00', to: '04:00' }));
    await setWeeklyHours(tools, staff, { practitionerId: id, hours, call });
    made.push({ id, name, email, zone });
  }
  const dates = [night.date, Temporal.PlainDate.from(night.date).add({ days: 1 }).toString()];
  return {
    organisationId,
    hosts: made,
    kinds,
    staff,
    customs: night.customs,
    dates,
    times: ['00:30', '01:00', '01:30', '02:00', '02:30', '03:00'],
  };
}

/** What can be booked; `capacity` more than 1: a group, too. */
async function offer(
  tools: Parameters<typeof addSessionType>[0],
  staff: Actor,
  chance: Chance,
  capacity: number,
): Promise<SessionKind[]> {
  const kinds: SessionKind[] = [];
  for (const minutes of LENGTHS) {
    const name = `Talk of ${minutes} minutes`;
    // Half of the worlds have something that has to be approved.
    const requiresApproval = minutes === LENGTHS[0] && chance.happens(0.5);
    const kind = { name, durationMinutes: minutes, requiresApproval, approvalMinutes: 30 };
    const { id } = await addSessionType(tools, staff, { ...kind, call });
    kinds.push({ id, name, minutes, capacity: 1 });
  }
  if (capacity > 1) {
    const kind = { name: 'Circle', durationMinutes: GROUP_MINUTES, capacity: capacity };
    const { id } = await addSessionType(tools, staff, { ...kind, call });
    kinds.push({ id, name: kind.name, minutes: GROUP_MINUTES, capacity: capacity });
  }
  return kinds;
}
