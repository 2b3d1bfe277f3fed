import { describe, expect, test } from 'vitest';
import { LETTER_KINDS, writeLetter } from '../../src/notifications/letter.ts';
import { HOSTILE_NAMES, letterFacts } from './letter-facts.ts';

const moved = { kind: 'change', previousStart: Temporal.Instant.from('2026-11-23T15:00:00Z') } as const;

describe('what a letter says', () => {
  test('the client reads her own time first, in subject and body, and the practitioner’s beside it', () => {
    const letter = writeLetter(letterFacts());
    expect(letter.subject).toBe('Confirmed: Tue 24 Nov 2026, 16:00 with Dr. Sarah Johnson');
    for (const body of [letter.text, letter.html]) {
      expect(body).toContain('Tuesday 24 November 2026, 16:00 to 17:00');
      expect(body).toContain('Central European Standard Time (Europe/Berlin, UTC+01:00)');
      expect(body).toContain('10:00 to 11:00, Eastern Standard Time (America/New_York, UTC-05:00)');
      expect(body).toContain('1 hour');
    }
    expect(letter.text.indexOf('Berlin')).toBeLessThan(letter.text.indexOf('New_York'));
  });

  test('a client whose zone is unknown reads the agreed time, and one in the same zone reads it once', () => {
    const client = letterFacts().client;
    for (const zone of [null, 'America/New_York', 'US/Eastern']) {
      const letter = writeLetter(letterFacts({ client: { ...client, zone } }));
      expect(letter.subject).toContain('10:00');
      expect(letter.text).not.toContain('That is');
    }
  });

  test('no subject names the client, a session type or a reason', () => {
    for (const kind of LETTER_KINDS) {
      const subject = writeLetter(letterFacts({ kind, recipient: 'practitioner' })).subject;
      expect(subject).not.toMatch(/Jane|Doe|Consultation/);
      expect(subject).toContain('Tue 24 Nov 2026, 10:00');
      expect(writeLetter(letterFacts({ kind })).subject).not.toMatch(/Jane|Doe|Consultation/);
    }
  });

  test('the practitioner learns who comes', () => {
    const letter = writeLetter(letterFacts({ recipient: 'practitioner' }));
    expect(letter.to).toEqual({ name: 'Dr. Sarah Johnson', address: 'practitioner@example.com' });
    expect(letter.text).toContain('Jane Doe');
    expect(letter.text).not.toContain('jane@example.com');
  });

  test('link and passcode are in both bodies and the calendar', () => {
    const letter = writeLetter(letterFacts());
    expect(letter.text).toContain('https://zoom.example/j/123?pwd=a,b;c');
    expect(letter.text).toContain('Passcode: aB3&x');
    expect(letter.html).toContain('href="https://zoom.example/j/123?pwd=a,b;c"');
    expect(letter.html).toContain('aB3&amp;x');
  });

  test('a link that is not ready is promised, not invented', () => {
    const letter = writeLetter(letterFacts({ join: null }));
    expect(letter.text).toContain('The Zoom link is not ready yet. We will send it to you in a separate e-mail.');
    expect(letter.html).not.toContain('<a ');
  });

  test('a link that is missing is told to the practitioner with the reason, and puts nothing in the calendar', () => {
    const whyMissing = 'The provider refuses it. Look at what the account may do.';
    const letter = writeLetter(
      letterFacts({
        kind: 'link_missing',
        recipient: 'practitioner',
        join: null,
        whyMissing,
        calendarInvitation: false,
      }),
    );
    expect(letter.subject).toBe('Video link missing: Tue 24 Nov 2026, 10:00');
    expect(letter.text).toContain('could not be made. The appointment stands, and has no link yet.');
    expect(letter.text).toContain(whyMissing);
    expect(letter.text).not.toContain('We will send it to you in a separate e-mail');
    expect(letter.calendar).toBeNull();
  });

  test('an appointment that is not online says nothing of video', () => {
    const letter = writeLetter(letterFacts({ platform: null, join: null }));
    expect(letter.text).not.toMatch(/link|online|video/i);
  });

  test('a guest of Google Meet is told that the host lets her in', () => {
    const letter = writeLetter(letterFacts({ platform: 'google-meet' }));
    expect(letter.text).toContain('the host lets you in');
  });

  test('a change says the old and the new time', () => {
    const letter = writeLetter(letterFacts(moved));
    expect(letter.subject).toMatch(/^Moved: Tue 24 Nov 2026, 16:00/);
    expect(letter.text).toContain('New time: Tuesday 24 November 2026, 16:00 to 17:00');
    expect(letter.text).toContain('Old time: Monday 23 November 2026, 16:00, Central European');
  });

  test('a change of anything but the time claims no new time', () => {
    const letter = writeLetter(letterFacts({ kind: 'change' }));
    expect(letter.subject).toMatch(/^Updated: /);
    expect(letter.text).not.toMatch(/new time|old time/i);
  });

  test('a cancellation carries no link and takes the event away', () => {
    const letter = writeLetter(letterFacts({ kind: 'cancellation' }));
    expect(letter.calendar?.method).toBe('CANCEL');
    for (const part of [letter.text, letter.html, letter.calendar?.ics]) {
      expect(part).not.toContain('zoom.example');
      expect(part).not.toContain('aB3');
    }
  });

  test('where the calendar’s provider invites, our letter carries no second invitation', () => {
    const letter = writeLetter(letterFacts({ calendarInvitation: false }));
    expect(letter.calendar).toBeNull();
    expect(letter.text).not.toContain('calendar file');
  });

  test('a sandbox says so in body and header, not in the subject', () => {
    const letter = writeLetter(letterFacts({ sandbox: true }));
    expect(letter.text).toContain('sandbox');
    expect(letter.html).toContain('sandbox');
    expect(letter.headers).toMatchObject({ 'X-Slotkeeper-Sandbox': 'true' });
    expect(letter.subject).not.toMatch(/sandbox/i);
    expect(writeLetter(letterFacts()).text).not.toContain('sandbox');
  });

  test('a session over a clock change says both offsets', () => {
    const letter = writeLetter(
      letterFacts({
        start: Temporal.Instant.from('2026-10-25T00:30:00Z'),
        end: Temporal.Instant.from('2026-10-25T01:30:00Z'),
      }),
    );
    expect(letter.text).toContain(
      '25 October 2026, 02:30 (UTC+02:00) to 02:30 (UTC+01:00, the clocks change in between)',
    );
  });

  test.each([
    [50, '50 minutes'],
    [60, '1 hour'],
    [61, '1 hour 1 minute'],
    [90, '1 hour 30 minutes'],
    [120, '2 hours'],
  ])('%i minutes are said as %s', (minutes, words) => {
    const { start } = letterFacts();
    expect(writeLetter(letterFacts({ end: start.add({ minutes }) })).text).toContain(`Length: ${words}\n`);
  });
});

