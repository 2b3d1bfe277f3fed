// Which reminders are owed, and when: by what each reader was last told and by elapsed time alone.
import { describe, expect, it } from 'vitest';
import { remindersOwed, type Reminding } from '../../src/fulfilment/reminders-owed.ts';
import type { LetterRow, Recipient } from '../../src/notifications/store.ts';

const START = Temporal.Instant.from('2026-12-10T09:00:00Z');
const before = (minutes: number) => START.subtract({ minutes });
const DAY = 1_440;

const TELLING: Reminding = {
  appointmentId: 1,
  revision: 1,
  live: true,
  closed: false,
  asked: null,
  declined: false,
  start: START,
  end: START.add({ hours: 1 }),
  link: 'none',
  since: before(7 * DAY),
  reminders: { leadMinutes: [DAY, 60], channels: ['email'], practitioner: false },
  from: before(7 * DAY),
  smsReaches: false,
};
const CONFIRMED: LetterRow = {
  id: 10,
  appointmentId: 1,
  recipient: 'client',
  kind: 'confirmation',
  revision: 1,
  state: 'sent',
  link: null,
  startsAt: START,
  attempts: 1,
  nextAttemptAt: null,
  sentAt: before(7 * DAY),
  channel: 'email',
  leadMinutes: null,
};
const reminder = (leadMinutes: number, over: Partial<LetterRow> = {}): LetterRow => ({
  ...CONFIRMED,
  id: 20 + leadMinutes,
  kind: 'reminder',
  sentAt: before(leadMinutes),
  leadMinutes,
  ...over,
});
const queued = (leadMinutes: number, nextAttemptAt: Temporal.Instant) =>
  reminder(leadMinutes, { state: 'queued', sentAt: null, nextAttemptAt });

type Expected = {
  readonly send?: readonly string[];
  readonly supersede?: readonly number[];
  readonly againAt?: Temporal.Instant;
  readonly nextAt?: Temporal.Instant | null;
};
type Case = readonly [
  title: string,
  telling: Partial<Reminding>,
  letters: readonly LetterRow[],
  now: Temporal.Instant,
  owed: Expected,
];
const sms = { leadMinutes: [DAY, 60], channels: ['sms'], practitioner: false } as const;

const CASES: readonly Case[] = [
  ['long before: the longest lead is next', {}, [], before(3 * DAY), { nextAt: before(DAY) }],
  ['a moment before its instant: not yet', {}, [], before(DAY).subtract({ nanoseconds: 1 }), { nextAt: before(DAY) }],
  [
    'at its instant: that one, and the next is next',
    {},
    [],
    before(DAY),
    { send: [`email ${DAY}`], nextAt: before(60) },
  ],
  ['told: no more of it', {}, [reminder(DAY)], before(DAY - 5), { nextAt: before(60) }],
  ['the last one told: nothing is next', {}, [reminder(DAY), reminder(60)], before(50), { nextAt: null }],
  ['nobody looked for ten hours: late', {}, [], before(DAY - 600), { send: [`email ${DAY}`], nextAt: before(60) }],
  ['nobody looked until the second: that alone', {}, [], before(30), { send: ['email 60'], nextAt: null }],
  ['as it starts: none', {}, [], START, { nextAt: null }],
  ['booked half an hour before: none at all', { from: before(30) }, [], before(30), { nextAt: null }],
  ['booked at the very instant: not that one', { from: before(DAY) }, [], before(DAY), { nextAt: before(60) }],
  ['booked two hours before: the short one alone', { from: before(120) }, [], before(120), { nextAt: before(60) }],
  [
    'the confirmation came late and told the time: not that one',
    {},
    [{ ...CONFIRMED, sentAt: before(DAY - 3) }],
    before(DAY - 4),
    { nextAt: before(60) },
  ],
  [
    'a confirmation of another time does not count',
    {},
    [{ ...CONFIRMED, startsAt: before(DAY), sentAt: before(DAY - 3) }],
    before(DAY - 4),
    { send: [`email ${DAY}`] },
  ],
  [
    'moved: armed anew, whatever was told of the old time',
    { revision: 2, from: before(2 * DAY) },
    [reminder(DAY, { startsAt: before(2 * DAY) }), reminder(60, { startsAt: before(2 * DAY) })],
    before(DAY),
    { send: [`email ${DAY}`] },
  ],
  [
    'no leads: none, and no next',
    { reminders: { ...TELLING.reminders, leadMinutes: [] } },
    [],
    before(DAY),
    { nextAt: null },
  ],
  [
    'cancelled: none, nor what was queued',
    { live: false },
    [queued(60, before(50))],
    before(40),
    { supersede: [80], nextAt: null },
  ],
  ['over: nor what was queued', {}, [queued(60, before(50))], START, { supersede: [80], nextAt: null }],
  ['queued, not due yet: later', {}, [queued(60, before(50))], before(55), { againAt: before(50), nextAt: null }],
  ['queued and due: the same', {}, [queued(60, before(50))], before(50), { send: ['email 60'], nextAt: null }],
  [
    'queued until the next one is due: that one instead',
    {},
    [queued(DAY, before(50))],
    before(60),
    { send: ['email 60'], supersede: [20 + DAY] },
  ],
  [
    'queued, and moved since: not that one',
    { revision: 2, from: before(55), start: START.add({ hours: 48 }), end: START.add({ hours: 49 }) },
    [queued(60, before(50))],
    before(50),
    { supersede: [80] },
  ],
  [
    'queued, and that lead is set no more: not that one',
    {},
    [queued(30, before(20))],
    before(20),
    { supersede: [50], send: ['email 60'] },
  ],
  [
    'cut off while being sent: the same',
    {},
    [reminder(60, { state: 'sending', sentAt: null })],
    before(58),
    { send: ['email 60'] },
  ],
  ['in doubt twice: told', {}, [reminder(60, { state: 'unknown', sentAt: null, attempts: 2 })], before(58), {}],
  ['refused: told, as far as we can', {}, [reminder(60, { state: 'refused', sentAt: null })], before(58), {}],
  [
    'set only after its instant: not made up for',
    { from: before(DAY - 10) },
    [],
    before(DAY - 20),
    { nextAt: before(60) },
  ],
  ['by SMS where it reaches', { reminders: sms, smsReaches: true }, [], before(60), { send: ['sms 60'] }],
  ['by SMS where it does not: by mail', { reminders: sms }, [], before(60), { send: ['email 60'] }],
  [
    'by both, each by itself',
    { reminders: { ...sms, channels: ['email', 'sms'] }, smsReaches: true },
    [reminder(60)],
    before(59),
    { send: ['sms 60'] },
  ],
  [
    'by SMS, and the number erased afterwards: not by mail as well',
    { reminders: sms },
    [reminder(DAY, { channel: 'sms' })],
    before(DAY - 60),
    { nextAt: before(60) },
  ],
  [
    'by mail for want of a number, and one given afterwards: not by SMS as well',
    { reminders: sms, smsReaches: true },
    [reminder(DAY)],
    before(DAY - 60),
    { nextAt: before(60) },
  ],
];

