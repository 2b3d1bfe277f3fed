// Reminders as the runner sends them: at their instants, once each, through clock changes, moves, cancellations and the death
// of a worker. The rows, the pass and the runner are real; time is set, and mail goes into a list.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rescheduleAppointment } from '../../src/appointments/reschedule-appointment.ts';
import { cancelAppointment } from '../../src/appointments/cancel-appointment.ts';
import { LEASE_MS } from '../../src/fulfilment/lease.ts';
import { bookAppointment } from '../../src/appointments/book-appointment.ts';
import { startRunner, type RunnerTools } from '../../src/fulfilment/jobs.ts';
import { countOverdue } from '../../src/fulfilment/store-backlog.ts';
import type { Mail, Mailer } from '../../src/notifications/mailer.ts';
import { noOnce } from '../../src/platform/http/idempotency.ts';
import { OutsideError } from '../../src/platform/outside-error.ts';
import { changeSessionType } from '../../src/practitioners/change-session-type.ts';
import { setDefaultReminders } from '../../src/practitioners/set-reminders.ts';
import { JOHN, SARAH } from '../cast.ts';
import { openWorkshop, type Workshop } from './open-workshop.ts';

let shop: Workshop;
let tools: RunnerTools;
let sent: { readonly at: string; readonly mail: Mail }[];
/** What becomes of the next mails; by itself each is taken. */
let fates: (() => Promise<void>)[];
beforeAll(async () => {
  shop = await openWorkshop();
  const mailer: Mailer = {
    from: { name: 'Practice', address: 'bookings@example.org' },
    repeatsSafely: false,
    service: null,
    send: async (mail) => {
      sent.push({ at: shop.clock.now().toString(), mail });
      await fates.shift()?.();
      return null;
    },
    check: async () => undefined,
    close: async () => undefined,
  };
  // No provider: what is left of a pass is its letters.
  const places = {
    ...shop.tools.places,
    standAlone: new Set<never>(),
    carriers: new Map(),
    calendars: new Set<never>(),
  };
  tools = { ...shop.tools, mailer, places, meetings: new Map(), calendars: new Map() };
});
afterAll(() => shop.close());
beforeEach(() => {
  sent = [];
  fates = [];
});

const run = () => startRunner(tools, { idle: true }).runUntilIdle();
const reminders = () => sent.filter(({ mail }) => mail.subject.startsWith('Reminder'));

/** When something is due next, whatever for. */
async function next(): Promise<Temporal.Instant | null> {
  const rows = await tools.transactor.scan('fulfilment', (tx) =>
    tx.query<{ at: Temporal.Instant | null }>({
      name: 'test_next',
      text: `select min(greatest(case when done_revision < wanted_revision then due_at else look_again_at end,
                                 lease_until)) as at from fulfilment`,
    }),
  );
  return rows[0]?.at ?? null;
}

/** Lets time pass, from one thing that is due to the next, up to an instant. */
async function live(until: Temporal.Instant): Promise<void> {
  for (;;) {
    await run();
    const at = await next();
    if (at === null || Temporal.Instant.compare(at, until) > 0) break;
    if (Temporal.Instant.compare(at, shop.clock.now()) > 0) shop.clock.set(at);
  }
  shop.clock.set(until);
  await run();
}

type Made = { readonly id: number; readonly sessionId: number; readonly start: string; readonly zone: string };

