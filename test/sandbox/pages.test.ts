import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCalendar } from '../../src/sandbox/pages/calendar-part.ts';
import { call, googleToken, microsoftToken, openSandbox, textAt, zoomToken } from './open-sandbox.ts';

const HOSTILE = `</title></h1></iframe>"'><script>alert(1)</script><img src=x onerror=alert(1)>\u202E${'x'.repeat(400)}`;
const ICAL = [
  'BEGIN:VCALENDAR',
  'METHOD:REQUEST',
  'BEGIN:VTIMEZONE',
  'TZID:America/New_York',
  'END:VTIMEZONE',
  'BEGIN:VEVENT',
  'UID:appointment-7@slotkeeper.example',
  'SEQUENCE:2',
  'DTSTART;TZID=America/New_York:20261124T100000',
  'DTEND;TZID=America/New_York:20261124T110000',
  'SUMMARY:Talk\\, and a very long line that is fold',
  ' ed in two',
  'LOCATION:javascript:alert(1)',
  'ORGANIZER;CN="Hudson: Practice":mailto:hudson@example.com',
  'ATTENDEE;CN="Jane Doe";PARTSTAT=ACCEPTED:mailto:jane%2Bit@example.com',
  'END:VEVENT',
  'END:VCALENDAR',
].join('\r\n');

let sandbox: Awaited<ReturnType<typeof openSandbox>>;
let transport: ReturnType<typeof postTo>;
beforeAll(async () => {
  sandbox = await openSandbox();
  transport = postTo(sandbox.smtpUrl);
});
afterAll(async () => {
  transport.close();
  await sandbox.done();
});

function postTo(smtpUrl: string) {
  return createTransport({ url: smtpUrl, pool: true, maxConnections: 1 });
}

async function page(path: string): Promise<{ status: number; html: string; policy: string }> {
  const response = await fetch(`${sandbox.url}${path}`);
  return {
    status: response.status,
    html: await response.text(),
    policy: response.headers.get('content-security-policy') ?? '',
  };
}

async function send(letter: {
  to: string;
  subject: string;
  html?: string;
  text?: string;
  ical?: string;
}): Promise<void> {
  const { ical, ...rest } = letter;
  await transport.sendMail({
    from: { name: HOSTILE, address: 'practice@example.com' },
    ...rest,
    ...(ical === undefined ? {} : { icalEvent: { method: 'REQUEST', content: ical } }),
  });
}

