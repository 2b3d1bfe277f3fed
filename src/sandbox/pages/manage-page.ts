// Stands in for the page of one's own that the link in a client's letter leads to: says what such a page does with the link.
import { html } from './html.ts';
import type { Page } from './layout.ts';

const ASK = `TOKEN='what is behind the # in the address bar'
curl -s http://127.0.0.1:3000/api/guest -H "Authorization: Bearer $TOKEN"`;

export function managePage(): Page {
  return {
    title: 'Your page goes here',
    body: html`<p class="over">Sandbox · a client’s link</p>
      <h1>Your page goes here</h1>
      <div class="sheet">
        <p>
          You opened the link by which a client moves or cancels one appointment. In production it leads to a page of
          yours, the one in <code>MANAGE_URL</code>; this one only stands in its place, and changes nothing.
        </p>
        <p>
          The link’s token is behind the <code>#</code> in the address bar, which no browser sends to a server. Your
          page reads it there and asks with it. Try it by hand, with your server’s address:
        </p>
        <pre>${ASK}</pre>
      </div>
      <p class="soft">Back to <a href="/mailbox">the letters</a> that carry such links.</p>`,
  };
}
