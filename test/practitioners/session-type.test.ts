// Which session type a caller means.
import { expect, test } from 'vitest';
import { sessionTypeMeant, type Offered } from '../../src/practitioners/session-type.ts';

const plain = { requiresApproval: false, approvalMinutes: 1_440 };
const offered: Offered[] = [
  { id: 1001, name: 'Initial Consultation', lengthMinutes: 60, platforms: ['zoom'], ...plain },
  { id: 1002, name: 'Follow-up', lengthMinutes: 30, platforms: ['zoom'], ...plain },
  { id: 1003, name: '1002', lengthMinutes: 15, platforms: ['zoom'], ...plain },
];

test('a name counts whatever its case and spacing, an id as number or text, and a name before an id', () => {
  expect(sessionTypeMeant(offered, 'initial  CONSULTATION ', '/sessionType').id).toBe(1001);
  expect(sessionTypeMeant(offered, '1001', '/sessionType').id).toBe(1001);
  expect(sessionTypeMeant(offered, 1002, '/sessionType').id).toBe(1002);
  expect(sessionTypeMeant(offered, '1002', '/sessionType').id).toBe(1003);
});

test('an unknown one is refused with those on offer', () => {
  expect(() => sessionTypeMeant(offered.slice(0, 1), 'Massage', '/sessionType')).toThrow(
    expect.objectContaining({
      code: 'unknown_session_type',
      message: 'This practitioner does not offer that session type. On offer: "Initial Consultation".',
      details: expect.objectContaining({
        extra: { sessionTypes: [{ id: 1001, name: 'Initial Consultation' }] },
      }) as unknown,
    }),
  );
});