/** What a browser would make of the value of an attribute. */
function attribute(html: string, name: string): string {
  const value = new RegExp(` ${name}="([^"]*)"`).exec(html)?.[1] ?? '';
  return value.replace(/&#(\d+);/g, (_sign, code: string) => String.fromCharCode(Number(code)));
}

const TAGS = new Set(
  'html head meta title link style body a header p strong span div svg rect path nav ul li main h1 h2 bdi dl dt dd time code table caption thead tbody tr th td br iframe pre details summary footer'.split(
    ' ',
  ),
);
const ATTRIBUTES = new Set(
  'lang charset name content rel href class id tabindex viewBox width height aria-hidden aria-label aria-current fill d stroke stroke-width rx role scope data-name datetime dir title sandbox referrerpolicy srcdoc'.split(
    ' ',
  ),
);

/** The names of all elements and attributes of a page, as a browser would see them. */
function markupOf(html: string): { tags: Set<string>; attributes: Set<string> } {
  const bare = html.replace(/<style>.*?<\/style>/s, '<style>').replace(/"[^"]*"/g, '""');
  const open = [...bare.matchAll(/<([a-z][^\s>/]*)([^>]*)/gi)];
  return {
    tags: new Set(open.map(([, name]) => name ?? '')),
    attributes: new Set(open.flatMap(([, , rest]) => [...(rest ?? '').matchAll(/[^\s=/]+(?==)/g)].map(String))),
  };
}

async function bookEverywhere(title: string): Promise<string[]> {
  const { addresses } = sandbox;
  const zoom = await call(
    `${addresses.zoomApiUrl}/users/sarah@example.com/meetings`,
    'POST',
    await zoomToken(sandbox),
    { topic: title.slice(0, 200), type: 2, start_time: '2026-12-01T10:00:00Z', duration: 60, timezone: 'Asia/Kolkata' },
  );
  const google = await call(
    `${addresses.googleApiUrl}/calendars/primary/events?conferenceDataVersion=1`,
    'POST',
    await googleToken(sandbox),
    {
      summary: title,
      description: `<b>${title}</b>`,
      start: { dateTime: '2026-12-02T10:00:00', timeZone: 'Europe/Berlin' },
      end: { dateTime: '2026-12-02T11:00:00', timeZone: 'Europe/Berlin' },
      attendees: [{ email: 'jane@example.com', displayName: title }],
      conferenceData: {
        createRequest: { requestId: title.slice(0, 3), conferenceSolutionKey: { type: 'hangoutsMeet' } },
      },
    },
  );
  const auth = await microsoftToken(sandbox);
  const microsoft = await call(`${addresses.msGraphUrl}/users/michael@example.com/events`, 'POST', auth, {
    subject: title,
    isOnlineMeeting: true,
    onlineMeetingProvider: 'teamsForBusiness',
    body: { contentType: 'html', content: title },
    start: { dateTime: '2026-12-03T10:00:00', timeZone: 'Eastern Standard Time' },
    end: { dateTime: '2026-12-03T11:30:00', timeZone: 'Eastern Standard Time' },
    attendees: [{ emailAddress: { address: 'jane@example.com', name: title }, type: 'required' }],
  });
  const online = microsoft.body['onlineMeeting'] as Record<string, unknown>;
  return [
    textAt(zoom.body, 'join_url'),
    textAt(google.body, 'hangoutLink'),
    textAt(google.body, 'htmlLink'),
    textAt(online, 'joinUrl'),
    textAt(microsoft.body, 'webLink'),
  ].map((url) => url.slice(sandbox.url.length));
}

describe('The pages of the sandbox', () => {
  it('say what to do while there is nothing yet', async () => {
    expect((await page('/')).html).toContain('No mail yet. Book an appointment and look here again.');
    expect((await page('/mailbox')).html).toContain('No mail yet.');
    expect((await page('/meetings')).html).toContain('No meetings ahead.');
    expect((await page('/events')).html).toContain('Nothing on the calendars.');
  });

  it('never run or load what a letter, a subject or a name says', async () => {
    await send({
      to: 'jane@example.com',
      subject: HOSTILE,
      html: `<p>Hello "you"</p>${HOSTILE}`,
      text: HOSTILE,
      ical: ICAL.replace('Talk', HOSTILE),
    });
    const links = await bookEverywhere(HOSTILE);
    for (const path of ['/', '/mailbox', '/mailbox/1', '/meetings', '/events', ...links]) {
      const { status, html, policy } = await page(path);
      expect([path, status]).toEqual([path, 200]);
      const { tags, attributes } = markupOf(html);
      expect(tags.difference(TAGS), path).toEqual(new Set());
      expect(attributes.difference(ATTRIBUTES), path).toEqual(new Set());
      expect(html, path).not.toMatch(/href="(?!\/|#|data:image\/svg)/);
      expect(policy, path).toContain("default-src 'none'");
      expect(policy, path).toContain("form-action 'none'");
      expect(policy.includes("'unsafe-inline'"), path).toBe(path === '/mailbox/1');
    }
  });

  it('show a letter in a frame without scripts, that lets nothing in from outside', async () => {
    const { html } = await page('/mailbox/1');
    expect(attribute(html, 'sandbox')).toBe('allow-popups allow-popups-to-escape-sandbox');
    const framed = attribute(html, 'srcdoc');
    expect(framed).toMatch(
      /^<!doctype html>\s*<meta\s+http-equiv="Content-Security-Policy"\s+content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"/,
    );
    expect(framed).toContain('<p>Hello "you"</p>');
  });

  it('say on every page that this is a sandbox, in one language, with landmarks and one heading of the first rank', async () => {
    for (const path of ['/', '/mailbox', '/mailbox/1', '/meetings', '/events', '/mailbox/99', '/zoom/j/1']) {
      const { html } = await page(path);
      expect(html, path).toMatch(/^<!doctype html>\s*<html lang="en">/);
      expect(html, path).toMatch(/Sandbox<\/strong>\s*<span>Nothing leaves this machine\./);
      expect(html.match(/<h1>/g), path).toHaveLength(1);
      for (const landmark of ['<header>', '<nav aria-label=', '<main id="content"', '<footer>'])
        expect(html.includes(landmark), `${path} ${landmark}`).toBe(true);
    }
    expect((await page('/meetings')).html.match(/scope="col"/g)).toHaveLength(4);
  });

  it('tell meetings and events in their own zones, with a link that opens', async () => {
    const meetings = (await page('/meetings')).html;
    for (const said of ['15:30 to 16:30', 'Asia/Kolkata, UTC+05:30', 'Europe/Berlin', 'America/New_York, UTC−05:00'])
      expect(meetings.includes(said), said).toBe(true);
    const joins = [...meetings.matchAll(/href="(\/(?:zoom|google|microsoft)[^"]*)"/g)].map(([, path]) => path ?? '');
    expect(joins.length).toBeGreaterThanOrEqual(5);
    for (const path of joins) {
      const opened = path.replace(/&#(\d+);/g, (_sign, code: string) => String.fromCharCode(Number(code)));
      expect([opened, (await page(opened)).status]).toEqual([opened, 200]);
    }
    const events = (await page('/events')).html;
    expect(events).toContain('Google Calendar');
    expect(events).toContain('Outlook calendar');
  });

  it('list letters with the newest first, page after page, and keep their numbers', async () => {
    for (let number = 2; number <= 53; number++)
      await send({ to: `client-${number}@example.com`, subject: `Letter ${number}`, text: 'Hello' });
    const newest = (await page('/mailbox')).html;
    const numbers = [...newest.matchAll(/href="\/mailbox\/(\d+)"/g)].map(([, number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: 50 }, (_, at) => 53 - at));
    expect(newest).toContain('client-53@example.com');
    expect(newest).toContain('href="/mailbox?before=4"');
    const older = (await page('/mailbox?before=4')).html;
    expect([...older.matchAll(/href="\/mailbox\/(\d+)"/g)].map(([, number]) => number)).toEqual(['3', '2', '1']);
    const letter = (await page('/mailbox/53')).html;
    expect(letter).toContain('Letter 53');
    expect(letter).toContain('It has no HTML part.');
    for (const path of ['/mailbox/54', '/mailbox/0', '/mailbox/x', '/mailbox/1e9'])
      expect((await page(path)).status).toBe(404);
    expect((await page('/mailbox?before=x')).status).toBe(200);
  });

  it('read questions that are odd as links that lead nowhere', async () => {
    for (const path of [
      '/google/event',
      '/google/event?eid=a&eid=b',
      '/microsoft/owa/?itemid=x',
      '/zoom/s/1?zak=a&zak=b',
    ])
      expect([path, (await page(path)).status]).toEqual([path, 404]);
  });
});

describe('The calendar part of a letter', () => {
  it('is said in plain words', () => {
    const starts = Temporal.Instant.from('2026-11-24T15:00:00Z').epochMilliseconds;
    expect(readCalendar(ICAL)).toEqual({
      kind: 'An update (number 2): it moves the event in the calendar.',
      title: 'Talk, and a very long line that is folded in two',
      when: { at: starts, zone: 'America/New_York', allDay: false },
      until: { at: starts + 3_600_000, zone: 'America/New_York', allDay: false },
      place: 'javascript:alert(1)',
      organiser: 'Hudson: Practice <hudson@example.com>',
      guests: ['Jane Doe <jane+it@example.com>'],
      uid: 'appointment-7@slotkeeper.example',
      sequence: 2,
    });
  });

  it('is passed over where it is broken', () => {
    expect(readCalendar('')).toBeNull();
    expect(readCalendar('BEGIN:VCALENDAR\nMETHOD:REQUEST')).toBeNull();
    expect(readCalendar('BEGIN:VEVENT\nDTSTART;TZID=Mars/Olympus:20261124T100000\nSEQUENCE:x')).toMatchObject({
      when: { words: '2026-11-24 10:00:00 (Mars/Olympus)' },
      sequence: 0,
    });
    expect(readCalendar('BEGIN:VEVENT\nDTSTART:soon\n;:;\nATTENDEE:mailto:%zz')).toMatchObject({
      when: { words: 'soon' },
      guests: ['%zz'],
    });
  });
});
