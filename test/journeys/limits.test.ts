// A page on another origin may call, and nobody may call without end: CORS and rate limits as a browser and a script meet
// them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADA } from '../cast.ts';
import { booking, openHouse, refusal, type OpenHouse } from '../open-house.ts';

const FRIEND = 'https://practice.example';
let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse({
    worker: false,
    settings: {
      CORS_ORIGINS: FRIEND,
      RATE_LIMIT_ANONYMOUS_READS: '10',
      RATE_LIMIT_CLIENT_READS: '20',
      RATE_LIMIT_CLIENT_BOOKINGS: '3',
      RATE_LIMIT_STAFF_BOOKINGS: '5',
    },
  });
});
afterAll(() => house.close());

const preflight = (origin: string) =>
  house.ask(null, 'OPTIONS', '/api/appointments', {
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,idempotency-key',
    },
  });

describe('another origin', () => {
  test('is let in where it is named, with token and Idempotency-Key', async () => {
    const { status, headers } = await preflight(FRIEND);
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(FRIEND);
    expect(headers.get('access-control-allow-methods')).toMatch(/POST.*PUT/);
    for (const name of ['authorization', 'content-type', 'idempotency-key']) {
      expect(headers.get('access-control-allow-headers')).toContain(name);
    }
    const answer = await house.get('john', '/api/users/user-uuid/appointments', { origin: FRIEND });
    expect(answer.headers.get('access-control-allow-origin')).toBe(FRIEND);
    expect(answer.headers.get('access-control-expose-headers')).toContain('retry-after');
  });

  test('can read a refusal too', async () => {
    const answer = await house.get(null, '/api/appointments/1', { origin: FRIEND });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([401, FRIEND]);
  });

  test('is not let in where it is not named', async () => {
    const { headers } = await preflight('https://elsewhere.example');
    expect(headers.get('access-control-allow-origin')).not.toBe('https://elsewhere.example');
  });
});

describe('rate limits', () => {
  test('a client books so many times a minute, then is told when to come back', async () => {
    const asks = Array.from({ length: 3 }, (_, i) => booking({ date: `2030-06-1${i + 1}`, time: '12:00' }));
    for (const body of asks) expect((await house.post('john', '/api/appointments', body)).status).toBe(422);
    const answer = await house.post('john', '/api/appointments', booking());
    expect(refusal(answer)).toEqual([429, 'rate_limited']);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.headers.get('ratelimit-policy')).toBe('"booking";q=3;w=60');
    expect(answer.headers.get('ratelimit')).toMatch(/^"booking";r=0;t=\d+$/);
  });

  test('another client’s limit is its own, and reading has one of its own', async () => {
    const other = await house.post('ada', '/api/appointments', booking({ ...ADA, videoMeetingConfig: undefined }));
    expect(other.status).toBe(201);
    expect((await house.get('john', '/api/users/user-uuid/appointments')).status).toBe(200);
  });

  test('without a token the address counts, and a token has a limit of its own', async () => {
    const path = '/api/practitioners/123/availability?date=2030-06-20';
    const statuses: number[] = [];
    for (let i = 0; i < 11; i += 1) statuses.push((await house.get(null, path)).status);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0);
    expect((await house.get('john', path)).status).toBe(200);
  });

  test('a new minute is a new allowance', async () => {
    house.clock.advance({ minutes: 1 });
    const { status } = await house.post('john', '/api/appointments', booking({ time: '12:00' }));
    expect(status).toBe(422);
  });

  test('probes are not limited', async () => {
    for (let i = 0; i < 15; i += 1) expect((await house.get(null, '/health/live')).status).toBe(200);
  });
});
