// What staff see of the sweep and decide about it, over HTTP, with a worker at work.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openHouse, type Json, type OpenHouse } from '../open-house.ts';
import { CAST } from '../cast.ts';

const DRIFT = '/api/operations/drift';
const SWEEP = '/api/operations/sweep';
const NOBODY = 77_777_777;

let house: OpenHouse;
beforeAll(async () => {
  house = await openHouse({ worker: false });
  await house.rows(
    `insert into sweep (organisation_id, provider, host, practitioner_id, placed_at, due_at)
     values ($1, 'google', 'h', 123, $2::timestamptz, $2::timestamptz)`,
    [house.organisations.own, house.clock.now().toString()],
  );
  await house.rows(
    `insert into drift (organisation_id, provider, host, kind, object_kind, subject, provider_id, session_id, starts_at, state,
            reason, first_found_at, last_found_at)
     select $1, 'google', 'h', 'unknown', 'calendar_event', 'thing ' || n, 'e' || n, $2, $3::timestamptz, 'open', 'not_proved',
            $3::timestamptz, $3::timestamptz from generate_series(1, 3) n`,
    [house.organisations.own, NOBODY, house.clock.now().toString()],
  );
});
afterAll(() => house.close());

const list = async (query = '') => (await house.get('staff', `${DRIFT}${query}`)).body['drift'] as Json[];

describe('what the sweep has found', () => {
  test('is listed page by page, with what it means, and decided about once', async () => {
    const first = await house.get('service', `${DRIFT}?limit=2`);
    const second = await house.get('service', `${DRIFT}?limit=2&cursor=${String(first.body['nextCursor'])}`);
    const all = [...(first.body['drift'] as Json[]), ...(second.body['drift'] as Json[])];
    expect(all).toHaveLength(3);
    const item = { kind: 'unknown', sessionId: NOBODY, appointmentId: null, practitionerId: 123, times: 1 };
    expect(all[0]).toMatchObject({ ...item, says: expect.stringContaining('not known here') });

    const decide = (n: number, decision: string) =>
      house.post('staff', `${DRIFT}/${String(all[n]?.['driftId'])}/decision`, { decision });
    expect([(await decide(0, 'mend')).status, (await decide(0, 'ignore')).status]).toEqual([422, 202]);
    expect([(await decide(1, 'remove')).status, (await decide(1, 'remove')).status]).toEqual([202, 409]);
    expect((await decide(2, 'forget')).status).toBe(400);
    expect([
      (await list()).length,
      (await list('?state=ignored')).length,
      (await list('?state=removing')).length,
    ]).toEqual([1, 1, 1]);
  });

  test('is counted, the same at its address and in the metrics', async () => {
    const { body } = await house.get('staff', SWEEP);
    const drift = [{ kind: 'unknown', provider: 'google', found: 3, open: 1 }];
    expect(body).toEqual({ mode: 'mend', setBy: null, setAt: null, places: 1, late: 0, drift });
    const { text } = await house.get(null, '/metrics');
    expect(text).toContain('slotkeeper_drift_total{kind="unknown",provider="google"} 3');
    expect(text).toContain('slotkeeper_drift_open{kind="unknown",provider="google"} 1');
    house.clock.advance({ hours: 49 });
    expect((await house.get(null, '/metrics')).text).toContain('slotkeeper_sweep_late_places 1');
  });

  test('is only reported, or put right, as staff set it', async () => {
    expect((await house.post('staff', `${SWEEP}/mode`, { mode: 'report' })).status).toBe(202);
    expect((await house.get('staff', SWEEP)).body).toMatchObject({ mode: 'report', setBy: 'staff' });
    await house.post('staff', `${SWEEP}/mode`, { mode: 'mend' });
    expect((await house.get('staff', SWEEP)).body).toMatchObject({ mode: 'mend', setBy: 'staff' });
  });

  test('is compared anew, from the start, whenever the mode is set, the one in force too', async () => {
    const { own } = house.organisations;
    const later = house.clock.now().add({ hours: 20 }).toString();
    for (const mode of ['mend', 'mend', 'report', 'report', 'mend']) {
      await house.rows(
        `update sweep set due_at = $2::timestamptz, began_at = $2::timestamptz, cursor_at = $2::timestamptz,
                until_at = $2::timestamptz, lease_until = $2::timestamptz where organisation_id = $1`,
        [own, later],
      );
      expect((await house.post('staff', `${SWEEP}/mode`, { mode })).status).toBe(202);
      const [place] = await house.rows(
        `select due_at <= $2::timestamptz as due, began_at as began, lease_until as held from sweep where organisation_id = $1`,
        [own, house.clock.now().toString()],
      );
      expect({ mode, ...place }).toEqual({ mode, due: true, began: null, held: null });
    }
  });

  test('is for staff and services of the practice alone', async () => {
    const [one] = await list();
    const id = String(one?.['driftId']);
    for (const who of CAST.filter((name) => !/staff|service/i.test(name))) {
      const answers = [
        await house.get(who, DRIFT),
        await house.get(who, SWEEP),
        await house.post(who, `${DRIFT}/${id}/decision`, { decision: 'ignore' }),
        await house.post(who, `${SWEEP}/mode`, { mode: 'report' }),
      ];
      expect([who, ...answers.map(({ status }) => status)]).toEqual([who, 403, 403, 403, 403]);
    }
    expect((await house.get('foreignStaff', DRIFT)).body['drift']).toEqual([]);
    expect((await house.post('foreignStaff', `${DRIFT}/${id}/decision`, { decision: 'ignore' })).status).toBe(404);
  });
});
