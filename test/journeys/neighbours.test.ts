// Practitioners beside each other, of whom one's account at the provider is broken, as those who book see it: over HTTP.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MICHAEL, SARAH } from '../cast.ts';
import { booking, openHouse, refusal, type Answer, type OpenHouse } from '../open-house.ts';

/** A booking's answer waits so long for its link. */
const WAIT_MS = 6_000;
const EACH = 8;

let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse({ settings: { MEETING_WAIT_MS: String(WAIT_MS) } });
});
afterAll(() => house.close());

const days = { [SARAH.practitionerId]: 0, [MICHAEL.practitionerId]: 0 };
const book = async ({ practitionerId, practitionerName, email }: typeof SARAH | typeof MICHAEL) => {
  const date = Temporal.PlainDate.from('2030-06-03').add({ days: 7 * (days[practitionerId] ?? 0) });
  days[practitionerId] = (days[practitionerId] ?? 0) + 1;
  const config = { platform: 'zoom', hostEmail: email };
  const over = { practitionerId, practitionerName, date: String(date), time: '10:00', videoMeetingConfig: config };
  const began = performance.now();
  const answer = await house.post('service', '/api/appointments', booking(over));
  return { answer, ms: performance.now() - began };
};
const statusOf = ({ body }: Answer) => (body['meetingDetails'] as Record<string, unknown> | undefined)?.['status'];
async function timed(): Promise<number[]> {
  const took: number[] = [];
  for (let count = 0; count < EACH; count += 1) {
    const { answer, ms } = await book(MICHAEL);
    expect([answer.status, statusOf(answer)], answer.text).toEqual([201, 'ready']);
    took.push(Math.round(ms));
  }
  return took.toSorted((a, b) => a - b);
}

describe('a practitioner whose account lets every call run out of time', () => {
  test('keeps no link of her neighbour back: neither while that is being found out, nor after', async () => {
    const alone = await timed();
    await house.orderFault({ provider: 'zoom', operation: 'any', account: SARAH.email, latencyMs: 9_000 });
    const hers = Array.from({ length: 12 }, () => book(SARAH));
    const meanwhile = await timed();
    for (const { answer } of await Promise.all(hers))
      expect([answer.status, statusOf(answer)]).toEqual([201, 'pending']);
    // Whoever says that it is broken is found out sooner than whoever says nothing.
    await house.clearFaults();
    await house.orderFault({ provider: 'zoom', operation: 'any', account: SARAH.email, status: 503 });
    await house.until(
      () => house.get('staff', '/api/operations/accounts'),
      ({ body }) => (body['accounts'] as readonly unknown[]).length === 1,
      { seconds: 2 },
    );
    const after = await timed();
    process.stdout.write(`from booking to link, ms: ${JSON.stringify({ alone, meanwhile, after })}\n`);
    // A hand comes free in a second where all are out for her.
    expect(meanwhile.at(-1)).toBeLessThan((alone.at(-1) ?? 0) + 5_000);
    expect(after.at(-1)).toBeLessThan((alone.at(-1) ?? 0) + 3_000);
  }, 120_000);

  test('is answered at once that her link is to come, and so is whoever asks for it', async () => {
    const { answer, ms } = await book(SARAH);
    expect([answer.status, statusOf(answer)]).toEqual([201, 'pending']);
    expect(ms).toBeLessThan(WAIT_MS / 2);
    const began = performance.now();
    const direct = await house.post('service', '/api/create-zoom-meeting', {
      appointmentId: answer.body['appointmentId'],
    });
    expect(refusal(direct)).toEqual([503, 'meeting_pending']);
    expect(performance.now() - began).toBeLessThan(WAIT_MS / 2);
  }, 60_000);
});
