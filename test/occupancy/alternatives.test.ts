// Other times for what lies in time off, where no worker has been by: what ran out is free, and is ended by the act itself.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bookAppointment } from '../../src/appointments/book-appointment.ts';
import { proposeAlternatives } from '../../src/appointments/propose-alternatives.ts';
import type { Actor } from '../../src/identity/actor.ts';
import { noOnce } from '../../src/platform/http/idempotency.ts';
import { changeSessionType } from '../../src/practitioners/change-session-type.ts';
import { setTimeOff } from '../../src/schedules/set-time-off.ts';
import { DAY, MICHAEL, openDesk, type OpenDesk } from './open-desk.ts';

let desk: OpenDesk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

const CALL = { once: noOnce, status: 200, expected: null };
const NEXT = Temporal.PlainDate.from(DAY).add({ days: 1 }).toString();

const request = async (client: string, date: string, time: string): Promise<number> => {
  const email = `${client}@example.com`;
  const { organisationId } = desk;
  const key = `client:${client}`;
  const actor: Actor = { organisationId, role: 'client', subject: client, email, practitionerId: null, key };
  const person = { userId: client, userEmail: email, userName: client };
  const start = { wall: { date, time: `${time}:00` } };
  const wish = { practitionerId: MICHAEL, start, sessionType: 'Initial Consultation', platform: null };
  return (await bookAppointment(desk.tools, actor, { ...person, ...wish }, noOnce)).appointmentId;
};

test('a request whose deadline has passed neither keeps its time from others nor is offered another', async () => {
  const agreed = await desk.book('agreed', '16:00');
  const [type] = await desk.sql<{ id: number }>(`select id from session_type where name = 'Initial Consultation'`);
  const fields = { requiresApproval: true, approvalMinutes: 60 };
  await changeSessionType(desk.tools, desk.actor, { id: type?.id ?? 0, fields, call: CALL });
  const requests = [await request('away', DAY, '12:00'), await request('beside', NEXT, '09:00')];
  const off = { practitionerId: MICHAEL, id: null, asked: { firstDate: DAY, lastDate: DAY }, call: CALL };
  const { row } = await setTimeOff(desk.tools, desk.actor, off);
  desk.clock.advance({ minutes: 61 });
  const asked = { practitionerId: MICHAEL, timeOffId: row.id, most: 1, answerWithinHours: 4 };
  const { offers, without } = await proposeAlternatives(desk.tools, desk.actor, asked, noOnce);
  expect(without).toEqual([]);
  expect(offers.map(({ appointmentId, times }) => [appointmentId, times.map(({ wallStart }) => wallStart)])).toEqual([
    [agreed, [`${NEXT}T09:00`]],
  ]);
  expect(await desk.journalled('appointment.lapsed')).toEqual(requests);
});
