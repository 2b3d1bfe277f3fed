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
  let day = Temporal.PlainDate.from('2030-03-04');

  type Sent = Letter & { readonly id: string };
  type Told = { readonly status: number; readonly body: string; readonly headers: Record<string, string> };
  type Logged = Readonly<Record<string, unknown>>;

  /** A booking of a client of its own, with the confirmation sent to her. */
  async function confirmed(userId: string): Promise<{ id: number; mail: Sent; address: string }> {
    const address = `${userId}@example.com`;
    const id = await bookedFor(userId);
    const mails = await house.until(
      async () => (await house.live.mailsTo(address)) as Sent[],
      (all) => all.length > 0,
      {
        seconds: 1,
      },
    );
    const mail = mails[0];
    if (!mail) throw new Error('no mail');
    await house.until(
      () => logged(id),
      (letters) => letters.every(({ status }) => status === 'sent') && letters.length === 2,
    );
    return { id, mail, address };
  }

  async function bookedFor(userId: string): Promise<number> {
    day = day.add({ days: day.dayOfWeek === 5 ? 3 : 1 });
    const over = { userId, userEmail: `${userId}@example.com`, userName: 'Jo', date: day.toString(), time: '10:00' };
    return await booked(house, { ...over, videoMeetingConfig: undefined });
  }

  async function logged(id: number): Promise<Logged[]> {
    return (await house.get('staff', `/api/appointments/${id}/letters`)).body['letters'] as Logged[];
  }

  async function ofClient(id: number): Promise<Logged | undefined> {
    return (await logged(id)).findLast(({ recipient }) => recipient === 'client');
  }

  const hook = () => `${house.url}/api/webhooks/mail/${service}`;

  async function tell(mail: Sent, event: string): Promise<Told> {
    const body = JSON.stringify({ message: mail.id, event, url: hook() });
    const answer = await fetch(`${house.sandboxUrl}/control/mail/events`, { method: 'POST', body });
    expect(answer.status, await answer.clone().text()).toBe(201);
    return (await answer.json()) as Told;
  }

  async function post(told: Pick<Told, 'body' | 'headers'>): Promise<number> {
    const headers = { 'content-type': 'application/json', ...told.headers };
    return (await fetch(hook(), { method: 'POST', headers, body: told.body })).status;
  }

  test('a bounce for good stops mail to that address; staff see it, clear it, and mail goes again', async () => {
    const { id, mail, address } = await confirmed('bo');
    expect((await tell(mail, 'bounced')).status).toBe(200);
    expect(await ofClient(id)).toMatchObject({
      status: 'sent',
      service,
      serviceMessageId: mail.id,
      delivery: 'bounced',
      deliveryReason: 'permanent',
    });
    const seen = { client: { kind: 'bounced', reason: 'permanent' } };
    expect((await house.get('staff', `/api/appointments/${id}`)).body['mailTrouble']).toMatchObject(seen);
    expect((await house.get('sarah', `/api/appointments/${id}`)).body['mailTrouble']).toMatchObject(seen);
    const path = '/api/users/bo/mail-trouble';
    expect((await house.get('staff', path)).body).toMatchObject({ mailTrouble: { kind: 'bounced' } });

    // Another appointment of hers: its letter is kept back, the practitioner's is not.
    const other = await bookedFor('bo');
    const kept = await house.until(
      () => ofClient(other),
      (letter) => letter?.['status'] === 'refused',
      { seconds: 1 },
    );
    expect(kept).toMatchObject({ error: 'address_bounced permanent' });
    expect(await house.live.mailsTo(address)).toHaveLength(1);

    expect((await house.ask('staff', 'DELETE', path)).status).toBe(200);
    expect((await house.get('staff', path)).body).toEqual({ mailTrouble: null });
    expect((await house.get('staff', `/api/appointments/${id}`)).body['mailTrouble']).toBeUndefined();
    if (service === 'postmark') await fetch(`${house.sandboxUrl}/control/state`, { method: 'DELETE' });
    await house.put('service', `/api/appointments/${other}/cancel`, {});
    await house.until(
      () => ofClient(other),
      (letter) => letter?.['kind'] === 'cancellation' && letter['status'] === 'sent',
      {
        seconds: 1,
      },
    );
  });

  test('repeated, and told again after staff cleared it, news changes nothing', async () => {
    const { id, mail } = await confirmed('rita');
    const told = await tell(mail, 'complained');
    expect(await ofClient(id)).toMatchObject({ delivery: 'complained', deliveryReason: 'complaint' });
    await house.ask('staff', 'DELETE', '/api/users/rita/mail-trouble');
    expect(await Promise.all([post(told), post(told), post(told)])).toEqual([200, 200, 200]);
    expect((await house.get('staff', '/api/users/rita/mail-trouble')).body).toEqual({ mailTrouble: null });
  });

  test('out of order, a letter’s delivery only rises; what is for now stops nothing', async () => {
    const { id, mail } = await confirmed('otto');
    for (const [event, delivery] of [
      ['delayed', service === 'postmark' ? 'bounced' : 'delayed'],
      ['delivered', service === 'postmark' ? 'bounced' : 'delivered'],
      ['bounced_for_now', 'bounced'],
      ['blocked', 'bounced'],
      ['delivered', 'bounced'],
      ['complained', 'complained'],
      ['bounced', 'complained'],
    ] as const) {
      const stopped = (await house.get('staff', '/api/users/otto/mail-trouble')).body['mailTrouble'] !== null;
      expect([event, stopped]).toEqual([event, event === 'bounced']);
      expect((await tell(mail, event)).status).toBe(200);
      expect([event, (await ofClient(id))?.['delivery']]).toEqual([event, delivery]);
    }
  });

  test('forged, changed, unsigned and, where it is signed with its time, late posts are refused and change nothing', async () => {
    const { id, mail } = await confirmed('fay');
    const told = await tell(mail, 'delivered');
    const foreign = Object.fromEntries(Object.entries(told.headers).map(([name]) => [name, `v1,${'A'.repeat(44)}`]));
    expect(await post({ ...told, headers: {} })).toBe(401);
    expect(await post({ ...told, headers: foreign })).toBe(401);
    // Credentials say who posts, and nothing of what or when.
    const signed = service !== 'postmark';
    expect(await post({ ...told, body: `${told.body} ` })).toBe(signed ? 401 : 200);
    const signedAt = house.clock.now();
    house.clock.set(signedAt.add({ minutes: 6 }));
    expect(await post(told)).toBe(signed ? 401 : 200);
    house.clock.set(signedAt.add({ minutes: 4 }));
    expect(await post(told)).toBe(200);
    expect(await ofClient(id)).toMatchObject({ delivery: 'delivered' });
  });

  test('news of letters that nobody here knows is taken, left, and logged without a person', async () => {
    const { mail } = await confirmed('una');
    const told = await tell(mail, 'delivered');
    await fetch(`${house.sandboxUrl}/control/state`, { method: 'DELETE' });
    // The one whose posts a test can write itself.
    const posts = [
      '{"RecordType": "Delivery", "MessageID": "nobody-knows"}',
      String.raw`{"RecordType": "Delivery", "MessageID": "nobody\u0000knows"}`,
      '{"RecordType": 7}',
      'no json',
      'x'.repeat(1_048_577),
    ];
    const answered = service === 'postmark' ? await Promise.all(posts.map((body) => post({ ...told, body }))) : [];
    expect(answered).toEqual(service === 'postmark' ? [200, 200, 200, 400, 413] : []);
    const lines = JSON.stringify(house.lines.filter(({ msg }) => msg === 'news of letters'));
    expect(lines).toContain(`"service":"${service}"`);
    expect(lines).not.toContain('example.com');
  });

  test('the log is its host’s alone, and troubles are staff’s', async () => {
    const { id } = await confirmed('ann');
    const letters = `/api/appointments/${id}/letters`;
    expect((await house.get('sarah', letters)).status).toBe(200);
    expect((await house.get('michael', letters)).status).toBe(404);
    expect((await house.get('john', letters)).status).toBe(403);
    expect((await house.get('staff', '/api/appointments/999999/letters')).status).toBe(404);
    expect((await house.get('staff', `${letters}?limit=1`)).body['nextCursor']).not.toBeNull();
    expect((await house.get('john', '/api/users/ann/mail-trouble')).status).toBe(403);
    expect((await house.get('staff', '/api/users/nobody/mail-trouble')).status).toBe(404);
    expect((await house.ask('staff', 'DELETE', '/api/practitioners/123/mail-trouble')).status).toBe(200);
    expect((await house.get('staff', '/api/practitioners/123/mail-trouble')).body).toEqual({ mailTrouble: null });
  });

  test('another service than one with a secret has no door', async () => {
    const answer = await fetch(`${house.url}/api/webhooks/mail/pigeon`, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(404);
  });
});
