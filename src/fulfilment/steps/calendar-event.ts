// The step that keeps a session's calendar event in line, and with it the link where the platform lives in the calendar.
import type { CalendarProvider, ProviderEvent, Removal } from '../../calendars/provider.ts';
import type { OutsideObject } from '../../meetings/meeting.ts';
import type { Bounds } from '../../meetings/provider.ts';
import { HERSELF, type InUse } from '../accounts.ts';
import { digestOf, eventKey, type WantedEvent } from '../plan.ts';
import type { Found, Place, Wanted } from './wanted.ts';

/** The wanted event, ready to be brought about on its calendar. */
export function eventToKeep(
  wanted: WantedEvent,
  revision: number,
  { at: calendar, connection }: InUse<CalendarProvider>,
  bounds: Bounds,
): Wanted {
  const { spec } = wanted;
  const owner = connection ? HERSELF : wanted.owner;
  const specOf = (generation: number) => ({ ...spec, key: eventKey(spec.marker, generation) });
  const found = (event: ProviderEvent): Found => ({
    id: event.id,
    agrees:
      event.start.epochMilliseconds === spec.start.epochMilliseconds &&
      event.end.epochMilliseconds === spec.end.epochMilliseconds &&
      event.title === spec.title &&
      // Without a link of ours the place is the provider's to fill in.
      (spec.location === null || event.location === spec.location) &&
      (!spec.conference || (event.conference !== null && event.conference.status !== 'failed')),
    join: wanted.platform === null ? null : joinOf(event),
  });
  return {
    kind: 'calendar_event',
    provider: calendar.id,
    platform: wanted.platform,
    host: owner,
    connectionId: connection?.id ?? null,
    digest: digestOf(spec),
    revision,
    repeatable: true,
    create: async (generation) => found(await calendar.create(owner, specOf(generation), bounds)),
    update: async (id, generation) => found(await calendar.update(owner, id, specOf(generation), bounds)),
    read: async (id) => {
      const event = await calendar.read(owner, id, bounds);
      return event && found(event);
    },
    find: async () => (await calendar.find(owner, spec.marker, bounds)).map(found),
    delete: (id) => calendar.delete(owner, id, { ...bounds, tellAttendees: spec.attendees.length > 0 }),
  };
}

/** Where an event of ours stands, wanted or not. */
export function eventPlace(object: OutsideObject, marker: string, calendar: CalendarProvider, bounds: Removal): Place {
  return {
    find: async () =>
      (await calendar.find(object.host, marker, bounds)).map(({ id }) => ({ id, agrees: false, join: null })),
    delete: (id) => calendar.delete(object.host, id, bounds),
  };
}

/** A link still being made is no link yet. */
function joinOf({ conference }: ProviderEvent): Found['join'] {
  if (conference?.status !== 'ready') return null;
  return { id: conference.id, url: conference.joinUrl, password: conference.password };
}
