// The frame of every page of the sandbox: the banner that says so, the way around, and the headers that let nothing in
// from elsewhere. What stands in the middle is the pages' own.
import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { clipped, html, textOf, type Html } from './html.ts';
import { STYLE } from './style.ts';

export type Page = {
  readonly status?: number;
  /** The browser's tab; the page has its own heading. */
  readonly title: string;
  /** Which of the ways below one is on. */
  readonly here?: string;
  readonly body: Html;
  /** It has a form, whose answer may lead to this origin. */
  readonly answersTo?: string;
  /** It shows a letter inside, which brings styles of its own. */
  readonly framesLetter?: true;
};

const WAYS = [
  ['/', 'Overview'],
  ['/mailbox', 'Mailbox'],
  ['/meetings', 'Meetings'],
  ['/events', 'Calendars'],
] as const;

const MOST_TITLE = 80;
const STYLE_HASH = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;
/** The style is ours and written into the page between its tags; nothing of anybody's is in it. */
const STYLE_TAG = `<style>${STYLE}</style>`;

/** No script, no outside address, no form but where one is asked for. A framed letter inherits this too, so there its own styles must be let in. */
function policy(framesLetter: boolean, answersTo?: string): string {
  const style = framesLetter ? "'unsafe-inline'" : STYLE_HASH;
  const form = answersTo === undefined ? "'none'" : `'self' ${answersTo}`;
  return `default-src 'none'; style-src ${style}; img-src data:; base-uri 'none'; form-action ${form}; frame-ancestors 'none'`;
}

export function sendPage(reply: FastifyReply, page: Page): FastifyReply {
  return reply
    .code(page.status ?? 200)
    .type('text/html; charset=utf-8')
    .headers({
      'content-security-policy': policy(page.framesLetter ?? false, page.answersTo),
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
    .send(`<!doctype html>\n${textOf(frame(page)).replace('<style></style>', () => STYLE_TAG)}`);
}

function frame({ title, here, body }: Page): Html {
  return html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="robots" content="noindex" />
      <title>${clipped(title, MOST_TITLE)} · Slotkeeper sandbox</title>
      <link
        rel="icon"
        href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='8' fill='%23f5c518'/%3E%3Cpath d='m9 17 5 5 9-11' fill='none' stroke='%23201a00' stroke-width='4'/%3E%3C/svg%3E"
      />
      <style></style>
    </head>
    <body>
      <a class="skip" href="#content">Skip to the content</a>
      <header>
        <p class="banner"><strong>Sandbox</strong> <span>Nothing leaves this machine.</span></p>
        <div class="bar">
          <a class="brand" href="/"
            ><svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
              <rect width="32" height="32" rx="8" fill="#f5c518" />
              <path d="m9 17 5 5 9-11" fill="none" stroke="#201a00" stroke-width="4" /></svg
            >Slotkeeper</a
          >
          <nav aria-label="Sandbox">
            <ul>
              ${WAYS.map(([path, name]) => way(path, name, path === here))}
            </ul>
          </nav>
        </div>
      </header>
      <main id="content" tabindex="-1">${body}</main>
      <footer>
        <p>
          These pages, the mailbox and the emulators of Zoom, Google and Microsoft are for trying things out. No mail is
          sent on, no meeting is real.
        </p>
      </footer>
    </body>
  </html> `;
}

function way(path: string, name: string, isHere: boolean): Html {
  return isHere
    ? html`<li><a href="${path}" aria-current="page">${name}</a></li>`
    : html`<li><a href="${path}">${name}</a></li>`;
}
