// Graph's two readings of a calendar: the plain list of events with its filter, and the view between two instants.
import type { Answer, Call, World } from '../endpoint.ts';
import type { Drawer, Wanted } from '../state.ts';
import { wallTimeIn, instantFrom } from '../wall-time.ts';
import { refuse } from './errors.ts';
import { countReading, shown, type MicrosoftEvent } from './event.ts';
import { expandedAndSelected, filterTags, pageOf } from './odata.ts';
import { preferenceOf } from './time.ts';
import type { Person } from './tokens.ts';

type Events = Drawer<MicrosoftEvent>;

export function listEvents(world: World, call: Call, owner: Person, events: Events): Answer {
  return page(world, call, owner, events, { tags: filterTags(call) }, 'events');
}

export function viewEvents(world: World, call: Call, owner: Person, events: Events): Answer {
  const from = bound(call, 'startDateTime');
  const to = bound(call, 'endDateTime');
  if (to < from) throw refuse(400, 'ErrorInvalidParameter', 'The end of the view is before its start.');
  return page(
    world,
    call,
    owner,
    events,
    { endsAfter: from, startsBefore: to, tags: filterTags(call) },
    'calendarView',
  );
}

function page(world: World, call: Call, owner: Person, events: Events, which: Partial<Wanted>, path: string): Answer {
  const { preferred, headers } = preferenceOf(call);
  const { top, skip } = pageOf(call);
  const rows = events.list({ owner: owner.address, live: true, ...which, skip, limit: top + 1 });
  const next = new URLSearchParams(call.query);
  next.set('$skip', String(skip + top));
  return {
    status: 200,
    headers,
    body: {
      '@odata.context': `https://graph.microsoft.com/v1.0/$metadata#users('${owner.id}')/${path}`,
      value: rows.slice(0, top).map((kept) => {
        countReading(events, kept);
        return expandedAndSelected(call, shown(world, kept.body, kept, preferred), kept.body.fields);
      }),
      ...(rows.length > top
        ? { '@odata.nextLink': `${world.url()}/microsoft/graph/v1.0/users/${owner.id}/${path}?${next.toString()}` }
        : {}),
    },
  };
}

/** A bound without an offset is in UTC. */
function bound(call: Call, name: string): number {
  const text = call.query.get(name);
  const at = text === null ? undefined : (instantFrom(text) ?? wallTimeIn(text, 'UTC'));
  if (!at) throw refuse(400, 'ErrorInvalidParameter', `The request must carry a valid ${name}.`);
  return at.epochMilliseconds;
}
