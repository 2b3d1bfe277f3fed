// The addresses of series: booked, looked at, and changed from one date on. A single date is changed as any appointment is.
import type { Static } from 'typebox';
import { REASONS } from '../availability/reasons.ts';
import type { Actor } from '../identity/actor.ts';
import { onceOf } from '../platform/http/idempotency.ts';
import { answers, IdempotencyHeaders, KEY_REFUSALS } from '../platform/http/openapi.ts';
import { cursorOf, pageOf } from '../platform/http/page.ts';
import type { App } from '../platform/http/server.ts';
import { PublicId } from '../platform/http/validation.ts';
import { bookSeries, type SeriesTools } from './book-series.ts';
import { cancelAppointment } from './cancel-appointment.ts';
import { cancelSeries } from './cancel-series.ts';
import { nameOf } from './client.ts';
import { findDate, listSeriesFor, showSeries } from './find-series.ts';
import { previewSeries, type SeriesRequest } from './find-series-dates.ts';
import { rescheduleAppointment } from './reschedule-appointment.ts';
import { previewSeriesMove } from './find-series-move.ts';
import { rescheduleSeries } from './reschedule-series.ts';
import {
  DEFAULT_TAKE,
  NewSeries,
  SeriesCancelBody,
  SeriesDryRun,
  SeriesMoveBody,
  SeriesParams,
} from './schemas-series.ts';
import {
  changedWire,
  listedWire,
  previewWire,
  refusalOfDates,
  SeriesBooked,
  SeriesList,
  SeriesMoveAnswer,
  SeriesPreview,
  SeriesQuery,
  SeriesSchema,
  seriesWire,
} from './schemas-series-seen.ts';
import { DatesRefused } from './series.ts';

const tags = ['Series'];
const cursor = cursorOf('series', PublicId);
const CHANGERS = ['client', 'practitioner', 'staff', 'service'] as const;
const CHANGE = { access: CHANGERS, scope: 'appointments:write', rate: 'booking' } as const;
const CHANGE_REFUSALS = [
  ...KEY_REFUSALS,
  'not_found',
  'dates_refused',
  'appointment_closed',
  'appointment_in_past',
] as const;

export function seriesRoutes(app: App, tools: SeriesTools): void {
  booking(app, tools);
  listing(app, tools);
  app.get(
    '/api/series/:seriesId',
    {
      config: { access: CHANGERS, scope: 'appointments:read', rate: 'read' },
      schema: {
        tags,
        operationId: 'getSeries',
        summary: 'A series with each of its dates',
        params: SeriesParams,
        response: answers({ 200: SeriesSchema }, ['not_found']),
      },
    },
    async ({ actor, params }) => seriesWire(await showSeries(tools, actor, params.seriesId)),
  );
  cancelling(app, tools);
  moving(app, tools);
}

function listing(app: App, tools: SeriesTools): void {
  app.get(
    '/api/series',
    {
      config: { access: ['client', 'staff', 'service'], scope: 'appointments:read', rate: 'read' },
      schema: {
        tags,
        operationId: 'listSeries',
        summary: 'Series, in the order in which they were booked; a client sees its own',
        querystring: SeriesQuery,
        response: answers({ 200: SeriesList }),
      },
    },
    async ({ actor, query }) => {
      const found = await listSeriesFor(tools, actor, {
        subject: query.userId ?? null,
        practitionerId: query.practitionerId ?? null,
        state: query.status ?? null,
        from: query.from === undefined ? null : Temporal.Instant.from(query.from),
        to: query.to === undefined ? null : Temporal.Instant.from(query.to),
        after: cursor.decode(query.cursor) ?? 0,
        limit: query.limit + 1,
      });
      const { items, nextCursor } = pageOf(found, query.limit, cursor, ({ id }) => id);
      return { series: items.map(listedWire), nextCursor };
    },
  );
}

/** An act that took nothing is refused in words. */
async function orRefused<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw error instanceof DatesRefused ? refusalOfDates(error.told) : error;
  }
}

