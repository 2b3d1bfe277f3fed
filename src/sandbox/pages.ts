// The local pages behind the links of sandbox meetings: they say plainly that this is a sandbox, and show what the
// provider knows of the meeting, so that a person can check topic and time.
import type { FastifyInstance, FastifyReply } from 'fastify';
import { unpacked, type World } from './endpoint.ts';
import { findMeetEvent } from './google/events.ts';
import { findTeamsMeeting } from './microsoft/online-meetings.ts';
import { findMeeting } from './zoom/meetings.ts';

export type Shown = {
  readonly product: string;
  readonly topic: string;
  readonly starts: number;
  readonly ends: number;
  readonly zone: string;
};

export function hangPages(app: FastifyInstance, world: World): void {
  app.get<{ Params: { id: string }; Querystring: { pwd?: string } }>('/zoom/j/:id', async (request, reply) => {
    const meeting = findMeeting(world, request.params.id);
    if (!meeting) return page(reply, 404, 'Sandbox meeting not found', GONE);
    if (meeting.passcodeMark !== '' && request.query.pwd !== meeting.passcodeMark)
      return page(
        reply,
        403,
        'Sandbox meeting',
        '<p>The passcode in this link is not the passcode of this meeting.</p>',
      );
    return show(reply, meeting, 'You opened the link that guests get.');
  });
  app.get<{ Params: { id: string }; Querystring: { zak?: string } }>('/zoom/s/:id', async (request, reply) => {
    const meeting = findMeeting(world, request.params.id);
    if (!meeting) return page(reply, 404, 'Sandbox meeting not found', GONE);
    const expires = unpacked(request.query.zak ?? '')?.['expires'];
    if (typeof expires !== 'number' || expires <= world.clock.now().epochMilliseconds)
      return page(
        reply,
        403,
        'Sandbox meeting',
        '<p>This start link has expired. A start link works for two hours.</p>',
      );
    return show(reply, meeting, 'You opened the start link of the host.');
  });
  app.get<{ Params: { code: string } }>('/google/meet/:code', async (request, reply) => {
    const meeting = findMeetEvent(world, request.params.code);
    return meeting
      ? show(reply, meeting, 'You opened a Google Meet link.')
      : page(reply, 404, 'Sandbox meeting not found', GONE);
  });
  app.get<{ Params: { thread: string } }>('/microsoft/l/meetup-join/:thread/0', async (request, reply) => {
    const meeting = findTeamsMeeting(world, request.params.thread);
    return meeting
      ? show(reply, meeting, 'You opened a Microsoft Teams link.')
      : page(reply, 404, 'Sandbox meeting not found', GONE);
  });
  app.get('/', async (_request, reply) => page(reply, 200, 'Slotkeeper sandbox', HOME));
}

const GONE = '<p>There is no such meeting. It may have been cancelled, or the sandbox has been reset.</p>';
const HOME =
  '<p>These are emulators of Zoom, Google Calendar and Microsoft Graph with a mailbox, for trying things out. What is live now:</p><ul>' +
  ['zoom/meetings', 'google/events', 'microsoft/events', 'microsoft/online-meetings', 'mailbox', 'faults']
    .map((name) => `<li><a href="/control/${name}">${name}</a></li>`)
    .join('') +
  '</ul>';

function show(reply: FastifyReply, meeting: Shown, remark: string): FastifyReply {
  const starts = Temporal.Instant.fromEpochMilliseconds(meeting.starts).toZonedDateTimeISO(meeting.zone);
  const when = starts.toLocaleString('en-GB', { dateStyle: 'full', timeStyle: 'short' });
  const minutes = Math.round((meeting.ends - meeting.starts) / 60_000);
  return page(
    reply,
    200,
    'Sandbox meeting',
    `<p>${escape(remark)} In production it would open ${escape(meeting.product)}; here nobody is waiting on the other side.</p>
<dl><dt>Topic</dt><dd>${escape(meeting.topic)}</dd>
<dt>Time</dt><dd><time datetime="${escape(starts.toInstant().toString())}">${escape(when)}</time> (${escape(meeting.zone)}), ${minutes} minutes</dd></dl>`,
  );
}

function page(reply: FastifyReply, status: number, title: string, content: string): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').headers({
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  }).send(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<title>${escape(title)}</title>
<style>:root{color-scheme:light dark}body{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 1rem}dt{font-weight:600}dd{margin:0 0 1rem}</style>
</head><body><main><h1>${escape(title)}</h1>
${content}</main></body></html>`);
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
