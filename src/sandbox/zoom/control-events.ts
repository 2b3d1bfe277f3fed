// Zoom's events on order, for people and tests: where they go, and what is told of a meeting, in any order, again and again,
// and as late as one likes. The answers are plain JSON of ours.
import type { FastifyInstance } from 'fastify';
import { isJson, jsonObject, type Json, type World } from '../endpoint.ts';
import { existingMeeting } from './meetings.ts';
import { eventOf, type EventFacts } from './visits.ts';

/** One order: a session with people who come and go. */
const MOST_EVENTS = 100;
/** Zoom posts one event four times at most. */
const MOST_REPEATS = 4;

export function hangZoomControl(app: FastifyInstance, world: World): void {
  app.put('/control/zoom/webhook', async (request, reply) => {
    const url = jsonObject(String(request.body))?.['url'];
    if (url !== null && (typeof url !== 'string' || !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))) {
      return reply.code(400).send({ message: 'give {"url": "http://..."}, or null to end it' });
    }
    return { url, validated: await world.zoomEvents.subscribe(url) };
  });
  app.get('/control/zoom/deliveries', async () =>
    world.zoomEvents.owed().map(({ event, posts, due }) => ({ event, posts, due: due.toString() })),
  );
  app.post('/control/zoom/deliveries', async () => await world.zoomEvents.postDue());
  app.post<{ Params: { id: string } }>('/control/zoom/meetings/:id/events', async (request, reply) => {
    const meeting = existingMeeting(world, request.params.id);
    if (!meeting) return reply.code(404).send({ message: 'there is no such meeting' });
    const order = readOrder(jsonObject(String(request.body)), world.clock.now());
    if (order === null) {
      return reply.code(400).send({
        message: `give {"events": [{"told": "started|ended|waited|joined|left", "role": "host|guest", "visitor": "...", "run": "...", "at": "...Z", "idAs": "text|number"}], "repeat": 1}: up to ${MOST_EVENTS}`,
      });
    }
    const told = order.events.map((facts) => eventOf(meeting, facts));
    return await world.zoomEvents.post(Array.from({ length: order.repeat }, () => told).flat());
  });
}

function readOrder(body: Json | undefined, now: Temporal.Instant) {
  const { events, repeat = 1 } = body ?? {};
  const times = typeof repeat === 'number' && Number.isInteger(repeat) && repeat >= 1 && repeat <= MOST_REPEATS;
  if (!times || !Array.isArray(events) || events.length > MOST_EVENTS) return null;
  const read = events.map((event: unknown) => (isJson(event) ? readEvent(event, now) : null));
  return read.includes(null) ? null : { events: read.filter((event) => event !== null), repeat };
}

function readEvent({ told, role, visitor, run, at, idAs }: Json, now: Temporal.Instant): EventFacts | null {
  const kind = (['started', 'ended', 'waited', 'joined', 'left'] as const).find((one) => one === told);
  if (!kind) return null;
  const when = typeof at === 'string' ? instantOf(at) : now;
  return (
    when && {
      told: kind,
      at: when,
      role: role === 'host' ? 'host' : 'guest',
      visitor: typeof visitor === 'string' ? visitor : role === 'host' ? 'host' : 'guest',
      idAs: idAs === 'number' ? 'number' : 'text',
      ...(typeof run === 'string' ? { uuid: run } : {}),
    }
  );
}

function instantOf(text: string): Temporal.Instant | null {
  try {
    return Temporal.Instant.from(text);
  } catch {
    return null;
  }
}