/** Sessions as they stand once they were booked and confirmed, each with the client's mail behind it. */
async function agreed(zone: string, starts: readonly Temporal.Instant[]): Promise<Made[]> {
  return await tools.transactor.inOrganisation(shop.organisationId, (tx) =>
    tx.query<Made>({
      name: 'test_agreed',
      text: `with c as (
               insert into client (organisation_id, subject, name, email) values ($1, $2, $3, $4)
               on conflict on constraint client_subject_once do update set name = excluded.name returning id
             ), ids as materialized (
               select at::timestamptz as at, nextval('public_id') as session, nextval('public_id') as appointment
                 from unnest($5::text[]) as at
             ), s as (
               insert into session (organisation_id, id, practitioner_id, session_type_id, starts_at, ends_at, occupied, zone,
                                    wall_start, overriding)
               select $1, session, $6, (select min(id) from session_type), at, at + interval '50 minutes',
                      tstzrange(at, at + interval '50 minutes'), $7, '2030-01-01T00:00', true from ids
             ), a as (
               insert into appointment (organisation_id, id, session_id, client_id, state)
               select $1, appointment, session, c.id, 'confirmed' from ids, c
             ), f as (
               insert into fulfilment (organisation_id, session_id, wanted_revision, done_revision, wanted_at, due_at)
               select $1, session, 1, 1, $8::timestamptz, $8::timestamptz from ids
             ), l as (
               insert into letter (organisation_id, session_id, appointment_id, recipient, kind, revision, state, starts_at,
                                   attempts, sent_at)
               select $1, session, appointment, who, 'confirmation', 1, 'sent', at, 1, $8::timestamptz
                 from ids, unnest(array['client', 'practitioner']) as who
             )
             select appointment as id, session as "sessionId", to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
                    as start, $7 as zone from ids order by at, appointment`,
      values: [
        shop.organisationId,
        JOHN.userId,
        JOHN.userName,
        JOHN.userEmail,
        starts.map(String),
        SARAH.practitionerId,
        zone,
        shop.clock.now().toString(),
      ],
    }),
  );
}

type Sarah = Parameters<typeof shop.changeSarah>[0];
const NEW_YORK = 'America/New_York';
const wall = (text: string) => Temporal.PlainDateTime.from(text).toZonedDateTime(NEW_YORK).toInstant();
const PLAN = { leadMinutes: [1_440, 60], channels: ['email'], practitioner: false } as const;

/** Booked by the act, with everything that hangs on it. */
async function book(
  date: string,
  over: { readonly platform?: 'zoom'; readonly sessionType?: string; readonly userPhone?: string } = {},
) {
  const { appointmentId } = await bookAppointment(
    shop.tools,
    shop.desk,
    {
      ...JOHN,
      practitionerId: SARAH.practitionerId,
      start: { wall: { date, time: '10:00' } },
      sessionType: over.sessionType ?? 'Initial Consultation',
      platform: over.platform ?? null,
      userPhone: over.userPhone,
    },
    noOnce,
  );
  return { id: appointmentId, start: wall(`${date}T10:00`) };
}

const move = (id: number, date: string, time: string) =>
  rescheduleAppointment(shop.tools, shop.desk, { appointmentId: id, start: { wall: { date, time } } }, noOnce);
const cancel = (id: number) => cancelAppointment(shop.tools, shop.desk, { appointmentId: id, reason: null }, noOnce);

/** When each reminder left, as elapsed minutes before a start. */
const leads = (start: Temporal.Instant) => reminders().map(({ at }) => start.since(at).total('minutes'));
const ids = () => new Set(reminders().map(({ mail }) => mail.messageId)).size;
const lost = () => Promise.reject(new OutsideError({ outcome: 'unknown', provider: 'mail', operation: 'send' }));
const away = () => Promise.reject(new OutsideError({ outcome: 'retryable', provider: 'mail', operation: 'send' }));

