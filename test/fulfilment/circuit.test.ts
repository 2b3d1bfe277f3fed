// When an account is not asked, and when it is tried again.
import { describe, expect, it } from 'vitest';
import {
  afterFailure,
  failsAccount,
  isOpen,
  LONGEST_PAUSE_MS,
  OPENS_AFTER,
  pauseMs,
  WAIT_SPREAD_MS,
  waitsUntil,
  type Circuit,
} from '../../src/fulfilment/circuit.ts';
import type { OutsideFacts } from '../../src/platform/outside-error.ts';

const OWN = { provider: 'zoom', connectionId: null } as const;
const HERS = { provider: 'zoom', connectionId: 7 } as const;
const AT = Temporal.Instant.from('2030-01-07T14:00:00Z');

function failing(times: number, apartSeconds = 10): Circuit {
  let circuit: Circuit | null = null;
  for (let count = 0; count < times; count += 1) {
    const at = AT.add({ seconds: count * apartSeconds });
    const failure = {
      at,
      error: 'unknown zoom create timeout',
      sessionId: 1,
      probing: circuit !== null && isOpen(circuit),
    };
    circuit = afterFailure(OWN, circuit, failure, 0);
  }
  if (!circuit) throw new Error('none');
  return circuit;
}

describe('a circuit', () => {
  it('opens after some failures in a row, and not before', () => {
    expect(isOpen(failing(OPENS_AFTER - 1))).toBe(false);
    expect(isOpen(failing(OPENS_AFTER))).toBe(true);
  });

  it('does not open by failures that lie far apart', () => {
    expect(isOpen(failing(20, 3_600))).toBe(false);
  });

  it('waits longer after each probe that failed, two minutes at most', () => {
    expect([5, 6, 7, 8, 9, 10, 11, 500].map((failures) => pauseMs(failures, 0))).toEqual([
      5_000, 10_000, 20_000, 40_000, 80_000, 120_000, 120_000, 120_000,
    ]);
    expect(failing(30).openedAt?.toString()).toBe(failing(OPENS_AFTER).openedAt?.toString());
    expect(pauseMs(500, 0.999)).toBeGreaterThan(LONGEST_PAUSE_MS * 0.89);
  });

  it('is not put off by calls that were out before it opened', () => {
    const open = failing(OPENS_AFTER);
    const late = { at: AT.add({ seconds: 44 }), error: 'late', sessionId: 9, probing: false };
    expect(afterFailure(OWN, open, late, 0)).toMatchObject({
      failures: open.failures,
      probeAt: open.probeAt,
      probeSessionId: 1,
    });
  });

  it('is probed by whoever failed last, the moment it may be; the others follow, spread', () => {
    const open = failing(OPENS_AFTER);
    const now = AT.add({ seconds: 41 });
    expect(waitsUntil(open, 1, now, 0.5)).toEqual(open.probeAt);
    expect(waitsUntil(open, 2, now, 0.5)).toEqual(open.probeAt?.add({ milliseconds: WAIT_SPREAD_MS / 2 }));
  });
});

const facts = (more: Partial<OutsideFacts>): OutsideFacts => ({
  outcome: 'retryable',
  provider: 'zoom',
  operation: 'create',
  ...more,
});

describe('a failure', () => {
  it.each<[string, Partial<OutsideFacts>, boolean]>([
    ['silence', { outcome: 'unknown', providerCode: 'timeout' }, true],
    ['a connection refused', { providerCode: 'ECONNREFUSED' }, true],
    ['503', { outcome: 'unknown', status: 503 }, true],
    ['HTML instead of JSON', { outcome: 'unknown', status: 200, providerCode: 'answer_not_json' }, true],
    ['dead credentials', { outcome: 'reconnect', operation: 'token', status: 400 }, true],
    ['settings that are missing', { outcome: 'reconnect', providerCode: 'not_configured' }, false],
    ['too fast', { status: 429, retryAfterMs: 1_000 }, false],
    ['busy', { status: 409 }, false],
    ['a no to one object', { outcome: 'refused', status: 400 }, false],
    ['a thing that is gone', { outcome: 'absent', status: 404 }, false],
  ])('of %s counts against the account: or not', (_, more, counts) => {
    expect(failsAccount(facts(more), OWN)).toBe(counts);
  });

  it('of the credentials of a connection is told by its own state', () => {
    expect(failsAccount(facts({ outcome: 'reconnect', status: 401 }), HERS)).toBe(false);
  });
});
