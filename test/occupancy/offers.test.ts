// Whom a free time is offered to, where many wait, many are waited for, and rules count for one client alone: nobody is forgotten.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addWaitlistEntry, type WaitlistTools } from '../../src/appointments/add-waitlist-entry.ts';
import { placeOffers } from '../../src/appointments/place-offers.ts';
import { noOnce } from '../../src/platform/http/idempotency.ts';
import { changePractitioner } from '../../src/practitioners/change-practitioner.ts';
import { addResource } from '../../src/practitioners/change-resource.ts';
import { changeSessionType } from '../../src/practitioners/change-session-type.ts';
import type { Need } from '../../src/practitioners/resource.ts';
import { DAY, MICHAEL, openDesk, SARAH, type OpenDesk } from './open-desk.ts';

let desk: OpenDesk;
let tools: WaitlistTools;
beforeAll(async () => {
  desk = await openDesk();
  tools = { ...desk.tools, waitlistRules: { holdMinutes: 60, perClient: 50 } };
});
afterAll(() => desk.close());

const join = async (client: string, over: Partial<Parameters<typeof addWaitlistEntry>[2]> = {}) => {
  const person = { userId: client, userEmail: `${client}@example.com`, userName: client };
  const days = { firstDate: DAY, lastDate: DAY, timeZone: undefined, windows: [] };
  const wish = { practitionerIds: [MICHAEL], sessionType: 'Initial Consultation', platform: null };
  return (await addWaitlistEntry(tools, desk.actor, { ...person, ...wish, ...days, ...over }, noOnce)).entry.id;
};
const offered = async (entryId: number) =>
  (
    await desk.sql<{ start: string }>(
      `select to_char(h.starts_at at time zone 'Europe/Berlin', 'YYYY-MM-DD HH24:MI') as start
         from offer o join offer_time t on t.offer_id = o.id join hold h on h.id = t.hold_id where o.entry_id = $1`,
      [entryId],
    )
  ).map(({ start }) => start);

test('who came after six hundred whom nothing suits, for somebody behind six hundred others, is offered what is free', async () => {
  const first = await join('early', { windows: [{ from: '03:00', to: '04:00' }] });
  await desk.sql(
    `insert into waitlist_entry (organisation_id, client_id, session_type_id, practitioner_ids, first_date, last_date, windows, created_at)
     select organisation_id, client_id, session_type_id, practitioner_ids, first_date, last_date, windows, created_at
       from waitlist_entry, generate_series(1, 600) where id = $1`,
    [first],
  );
  await desk.sql(
    `with r as (insert into resource (organisation_id, id, kind)
                select current_organisation(), n, 'practitioner' from generate_series(151, 788) as n
                 where not exists (select from resource where id = n) returning id)
     insert into practitioner (organisation_id, id, name, email, zone)
     select current_organisation(), id, 'Dr. ' || id, id || '@example.com', 'UTC' from r`,
  );
  const late = await join('late');
  expect(await placeOffers(tools, desk.organisationId)).toBe(1);
  expect(await offered(late)).toEqual([`${DAY} 09:00`]);
});

test('who may have one a day, and has it, is offered another day', async () => {
  const limits = [{ per: 'day', of: 'client', sessionTypeId: null, mostSessions: 1, mostMinutes: null }] as const;
  const call = { once: noOnce, status: 200, expected: null };
  await changePractitioner(tools, desk.actor, { id: MICHAEL, fields: { limits }, call });
  await desk.book('ann', '16:00');
  const next = Temporal.PlainDate.from(DAY).add({ days: 1 }).toString();
  const entry = await join('ann', { lastDate: next });
  expect(await placeOffers(tools, desk.organisationId)).toBe(1);
  expect(await offered(entry)).toEqual([`${next} 09:00`]);
});

test('today is hers where it is another day by now elsewhere', async () => {
  desk.clock.set('2030-01-16T19:00:00Z');
  const call = { once: noOnce, status: 200, expected: null };
  const fields = { timeZone: 'Pacific/Honolulu', noticeMinutes: 0 };
  await changePractitioner(tools, desk.actor, { id: SARAH, fields, call });
  desk.clock.set('2030-01-17T01:00:00Z');
  const today = await join('far-west', { practitionerIds: [SARAH], firstDate: undefined, lastDate: '2030-01-16' });
  expect(await placeOffers(tools, desk.organisationId)).toBe(1);
  // Four in the afternoon there.
  expect(await offered(today)).toEqual(['2030-01-17 03:00']);
});

