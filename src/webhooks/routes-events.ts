// The address of the feed.
import { Type } from 'typebox';
import { answers } from '../platform/http/openapi.ts';
import { cursorOf } from '../platform/http/page.ts';
import type { App } from '../platform/http/server.ts';
import type { Transactor } from '../platform/database/transaction.ts';
import { documentOf } from './event.ts';
import { readEvents } from './read-events.ts';
import { EventPage, FeedQuery } from './schemas.ts';

/** 0 where nothing has happened yet. */
const places = cursorOf('events', Type.Integer({ minimum: 0 }));

export function eventRoutes(app: App, tools: { readonly transactor: Pick<Transactor, 'inOrganisation'> }): void {
  const schema = {
    tags: ['Webhooks'],
    operationId: 'listEvents',
    summary: 'What happened, in order',
    description:
      'Oldest first. `nextCursor` is always there: keep it, and ask again with it as `cursor`. No event appears behind it later.',
    querystring: FeedQuery,
    response: answers({ 200: EventPage }, ['cursor_expired']),
  };
  app.get(
    '/api/events',
    { config: { access: ['staff', 'service'], scope: 'events:read', rate: 'read' }, schema },
    async ({ actor, query }) => {
      const { events, place, more } = await readEvents(tools, actor, {
        after: places.decode(query.cursor),
        since: query.since === undefined ? null : Temporal.Instant.from(query.since),
        types: query.types ?? null,
        appointmentId: query.appointmentId ?? null,
        limit: query.limit,
      });
      return { events: events.map(documentOf), nextCursor: places.encode(place), more };
    },
  );
}