describe('what a stranger’s words cannot do', () => {
  const cases = HOSTILE_NAMES.flatMap((name) => LETTER_KINDS.map((kind) => [name, kind] as const));
  test.each(cases)('%j in a %s letter stays one harmless line', (name, kind) => {
    for (const recipient of ['client', 'practitioner'] as const) {
      const usual = letterFacts();
      const letter = writeLetter(
        letterFacts({
          kind,
          recipient,
          practice: { name },
          practitioner: { ...usual.practitioner, name },
          client: { ...usual.client, name },
          sessionType: name,
          organizer: { ...usual.organizer, name },
        }),
      );
      for (const line of [letter.subject, letter.to.name]) {
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069\u200E\u200F\u061C]/u);
        expect(line.isWellFormed()).toBe(true);
        expect(line.length).toBeLessThan(2500);
      }
      expect(letter.html).not.toMatch(/<script|<img|<b>/i);
      expect(letter.html.isWellFormed()).toBe(true);
      // Our own tags alone: nothing a name holds opens one, or an attribute in one.
      expect(new Set(letter.html.match(/<\/?[a-z][a-z0-9]*/gi)?.map((tag) => tag.replace(/[</]/g, '')))).toEqual(
        new Set(
          writeLetter(letterFacts({ kind, recipient }))
            .html.match(/<\/?[a-z][a-z0-9]*/gi)
            ?.map((tag) => tag.replace(/[</]/g, '')),
        ),
      );
    }
  });

  test('the HTML loads nothing from anywhere', () => {
    const { html } = writeLetter(letterFacts());
    expect(html).not.toMatch(/<(img|link|script|style|iframe|table)|url\(|src=/i);
  });

  test.each(['javascript:alert(1)', 'data:text/html,x', 'not a url'])('%s is no link to join', (url) => {
    expect(() => writeLetter(letterFacts({ join: { url, password: null } }))).toThrow('not a web address');
  });
});
