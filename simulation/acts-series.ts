// What people ask of a series, each act as its route calls it.
import { bookSeries } from '../src/appointments/book-series.ts';
import { cancelAppointment } from '../src/appointments/cancel-appointment.ts';
import { cancelSeries } from '../src/appointments/cancel-series.ts';
import { findDate, showSeries } from '../src/appointments/find-series.ts';
import { rescheduleSeries } from '../src/appointments/reschedule-series.ts';
import { DatesRefused, type SeriesTold } from '../src/appointments/series.ts';
import type { Actor } from '../src/identity/actor.ts';
import { Refusal } from '../src/platform/refusal.ts';
import { bookingOf, startOf, type Act, type Answer } from './act.ts';
import type { House } from './house.ts';

export const SERIES_ACTS = {
  bookSeries: {
    route: '/api/series',
    run: async (house, actor, wish, once) => {
      const { count, take } = wish;
      const { override: _, ...booking } = bookingOf(wish);
      const rule = { repeat: { frequency: 'weekly', count }, take, exceptDates: [], instead: [] } as const;
      const { seriesId, told } = await orRefused(() => bookSeries(house, actor, { ...booking, ...rule }, once));
      return await answerOf(house, actor, seriesId, told);
    },
  },
  moveSeries: {
    route: '/api/series/:id/reschedule',
    run: async (house, actor, wish, once) => {
      const move = { seriesId: wish.about, index: wish.index, start: startOf(wish), take: wish.take };
      return await answerOf(
        house,
        actor,
        wish.about,
        await orRefused(() => rescheduleSeries(house, actor, move, once)),
      );
    },
  },
  cancelSeries: {
    route: '/api/series/:id/cancel',
    run: async (house, actor, wish, once) => {
      const asked = { seriesId: wish.about, index: wish.index, take: wish.take, reason: null };
      return await answerOf(house, actor, wish.about, await orRefused(() => cancelSeries(house, actor, asked, once)));
    },
  },
  cancelDate: {
    route: '/api/series/:id/cancel',
    run: async (house, actor, { about, index }, once) => {
      const { id: appointmentId } = await findDate(house, actor, { seriesId: about, index });
      await cancelAppointment(house, actor, { appointmentId, reason: null }, once);
      return { subject: appointmentId };
    },
  },
} as const satisfies Readonly<Record<string, Act>>;

/** An act that took nothing is refused. */
async function orRefused<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw error instanceof DatesRefused ? new Refusal('dates_refused', error.message) : error;
  }
}

async function answerOf(house: House, actor: Actor, seriesId: number, told: SeriesTold | null): Promise<Answer> {
  const { series, dates } = await showSeries(house, actor, seriesId);
  const appointments = dates.flatMap(({ appointmentId }) => appointmentId ?? []);
  return {
    subject: seriesId,
    told: appointments.map((id) => ({ id, whose: series.clientSubject })),
    dates: told?.dates.map(({ index, reasons }) => ({ index, refused: reasons.length > 0 })) ?? null,
    appointments,
  };
}
