// The tables of video meetings and of calendar events, and the page of a single event.
import { calendarEvents, MOST_AHEAD, MOST_PAST, videoMeetings, type Entry, type Stretch } from './agenda.ts';
import type { World } from '../endpoint.ts';
import { clipped, html, type Html } from './html.ts';
import type { Page } from './layout.ts';
import { sayDay, sayDistance, sayHours, sayLength, sayZone, stampOf } from './say-time.ts';

/** A table is for finding, not for reading: the whole is one click away. */
const MOST_TITLE = 160;
const MOST_GUESTS_LISTED = 4;
/** More guests than any appointment has; the rest is counted. */
const MOST_GUESTS_SHOWN = 100;
const MOST_NOTES = 20_000;

type Agenda = {
  readonly here: string;
  readonly name: string;
  readonly lead: string;
  readonly nothing: Html;
  readonly json: readonly string[];
  entries(world: World, stretch: Stretch): Entry[];
};

const MEETINGS: Agenda = {
  here: '/meetings',
  name: 'Video meetings',
  lead: 'Every meeting that somebody could join: Zoom meetings, and Google Meet and Microsoft Teams links.',
  nothing: html`<p><strong>No meetings ahead.</strong></p>
    <p class="soft">Book an appointment with a video platform and look here again.</p>`,
  json: ['zoom/meetings', 'microsoft/online-meetings'],
  entries: videoMeetings,
};

const EVENTS: Agenda = {
  here: '/events',
  name: 'Calendars',
  lead: 'The events on everybody’s Google and Outlook calendars, as their owners would see them.',
  nothing: html`<p><strong>Nothing on the calendars.</strong></p>
    <p class="soft">Book an appointment with a practitioner who keeps a calendar and look here again.</p>`,
  json: ['google/events', 'microsoft/events'],
  entries: calendarEvents,
};

export function meetingsPage(world: World): Page {
  return agendaPage(world, MEETINGS);
}

export function eventsPage(world: World): Page {
  return agendaPage(world, EVENTS);
}

export function eventPage(world: World, entry: Entry): Page {
  return {
    title: entry.title,
    here: '/events',
    body: html`<p class="over">Sandbox event · ${entry.product}</p>
      <h1><bdi>${entry.title}</bdi></h1>
      <div class="sheet">
        ${momentOf(world, entry)}
        ${entry.join === null ? html`` : html`<p><a class="door" href="${entry.join}">Join the video call</a></p>`}
        <dl>
          <dt>Calendar of</dt>
          <dd><bdi>${entry.host}</bdi></dd>
          <dt>Guests</dt>
          <dd>
            ${entry.guests.length === 0 ? html`<span class="soft">nobody</span>` : guestsOf(entry, MOST_GUESTS_SHOWN)}
          </dd>
          ${
            entry.notes === ''
              ? html``
              : html`<dt>Notes</dt>
                  <dd class="notes" dir="auto">${clipped(entry.notes, MOST_NOTES)}</dd>`
          }
        </dl>
      </div>`,
  };
}

/** The day and the hours, the zone they are said in, how long and how far off. */
export function momentOf(world: World, entry: Pick<Entry, 'starts' | 'ends' | 'zone'> & { allDay?: boolean }): Html {
  const { starts, zone } = entry;
  const length = entry.allDay ? 'all day' : sayLength(entry);
  const hours = entry.allDay ? html`` : html`, <span class="solid">${sayHours(entry)}</span>`;
  return html`<p class="big"><time datetime="${stampOf(starts)}">${sayDay(starts, zone)}${hours}</time></p>
    <p class="soft">${sayZone(starts, zone)}<br />${length} · ${distanceOf(world, entry)}</p>`;
}

function agendaPage(world: World, agenda: Agenda): Page {
  const ahead = agenda.entries(world, 'ahead');
  const past = agenda.entries(world, 'past');
  return {
    title: agenda.name,
    here: agenda.here,
    body: html`<h1>${agenda.name}</h1>
      <p class="lead">${agenda.lead}</p>
      ${ahead.length === 0 ? html`<div class="sheet nothing">${agenda.nothing}</div>` : table(world, 'Coming up, the next first', ahead)}
      ${ahead.length < MOST_AHEAD ? html`` : html`<p class="soft">Only the next ${MOST_AHEAD} are shown.</p>`}
      ${
        past.length === 0
          ? html``
          : html`<h2>Over</h2>
              ${table(world, 'Over, the latest first', past)}`
      }
      ${past.length < MOST_PAST ? html`` : html`<p class="soft">Only the latest ${MOST_PAST} are shown.</p>`}
      <p class="soft">
        For programs, as JSON: ${agenda.json.map((path) => html`<a href="/control/${path}">/control/${path}</a> `)}
      </p>`,
  };
}

// The roles say again what the elements mean: as cards, on a narrow screen, they would lose it.
function table(world: World, caption: string, entries: readonly Entry[]): Html {
  return html`<table role="table" class="agenda">
    <caption>
      ${caption}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">What</th>
        <th role="columnheader" scope="col">When</th>
        <th role="columnheader" scope="col">Who</th>
        <th role="columnheader" scope="col">Link</th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${entries.map((entry) => row(world, entry))}
    </tbody>
  </table>`;
}

function row(world: World, entry: Entry): Html {
  const { starts, zone, join, product, host, guests } = entry;
  const page = entry.page ?? join;
  const title = html`<bdi>${clipped(entry.title, MOST_TITLE)}</bdi>`;
  return html`<tr role="row">
    <th role="rowheader" scope="row">
      ${page === null ? title : html`<a href="${page}">${title}</a>`}
      <span class="soft"><span class="chip">${product}</span></span>
    </th>
    <td role="cell">
      <time datetime="${stampOf(starts)}"
        >${sayDay(starts, zone)}, <span class="solid">${entry.allDay ? 'all day' : sayHours(entry)}</span></time
      >
      <span class="soft">${sayZone(starts, zone)}</span> <span class="soft">${distanceOf(world, entry)}</span>
    </td>
    <td role="cell">
      <bdi>${host}</bdi
      >${guests.length === 0 ? html`` : html` <span class="soft">with ${guestsOf(entry, MOST_GUESTS_LISTED)}</span>`}
    </td>
    <td role="cell">
      ${join === null ? html`<span class="soft">no video link</span>` : html`<a href="${join}">Join<span class="unseen"> ${title}</span></a>`}
    </td>
  </tr> `;
}

function distanceOf(world: World, { starts, ends }: Pick<Entry, 'starts' | 'ends'>): string {
  const now = world.clock.now();
  if (starts <= now.epochMilliseconds && now.epochMilliseconds < ends) return 'running now';
  return sayDistance(now, starts <= now.epochMilliseconds ? ends : starts);
}

function guestsOf({ guests }: Entry, most: number): Html {
  const shown = guests
    .slice(0, most)
    .map((guest, at) => html`${at === 0 ? '' : ', '}<bdi>${clipped(guest, MOST_TITLE)}</bdi>`);
  return guests.length > most ? html`${shown} and ${guests.length - most} more` : html`${shown}`;
}