describe('a reminder', () => {
  it('leaves a day and an hour before, and says when', async () => {
    const { start } = await book('2030-01-17');
    await live(start.add({ hours: 1 }));
    expect(leads(start)).toEqual([1_440, 60]);
    const [{ mail } = { mail: undefined }] = reminders();
    expect(mail?.to.address).toBe(JOHN.userEmail);
    expect(mail?.subject).toBe('Reminder: Thu 17 Jan 2030, 10:00 with Dr. Sarah Johnson');
    expect(mail?.text).toContain('Thursday 17 January 2030, 10:00 to 11:00');
    expect(mail?.calendar).toBeNull();
    expect(ids()).toBe(2);
  });

  it('is not sent for an instant that had passed when it was booked', async () => {
    shop.clock.set(wall('2030-01-24T08:00'));
    const { start } = await book('2030-01-24');
    await live(start);
    expect(leads(start)).toEqual([60]);
  });

  it('follows a move, and is not sent for the time that was', async () => {
    const { id, start } = await book('2030-01-31');
    await live(start.subtract({ hours: 23 }));
    expect(leads(start)).toEqual([1_440]);
    await move(id, '2030-01-31', '15:00');
    const moved = start.add({ hours: 5 });
    await live(moved);
    expect(leads(moved)).toEqual([1_740, 1_440, 60]);
  });

  it('is not sent after a cancellation, though it was due at that instant', async () => {
    const { id, start } = await book('2030-02-07');
    await live(start.subtract({ minutes: 61 }));
    shop.clock.set(start.subtract({ minutes: 60 }));
    await cancel(id);
    await live(start);
    expect(leads(start)).toEqual([1_440]);
    expect(sent.at(-1)?.mail.subject).toContain('ancelled');
  });

  it('is not kept waiting by a meeting that cannot be made', async () => {
    shop.clock.set(wall('2030-02-14T08:00'));
    const { id, start } = await book('2030-02-14', { platform: 'zoom' });
    await live(start);
    expect(leads(start)).toEqual([60]);
    await cancel(id);
    await run();
  });
});

describe('where something fails', () => {
  it('a worker that dies while it sends: repeated once, under the same Message-ID', async () => {
    const { start } = await book('2030-02-21');
    await live(start.subtract({ minutes: 61 }));
    sent = [];
    const dead = Promise.withResolvers<void>();
    fates.push(() => dead.promise);
    shop.clock.set(start.subtract({ minutes: 60 }));
    const dying = run();
    await expect.poll(() => sent.length).toBe(1);
    shop.clock.advance({ milliseconds: LEASE_MS });
    await live(start);
    dead.resolve();
    await dying;
    await run();
    expect(reminders()).toHaveLength(2);
    expect(ids()).toBe(1);
  });

  it('a mail whose fate nobody knows, twice: not a third time', async () => {
    const { start } = await book('2030-02-28');
    await live(start.subtract({ minutes: 61 }));
    sent = [];
    fates.push(lost, lost);
    await live(start);
    expect(reminders()).toHaveLength(2);
    expect(ids()).toBe(1);
  });

  it('a mail server that is away: later, once', async () => {
    const { start } = await book('2030-03-07');
    await live(start.subtract({ minutes: 61 }));
    sent = [];
    fates.push(away, away, away);
    await live(start);
    expect(reminders()).toHaveLength(4);
    expect(ids()).toBe(1);
    expect(leads(start).at(-1)).toBeGreaterThan(59);
  });

  it('nobody working for a day: told by the overdue sessions, and made up for by the one that counts', async () => {
    const { start } = await book('2030-03-14');
    await run();
    sent = [];
    shop.clock.set(start.subtract({ minutes: 30 }));
    const overdue = await tools.transactor.scan('fulfilment', (tx) => countOverdue(tx, shop.clock.now()));
    expect(overdue).toEqual({ sessions: 1, oldest: start.subtract({ minutes: 1_440 }) });
    await live(start);
    expect(leads(start)).toEqual([30]);
  });
});

const set = (plan: Sarah['reminders']) => shop.changeSarah({ reminders: plan });

