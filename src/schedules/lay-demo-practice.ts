// Lays the practice that an empty installation is shown with: people with ids below 1000, their hours, two session types.
// Plainly made up, laid once and whole; what has been changed in it since is left alone.
import type { Entry } from '../journal/record.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Tools } from '../practitioners/add-practitioner.ts';
import { placePractitioner } from '../practitioners/add-practitioner.ts';
import { placeSessionType } from '../practitioners/add-session-type.ts';
import { THE_INSTALLATION } from '../practitioners/found-practice.ts';
import type { Policy } from '../practitioners/practitioner.ts';
import { placeWeeklyHours } from './set-weekly-hours.ts';
import { lockPracticeAndFind } from './store.ts';
import { WEEKDAYS, weeklyHoursOf } from './weekly-hours.ts';

type Hours = readonly (readonly [from: string, to: string])[];
type DemoPerson = {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly timeZone: string;
  readonly gridMinutes: number;
  /** How many days from Monday on she works, and when. */
  readonly days: number;
  readonly hours: Hours;
};

const SESSION_TYPES = [
  { name: 'Initial Consultation', durationMinutes: 60 },
  { name: 'Follow-up', durationMinutes: 30 },
] as const;

/** Nothing that would keep a caller from booking a free hour tomorrow, or next year. */
const DEMO_POLICY: Omit<Policy, 'gridMinutes'> = {
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 0,
  noticeMinutes: 60,
  horizonDays: 400,
};

/** One of each kind of clock: half-hour offsets, the half-hour summer time of Lord Howe, the first of the world's mornings. */
const PEOPLE: readonly DemoPerson[] = [
  {
    id: 123,
    name: 'Dr. Sarah Johnson',
    email: 'practitioner@example.com',
    timeZone: 'America/New_York',
    gridMinutes: 60,
    days: 5,
    hours: [
      ['09:00', '12:00'],
      ['13:00', '18:00'],
    ],
  },
  {
    id: 789,
    name: 'Dr. Michael Lee',
    email: 'michael.lee@example.com',
    timeZone: 'Europe/Berlin',
    gridMinutes: 15,
    days: 5,
    hours: [['09:00', '17:00']],
  },
  demo(201, 'Dr. Asha Demo', 'asha.demo@example.com', 'Asia/Kolkata', 30, [['10:00', '18:30']]),
  demo(202, 'Dr. Laura Demo', 'laura.demo@example.com', 'Australia/Lord_Howe', 30, [['08:30', '16:00']]),
  demo(203, 'Dr. Mere Demo', 'mere.demo@example.com', 'Pacific/Auckland', 15, [['07:00', '12:00']]),
  demo(204, 'Dr. Noel Demo', 'noel.demo@example.com', 'Europe/London', 30, [['18:00', '23:00']]),
];

function demo(
  id: number,
  name: string,
  email: string,
  timeZone: string,
  gridMinutes: number,
  hours: Hours,
): DemoPerson {
  return { id, name, email, timeZone, gridMinutes, days: 6, hours };
}

/** True where it was laid just now; false where any of its ids was taken, and then nothing has changed. */
export async function layDemoPractice(tools: Tools, input: { readonly organisationId: number }): Promise<boolean> {
  const by = { at: tools.clock.now(), actor: THE_INSTALLATION };
  return await tools.transactor.inOrganisation(input.organisationId, async (tx) => {
    const ids = PEOPLE.map(({ id }) => id);
    if (await lockPracticeAndFind(tx, ids)) return false;
    const sessionTypes: { readonly id: number }[] = [];
    for (const fields of SESSION_TYPES) sessionTypes.push({ id: await placeSessionType(tx, by, fields) });
    for (const person of PEOPLE) await placePerson(tx, by, person, sessionTypes);
    return true;
  });
}

async function placePerson(
  tx: Transaction,
  by: Pick<Entry, 'at' | 'actor'>,
  person: DemoPerson,
  sessionTypes: readonly { readonly id: number }[],
): Promise<void> {
  const { id, days, hours, ...fields } = person;
  await placePractitioner(tx, by, { ...fields, ...DEMO_POLICY, sessionTypes }, id);
  const weekly = weeklyHoursOf(
    WEEKDAYS.slice(0, days).flatMap((weekday) => hours.map(([from, to]) => ({ weekday, from, to }))),
  );
  await placeWeeklyHours(tx, by, { practitionerId: id, weekly, revision: 2 });
}
