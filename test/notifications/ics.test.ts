import fc from 'fast-check';
import ICAL from 'ical.js';
import { describe, expect, test } from 'vitest';
import { writeInvitation, type Invitation } from '../../src/notifications/ics.ts';
import { writeLetter } from '../../src/notifications/letter.ts';
import { HOSTILE_NAMES, letterFacts } from './letter-facts.ts';

const ZONES = [
  'Europe/Berlin',
  'Europe/Dublin',
  'America/New_York',
  'America/St_Johns',
  'Asia/Kolkata',
  'Asia/Calcutta',
  'Australia/Lord_Howe',
  'Africa/Casablanca',
  'Africa/Cairo',
  'Pacific/Chatham',
  'Pacific/Apia',
  'America/Santiago',
  'Asia/Gaza',
  'Asia/Kathmandu',
  'Antarctica/Troll',
  'Etc/UTC',
  'UTC',
] as const;

function invitation(change: Partial<Invitation> = {}): Invitation {
  const { start, end, zone, uid, sequence, stamp, organizer } = letterFacts();
  return {
    method: 'REQUEST',
    uid,
    sequence,
    stamp,
    start,
    end,
    zone,
    summary: 'Appointment with Dr. Sarah Johnson',
    description: 'Join: https://zoom.example/j/1\nPasscode: x',
    url: 'https://zoom.example/j/1?a=b,c;d',
    organizer,
    attendee: { name: 'Jane Doe', address: 'jane@example.com' },
    ...change,
  };
}

/** Reads the calendar with its own VTIMEZONE alone, as a program without zone data would. */
function read(ics: string) {
  const calendar = new ICAL.Component(ICAL.parse(ics));
  const event = calendar.getFirstSubcomponent('vevent');
  const zones = calendar.getAllSubcomponents('vtimezone').map((one) => new ICAL.Timezone(one));
  if (event === null) throw new Error('no event');
  const instant = (name: string): Temporal.Instant => {
    const property = event.getFirstProperty(name);
    const time = property?.getFirstValue();
    if (!(time instanceof ICAL.Time)) throw new Error(`no ${name}`);
    const tzid = property?.getFirstParameter('tzid');
    if (tzid !== undefined) {
      const zone = zones.find((one) => one.tzid === tzid);
      if (zone === undefined) throw new Error(`no VTIMEZONE for ${tzid}`);
      time.zone = zone;
    }
    return Temporal.Instant.fromEpochMilliseconds(time.toUnixTime() * 1000);
  };
  const value = (name: string): string => String(event.getFirstPropertyValue(name));
  return { calendar, event, instant, value };
}

describe('times', () => {
  test.each(ZONES)(
    'every half hour around every clock change of the coming years in %s is read back exactly',
    (zone) => {
      const around: Temporal.Instant[] = [Temporal.Instant.from('2026-11-24T15:00:00Z')];
      let change = Temporal.ZonedDateTime.from(`2025-06-01T00:00:00[${zone}]`).getTimeZoneTransition('next');
      for (let many = 0; many < 8 && change !== null; many += 1) {
        for (let half = -6; half <= 6; half += 1) around.push(change.toInstant().add({ minutes: 30 * half }));
        change = change.getTimeZoneTransition('next');
      }
      for (const start of around) {
        for (const minutes of [30, 60, 24 * 60]) {
          const end = start.add({ minutes });
          const found = read(writeInvitation(invitation({ start, end, zone })));
          expect(found.instant('dtstart')).toEqual(start);
          expect(found.instant('dtend')).toEqual(end);
        }
      }
    },
  );

  test('any instant of twelve years in any of these zones is read back exactly', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: Date.UTC(2024, 0) / 900_000, max: Date.UTC(2036, 0) / 900_000 }),
        fc.integer({ min: 1, max: 96 }),
        (zone, quarter, quarters) => {
          const start = Temporal.Instant.fromEpochMilliseconds(quarter * 900_000);
          const end = start.add({ minutes: 15 * quarters });
          const found = read(writeInvitation(invitation({ start, end, zone })));
          expect(found.instant('dtstart')).toEqual(start);
          expect(found.instant('dtend')).toEqual(end);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('a time in a zone is written as local time with its zone, which the calendar defines', () => {
    const ics = writeInvitation(invitation());
    expect(ics).toContain('\r\nDTSTART;TZID=America/New_York:20261124T100000\r\n');
    expect(ics).toContain('\r\nTZID:America/New_York\r\n');
  });

  test('a local time that occurs twice is written in UTC, since readers differ in which they mean', () => {
    for (const time of ['2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z']) {
      const start = Temporal.Instant.from(time);
      const ics = writeInvitation(invitation({ start, end: start.add({ minutes: 15 }) }));
      expect(ics).toContain(`\r\nDTSTART:${time.replace(/[-:]/g, '')}\r\n`);
    }
  });
});