describe('a setting', () => {
  it('of a practitioner holds for what is booked already; none means none; null takes it back', async () => {
    const { start } = await book('2030-03-21');
    await run();
    await set({ leadMinutes: [180, 2_880, 180], channels: ['email'], practitioner: true });
    expect(await next()).toEqual(start.subtract({ minutes: 2_880 }));
    await live(start.subtract({ hours: 10 }));
    expect(leads(start)).toEqual([2_880, 2_880]);
    expect(
      reminders()
        .map(({ mail }) => mail.to.address)
        .toSorted(),
    ).toEqual([SARAH.email, JOHN.userEmail].toSorted());
    await set({ ...PLAN, leadMinutes: [] });
    await live(start.subtract({ hours: 2 }));
    expect(reminders()).toHaveLength(2);
    await set(null);
    await live(start);
    expect(leads(start).slice(2)).toEqual([60]);
  });

  it('of a session type comes before the practitioner’s', async () => {
    const [type] = await shop.tools.transactor.inOrganisation(shop.organisationId, (tx) =>
      tx.query<{ id: number }>({ name: 'test_type', text: `select id from session_type where name = 'Follow-up'` }),
    );
    const call = { once: noOnce, status: 200, expected: null };
    const own = (plan: Sarah['reminders']) =>
      changeSessionType(shop.tools, shop.desk, { id: type?.id ?? 0, fields: { reminders: plan ?? null }, call });
    const { start } = await book('2030-03-28', { sessionType: 'Follow-up' });
    await own({ ...PLAN, leadMinutes: [120] });
    await set({ ...PLAN, leadMinutes: [600] });
    await live(start);
    expect(leads(start)).toEqual([120]);
    await own(null);
    await set(null);
  });

  it('made while a reminder is being sent is not lost', async () => {
    const { start } = await book('2030-04-04');
    await live(start.subtract({ minutes: 1_441 }));
    fates.push(async () => void (await set({ ...PLAN, leadMinutes: [1_440, 360] })));
    await live(start);
    expect(leads(start)).toEqual([1_440, 360]);
    await set(null);
  });

  it('made only after an instant has passed does not make up for it', async () => {
    const { start } = await book('2030-04-11');
    await live(start.subtract({ hours: 20 }));
    sent = [];
    await set({ ...PLAN, leadMinutes: [1_400, 30] });
    // Looked at again for another reason.
    await shop.changeSarah({ calendar: 'microsoft' });
    await live(start);
    expect(leads(start)).toEqual([30]);
    await set(null);
  });

  it('of another zone for the practitioner moves nothing: the start is an instant', async () => {
    const { start } = await book('2030-04-18');
    await run();
    await shop.changeSarah({ timeZone: 'Europe/Berlin' });
    await live(start);
    expect(leads(start)).toEqual([1_440, 60]);
    await shop.changeSarah({ timeZone: NEW_YORK });
  });
});

const texts = async () => (await (await fetch(`${shop.sandboxUrl}/control/sms`)).json()) as { body: string }[];

/** Booked with a number, an hour and a minute before; answers the reminder by SMS as the log has it in the end. */
async function texted(date: string, fault: Parameters<typeof shop.fault>[0]) {
  await set({ ...PLAN, leadMinutes: [60], channels: ['sms'] });
  const { id, start } = await book(date, { userPhone: '+15551230009' });
  await live(start.subtract({ minutes: 61 }));
  const before = (await texts()).length;
  await shop.fault(fault);
  await live(start);
  await shop.heal();
  await set(null);
  const log = await shop.lettersOf(id);
  const { state, attempts } = log.find(({ channel }) => channel === 'sms') ?? {};
  expect(reminders()).toEqual([]);
  return { state, attempts, texts: (await texts()).length - before };
}

describe('a text', () => {
  it('whose answer was lost is looked up, found, and not sent again', async () => {
    const fault = { provider: 'twilio', operation: 'create', dropAfterSuccess: true, times: 1 } as const;
    expect(await texted('2030-05-02', fault)).toEqual({ state: 'sent', attempts: 2, texts: 1 });
  });

  it('whose answer was lost before it left is looked up, not found, and sent again', async () => {
    const fault = { provider: 'twilio', operation: 'create', status: 500, times: 1 } as const;
    expect(await texted('2030-05-09', fault)).toEqual({ state: 'sent', attempts: 2, texts: 1 });
  });

  it('that the service refuses is not tried again', async () => {
    const fault = { provider: 'twilio', operation: 'create', status: 400 } as const;
    expect(await texted('2030-05-16', fault)).toEqual({ state: 'refused', attempts: 1, texts: 0 });
  });

  it('that is due while the service is away altogether leaves once when it is back, and uses up few tries meanwhile', async () => {
    // An hour before ten in New York; back twenty minutes later.
    const until = '2030-05-20T13:20:00Z';
    const fault = { provider: 'twilio', operation: 'any', status: 503, until } as const;
    const { attempts, ...rest } = await texted('2030-05-20', fault);
    expect(rest).toEqual({ state: 'sent', texts: 1 });
    expect(attempts).toBeGreaterThan(5);
    expect(attempts).toBeLessThan(20);
    const said = shop.lines.filter(({ provider }) => provider === 'sms').map(({ msg }) => msg);
    expect(said).toEqual(['an account is not asked for a while', 'an account answers again']);
  });

  it('that stays in doubt is given up after a few times', async () => {
    const fault = { provider: 'twilio', operation: 'create', status: 502 } as const;
    expect(await texted('2030-05-23', fault)).toEqual({ state: 'unknown', attempts: 5, texts: 0 });
  });
});

