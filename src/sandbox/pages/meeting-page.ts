// What opens behind the link of a sandbox meeting: that it is not real, and what the provider knows of it. Also the
// pages for links that lead nowhere, and for what went wrong.
import type { World } from '../endpoint.ts';
import type { Shown } from '../pages.ts';
import { momentOf } from './agenda-page.ts';
import { html } from './html.ts';
import type { Page } from './layout.ts';

const NAME = 'Sandbox meeting';

/** `leave`: where whoever opened it leaves again. */
export function meetingPage(world: World, meeting: Shown, remark: string, leave?: string): Page {
  const { product, topic } = meeting;
  return {
    title: `${NAME}: ${topic}`,
    body: html`<p class="over">${NAME} · ${product}</p>
      <h1><bdi>${topic}</bdi></h1>
      <div class="sheet">
        ${momentOf(world, meeting)}
        <p>${remark} In production it would open ${product}; here nobody is waiting on the other side.</p>
        ${leave === undefined ? html`` : html`<p><a href="${leave}">Leave the meeting</a></p>`}
      </div>
      <p class="soft">
        See also <a href="/meetings">all meetings</a>, or <a href="/mailbox">the letters</a> that carry such links.
      </p>`,
  };
}

export function goneMeetingPage(): Page {
  return noticePage(
    404,
    'Sandbox meeting not found',
    'There is no such meeting. It may have been cancelled, or the sandbox has been reset.',
  );
}

/** A page with one thing to say. */
export function noticePage(status: number, title: string, words: string): Page {
  return {
    status,
    title,
    body: html`<h1>${title}</h1>
      <div class="sheet">
        <p>${words}</p>
        <p class="along"><a href="/">Overview</a> <a href="/meetings">Meetings</a> <a href="/mailbox">Mailbox</a></p>
      </div>`,
  };
}
