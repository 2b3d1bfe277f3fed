// The mails of a journey as they arrive: who gets which, one calendar entry from confirmation to cancellation, and names
// of any alphabet whole from the request to the mail's last part.
import ICAL from 'ical.js';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { JOHN, SARAH } from '../cast.ts';
import { booked, openHouse, type Letter, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse();
});
afterEach(() => house.clearFaults());
afterAll(() => house.close());

/** All mails about one appointment to one address, oldest first. */
async function mailsAbout(id: number, address: string, count: number): Promise<Letter[]> {
  const about = async () =>
    (await house.live.mailsTo(address)).filter(({ raw }) => raw.includes(`X-Slotkeeper-Appointment: ${id}\r\n`));
  return await house.until(about, (mails) => mails.length >= count, { seconds: 1 });
}

/** What a calendar program reads from a mail's calendar part. */
function entryOf(mail: Letter | undefined) {
  const calendar = new ICAL.Component(ICAL.parse(mail?.ical ?? '') as unknown[]);
  const event = calendar.getFirstSubcomponent('vevent');
  const value = (name: string) => event?.getFirstPropertyValue(name)?.toString();
  const attendee = event?.getFirstProperty('attendee');
  return {
    method: calendar.getFirstPropertyValue('method')?.toString(),
    zones: calendar.getAllSubcomponents('vtimezone').map((zone) => zone.getFirstPropertyValue('tzid')?.toString()),
    uid: value('uid'),
    sequence: Number(value('sequence')),
    start: value('dtstart'),
    status: value('status'),
    summary: value('summary'),
    attendee: attendee?.getFirstValue()?.toString(),
    attendeeName: attendee?.getParameter('cn'),
  };
}

