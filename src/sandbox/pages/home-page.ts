// The overview: what there is at this moment, in figures that lead to their pages, and where programs look.
import type { World } from '../endpoint.ts';
import type { Letter } from '../mailbox.ts';
import { calendarEvents, MOST_AHEAD, videoMeetings, type Entry } from './agenda.ts';
import { clipped, html, type Html } from './html.ts';
import type { Page } from './layout.ts';
import { sayDay, sayDistance, sayHours, sayZone } from './say-time.ts';

const MOST_TITLE = 80;

const DOORS = [
  ['status', 'addresses, and whether quotas are enforced'],
  ['zoom/meetings', 'Zoom meetings'],
  ['google/events', 'events on Google calendars'],
  ['microsoft/events', 'events on Outlook calendars'],
  ['microsoft/online-meetings', 'standalone Teams meetings'],
  ['mailbox', 'letters'],
  ['sms', 'texts'],
  ['faults', 'faults on order'],
  ['switches', 'how the providers behave for now'],
  ['zoom/deliveries', 'events that Zoom posts again'],
] as const;

export function homePage(world: World): Page {
  const mail = world.state.drawer<Letter>('mail');
  const letters = mail.count({});
  const newest = letters === 0 ? undefined : mail.list({ skip: letters - 1, limit: 1 })[0]?.body;
  return {
    title: 'Overview',
    here: '/',
    body: html`<h1>Slotkeeper sandbox</h1>
      <p class="lead">
        Stand-ins for Zoom, Google Calendar and Microsoft 365, and a mailbox for everybody. Book, move and cancel as you
        like, and see here what your clients and colleagues would get.
      </p>
      <ul class="cards">
        ${card('/mailbox', 'Letters', String(letters), newest ? latest(world, newest) : html`No mail yet. Book an appointment and look here again.`)}
        ${card('/meetings', 'Meetings ahead', ...figures(world, videoMeetings(world, 'ahead')))}
        ${card('/events', 'Calendar events ahead', ...figures(world, calendarEvents(world, 'ahead')))}
      </ul>
      <h2>For programs</h2>
      <div class="sheet">
        <p>The same as JSON, for tests and measurements:</p>
        <ul class="plain">
          ${DOORS.map(([path, what]) => html`<li><a href="/control/${path}">/control/${path}</a> <span class="soft">${what}</span></li> `)}
        </ul>
      </div>`,
  };
}

function card(path: string, name: string, count: string, words: Html): Html {
  return html`<li class="sheet">
    <h2><a href="${path}">${name}</a></h2>
    <p class="count">${count}</p>
    <p class="soft">${words}</p>
  </li>`;
}

function latest(world: World, { subject, receivedAt }: Letter): Html {
  const at = Temporal.Instant.from(receivedAt).epochMilliseconds;
  return html`The newest, ${sayDistance(world.clock.now(), at)}: <bdi>${clipped(subject, MOST_TITLE)}</bdi>`;
}

function figures(world: World, entries: readonly Entry[]): [string, Html] {
  const [next] = entries;
  if (!next) return ['0', html`Nothing yet.`];
  const count = entries.length < MOST_AHEAD ? String(entries.length) : `${MOST_AHEAD} or more`;
  const isRunning = next.starts <= world.clock.now().epochMilliseconds;
  const hours = next.allDay ? 'all day' : sayHours(next);
  return [
    count,
    html`${isRunning ? 'Now' : 'Next'}: <bdi>${clipped(next.title, MOST_TITLE)}</bdi>,
      ${sayDay(next.starts, next.zone)}, ${hours} (${sayZone(next.starts, next.zone)})`,
  ];
}