describe('a reminder', () => {
  it.each(CASES)('%s', (_title, telling, letters, now, expected) => {
    const owed = remindersOwed({ ...TELLING, ...telling }, letters, new Set(), now);
    expect(owed.send.map((one) => `${one.channel} ${one.leadMinutes}`)).toEqual(expected.send ?? []);
    expect(owed.supersede).toEqual(expected.supersede ?? []);
    expect(owed.againAt?.toString()).toBe(expected.againAt?.toString());
    const nextAt = expected.nextAt === undefined ? owed.nextAt : expected.nextAt;
    expect(owed.nextAt?.toString()).toBe(nextAt?.toString());
  });

  it('is not sent beside another mail that says the time as well, but by SMS it is', () => {
    const told = new Set<Recipient>(['client']);
    const at = before(60);
    expect(remindersOwed(TELLING, [queued(60, at)], told, at)).toMatchObject({ send: [], supersede: [80] });
    const owed = remindersOwed({ ...TELLING, reminders: sms, smsReaches: true }, [], told, at);
    expect(owed.send).toMatchObject([{ channel: 'sms' }]);
  });

  it('goes to the practitioner where that is set, by what she was told herself', () => {
    const reminders = { ...TELLING.reminders, practitioner: true };
    const owed = remindersOwed({ ...TELLING, reminders }, [reminder(60)], new Set(), before(60));
    expect(owed.send).toMatchObject([
      { recipient: 'practitioner', kind: 'reminder', leadMinutes: 60, startsAt: START },
    ]);
  });

  it('is an elapsed time before the start, also where a day of the wall has 23 or 25 hours', () => {
    for (const [wall, lead] of [
      ['2026-03-08T10:00[America/New_York]', '2026-03-07T09:00-05:00'],
      ['2026-11-01T10:00[America/New_York]', '2026-10-31T11:00-04:00'],
    ] as const) {
      const start = Temporal.ZonedDateTime.from(wall).toInstant();
      const telling = { ...TELLING, start, end: start.add({ hours: 1 }), from: start.subtract({ hours: 100 }) };
      const { nextAt } = remindersOwed(telling, [], new Set(), start.subtract({ hours: 30 }));
      expect(nextAt?.toString()).toBe(Temporal.Instant.from(lead).toString());
    }
  });
});
