// The page: remembers what was chosen, asks Slotkeeper to book, move or cancel, and says what came of it. How each question
// looks is told in files of their own.
import { isProblem, SlotkeeperNoAnswer, type Answer, type Input } from '@slotkeeper/client';
import { hideAppointments, sayWhen, showAppointments, type Appointment } from './appointments.ts';
import { listenToWeeks, showTimes, type Slot } from './choose-time.ts';
import {
  showPlatforms,
  showPractitioners,
  showSessionTypes,
  type Platform,
  type Practitioner,
  type SessionType,
} from './choose-who.ts';
import { element, find } from './element.ts';
import { bookWith, forgetHold, keepTime, listenToHolds, type Wish } from './hold.ts';
import { slotkeeper, type Visitor } from './session.ts';
import { listenToSignIn, readDetails } from './sign-in.ts';
import { sayTime, today, VIEWER_ZONE } from './times.ts';
import { clearTrouble, tellTrouble } from './trouble.ts';

let practitioner: Practitioner | null = null;
let sessionType: SessionType | null = null;
let platform: Platform | null = null;
let slot: Slot | null = null;
let visitor: Visitor | null = null;
/** The appointment that the form moves; null where it books. */
let moving: Appointment | null = null;
let busy = false;
/** A booking whose answer was lost: the same one, asked again, must be known as the same. */
let unanswered: { readonly asked: string; readonly sent: Input<'bookAppointment'>; readonly key: string } | null = null;

function trouble(error: unknown): void {
  // Whoever was faster took it from the list as well.
  if (isProblem(error, 'slot_taken', 'full')) readTimes();
  tellTrouble(error, practitioner?.timeZone ?? '', ({ start, end }) => {
    clearTrouble();
    for (const one of document.querySelectorAll<HTMLInputElement>('[name=slot]'))
      one.checked = isSameTime(one.value, start);
    void choose({ start, end });
    find('#submit').focus();
  });
}

/** An alternative is told in the practitioner's zone, a time on offer in the viewer's. */
const isSameTime = (one: string, other: string) => Date.parse(one) === Date.parse(other);

/** Settles once the time that was chosen before is free again. */
function choose(next: Slot | null): Promise<void> {
  if (next !== null) clearTrouble();
  slot = next;
  showSummary();
  return keepTime(wishOf());
}

/** Without a visitor nobody is there to keep it for; an appointment that moves keeps its own time until then. */
function wishOf(): Wish | null {
  if (practitioner === null || sessionType === null || slot === null || visitor === null || moving !== null)
    return null;
  return { userId: visitor.userId, practitionerId: practitioner.id, sessionType: sessionType.id, ...wallOf(slot) };
}

function showKept(until: string | null): void {
  find('#kept').textContent = until === null ? '' : `Kept for you until ${sayTime(until, VIEWER_ZONE)}.`;
}

function choosePractitioner(next: Practitioner): void {
  practitioner = next;
  const [first] = next.sessionTypes;
  const same = next.sessionTypes.find(({ id }) => id === sessionType?.id) ?? first;
  find('#session-types').hidden = false;
  find('#times').hidden = false;
  find('#details').hidden = false;
  if (same) chooseSessionType(same);
  showSessionTypes(next, same ?? null, chooseSessionType);
}

function chooseSessionType(next: SessionType): void {
  sessionType = next;
  if (platform === null || !next.platforms.includes(platform)) platform = next.platforms[0] ?? null;
  showPlatforms(next, platform, (one) => {
    platform = one;
    showSummary();
  });
  lookForTimes();
}

function lookForTimes(date?: string): void {
  clearTrouble();
  readTimes(date);
}

function readTimes(date?: string): void {
  if (practitioner === null || sessionType === null) return;
  const { id: practitionerId, name: practitionerName, timeZone } = practitioner;
  const offer = { practitionerId, practitionerName, timeZone, sessionTypeId: sessionType.id };
  showTimes(offer, choose, date).catch(trouble);
}

function showSummary(): void {
  const rows: [string, readonly string[]][] = [
    ['With', practitioner === null ? [] : [practitioner.name]],
    [
      'For',
      sessionType === null
        ? []
        : [`${sessionType.name}, ${moving?.durationMinutes ?? sessionType.durationMinutes} minutes`],
    ],
    ['When', slot === null || practitioner === null ? [] : sayWhen({ ...slot, timeZone: practitioner.timeZone })],
  ];
  find('#summary').replaceChildren(
    ...rows.flatMap(([term, lines]) => [
      element('dt', {}, term),
      element(
        'dd',
        { class: lines.length === 0 ? 'soft' : null },
        ...linesOf(lines.length === 0 ? ['Not chosen yet'] : lines),
      ),
    ]),
  );
}

const linesOf = (lines: readonly string[]) =>
  lines.map((line, i) => element('span', { class: i === 0 ? null : 'soft' }, line));

function welcome(next: Visitor | null): void {
  visitor = next;
  if (next === null) {
    hideAppointments();
    endMoving();
  }
  void keepTime(wishOf());
  refresh().catch(trouble);
}

async function refresh(): Promise<void> {
  if (visitor !== null)
    await showAppointments(visitor.userId, { move: (one) => void (busy || startMoving(one)), cancel: askToCancel });
}

function say(words: string): void {
  const news = find('#news');
  news.textContent = words;
  if (words !== '') news.focus();
}

/** Says what is missing, and leads there. */
function ask(words: string, selector: string): void {
  find('#trouble').replaceChildren(element('p', {}, words));
  document.querySelector<HTMLElement>(selector)?.focus();
}

