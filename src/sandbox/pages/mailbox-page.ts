// The table of the letters that the mailbox took, the newest first.
import type { World } from '../endpoint.ts';
import type { Letter } from '../mailbox.ts';
import { clipped, html, type Html } from './html.ts';
import type { Page } from './layout.ts';
import { sayClock, sayDay, sayDistance } from './say-time.ts';

/** One page's worth; older ones are a link away. */
const MOST_LETTERS = 50;
const MOST_SUBJECT = 160;
const MOST_RECIPIENTS = 3;

const NO_MAIL = html`<div class="sheet nothing">
  <p><strong>No mail yet.</strong></p>
  <p class="soft">Book an appointment and look here again.</p>
</div>`;

/** Letters are numbered from 1 as they came; `before` leaves out that one and the newer ones. */
export function mailboxPage(world: World, before: number | undefined): Page {
  const drawer = world.state.drawer<Letter>('mail');
  const count = drawer.count({});
  const end = Math.min(before === undefined ? count : before - 1, count);
  const start = Math.max(0, end - MOST_LETTERS);
  const letters = end > 0 ? drawer.list({ skip: start, limit: end - start }) : [];
  const rows = letters.map(({ body }, at) => row(world, body, start + at + 1)).toReversed();
  return {
    title: 'Mailbox',
    here: '/mailbox',
    body: html`<h1>Mailbox</h1>
      <p class="lead">Every letter that the system sent, to anybody. They were delivered here and nowhere else.</p>
      ${rows.length === 0 ? NO_MAIL : table(rows, html`Letters ${start + 1} to ${end} of ${count}, the newest first`)}
      ${rows.length === 0 ? html`` : around(start, end, count)}
      <p class="soft">For programs, as JSON: <a href="/control/mailbox">/control/mailbox</a></p>`,
  };
}

function table(rows: readonly Html[], caption: Html): Html {
  return html`<table role="table" class="letters">
    <caption>
      ${caption}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        <th role="columnheader" scope="col">Subject</th>
        <th role="columnheader" scope="col">To</th>
        <th role="columnheader" scope="col">Received</th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows}
    </tbody>
  </table>`;
}

function around(start: number, end: number, count: number): Html {
  const newer = end < count;
  return html`<p class="along">
    <span class="soft">Letters ${start + 1} to ${end} of ${count}</span>
    ${newer ? html`<a href="/mailbox${end + MOST_LETTERS >= count ? '' : `?before=${end + MOST_LETTERS + 1}`}">Newer letters</a>` : html``}
    ${start > 0 ? html`<a href="/mailbox?before=${start + 1}">Older letters</a>` : html``}
  </p>`;
}

function row(world: World, letter: Letter, number: number): Html {
  const at = Temporal.Instant.from(letter.receivedAt).epochMilliseconds;
  return html`<tr role="row">
    <th role="rowheader" scope="row"><a href="/mailbox/${number}">${subjectOf(letter)}</a>${chipOf(letter)}</th>
    <td role="cell" data-name="To">${recipientsOf(letter)}</td>
    <td role="cell">
      <time datetime="${letter.receivedAt}"
        >${sayDistance(world.clock.now(), at)}
        <span class="soft">${sayDay(at, 'UTC')}, ${sayClock(at, 'UTC')} UTC</span></time
      >
    </td>
  </tr> `;
}

/** What it does to a calendar, if anything. */
function chipOf({ ical }: Letter): Html {
  if (ical === null) return html``;
  const first = /^SEQUENCE:[1-9]/m.test(ical) ? 'calendar update' : 'invitation';
  const kind = /^METHOD:CANCEL\r?$/im.test(ical) ? 'cancellation' : first;
  return html` <span class="soft"><span class="chip">${kind}</span></span>`;
}

function subjectOf(letter: Letter): Html {
  return letter.subject.trim() === '' ? html`(no subject)` : html`<bdi>${clipped(letter.subject, MOST_SUBJECT)}</bdi>`;
}

/** By the envelope: that is where it went, whatever the letter says. */
function recipientsOf({ envelope }: Letter): Html {
  const shown = envelope.to
    .slice(0, MOST_RECIPIENTS)
    .map((one, at) => html`${at === 0 ? '' : ', '}<bdi>${clipped(one, MOST_SUBJECT)}</bdi>`);
  const more = envelope.to.length - MOST_RECIPIENTS;
  return more > 0 ? html`${shown} and ${more} more` : html`${shown}`;
}