function booking(app: App, tools: SeriesTools): void {
  app.post(
    '/api/series',
    {
      config: {
        access: ['client', 'staff', 'service'],
        scope: 'appointments:write',
        rate: 'booking',
        answerHeaders: ['location'],
      },
      schema: {
        tags,
        operationId: 'bookSeries',
        summary: 'Book a series: weekly, fortnightly, or monthly by weekday',
        description:
          'Every date is judged at once, and those that can be had are taken in one act; each is an appointment of its own. `dryRun=true` tells how each would fare and takes nothing.',
        headers: IdempotencyHeaders,
        querystring: SeriesDryRun,
        body: NewSeries,
        response: answers(
          { 200: SeriesPreview, 201: SeriesBooked },
          [
            ...KEY_REFUSALS,
            'dates_refused',
            'not_found',
            'limit_reached',
            'meeting_elsewhere',
            'practitioner_not_bookable',
            'unknown_session_type',
            'does_not_match',
            'mode_not_offered',
            'platform_not_offered',
            'platform_not_configured',
            'time_does_not_exist',
            'slot_taken',
          ],
          { body: true },
        ),
      },
    },
    async (request, reply) => {
      const { actor, body } = request;
      const wish = wishOf(actor, body);
      if (request.query.dryRun) return await reply.code(200).send(previewWire(await previewSeries(tools, actor, wish)));
      const once = onceOf(request, actor, tools.clock);
      const { seriesId, told } = await orRefused(() => bookSeries(tools, actor, wish, once));
      const seen = await showSeries(tools, actor, seriesId);
      void reply.code(201).header('location', `/api/series/${seriesId}`);
      return changedWire(seen, told);
    },
  );
}

function wishOf(actor: Actor, body: Static<typeof NewSeries>): SeriesRequest {
  const { date, time, timeZone, videoMeetingConfig } = body;
  return {
    userId: body.userId,
    userEmail: body.userEmail,
    userName: body.userName ?? nameOf(actor),
    userPhone: body.userPhone,
    practitionerId: body.practitionerId,
    practitionerName: body.practitionerName,
    start: { wall: { date, time }, timeZone },
    sessionType: body.sessionType,
    durationMinutes: body.durationMinutes,
    mode: body.mode,
    platform: videoMeetingConfig?.platform ?? null,
    hostEmail: videoMeetingConfig?.hostEmail,
    repeat: body.repeat,
    take: body.take ?? DEFAULT_TAKE,
    exceptDates: body.exceptDates ?? [],
    instead: body.instead ?? [],
  };
}

function cancelling(app: App, tools: SeriesTools): void {
  app.put(
    '/api/series/:seriesId/cancel',
    {
      config: CHANGE,
      schema: {
        tags,
        operationId: 'cancelSeries',
        summary: 'Cancel one date of a series, or it and all that follow; again is answered as once',
        headers: IdempotencyHeaders,
        params: SeriesParams,
        body: SeriesCancelBody,
        response: answers({ 200: SeriesBooked }, [...CHANGE_REFUSALS, 'cancellation_window_closed'], { body: true }),
      },
    },
    async (request) => {
      const { actor, params, body } = request;
      const { index, which, take = DEFAULT_TAKE, reason = null } = body;
      const once = onceOf(request, actor, tools.clock);
      const { seriesId } = params;
      if (which === 'this') {
        const { id: appointmentId } = await findDate(tools, actor, { seriesId, index });
        await cancelAppointment(tools, actor, { appointmentId, reason }, once);
        return changedWire(await showSeries(tools, actor, seriesId), null);
      }
      const told = await orRefused(() => cancelSeries(tools, actor, { seriesId, index, take, reason }, once));
      return changedWire(await showSeries(tools, actor, seriesId), told);
    },
  );
}

function moving(app: App, tools: SeriesTools): void {
  app.put(
    '/api/series/:seriesId/reschedule',
    {
      config: CHANGE,
      schema: {
        tags,
        operationId: 'rescheduleSeries',
        summary: 'Move one date of a series, or it and all that follow',
        description:
          'Those that follow go by the rule of the series from the new date on, each keeping its id, its meeting and its calendar entry. `dryRun=true` tells how each would fare.',
        headers: IdempotencyHeaders,
        params: SeriesParams,
        querystring: SeriesDryRun,
        body: SeriesMoveBody,
        response: answers(
          { 200: SeriesMoveAnswer },
          [
            ...CHANGE_REFUSALS,
            ...REASONS,
            'appointment_cancelled',
            'reschedule_window_closed',
            'practitioner_not_bookable',
            'time_does_not_exist',
            'request_lapsed',
          ],
          { body: true },
        ),
      },
    },
    async (request) => {
      const { actor, params, body } = request;
      const { index, which, newDate, newTime, timeZone, take = DEFAULT_TAKE } = body;
      const { seriesId } = params;
      const once = onceOf(request, actor, tools.clock);
      const move = { seriesId, index, start: { wall: { date: newDate, time: newTime }, timeZone }, take };
      if (request.query.dryRun) {
        return previewWire(await previewSeriesMove(tools, actor, { ...move, only: which === 'this' }));
      }
      if (which === 'this') {
        const { id: appointmentId } = await findDate(tools, actor, { seriesId, index });
        const start = { wall: `${newDate}T${newTime}`, timeZone, pointer: '/newTime' };
        await rescheduleAppointment(tools, actor, { appointmentId, start }, once);
        return changedWire(await showSeries(tools, actor, seriesId), null);
      }
      const told = await orRefused(() => rescheduleSeries(tools, actor, move, once));
      return changedWire(await showSeries(tools, actor, seriesId), told);
    },
  );
}