/** A slot's start is wall time with its offset, which is exactly what can be sent back. */
const wallOf = ({ start }: Slot) => ({ date: start.slice(0, 10), time: start.slice(11) });

async function submit(): Promise<void> {
  clearTrouble();
  if (practitioner === null || sessionType === null) return ask('Choose with whom first.', '[name=practitioner]');
  if (slot === null) return ask('Choose a time first.', '[name=slot]');
  if (visitor === null) return ask('Sign in first.', '#token');
  const { date, time } = wallOf(slot);
  if (moving !== null) {
    await slotkeeper.rescheduleAppointment({ appointmentId: moving.id, newDate: date, newTime: time });
    endMoving();
    say('Moved. You are told by e-mail, too.');
  } else {
    const details = readDetails();
    const wish = wishOf();
    if (details === null || wish === null) return;
    const { userId, practitionerId, sessionType: kind } = wish;
    const who = { userId, userName: details.name, userEmail: details.email };
    const what = { practitionerId, sessionType: kind, date, time };
    const how = platform === null ? {} : { videoMeetingConfig: { platform } };
    const { sandbox, status } = await book({ ...who, ...what, ...how }, wish);
    say(wordsFor(status === 'pending', sandbox === true));
  }
  lookForTimes();
  await refresh();
}

function wordsFor(isRequest: boolean, sandbox: boolean): string {
  const done = isRequest ? 'Asked for: the practice has to confirm it' : 'Booked';
  return sandbox
    ? `${done}, in a sandbox: link and e-mail stay on that machine.`
    : `${done}. You are told by e-mail, too.`;
}

async function book(input: Input<'bookAppointment'>, wish: Wish): Promise<Answer<'bookAppointment'>> {
  const asked = JSON.stringify(input);
  const attempt = async (sent: typeof input, again: { idempotencyKey?: string } = {}) => {
    try {
      const booked = await slotkeeper.bookAppointment(sent, again);
      unanswered = null;
      forgetHold(sent.holdId);
      return booked;
    } catch (error) {
      const key = error instanceof SlotkeeperNoAnswer ? error.idempotencyKey : null;
      unanswered = key === null ? null : { asked, sent, key };
      throw error;
    }
  };
  return await bookWith(wish, async (holdId) => {
    if (unanswered?.asked === asked) return await attempt(unanswered.sent, { idempotencyKey: unanswered.key });
    if (holdId === undefined) return await attempt(input);
    return await attempt({ ...input, holdId }).catch((error: unknown) => {
      if (!isProblem(error, 'hold_expired')) throw error;
      // It was kept for minutes, and may be free still.
      forgetHold(holdId);
      return attempt(input);
    });
  });
}

function startMoving(appointment: Appointment): void {
  const hers = document.querySelector<HTMLInputElement>(`[name=practitioner][value="${appointment.practitionerId}"]`);
  if (hers === null)
    return say(`${appointment.practitionerName} takes no bookings here any more. You can still cancel.`);
  hers.click();
  const kind = practitioner?.sessionTypes.find(({ name }) => name === appointment.sessionType);
  if (kind && kind.id !== sessionType?.id) find(`[name=session-type][value="${kind.id}"]`, HTMLInputElement).click();
  moving = appointment;
  showMoving();
  lookForTimes(today());
  find('#title').focus();
  find('#title').scrollIntoView();
}

function endMoving(): void {
  moving = null;
  showMoving();
  void keepTime(wishOf());
}

function showMoving(): void {
  const isMoving = moving !== null;
  say('');
  find('#title').textContent = isMoving ? 'Move your appointment' : 'Book an appointment';
  find('#lead').textContent =
    moving === null
      ? 'By video, from wherever you are. Times are shown in your own time zone.'
      : `Now: ${sayWhen(moving)[0] ?? ''}. It keeps its video link.`;
  for (const id of ['#practitioners', '#session-types', '#details']) find(id).hidden = isMoving;
  find('#mine').hidden = isMoving || find('#appointments').childElementCount === 0;
  find('#submit').textContent = isMoving ? 'Move it to this time' : 'Book this time';
  find('#summary-title').textContent = isMoving ? 'To be moved to' : 'Your booking';
  find('#keep').hidden = !isMoving;
  showSummary();
}

function askToCancel(appointment: Appointment): void {
  const dialog = find('#sure', HTMLDialogElement);
  find('#sure-text').textContent =
    `${appointment.sessionType} with ${appointment.practitionerName}, ${sayWhen(appointment)[0] ?? ''}.`;
  dialog.returnValue = 'keep';
  dialog.addEventListener('close', () => void (dialog.returnValue === 'cancel' && once(() => cancel(appointment))), {
    once: true,
  });
  dialog.showModal();
}

async function cancel({ id }: Appointment): Promise<void> {
  await slotkeeper.cancelAppointment({ appointmentId: id });
  say('Cancelled. The time is free again.');
  lookForTimes();
  await refresh();
}

/** One thing at a time, however often a button is pressed. */
async function once(act: () => Promise<void>): Promise<void> {
  if (busy) return;
  busy = true;
  find('#submit').setAttribute('aria-disabled', 'true');
  try {
    await act();
  } catch (error) {
    trouble(error);
  } finally {
    busy = false;
    find('#submit').removeAttribute('aria-disabled');
  }
}

find('#booking').addEventListener('submit', (event) => {
  event.preventDefault();
  void once(submit);
});
listenToHolds({ onKept: showKept, onLost: trouble });
listenToSignIn(welcome);
find('#keep').addEventListener('click', endMoving);
listenToWeeks(trouble);
showSummary();
void showPractitioners(choosePractitioner).catch(trouble);
