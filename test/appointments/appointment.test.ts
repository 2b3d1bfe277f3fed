// The life of an appointment as rules: what may be done when, by whom, and at the very instant at which a window closes.
import { describe, expect, test } from 'vitest';
import {
  cancels,
  closes,
  moves,
  possibilityOf,
  reopens,
  type Appointment,
  type AppointmentState,
} from '../../src/appointments/appointment.ts';
import { Refusal } from '../../src/platform/refusal.ts';

const START = Temporal.Instant.from('2030-06-20T18:00:00Z');
const END = START.add({ hours: 1 });
const at = (hours: number, milliseconds = 0) => START.add({ hours }).add({ milliseconds });

function appointment(over: Partial<Appointment> = {}): Appointment {
  return {
    id: 1,
    sessionId: 2,
    state: 'confirmed',
    revision: 1,
    practitionerId: 123,
    practitionerName: 'Dr. Sarah Johnson',
    practitionerEmail: 'practitioner@example.com',
    clientSubject: 'user-uuid',
    clientEmail: 'user@example.com',
    clientId: 4,
    linkGeneration: 0,
    sessionTypeId: 3,
    sessionType: 'Initial Consultation',
    start: START,
    end: END,
    zone: 'America/New_York',
    platform: null,
    mode: null,
    capacity: 1,
    practitionerActive: true,
    cancelledBy: null,
    cancelledAt: null,
    decideBy: null,
    awaits: null,
    decision: null,
    lateCancellation: false,
    lateMoves: 0,
    cancellationWindowMinutes: 0,
    rescheduleWindowMinutes: 0,
    lateCancellations: 'refuse',
    lateReschedules: 'refuse',
    ...over,
  };
}

/** The code of what is refused, or what was answered. */
function told<T>(act: () => T): T | string {
  try {
    return act();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

const DAY = { cancellationWindowMinutes: 1440, rescheduleWindowMinutes: 2880 } as const;

describe('a window', () => {
  test.each([
    ['the instant before it closes', -1, false],
    ['the instant at which it closes', 0, false],
    ['the instant after', 1, true],
  ])('%s', (_when, milliseconds, late) => {
    const of = appointment(DAY);
    expect(told(() => cancels(of, true, at(-24, milliseconds)))).toEqual(
      late ? 'cancellation_window_closed' : { late: false },
    );
    expect(told(() => moves(of, END, true, at(-48, milliseconds)))).toEqual(
      late ? 'reschedule_window_closed' : { late: false },
    );
    // Whom it does not bind may, and is late.
    expect(cancels(of, false, at(-24, milliseconds))).toEqual({ late });
    expect(moves(of, END, false, at(-48, milliseconds))).toEqual({ late });
    const marking = appointment({ ...DAY, lateCancellations: 'mark_late', lateReschedules: 'mark_late' });
    expect(cancels(marking, true, at(-24, milliseconds))).toEqual({ late });
    expect(moves(marking, END, true, at(-48, milliseconds))).toEqual({ late });
  });

  test('is elapsed time: a day before is 24 hours, whatever the clocks on the wall did between', () => {
    // New York's clocks go forward on 2030-03-10: the wall shows 12:00 the day before, 23 hours away.
    const of = appointment({ ...DAY, start: Temporal.Instant.from('2030-03-10T16:00:00Z') });
    const { until } = possibilityOf(of, 'cancel', true, at(-3000));
    expect(until?.toZonedDateTimeISO('America/New_York').toPlainDateTime().toString()).toBe('2030-03-09T11:00:00');
  });

  test('does not bind staying where it is', () => {
    expect(moves(appointment(DAY), START, true, at(-1))).toBeNull();
    expect(moves(appointment({ practitionerActive: false }), START, true, at(-1))).toBeNull();
    expect(told(() => moves(appointment({ practitionerActive: false }), END, false, at(-1)))).toBe(
      'practitioner_not_bookable',
    );
  });

  test('longer than the whole time till then is closed from the first', () => {
    const of = appointment({ cancellationWindowMinutes: 525_600 });
    expect(told(() => cancels(of, true, at(-24)))).toBe('cancellation_window_closed');
  });

  test('of none: nothing is late, cancelling lasts till the end and moving till the start', () => {
    const of = appointment();
    expect(cancels(of, true, END.subtract({ milliseconds: 1 }))).toEqual({ late: false });
    expect(told(() => cancels(of, false, END))).toBe('appointment_in_past');
    expect(moves(of, END, true, at(0, -1))).toEqual({ late: false });
    expect(told(() => moves(of, END, false, START))).toBe('appointment_in_past');
  });
});

describe('what is told is what is done', () => {
  const states: AppointmentState[] = ['pending', 'confirmed', 'cancelled', 'completed', 'no_show'];
  const policies = ['refuse', 'mark_late'] as const;
  const cases = states.flatMap((state) =>
    policies.flatMap((policy) => [true, false].map((bound) => [state, policy, bound] as const)),
  );
  test.each(cases)('%s, %s, bound %s', (state, policy, bound) => {
    for (const active of [true, false]) {
      const of = appointment({
        ...DAY,
        state,
        lateCancellations: policy,
        lateReschedules: policy,
        practitionerActive: active,
      });
      for (const hours of [-72, -48, -47, -24, -23, -1, 0, 1, 2]) {
        const cancel = possibilityOf(of, 'cancel', bound, at(hours));
        const reschedule = possibilityOf(of, 'reschedule', bound, at(hours));
        // Cancelling again is no error, and nothing that could be done.
        const wished = state === 'cancelled' ? null : (cancel.reason ?? { late: cancel.late });
        expect(told(() => cancels(of, bound, at(hours)))).toEqual(wished);
        expect(told(() => moves(of, END, bound, at(hours)))).toEqual(reschedule.reason ?? { late: reschedule.late });
        const past = [cancel, reschedule].filter(
          ({ reason, until }) => reason === null && (!until || Temporal.Instant.compare(at(hours), until) > 0),
        );
        expect(past).toEqual([]);
      }
    }
  });
});

describe('closing', () => {
  test('is possible from the very start on, and not an instant before', () => {
    expect(told(() => closes(appointment(), 'completed', at(0, -1)))).toBe('appointment_not_begun');
    expect(closes(appointment(), 'completed', START)).toBe(true);
    expect(closes(appointment(), 'no_show', END.add({ hours: 9_000 }))).toBe(true);
  });

  test('sets one outcome right by the other, and the same again changes nothing', () => {
    expect(closes(appointment({ state: 'completed' }), 'no_show', END)).toBe(true);
    expect(closes(appointment({ state: 'no_show' }), 'no_show', END)).toBe(false);
    expect(told(() => closes(appointment({ state: 'cancelled' }), 'no_show', END))).toBe('appointment_cancelled');
  });

  test('can be taken back; a cancelled one stays cancelled', () => {
    expect([
      reopens(appointment({ state: 'completed' })),
      reopens(appointment({ state: 'no_show' })),
      reopens(appointment()),
    ]).toEqual([true, true, false]);
    expect(told(() => reopens(appointment({ state: 'cancelled' })))).toBe('appointment_cancelled');
  });
});
