// The letters in which offers are made, as all others: what became of them stands in the delivery log, what a mail service tells of
// them is taken down, and an address that bounced is not written to.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { SARAH } from '../cast.ts';
import { afterSomeLooks, booked, openHouse, refusal, type Json, type Letter, type OpenHouse } from '../open-house.ts';

let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse({ settings: { EMAIL_PROVIDER: 'resend', WAITLIST_HOLD_MINUTES: '60' } });
});
afterEach(() => house.clearFaults());
afterAll(() => house.close());

let date = '2030-02-04';
type Offer = { readonly id: number; readonly appointmentId?: number };

/** A free hour is offered at once to who joins. */
async function offeredTo(userId: string): Promise<Offer> {
  date = Temporal.PlainDate.from(date).add({ weeks: 1 }).toString();
  const joined = await house.post('service', '/api/waitlist', {
    userId,
    userEmail: `${userId}@example.com`,
    userName: userId,
    practitionerIds: [SARAH.practitionerId],
    sessionType: 'Initial Consultation',
    firstDate: date,
    lastDate: date,
  });
  expect(joined.status, joined.text).toBe(201);
  const { body } = await house.until(
    () => house.get('staff', `/api/waitlist/${String(joined.body['id'])}`),
    (answer) => (answer.body['offers'] as Offer[]).length > 0,
  );
  const [offer] = body['offers'] as Offer[];
  return offer!;
}

const logged = async ({ id }: Offer) =>
  (await house.get('staff', `/api/offers/${id}/letters`)).body['letters'] as (Json & { id: number })[];
const became = (offer: Offer, status: string) =>
  house.until(
    () => logged(offer),
    (letters) => letters.length === 1 && letters[0]?.['status'] === status,
  );
const mailsTo = async (userId: string) =>
  (await house.live.mailsTo(`${userId}@example.com`)) as (Letter & { readonly id: string })[];

test('an address that bounces for an offer is not written to again, by an offer or any other letter; cleared, the offer is sent', async () => {
  const offer = await offeredTo('bounces');
  const [letter] = await became(offer, 'sent');
  expect(letter).toMatchObject({
    recipient: 'client',
    kind: 'offer',
    channel: 'email',
    attempts: 1,
    service: 'resend',
  });
  const [mail] = await mailsTo('bounces');
  const event = { message: mail?.id, event: 'bounced', url: `${house.url}/api/webhooks/mail/resend` };
  const told = await fetch(`${house.sandboxUrl}/control/mail/events`, { method: 'POST', body: JSON.stringify(event) });
  expect([told.status, ((await told.json()) as Json)['status']]).toEqual([201, 200]);
  expect(await logged(offer)).toMatchObject([{ delivery: 'bounced', deliveryReason: 'permanent' }]);
  const trouble = '/api/users/bounces/mail-trouble';
  expect((await house.get('staff', trouble)).body).toMatchObject({ mailTrouble: { kind: 'bounced' } });

  const next = await offeredTo('bounces');
  const [kept] = await became(next, 'refused');
  expect(kept).toMatchObject({ error: 'address_bounced permanent' });
  expect(await mailsTo('bounces')).toHaveLength(1);
  const failed = (await house.get('staff', '/api/operations/letters')).body['letters'] as Json[];
  expect(failed).toMatchObject([{ letterId: kept?.id, offerId: next.id, kind: 'offer', state: 'refused' }]);

  expect((await house.ask('staff', 'DELETE', trouble)).status).toBe(200);
  const again = await house.post('staff', `/api/operations/letters/${kept?.id}/retry`, undefined);
  expect(again.status, again.text).toBe(202);
  expect(await became(next, 'sent')).toMatchObject([{ id: kept?.id, attempts: 2 }]);
  expect(await mailsTo('bounces')).toHaveLength(2);
  await house.put('service', `/api/offers/${next.id}/decline`, {});
  const late = await house.post('staff', `/api/operations/letters/${kept?.id}/retry`, undefined);
  expect(refusal(late)).toEqual([409, 'nothing_to_retry']);
});

test('what a mail service does not take is tried again, and told once; taken, it stands with its appointment', async () => {
  await house.orderFault({ provider: 'mail', operation: 'send', status: 503, times: 2 });
  await house.orderFault({ provider: 'mail', operation: 'send', dropAfterSuccess: true, times: 1 });
  const offer = await offeredTo('patient');
  const step = { seconds: 1 };
  const [letter] = await house.until(
    () => logged(offer),
    (letters) => letters[0]?.['status'] === 'sent',
    step,
  );
  expect(Number(letter?.['attempts'])).toBeGreaterThan(1);
  expect(await mailsTo('patient')).toHaveLength(1);
  const accepted = await house.put('service', `/api/offers/${offer.id}/accept`, {});
  const path = `/api/appointments/${String(accepted.body['appointmentId'])}/letters`;
  const letters = (await house.get('sarah', path)).body['letters'] as Json[];
  expect(letters.find(({ kind }) => kind === 'offer')).toMatchObject({ id: letter?.id, status: 'sent' });
});

test('a mail service that answers nobody is not asked for offers either, and they leave when it is back', async () => {
  await house.orderFault({ provider: 'mail', operation: 'send', status: 503, times: 10_000 });
  for (const [i, time] of ['09:00', '10:00', '11:00'].entries()) {
    const person = { userId: `away-${i}`, userEmail: `away-${i}@example.com`, userName: 'Away' };
    await booked(house, { ...person, date: '2030-08-05', time, videoMeetingConfig: undefined });
  }
  await house.until(
    async () => (await house.get('staff', '/api/operations/accounts')).body,
    (body) => JSON.stringify(body).includes('"mail"'),
    { seconds: 1 },
  );
  const offer = await offeredTo('waits');
  await afterSomeLooks();
  const tried = await logged(offer);
  expect(tried.length === 0 || tried[0]?.['status'] === 'queued').toBe(true);
  expect(Number(tried[0]?.['attempts'] ?? 0)).toBeLessThan(2);
  await house.clearFaults();
  await house.until(
    () => logged(offer),
    (letters) => letters[0]?.['status'] === 'sent',
    { seconds: 20 },
  );
  expect(await mailsTo('waits')).toHaveLength(1);
});

test('the letters of offers are for staff and services alone', async () => {
  const offer = await offeredTo('private');
  const path = `/api/offers/${offer.id}/letters`;
  expect([(await house.get('ada', path)).status, (await house.get('sarah', path)).status]).toEqual([403, 403]);
  expect([(await house.get('foreignStaff', path)).status, (await house.get(null, path)).status]).toEqual([404, 401]);
  expect((await house.get('staff', '/api/offers/999999/letters')).status).toBe(404);
});
