// A letter as the person sees it who gets it, and then what a mail program keeps to itself: its text part, what its
// calendar part asks for, and the source.
import type { World } from '../endpoint.ts';
import type { Address, Letter } from '../mailbox.ts';
import { readCalendar, type CalendarPart, type Moment } from './calendar-part.ts';
import { clipped, html, textOf, type Html } from './html.ts';
import type { Page } from './layout.ts';
import { sayClock, sayDay, sayDistance, sayZone, stampOf } from './say-time.ts';

/** Ours are a few kilobytes; past this a page would be slow to open, and the JSON has the whole. */
const MOST_SOURCE = 200_000;
const MOST_TEXT = 100_000;
const MOST_PEOPLE = 50;

/** The letter by its number in order of arrival, or undefined. */
export function letterPage(world: World, number: number): Page | undefined {
  const drawer = world.state.drawer<Letter>('mail');
  const letter = drawer.list({ skip: number - 1, limit: 1 })[0]?.body;
  if (!letter) return undefined;
  const subject = letter.subject.trim() === '' ? '(no subject)' : letter.subject;
  return {
    title: subject,
    here: '/mailbox',
    framesLetter: true,
    body: html`<p class="along">
        <a href="/mailbox">All letters</a
        >${number < drawer.count({}) ? html`<a href="/mailbox/${number + 1}">Newer</a>` : html``}${number > 1 ? html`<a href="/mailbox/${number - 1}">Older</a>` : html``}
      </p>
      <h1><bdi>${subject}</bdi></h1>
      <div class="sheet">${headers(world, letter)}</div>
      <h2>The letter</h2>
      ${letter.html === null ? html`<p class="soft">It has no HTML part.</p>` : framed(letter.html)}
      ${
        letter.ical === null
          ? html``
          : html`<h2>The calendar part</h2>
              ${calendar(letter.ical)}`
      }
      <h2>The text part</h2>
      ${letter.text === null || letter.text.trim() === '' ? html`<p class="soft">It has no text part.</p>` : html`<pre tabindex="0" dir="auto">${bounded(letter.text, MOST_TEXT)}</pre>`}
      ${attachments(letter)}
      <details>
        <summary>The source</summary>
        <pre tabindex="0">${bounded(letter.raw, MOST_SOURCE)}</pre>
      </details>`,
  };
}

/**
 * Scripts, forms, outside images and leaving the frame are all forbidden twice: by the sandbox and by a policy. A link
 * that is followed opens a page of its own.
 */
function framed(letter: string): Html {
  const rules = html`<!doctype html>
    <meta
      http-equiv="Content-Security-Policy"
      content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    /><meta name="referrer" content="no-referrer" /><base target="_blank" />`;
  return html`<div class="letter">
    <iframe
      title="The letter as HTML"
      sandbox="allow-popups allow-popups-to-escape-sandbox"
      referrerpolicy="no-referrer"
      srcdoc="${textOf(rules) + letter}"
    ></iframe>
  </div>`;
}

function headers(world: World, letter: Letter): Html {
  const at = Temporal.Instant.from(letter.receivedAt).epochMilliseconds;
  const lines: readonly (readonly [string, Html | string])[] = [
    ['From', letter.from ? people([letter.from]) : letter.envelope.from],
    ['To', people(letter.to)],
    ['Copy to', people(letter.cc)],
    ['Delivered to', addresses(letter.envelope.to)],
    ['Reply to', people(letter.replyTo)],
    [
      'Received',
      html`<time datetime="${letter.receivedAt}">${sayDay(at, 'UTC')}, ${sayClock(at, 'UTC')} UTC</time>
        <span class="soft">(${sayDistance(world.clock.now(), at)})</span>`,
    ],
    ['Message id', letter.messageId === null ? '' : html`<code>${letter.messageId}</code>`],
    ['Sent by', letter.headers['auto-submitted'] === 'auto-generated' ? 'a machine (Auto-Submitted)' : ''],
  ];
  return html`<dl>
    ${lines
      .filter(([, said]) => (typeof said === 'string' ? said : textOf(said)) !== '')
      .map(
        ([name, said]) =>
          html`<dt>${name}</dt>
            <dd>${typeof said === 'string' ? html`<bdi>${said}</bdi>` : said}</dd> `,
      )}
  </dl>`;
}

