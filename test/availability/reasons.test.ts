// Each reason against a time is a bit of its own and the refusal a booking would meet.
import { describe, expect, test } from 'vitest';
import { REASON_BIT, REASONS, reasonsOf, refusalFor } from '../../src/availability/reasons.ts';
import { REFUSAL_CODES } from '../../src/platform/refusal.ts';

describe('reasons', () => {
  test('every reason has its own bit, and is a code of a refusal', () => {
    expect(REASONS.map((reason) => REASON_BIT[reason])).toEqual(REASONS.map((_, index) => 1 << index));
    expect(REFUSAL_CODES).toEqual(expect.arrayContaining([...REASONS]));
  });
  test('every set is given in one order, and the same set is the same list', () => {
    expect(reasonsOf(0)).toEqual([]);
    expect(reasonsOf(REASON_BIT.slot_taken | REASON_BIT.time_in_past)).toEqual(['time_in_past', 'slot_taken']);
    expect(reasonsOf((1 << REASONS.length) - 1)).toEqual(REASONS);
    expect(reasonsOf(9)).toBe(reasonsOf(9));
  });
  test('booking is refused with the first, and told all', () => {
    const refusal = refusalFor(['notice_too_short', 'slot_taken'], { alternatives: [] });
    expect(refusal.code).toBe('notice_too_short');
    expect(refusal.details.extra).toEqual({ alternatives: [], reasons: ['notice_too_short', 'slot_taken'] });
    for (const reason of REASONS) expect(refusalFor([reason]).message).toMatch(/^[A-Z].*\. Choose another time\.$/);
  });
});
