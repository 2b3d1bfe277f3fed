// Who may use up what is left of a host's day.
import { expect, it } from 'vitest';
import { allowance, dayOf, nextAllowanceAt, tightFrom } from '../../src/fulfilment/budget.ts';

const NOW = Temporal.Instant.from('2030-01-07T14:00:00Z');
const inHours = (hours: number, kind: 'create' | 'update' = 'create') => ({ kind, start: NOW.add({ hours }) });

it('what starts before the next allowance is of use may take all, the rest leaves some', () => {
  expect(allowance(100, inHours(3), NOW)).toBe(100);
  expect(allowance(100, inHours(36), NOW)).toBe(100);
  expect(allowance(100, inHours(37), NOW)).toBe(80);
  expect(allowance(1, inHours(999), NOW)).toBe(1);
});

it('a meeting that stands at the wrong time comes before one that does not stand yet', () => {
  expect(allowance(100, inHours(200, 'update'), NOW)).toBe(90);
});

it('a day is tight from where the kept share begins', () => {
  expect([100, 5, 1].map(tightFrom)).toEqual([80, 4, 1]);
});

it('a day is UTC’s, as the provider counts', () => {
  expect(dayOf(Temporal.Instant.from('2030-01-07T23:59:59Z')).toString()).toBe('2030-01-07');
});

it('those who found nothing left come after midnight UTC, sooner sessions first, within an hour', () => {
  const at = [10, 48, 24 * 30, 24 * 365].map((hours) => nextAllowanceAt(inHours(hours), NOW).epochMilliseconds);
  expect(at.toSorted((a, b) => a - b)).toEqual(at);
  expect(new Set(at).size).toBe(4);
  expect(nextAllowanceAt(inHours(10), NOW).toString()).toBe('2030-01-08T00:00:00Z');
  expect(nextAllowanceAt(inHours(24 * 900), NOW).toString()).toBe('2030-01-08T01:00:00Z');
});
