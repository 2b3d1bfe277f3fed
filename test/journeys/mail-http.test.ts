// The mails of a journey by each mail service's API: what arrives, what a service that is away costs, and what its news of a
// letter changes.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { JOHN, SARAH } from '../cast.ts';
import { booked, openHouse, type Letter, type OpenHouse } from '../open-house.ts';

describe.each(['resend', 'postmark', 'sendgrid'] as const)('by %s', (service) => {
  let house: OpenHouse;
  beforeAll(async () => {
    house = await openHouse({ settings: { EMAIL_PROVIDER: service } });
  });
  afterEach(() => house.clearFaults());
  afterAll(() => house.close());

  async function mailsAbout(id: number, address: string, count: number): Promise<Letter[]> {
    const about = async () =>
      (await house.live.mailsTo(address)).filter(({ raw }) => raw.includes(`X-Slotkeeper-Appointment: ${id}\r\n`));
    return await house.until(about, (mails) => mails.length >= count, { seconds: 1 });
  }

  test('confirmation, change and cancellation arrive, each with its calendar part', async () => {
    const id = await booked(house, { date: '2030-06-20' }, 'john');
    const path = `/api/appointments/${id}`;
    await Promise.all([JOHN.userEmail, SARAH.email].map((address) => mailsAbout(id, address, 1)));
    await house.put('john', `${path}/reschedule`, { newDate: '2030-06-25', newTime: '15:00:00' });
    await Promise.all([JOHN.userEmail, SARAH.email].map((address) => mailsAbout(id, address, 2)));
    await house.put('john', `${path}/cancel`, { reason: 'Schedule conflict' });
    for (const address of [JOHN.userEmail, SARAH.email]) {
      const mails = await mailsAbout(id, address, 3);
      expect(mails.map(({ ical }) => /METHOD:(\w+)/.exec(ical ?? '')?.[1])).toEqual(['REQUEST', 'REQUEST', 'CANCEL']);
      expect(mails.map(({ ical }) => /SEQUENCE:(\d+)/.exec(ical ?? '')?.[1])).toEqual(['0', '1', '2']);
      expect(new Set(mails.map(({ ical }) => /UID:(\S+)/.exec(ical ?? '')?.[1])).size).toBe(1);
      expect(mails[0]?.raw).toMatch(/text\/calendar;[^\r]*method=REQUEST/);
      expect(mails[2]?.raw).toMatch(/text\/calendar;[^\r]*method=CANCEL/);
      expect(mails[1]?.text).toContain('New time');
      expect(mails[0]?.html).toContain('<html');
    }
  });

  test('a service that is away for a while costs no mail, and no mail is sent twice', async () => {
    await house.orderFault({ provider: 'mail', operation: 'send', status: 503, times: 5 });
    await house.orderFault({ provider: 'mail', operation: 'send', status: 429, retryAfter: 3, times: 2 });
    const id = await booked(house, { date: '2030-06-27' }, 'john');
    for (const address of [JOHN.userEmail, SARAH.email]) expect(await mailsAbout(id, address, 1)).toHaveLength(1);
  });

  test('a lost answer costs no mail, and makes no second one where the service can tell', async () => {
    await house.orderFault({ provider: 'mail', operation: 'send', dropAfterSuccess: true, times: 2 });
    const id = await booked(house, { date: '2030-06-28', practitionerName: undefined }, 'john');
    const mails = await house.until(
      async () => (await house.live.mails()).filter(({ raw }) => raw.includes(`X-Slotkeeper-Appointment: ${id}\r\n`)),
      (all) => all.length >= (service === 'sendgrid' ? 4 : 2),
      { seconds: 1 },
    );
    // Of a double both bear one Message-ID, for the reader's server to drop one by.
    const names = mails.map(({ raw }) => /Message-ID: (\S+)/.exec(raw)?.[1]);
    expect(new Set(names).size).toBe(2);
    expect(mails).toHaveLength(service === 'sendgrid' ? 4 : 2);
  });
});