function people(all: readonly Address[]): Html {
  const shown = all.slice(0, MOST_PEOPLE).map(({ name, address }, at) => {
    const comma = at === 0 ? '' : ', ';
    return name === ''
      ? html`${comma}<bdi>${address}</bdi>`
      : html`${comma}<bdi>${name}</bdi> <span class="soft">&lt;<bdi>${address}</bdi>&gt;</span>`;
  });
  return all.length > MOST_PEOPLE ? html`${shown} and ${all.length - MOST_PEOPLE} more` : html`${shown}`;
}

function addresses(all: readonly string[]): Html {
  return people(all.map((address) => ({ name: '', address })));
}

function calendar(ical: string): Html {
  const part = readCalendar(ical);
  if (!part)
    return html`<p class="soft">There is no event in it that this page can read. The source has it as it came.</p>`;
  return html`<div class="sheet">
    <p><strong>${part.kind}</strong></p>
    <dl>
      <dt>What</dt>
      <dd><bdi>${part.title}</bdi></dd>
      <dt>When</dt>
      <dd>${when(part)}</dd>
      ${
        part.place === ''
          ? html``
          : html`<dt>Where</dt>
              <dd>${place(part.place)}</dd>`
      }
      <dt>From</dt>
      <dd><bdi>${part.organiser}</bdi></dd>
      <dt>For</dt>
      <dd>${addresses(part.guests)}</dd>
      <dt>Known as</dt>
      <dd><code>${part.uid}</code> <span class="soft">(change ${part.sequence})</span></dd>
    </dl>
  </div>`;
}

function when({ when: from, until }: CalendarPart): Html {
  if (from === null) return html`<span class="soft">not said</span>`;
  if ('words' in from) return html`${moment(from)}${until === null ? '' : html` to ${moment(until)}`}`;
  const zone = sayZone(from.at, from.zone);
  if (from.allDay) return html`${sayDay(from.at, from.zone)}, all day`;
  const sameDay = until !== null && 'at' in until && sayDay(until.at, until.zone) === sayDay(from.at, from.zone);
  const end =
    until === null ? html`` : html` to ${sameDay && 'at' in until ? sayClock(until.at, until.zone) : moment(until)}`;
  return html`<time datetime="${stampOf(from.at)}">${moment(from)}</time>${end} <span class="soft">(${zone})</span>`;
}

function moment(at: Moment): string {
  return 'words' in at ? at.words : `${sayDay(at.at, at.zone)}, ${sayClock(at.at, at.zone)}`;
}

/** A link only where it is one that a browser may open. */
function place(words: string): Html {
  return /^https?:\/\/\S+$/i.test(words)
    ? html`<a href="${words}" rel="noreferrer noopener">${words}</a>`
    : html`<bdi>${words}</bdi>`;
}

function attachments(letter: Letter): Html {
  if (letter.attachments.length === 0) return html``;
  const items = letter.attachments
    .slice(0, MOST_PEOPLE)
    .map(
      ({ filename, contentType, size }) =>
        html`<li>
          <bdi>${filename ?? 'without a name'}</bdi> <span class="soft">${contentType}, ${size} bytes</span>
        </li> `,
    );
  return html`<h2>Attached</h2>
    <ul class="plain">
      ${items}
    </ul>`;
}

function bounded(text: string, most: number): string {
  return text.length <= most
    ? text
    : `${clipped(text, most)}\n\n(The rest is left out: ${text.length} characters in all. /control/mailbox has the whole.)`;
}
