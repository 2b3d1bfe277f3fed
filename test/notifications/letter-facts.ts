// The usual letter of these tests: a client in Berlin sees a practitioner in New York.
import type { LetterFacts } from '../../src/notifications/letter.ts';

export function letterFacts(change: Partial<LetterFacts> = {}): LetterFacts {
  return {
    kind: 'confirmation',
    recipient: 'client',
    practice: { name: 'Hudson Practice' },
    practitioner: { name: 'Dr. Sarah Johnson', address: 'practitioner@example.com', zone: 'America/New_York' },
    client: { name: 'Jane Doe', address: 'jane@example.com', zone: 'Europe/Berlin' },
    sessionType: 'Initial Consultation',
    start: Temporal.Instant.from('2026-11-24T15:00:00Z'),
    end: Temporal.Instant.from('2026-11-24T16:00:00Z'),
    zone: 'America/New_York',
    previousStart: null,
    decideBy: null,
    whyMissing: null,
    platform: 'zoom',
    join: { url: 'https://zoom.example/j/123?pwd=a,b;c', password: 'aB3&x' },
    uid: '77@slotkeeper.example',
    sequence: 0,
    stamp: Temporal.Instant.from('2026-11-22T12:00:00Z'),
    linkChanged: false,
    manageUrl: null,
    appointmentId: 77,
    revision: 1,
    messageId: 'appointment-77-1-client@slotkeeper.example',
    sandbox: false,
    calendarInvitation: true,
    organizer: { name: 'Hudson Practice', address: 'no-reply@example.com' },
    ...change,
  };
}

/** Names that have broken other people's mails. */
export const HOSTILE_NAMES = [
  'Zoë Ångström-Пушкин 山田太郎 🧑‍⚕️',
  '"Quoted" \\ O\'Hara, Jr.; <b>',
  'Mallory\r\nBcc: everyone@example.com\r\n\r\nHello',
  'Eve\u202Egnp.exe\u2066 \u061C\u200F',
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '=?utf-8?B?SGFja2Vk?=',
  '=1+1',
  'END:VEVENT\nBEGIN:VALARM',
  'a\u0000b\u0085c\u2028d\uD800e',
  '^n^^ %0D%0A {{7*7}} ${1}',
  'x'.repeat(5000),
  `z${'\u0301'.repeat(3000)}`,
  ',',
  '   ',
] as const;