describe('a journey, as its mails tell it', () => {
  test('confirmation, change and cancellation reach both, as one calendar entry with a rising sequence', async () => {
    const id = await booked(house, { date: '2030-06-20' }, 'john');
    const path = `/api/appointments/${id}`;
    const link = ((await house.get('john', path)).body['meetingDetails'] as { meetingUrl: string }).meetingUrl;
    await Promise.all([JOHN.userEmail, SARAH.email].map((address) => mailsAbout(id, address, 1)));
    await house.put('john', `${path}/reschedule`, { newDate: '2030-06-25', newTime: '15:00:00' });
    await Promise.all([JOHN.userEmail, SARAH.email].map((address) => mailsAbout(id, address, 2)));
    await house.put('john', `${path}/cancel`, { reason: 'Schedule conflict' });

    for (const address of [JOHN.userEmail, SARAH.email]) {
      const mails = await mailsAbout(id, address, 3);
      expect(mails).toHaveLength(3);
      const entries = mails.map(entryOf);
      expect(entries.map(({ method, sequence, start }) => ({ method, sequence, start }))).toEqual([
        { method: 'REQUEST', sequence: 0, start: '2030-06-20T14:00:00' },
        { method: 'REQUEST', sequence: 1, start: '2030-06-25T15:00:00' },
        { method: 'CANCEL', sequence: 2, start: '2030-06-25T15:00:00' },
      ]);
      expect(new Set(entries.map(({ uid }) => uid)).size).toBe(1);
      expect(entries.map(({ zones }) => zones)).toEqual(Array.from({ length: 3 }, () => ['America/New_York']));
      expect(entries.map(({ attendee }) => attendee)).toEqual(Array.from({ length: 3 }, () => `mailto:${address}`));
      expect(entries[2]?.status).toBe('CANCELLED');
      const [confirmation, change, cancellation] = mails;
      for (const part of ['text', 'html', 'ical'] as const) {
        expect(confirmation?.[part]?.replaceAll('\r\n ', '')).toContain(part === 'html' ? link.split('?')[0] : link);
        expect(cancellation?.[part]).not.toContain(link.split('?')[0]);
        // Why somebody cancels is nobody's mail.
        expect(cancellation?.[part]).not.toContain('Schedule conflict');
      }
      expect(change?.text).toContain('New time');
      expect(change?.text).toContain('Old time');
      expect(confirmation?.text).toContain('sandbox');
    }
  });

  test('a subject names no client and no session type', async () => {
    const mails = await house.live.mails();
    for (const { subject } of mails) {
      expect(subject).not.toContain(JOHN.userName);
      expect(subject).not.toContain('Initial Consultation');
    }
  });

  test('a mail server that is away for a while costs no mail, and no mail is sent twice', async () => {
    await house.orderFault({ provider: 'mail', operation: 'send', status: 451, times: 4 });
    const id = await booked(house, { date: '2030-06-27' }, 'john');
    for (const address of [JOHN.userEmail, SARAH.email]) {
      expect(await mailsAbout(id, address, 1)).toHaveLength(1);
    }
  });

  test('two changes in a moment make one truthful mail, not a stale one and another', async () => {
    const id = await booked(house, { date: '2030-07-01' }, 'john');
    await mailsAbout(id, JOHN.userEmail, 1);
    await house.orderFault({ provider: 'mail', operation: 'send', status: 451 });
    for (const newDate of ['2030-07-02', '2030-07-03']) {
      await house.put('john', `/api/appointments/${id}/reschedule`, { newDate, newTime: '10:00' });
    }
    // What is on its way about the first of them would be taken once the server takes mail again.
    await house.until(
      () => house.rows(`select id from letter where appointment_id = $1 and state = 'sending'`, [id]),
      (sending) => sending.length === 0,
    );
    await house.clearFaults();
    const mails = await mailsAbout(id, JOHN.userEmail, 2);
    expect(entryOf(mails.at(-1))).toMatchObject({ start: '2030-07-03T10:00:00', sequence: 2 });
    expect(mails).toHaveLength(2);
  });

  test('where the calendar’s provider invites, our mail carries no invitation of its own', async () => {
    const { headers } = await house.get('staff', '/api/practitioners/789');
    const changed = await house.ask('staff', 'PATCH', '/api/practitioners/789', {
      body: { invitations: 'provider' },
      headers: { 'if-match': headers.get('etag') ?? '' },
    });
    expect(changed.status, changed.text).toBe(200);
    const id = await booked(house, {
      practitionerId: 789,
      practitionerName: undefined,
      time: '10:00',
      videoMeetingConfig: undefined,
    });
    const [mail] = await mailsAbout(id, JOHN.userEmail, 1);
    expect(mail?.ical).toBeNull();
    expect(mail?.raw).not.toContain('METHOD:REQUEST');
  });
});

describe('names of any kind', () => {
  const NAMES = [
    ['Žofie Ďásková-O’Brien', 'latin'],
    ['王小明', 'han'],
    ['عبد الله "أبو" أحمد', 'arabic'],
    ['👩🏽‍⚕️ Zoë; DROP TABLE, x:y', 'odd'],
    ['Robert"); <script>alert(1)</script> -- \'', 'hostile'],
    ['END:VEVENT: BEGIN:VEVENT; X=Y', 'syntax'],
  ] as const;

  test.each(NAMES)('%s', async (name, key) => {
    const date = Temporal.PlainDate.from('2030-07-08').add({ days: NAMES.findIndex((one) => one[1] === key) % 5 });
    const email = `${key}@example.com`;
    const id = await booked(house, {
      userId: key,
      userName: name,
      userEmail: email,
      date: date.toString(),
      time: key === 'syntax' ? '09:00' : '10:00',
    });
    const [mail] = await mailsAbout(id, email, 1);
    expect(mail?.to).toEqual([{ name, address: email }]);
    expect(mail?.text).toContain(`Hello ${name},`);
    expect(mail?.html).not.toContain('<script');
    const entry = entryOf(mail);
    expect(entry).toMatchObject({
      method: 'REQUEST',
      attendee: `mailto:${email}`,
      summary: `Appointment with ${SARAH.practitionerName}`,
    });
    // A parameter of iCalendar cannot hold a double quote (RFC 5545, 3.2); the name is otherwise whole.
    expect(entry.attendeeName).toBe(name.replaceAll('"', "'"));
    expect(JSON.stringify(house.lines)).not.toContain(name.slice(0, 6));
  });
});