describe('the iTIP message', () => {
  test('a request names its method, UID, sequence, stamp, status and two people', () => {
    const { calendar, event, value } = read(writeInvitation(invitation({ sequence: 3 })));
    expect(calendar.getFirstPropertyValue('method')).toBe('REQUEST');
    expect(calendar.getFirstPropertyValue('version')).toBe('2.0');
    expect(value('uid')).toBe('77@slotkeeper.example');
    expect(event.getFirstPropertyValue('sequence')).toBe(3);
    expect(value('dtstamp')).toBe('2026-11-22T12:00:00Z');
    expect(value('status')).toBe('CONFIRMED');
    expect(value('organizer')).toBe('mailto:no-reply@example.com');
    const attendee = event.getFirstProperty('attendee');
    expect(event.getAllProperties('attendee')).toHaveLength(1);
    expect(attendee?.getFirstValue()).toBe('mailto:jane@example.com');
    expect(attendee?.getFirstParameter('cn')).toBe('Jane Doe');
    expect(attendee?.getFirstParameter('partstat')).toBe('ACCEPTED');
    expect(attendee?.getFirstParameter('rsvp')).toBe('FALSE');
  });

  test('a cancellation keeps UID and people, and is CANCEL in method and status', () => {
    const { calendar, value } = read(writeInvitation(invitation({ method: 'CANCEL', sequence: 4, url: null })));
    expect(calendar.getFirstPropertyValue('method')).toBe('CANCEL');
    expect(value('status')).toBe('CANCELLED');
    expect(value('uid')).toBe('77@slotkeeper.example');
  });

  test('a link with commas and semicolons is the same link when read', () => {
    const { value } = read(writeInvitation(invitation()));
    expect(value('url')).toBe('https://zoom.example/j/1?a=b,c;d');
    expect(value('location')).toBe('https://zoom.example/j/1?a=b,c;d');
    expect(value('description')).toBe('Join: https://zoom.example/j/1\nPasscode: x');
  });

  test('the client’s calendar shows the practitioner, the practitioner’s shows no client', () => {
    const forClient = read(writeLetter(letterFacts()).calendar?.ics ?? '');
    expect(forClient.value('summary')).toBe('Appointment with Dr. Sarah Johnson');
    const ics = writeLetter(letterFacts({ recipient: 'practitioner' })).calendar?.ics ?? '';
    expect(read(ics).value('summary')).toBe('Appointment: Initial Consultation');
    expect(ics).not.toMatch(/jane|doe/i);
  });

  test('the method of the letter is the method in the calendar', () => {
    for (const kind of ['confirmation', 'cancellation'] as const) {
      const { calendar } = writeLetter(letterFacts({ kind }));
      expect(calendar?.ics).toContain(`METHOD:${calendar?.method}\r\n`);
    }
  });

  test.each(HOSTILE_NAMES)(
    '%j breaks no line, is folded in whole characters, and survives being written again',
    (name) => {
      const usual = letterFacts();
      const ics =
        writeLetter(
          letterFacts({
            practice: { name },
            practitioner: { ...usual.practitioner, name },
            client: { ...usual.client, name },
            organizer: { ...usual.organizer, name },
          }),
        ).calendar?.ics ?? '';
      expect(ics.endsWith('\r\nEND:VCALENDAR\r\n')).toBe(true);
      for (const line of ics.split('\r\n')) {
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
        expect(line).not.toMatch(/\p{Cc}/u);
        expect(line.isWellFormed()).toBe(true);
      }
      const { calendar, event, value } = read(ics);
      expect(calendar.getAllSubcomponents().map((one) => one.name)).toEqual(['vtimezone', 'vevent']);
      expect(event.getAllSubcomponents()).toEqual([]);
      expect(event.getAllProperties('attendee')).toHaveLength(1);
      expect(value('status')).toBe('CONFIRMED');
      const again = new ICAL.Component(ICAL.parse(calendar.toString()));
      expect(again.toJSON()).toEqual(calendar.toJSON());
    },
  );

  test('an address cannot add to its mailto', () => {
    const attendee = { name: 'X', address: 'a?cc=b&x=1:;,"\r\n@example.com' };
    const { value, event } = read(writeInvitation(invitation({ attendee })));
    expect(event.getAllProperties('attendee')).toHaveLength(1);
    expect(value('attendee')).not.toMatch(/[?&;,"\r\n]/);
  });
});
