// Finds a series for somebody who may see it, with each of its dates as it is now; for anyone else it does not exist.
import { mayAdminister, mayListClient, maySee, type Actor } from '../identity/actor.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Appointment } from './appointment.ts';
import type { Reading } from './find-appointment.ts';
import { findSeries, listDates, type DateRow, type SeriesRow } from './store-series.ts';
import { listSeries, type SeriesListed, type SeriesListQuestion } from './store-series-list.ts';
import { listAppointmentsById } from './store.ts';

/** `appointment` null: the date could not be had when it was asked for. */
export type SeriesDate = DateRow & { readonly appointment: Appointment | null };
export type SeriesSeen = { readonly series: SeriesRow; readonly dates: readonly SeriesDate[] };

/** Refusal `not_found`, also for another's. */
export async function seeSeries(tx: Transaction, actor: Actor, id: number): Promise<SeriesSeen> {
  const series = await findSeries(tx, id);
  if (!series || !maySee(actor, series)) throw new Refusal('not_found', 'There is no series with that id.');
  const rows = await listDates(tx, id);
  const booked = await listAppointmentsById(
    tx,
    rows.flatMap(({ appointmentId }) => appointmentId ?? []),
  );
  const byId = new Map(booked.map((appointment) => [appointment.id, appointment]));
  const dates = rows.map((row) => ({
    ...row,
    appointment: row.appointmentId === null ? null : (byId.get(row.appointmentId) ?? null),
  }));
  return { series, dates };
}

/** Refusal `not_found`. */
export async function showSeries(tools: Reading, actor: Actor, id: number): Promise<SeriesSeen> {
  return await tools.transactor.inOrganisation(actor.organisationId, (tx) => seeSeries(tx, actor, id), {
    readOnly: true,
  });
}

/**
 * By id, as many as asked for; without a client all that may be seen, which for a client are its own. Refusal `forbidden` for
 * another's list.
 */
export async function listSeriesFor(
  tools: Reading,
  actor: Actor,
  question: SeriesListQuestion,
): Promise<SeriesListed[]> {
  const subject = question.subject ?? (mayAdminister(actor) ? null : actor.subject);
  if (subject !== null && !mayListClient(actor, subject)) {
    throw new Refusal('forbidden', 'You can list your own series only.');
  }
  return await tools.transactor.inOrganisation(actor.organisationId, (tx) => listSeries(tx, { ...question, subject }), {
    readOnly: true,
  });
}

/** The one date at an index, from 1. Refusal `not_found` also where it could not be had. */
export async function findDate(
  tools: Reading,
  actor: Actor,
  { seriesId, index }: { readonly seriesId: number; readonly index: number },
): Promise<Appointment> {
  const { dates } = await showSeries(tools, actor, seriesId);
  return bookedAt(dates, index);
}

/** Refusal `not_found`. */
export function bookedAt(dates: readonly SeriesDate[], index: number): Appointment {
  const appointment = dates.find(({ position }) => position === index)?.appointment;
  if (appointment) return appointment;
  throw new Refusal('not_found', 'This series has no appointment at that index.');
}
