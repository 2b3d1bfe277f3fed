// From a session to what must be true outside: the same every time, neutral, and in forms the providers take.
import { describe, expect, it } from 'vitest';
import {
  digestOf,
  eventKey,
  markerOf,
  topicOf,
  wantedEvent,
  wantedMeeting,
  type Places,
  type SessionFacts,
} from '../../src/fulfilment/plan.ts';
import type { MeetingDetails } from '../../src/meetings/meeting.ts';

const FACTS: SessionFacts = {
  organisationId: 1,
  sessionId: Number.MAX_SAFE_INTEGER,
  revision: 3,
  live: true,
  start: Temporal.Instant.from('2026-12-01T14:00:00Z'),
  end: Temporal.Instant.from('2026-12-01T15:00:00Z'),
  zone: 'America/New_York',
  platform: 'zoom',
  videoHost: null,
  group: null,
  sessionType: 'Initial Consultation',
  practice: { name: 'The Practice' },
  practitioner: {
    id: 123,
    name: 'Dr. Sarah Johnson',
    email: 'sarah@example.com',
    zone: 'America/New_York',
    calendar: 'google',
    invitations: 'slotkeeper',
  },
  appointment: {
    id: 4711,
    cancelled: false,
    asked: null,
    decideBy: null,
    declined: false,
    closed: false,
    linkGeneration: 0,
  },
  client: { id: 77, name: 'John Doe', email: 'john@example.com', zone: null, phone: null },
  closing: { autoClose: 'off', autoCloseAfterMinutes: 60, since: null },
  reminders: {
    leadMinutes: [1_440, 60],
    channels: ['email'],
    practitioner: false,
    from: Temporal.Instant.from('2026-11-01T14:00:00Z'),
  },
  topic: null,
  description: null,
};
const PLACES: Places = {
  installation: 'abcdefghij0123456789',
  standAlone: new Set(['zoom']),
  carriers: new Map([
    ['google-meet', 'google'],
    ['teams', 'microsoft'],
  ]),
  calendars: new Set(['google', 'microsoft']),
};
const JOIN: MeetingDetails = {
  platform: 'zoom',
  status: 'ready',
  meetingUrl: 'https://zoom.example/j/1',
  meetingId: '1',
  meetingPassword: null,
};

const seat = (appointmentId: number, name: string) => ({
  appointmentId,
  client: { name, email: `${name}@example.com` },
});

function digest(facts: Partial<SessionFacts>, join: MeetingDetails | null = JOIN): string {
  const event = wantedEvent({ ...FACTS, ...facts }, PLACES, join);
  if (!event) throw new Error('no event');
  return digestOf(event.spec);
}

describe('what must be true outside', () => {
  it.each([
    ['zoom', true, 'google', false, 'https://zoom.example/j/1'],
    ['google-meet', false, 'google', true, null],
    ['teams', false, 'microsoft', true, null],
    [null, false, 'google', false, null],
  ] as const)(
    'on %s: one meeting or none, one event, the link in one of them',
    (platform, meets, calendar, conference, location) => {
      const facts = { ...FACTS, platform };
      const join = platform === 'zoom' ? JOIN : null;
      expect(wantedMeeting(facts, PLACES) !== null).toBe(meets);
      const event = wantedEvent(facts, PLACES, join);
      expect(event).toMatchObject({ calendar, owner: 'sarah@example.com', spec: { conference, location } });
      expect(event?.platform).toBe(conference ? platform : null);
    },
  );

  it('is nothing once the session is cancelled', () => {
    const facts = { ...FACTS, live: false };
    expect([wantedMeeting(facts, PLACES), wantedEvent(facts, PLACES, JOIN)]).toEqual([null, null]);
  });

  it('is one meeting and one event for a group, at the host it was given, with all its appointments and clients', () => {
    const facts = { ...FACTS, videoHost: 'zoom-1@example.com', group: [seat(4711, 'john'), seat(4712, 'ada')] };
    expect(wantedMeeting(facts, PLACES)?.host).toBe('zoom-1@example.com');
    const spec = wantedEvent(facts, PLACES, JOIN)?.spec;
    expect([spec?.description, spec?.attendees]).toEqual(['Appointments 4711, 4712', []]);
    const invites = { ...facts, practitioner: { ...facts.practitioner, invitations: 'provider' as const } };
    expect(wantedEvent(invites, PLACES, JOIN)?.spec.attendees.map(({ address }) => address)).toEqual([
      'john@example.com',
      'ada@example.com',
    ]);
  });

  it("falls back to a calendar there is where the practitioner's is not set up, and to none at all", () => {
    const one = { ...PLACES, calendars: new Set(['microsoft'] as const) };
    expect(wantedEvent(FACTS, one, null)?.calendar).toBe('microsoft');
    expect(wantedEvent(FACTS, { ...PLACES, calendars: new Set() }, null)).toBeNull();
  });

  it('names no client and no kind of session unless host or staff chose the words', () => {
    const leaving = JSON.stringify([wantedMeeting(FACTS, PLACES), wantedEvent(FACTS, PLACES, JOIN)]);
    for (const word of ['Doe', 'john@', 'Initial', 'Practice"']) expect(leaving).not.toContain(word);
    expect(topicOf({ ...FACTS, topic: 'Our talk' })).toBe('Our talk');
  });

  it('bears a title that fits the narrowest provider, whole characters only', () => {
    const topic = topicOf({ ...FACTS, practitioner: { name: '👩🏽‍⚕️'.repeat(100) } });
    expect(Array.from(topic).length).toBeLessThanOrEqual(200);
    expect(topic.isWellFormed()).toBe(true);
  });

  it('bears a marker that every provider keeps', () => {
    const marker = markerOf(PLACES.installation, FACTS.sessionId);
    expect(marker).toMatch(/^[A-Za-z0-9:_-]{1,60}$/);
    expect(markerOf(PLACES.installation, 1)).not.toBe(markerOf(PLACES.installation, 2));
  });

  it("has an event key that is valid as Google's event id, the same at every try, another for each generation", () => {
    const keys = [1, 2, 3].flatMap((generation) => [eventKey('sk:a:1', generation), eventKey('sk:a:2', generation)]);
    for (const key of keys) expect(key).toMatch(/^[a-v0-9]{20,64}$/);
    expect(new Set(keys).size).toBe(keys.length);
    expect(eventKey('sk:a:1', 1)).toBe(eventKey('sk:a:1', 1));
  });

  it('has a digest that is the same for the same content and another for any other', () => {
    const same = [
      digest({}),
      digest({}),
      digest({ revision: 9, start: Temporal.Instant.from('2026-12-01T09:00:00-05:00') }),
    ];
    expect(new Set(same).size).toBe(1);
    const other = [
      digest({ start: Temporal.Instant.from('2026-12-01T14:00:01Z') }),
      digest({ end: Temporal.Instant.from('2026-12-01T15:00:01Z') }),
      digest({ zone: 'Europe/Berlin' }),
      digest({ topic: 'x' }),
      digest({ description: 'x' }),
      digest({}, null),
    ];
    expect(new Set([...same, ...other]).size).toBe(other.length + 1);
  });
});