/** Every change of clocks here, forward and back, one of half an hour. */
const CHANGES = [
  ['Australia/Lord_Howe', '2030-10-05T15:30:00Z'],
  ['Europe/Berlin', '2030-10-27T01:00:00Z'],
  ['America/New_York', '2030-11-03T06:00:00Z'],
  ['America/New_York', '2031-03-09T07:00:00Z'],
] as const;
/** At each, starts every hour of the day after, several at once. */
const HOURS = 26;
const AT_ONCE = 5;
/** 494 sessions twice, and 13 of those cancelled once. */
const REMINDERS = 1_001;

/** Of them are cancelled: every twentieth, half of these between the two reminders. */
const CANCELLED = 20;

const everyone = (plan: Parameters<typeof setDefaultReminders>[1]['reminders']) =>
  setDefaultReminders(tools, { organisationId: shop.organisationId, reminders: plan });

describe('a thousand reminders around changes of clocks', () => {
  it('leave at their instants, once each, with the right time in them; none for what was cancelled', async () => {
    expect(await everyone({ ...PLAN, leadMinutes: [] })).toBe(true);
    const made: Made[] = [];
    for (const [zone, change] of CHANGES) {
      const hours = Array.from({ length: HOURS }, (_, at) => Temporal.Instant.from(change).add({ hours: at + 1 }));
      made.push(
        ...(await agreed(
          zone,
          hours.flatMap((at) => Array.from({ length: AT_ONCE }, () => at)),
        )),
      );
    }
    // What was booked before the setting is reminded of too.
    expect(await everyone(PLAN)).toBe(true);
    expect(await everyone(PLAN)).toBe(false);
    const cancelled = made.filter((_, index) => index % CANCELLED === 0);
    const [early, late] = [0, 1].map((half) => cancelled.filter((_, index) => index % 2 === half));
    for (const { id } of early ?? []) await cancel(id);
    for (const { id, start } of late ?? []) {
      await live(Temporal.Instant.from(start).subtract({ hours: 2 }));
      await cancel(id);
    }
    await live(Temporal.Instant.from('2031-03-15T00:00:00Z'));

    const expected = made.flatMap((one) => {
      if (early?.includes(one)) return [];
      const local = Temporal.Instant.from(one.start).toZonedDateTimeISO(one.zone);
      const month = local.toLocaleString('en-GB', { month: 'short' });
      const said = `${local.day} ${month} ${local.year}, ${local.toPlainTime().toString({ smallestUnit: 'minute' })}`;
      return (late?.includes(one) ? [1_440] : [1_440, 60]).map(
        (lead) => `${one.id} ${Temporal.Instant.from(one.start).subtract({ minutes: lead }).toString()} ${said}`,
      );
    });
    const actual = reminders().map(({ at, mail }) => {
      const said = /\w+ (\d+ \w+ \d+, \d\d:\d\d)/.exec(mail.subject)?.[1] ?? '';
      return `${mail.headers['X-Slotkeeper-Appointment']} ${at} ${said}`;
    });
    expect(actual.toSorted()).toEqual(expected.toSorted());
    expect(actual).toHaveLength(REMINDERS);
    expect(ids()).toBe(REMINDERS);
    expect(await next()).toBeNull();
  }, 60_000);
});
