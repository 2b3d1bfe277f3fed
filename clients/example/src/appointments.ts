// The visitor's own appointments to come: shown as cards with their link, which may still be on its way; moving and
// cancelling begin here. What moving asks is the booking form's.
import type { Schemas } from '@slotkeeper/client';
import { platformName } from './choose-who.ts';
import { button, element, find } from './element.ts';
import { slotkeeper } from './session.ts';
import { placeOf, sameClock, sayDay, sayShortly, sayTime, VIEWER_ZONE } from './times.ts';

export type Appointment = Schemas['Appointment'];
type Wishes = { move(appointment: Appointment): void; cancel(appointment: Appointment): void };

/** A provider that is slow is asked again by the server for as long as it takes; we look for half a minute. */
const LOOKS = 15;
const LOOK_EVERY_MS = 2_000;
/** More than anybody reads; the list is theirs, not an archive. */
const MAX_SHOWN = 20;

let shown = 0;

/** Reads and shows what is to come; the last to begin is the one that is shown. */
export async function showAppointments(userId: string, wishes: Wishes): Promise<void> {
  const mine = (shown += 1);
  const found: Appointment[] = [];
  for await (const one of slotkeeper.each('listAppointments', { userId, from: new Date().toISOString() })) {
    if (one.status === 'confirmed' || one.status === 'pending') found.push(one);
    if (found.length === MAX_SHOWN) break;
  }
  if (mine !== shown) return;
  find('#mine').hidden = found.length === 0;
  find('#appointments').replaceChildren(...found.map((one) => cardOf(one, wishes)));
  for (const one of found) if (isOnItsWay(one)) void followLink(one, wishes, mine);
}

export function hideAppointments(): void {
  shown += 1;
  find('#mine').hidden = true;
  find('#appointments').replaceChildren();
}

/** "Thursday, June 20, 2030, 8:00 PM – 9:00 PM", and her clock where it shows another time. */
export function sayWhen({ start, end, timeZone }: Pick<Appointment, 'start' | 'end' | 'timeZone'>): readonly string[] {
  const yours = `${sayDay(start, VIEWER_ZONE)}, ${sayTime(start, VIEWER_ZONE)} – ${sayTime(end, VIEWER_ZONE)}`;
  return sameClock(start, timeZone, VIEWER_ZONE)
    ? [yours]
    : [yours, `In ${placeOf(timeZone)}: ${sayShortly(start, timeZone)}`];
}

const isOnItsWay = ({ meetingDetails }: Appointment) => meetingDetails?.status === 'pending';

function cardOf(appointment: Appointment, wishes: Wishes): HTMLElement {
  const { id, practitionerName, sessionType, start } = appointment;
  const [yours = '', hers] = sayWhen(appointment);
  const about = `${sessionType} on ${sayShortly(start, VIEWER_ZONE)}`;
  return element(
    'li',
    { class: 'card', id: `appointment-${id}` },
    element('h3', {}, yours),
    element('p', { class: 'soft' }, `${sessionType} with ${practitionerName}${hers === undefined ? '' : `. ${hers}`}`),
    appointment.status === 'pending' ? requestOf(appointment) : linkOf(appointment),
    element(
      'div',
      { class: 'row' },
      button('quiet', () => wishes.move(appointment), ['Move'], `Move ${about}`),
      button('quiet', () => wishes.cancel(appointment), ['Cancel'], `Cancel ${about}`),
    ),
  );
}

/** Where the practice has to approve: nothing is agreed yet, so nobody should come. */
function requestOf({ awaits }: Appointment): HTMLElement {
  const words =
    awaits === 'client'
      ? 'Not confirmed yet: another time was proposed. Answer by the link in your e-mail.'
      : 'Asked for, not confirmed yet. You are told by e-mail.';
  return element('p', { class: 'link waiting' }, words);
}

function linkOf({ meetingDetails }: Appointment): HTMLElement {
  const { status, meetingUrl, platform } = meetingDetails ?? {};
  if (status === undefined || platform === undefined) return element('p', { class: 'link' }, 'Without a video link.');
  const name = platformName(platform);
  if (status === 'ready' && /^https?:/.test(meetingUrl ?? '')) {
    const link = element('a', { href: meetingUrl ?? null, target: '_blank', rel: 'noreferrer' }, `Join by ${name}`);
    return element('p', { class: 'link' }, link);
  }
  if (status === 'pending') {
    return element('p', { class: 'link waiting' }, `Your ${name} link is being made. It also comes by e-mail.`);
  }
  return element(
    'p',
    { class: 'link' },
    `There is no ${name} link yet. The practice sees that, and will write to you.`,
  );
}

async function followLink(appointment: Appointment, wishes: Wishes, mine: number): Promise<void> {
  for (let looks = 0; looks < LOOKS; looks += 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    if (mine !== shown) return;
    const now = await slotkeeper.getAppointment({ appointmentId: appointment.id }).catch(() => appointment);
    if (mine !== shown) return;
    if (isOnItsWay(now)) continue;
    find(`#appointment-${now.id}`).replaceWith(cardOf(now, wishes));
    return;
  }
}
