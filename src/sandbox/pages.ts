// Where a person finds what in the sandbox: overview, mailbox, meetings, calendars, and the pages behind the links that
// the emulators hand out. Each page is written in pages/; here is only which address opens which.
import type { FastifyInstance } from 'fastify';
import { textOr, unpacked, type Json, type World } from './endpoint.ts';
import { findMeetEvent } from './google/events.ts';
import { findTeamsMeeting } from './microsoft/online-meetings.ts';
import { findGoogleEntry, findMicrosoftEntry, type Entry } from './pages/agenda.ts';
import { eventPage, eventsPage, meetingsPage } from './pages/agenda-page.ts';
import { homePage } from './pages/home-page.ts';
import { sendPage, type Page } from './pages/layout.ts';
import { letterPage } from './pages/letter-page.ts';
import { mailboxPage } from './pages/mailbox-page.ts';
import { managePage } from './pages/manage-page.ts';
import { goneMeetingPage, meetingPage, noticePage } from './pages/meeting-page.ts';
import type { Span } from './pages/say-time.ts';
import { existingMeeting, findMeeting } from './zoom/meetings.ts';
import type { Role } from './zoom/visits.ts';

/** What an emulator tells of the meeting behind one of its links. */
export type Shown = Span & { readonly product: string; readonly topic: string };

const WRONG_PASSCODE = 'The passcode in this link is not the passcode of this meeting.';
const START_LINK_OVER = 'This start link has expired. A start link works for two hours.';
const NO_LETTER = 'There is no such letter. The mailbox may have been emptied.';
const NO_EVENT = 'There is no such event. It may have been cancelled, or the sandbox has been reset.';

/** For people. Nothing here changes what providers keep; whoever opens a Zoom link is in that meeting until she leaves. */
export function hangPages(app: FastifyInstance, world: World): void {
  app.get('/', async (_request, reply) => sendPage(reply, homePage(world)));
  app.get('/meetings', async (_request, reply) => sendPage(reply, meetingsPage(world)));
  app.get('/manage', async (_request, reply) => sendPage(reply, managePage()));
  app.get('/events', async (_request, reply) => sendPage(reply, eventsPage(world)));
  app.get<{ Querystring: { before?: unknown } }>('/mailbox', async (request, reply) =>
    sendPage(reply, mailboxPage(world, numberFrom(request.query.before))),
  );
  app.get<{ Params: { number: string } }>('/mailbox/:number', async (request, reply) => {
    const number = numberFrom(request.params.number);
    const letter = number === undefined ? undefined : letterPage(world, number);
    return sendPage(reply, letter ?? noticePage(404, 'Letter not found', NO_LETTER));
  });
  hangProviderLinks(app, world);
}

function hangProviderLinks(app: FastifyInstance, world: World): void {
  app.get<{ Params: { id: string }; Querystring: { pwd?: string } }>('/zoom/j/:id', async (request, reply) => {
    const meeting = findMeeting(world, request.params.id);
    if (meeting && meeting.passcodeMark !== '' && request.query.pwd !== meeting.passcodeMark)
      return sendPage(reply, noticePage(403, 'Sandbox meeting', WRONG_PASSCODE));
    const door = meeting && enterZoom(world, request.params.id, 'guest');
    return sendPage(reply, meetingOr(world, meeting, 'You opened the link that guests get.', door));
  });
  app.get<{ Params: { id: string }; Querystring: { zak?: unknown } }>('/zoom/s/:id', async (request, reply) => {
    const meeting = findMeeting(world, request.params.id);
    const expires = unpacked(textOr(request.query.zak, ''))?.['expires'];
    if (meeting && (typeof expires !== 'number' || expires <= world.clock.now().epochMilliseconds))
      return sendPage(reply, noticePage(403, 'Sandbox meeting', START_LINK_OVER));
    const door = meeting && enterZoom(world, request.params.id, 'host');
    return sendPage(reply, meetingOr(world, meeting, 'You opened the start link of the host.', door));
  });
  app.get<{ Params: { id: string; visitor: string } }>('/zoom/leave/:id/:visitor', async (request, reply) => {
    const meeting = existingMeeting(world, request.params.id);
    if (!meeting) return sendPage(reply, goneMeetingPage());
    tell(world, world.zoomVisits.leave(meeting, request.params.visitor, world.clock.now()));
    return sendPage(reply, noticePage(200, 'Sandbox meeting', 'You have left the meeting.'));
  });
  app.get<{ Params: { code: string } }>('/google/meet/:code', async (request, reply) => {
    const meeting = findMeetEvent(world, request.params.code);
    return sendPage(reply, meetingOr(world, meeting, 'You opened a Google Meet link.'));
  });
  app.get<{ Params: { thread: string } }>('/microsoft/l/meetup-join/:thread/0', async (request, reply) => {
    const meeting = findTeamsMeeting(world, request.params.thread);
    return sendPage(reply, meetingOr(world, meeting, 'You opened a Microsoft Teams link.'));
  });
  app.get<{ Querystring: { eid?: unknown } }>('/google/event', async (request, reply) =>
    sendPage(reply, eventOr(world, findGoogleEntry(world, textOr(request.query.eid, '')))),
  );
  app.get<{ Querystring: { itemid?: unknown } }>('/microsoft/owa/', async (request, reply) =>
    sendPage(reply, eventOr(world, findMicrosoftEntry(world, textOr(request.query.itemid, '')))),
  );
}

/** The address by which she leaves again; none where nobody listens to comings and goings. */
function enterZoom(world: World, id: string, role: Role): string | undefined {
  const meeting = existingMeeting(world, id);
  if (!meeting || !world.zoomEvents.subscribed()) return undefined;
  const { visitor, events } = world.zoomVisits.enter(meeting, role, world.clock.now());
  tell(world, events);
  return `/zoom/leave/${id}/${visitor}`;
}

/** The page does not wait for whoever listens. */
function tell(world: World, events: readonly Json[]): void {
  void world.zoomEvents.tell(events);
}

function meetingOr(world: World, meeting: Shown | undefined, remark: string, leave?: string): Page {
  return meeting ? meetingPage(world, meeting, remark, leave) : goneMeetingPage();
}

function eventOr(world: World, entry: Entry | undefined): Page {
  return entry ? eventPage(world, entry) : noticePage(404, 'Sandbox event not found', NO_EVENT);
}

/** Numbers of letters: whole, from 1, and no longer than any count will ever be. */
function numberFrom(given: unknown): number | undefined {
  return typeof given === 'string' && /^[1-9]\d{0,8}$/.test(given) ? Number(given) : undefined;
}