test('who asks for a platform is refused it where nobody waited for can have it, and offered times of those alone who can', async () => {
  const later = Temporal.PlainDate.from(DAY).add({ days: 9 }).toString();
  const wish = { practitionerIds: [], firstDate: later, lastDate: later, platform: 'zoom' } as const;
  await expect(join('zoomer', wish)).rejects.toMatchObject({ code: 'platform_not_configured' });
  await desk.sql(
    `insert into connection (organisation_id, practitioner_id, provider, account_id, account_address, scopes, state, connected_at, checked_at)
     values (current_organisation(), $1, 'zoom', 'hers', 'hers@example.com', '{}', 'needs_reconnect', now(), now())`,
    [SARAH],
  );
  await expect(join('zoomer', { ...wish, practitionerIds: [MICHAEL] })).rejects.toMatchObject({
    code: 'platform_not_configured',
  });
  const entry = await join('zoomer', wish);
  expect(await placeOffers(tools, desk.organisationId)).toBe(1);
  const [hold] = await desk.sql(
    `select h.practitioner_id from offer o join offer_time t on t.offer_id = o.id join hold h on h.id = t.hold_id where o.entry_id = $1`,
    [entry],
  );
  expect(hold).toEqual({ practitioner_id: SARAH });
});

test('who waits for what comes to need a room is offered it with one, by a process that knew it without, and only where there is one', async () => {
  const later = Temporal.PlainDate.from(DAY).add({ days: 13 }).toString();
  const days = { firstDate: later, lastDate: later, windows: [{ to: '10:00' }] };
  const [first, second] = [await join('before-the-room', days), await join('after-them', days)];
  const [type] = await desk.sql<{ id: number }>(`select id from session_type where name = 'Initial Consultation'`);
  const fields = { kind: 'room', name: 'One', units: 1, locationId: null, address: null, active: true } as const;
  const room = await addResource(tools, desk.actor, { fields, call: { once: noOnce, status: 201 } });
  const call = { once: noOnce, status: 200, expected: null };
  const change = (needs: readonly Need[]) =>
    changeSessionType(tools, desk.actor, { id: type?.id ?? 0, fields: { needs }, call });
  await change([{ kind: 'room', anyOf: [room.id] }]);
  expect(await placeOffers(tools, desk.organisationId)).toBe(1);
  expect([await offered(first), await offered(second)]).toEqual([[`${later} 09:00`], []]);
  const units = `select o.resource_id from offer f join offer_time t on t.offer_id = f.id join occupancy o on o.hold_id = t.hold_id
                  where f.entry_id = $1 order by 1`;
  expect(await desk.sql(units, [first])).toEqual(
    [MICHAEL, room.id].toSorted((a, b) => a - b).map((id) => ({ resource_id: id })),
  );
  await change([]);
});

test.each([
  ['hers', 14, [MICHAEL]],
  ['the only room of both', 15, [MICHAEL, SARAH]],
])('nobody overtakes who waits longer, whose times are taken by offers of the same look: %s', async (_, days, who) => {
  const call = { once: noOnce, status: 200, expected: null };
  const change = (id: number, fields: object) => changePractitioner(tools, desk.actor, { id, fields, call });
  await change(MICHAEL, { limits: [] });
  await change(SARAH, { timeZone: 'Europe/Berlin', gridMinutes: 15 });
  const [type] = await desk.sql<{ id: number }>(`select id from session_type where name = 'Initial Consultation'`);
  const fields = { kind: 'room', name: `Of ${days}`, units: 1, locationId: null, address: null, active: true } as const;
  const room = await addResource(tools, desk.actor, { fields, call: { once: noOnce, status: 201 } });
  const needs = [{ kind: 'room', anyOf: [room.id] }] as const;
  await changeSessionType(tools, desk.actor, { id: type?.id ?? 0, fields: { needs }, call });
  const later = Temporal.PlainDate.from(DAY).add({ days }).toString();
  const wish = { firstDate: later, lastDate: later, practitionerIds: who };
  const entries = [await join('one', wish), await join('two', wish)];
  entries.push(await join('three', { ...wish, windows: [{ from: '10:00' }] }));
  while ((await placeOffers(tools, desk.organisationId)) > 0);
  expect(await Promise.all(entries.map((entry) => offered(entry)))).toEqual(
    ['09:00', '10:00', '11:00'].map((time) => [`${later} ${time}`]),
  );
  await changeSessionType(tools, desk.actor, { id: type?.id ?? 0, fields: { needs: [] }, call });
});
