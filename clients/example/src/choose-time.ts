// The third question: when. A week at a time, days and times in the viewer's zone. A newer question makes an older one's
// answer void, so that quick fingers never see another week's times.
import type { Answer } from '@slotkeeper/client';
import { element, find, radios } from './element.ts';
import { slotkeeper } from './session.ts';
import {
  addDays,
  dayOf,
  monthOf,
  partOfDay,
  placeOf,
  sameClock,
  sayTime,
  shortDay,
  today,
  VIEWER_ZONE,
  weekdayOf,
  wholeDay,
} from './times.ts';

type Day = NonNullable<Answer<'getAvailability'>['days']>[number];
export type Slot = Pick<Day['timeSlots'][number], 'start' | 'end'>;
export type Offer = {
  readonly practitionerId: number;
  readonly practitionerName: string;
  readonly timeZone: string;
  readonly sessionTypeId: number;
};
type OnSlot = (slot: Slot | null) => void | Promise<void>;

const DAYS_SHOWN = 7;

let offer: Offer | null = null;
let from = today();
let days: readonly Day[] = [];
/** The day that is open, kept while it has anything to offer. */
let open: string | null = null;
let asking: AbortController | null = null;
let onSlot: OnSlot = () => undefined;

/** Shows the week of a date, or of today, for another offer; what was chosen is chosen no more. */
export async function showTimes(next: Offer, choose: OnSlot, date: string = from): Promise<void> {
  offer = next;
  onSlot = choose;
  await showWeek(date);
}

/** Turns the pages. */
export function listenToWeeks(onTrouble: (error: unknown) => void): void {
  find('#earlier').addEventListener('click', () => void showWeek(addDays(from, -DAYS_SHOWN)).catch(onTrouble));
  find('#later').addEventListener('click', () => void showWeek(addDays(from, DAYS_SHOWN)).catch(onTrouble));
}

async function showWeek(date: string): Promise<void> {
  if (offer === null) return;
  from = date < today() ? today() : date;
  find('#earlier', HTMLButtonElement).disabled = from <= today();
  const to = addDays(from, DAYS_SHOWN - 1);
  find('#week').textContent = `${shortDay(from)} – ${shortDay(to)}`;
  find('#zones').textContent = zonesOf(offer);
  asking?.abort();
  const mine = (asking = new AbortController());
  find('#times').setAttribute('aria-busy', 'true');
  try {
    // What was kept for the viewer is free again in the answer.
    await onSlot(null);
    const { practitionerId, sessionTypeId } = offer;
    const answer = await slotkeeper.getAvailability(
      { practitionerId, sessionType: String(sessionTypeId), from, to, timeZone: VIEWER_ZONE },
      { signal: mine.signal },
    );
    days = answer.days ?? [];
    const free = days.filter((day) => freeOf(day).length > 0);
    const shown = free.find(({ date: one }) => one === open) ?? free[0];
    showDays(shown?.date ?? null);
    showSlots(shown);
  } catch (error) {
    if (!mine.signal.aborted) throw error;
  } finally {
    if (asking === mine) find('#times').removeAttribute('aria-busy');
  }
}

const freeOf = (day: Day) => day.timeSlots.filter(({ available }) => available);

function zonesOf({ practitionerName, timeZone }: Offer): string {
  const now = new Date().toISOString();
  const yours = `In your time zone, ${placeOf(VIEWER_ZONE)}.`;
  if (sameClock(now, timeZone, VIEWER_ZONE)) return yours;
  return `${yours} Below each, the time in ${placeOf(timeZone)}, where ${practitionerName} is.`;
}

function showDays(chosen: string | null): void {
  const dates = Array.from({ length: DAYS_SHOWN }, (_, i) => addDays(from, i));
  const choices = dates.map((date) => {
    const day = days.find((one) => one.date === date);
    const free = day === undefined ? 0 : freeOf(day).length;
    return {
      value: date,
      checked: date === chosen,
      disabled: free === 0,
      label: [
        element('small', {}, weekdayOf(date)),
        element('strong', {}, dayOf(date)),
        element('small', {}, monthOf(date)),
        element('span', { class: 'count' }, free === 0 ? 'none' : `${free} free`),
      ],
    };
  });
  find('#days').replaceChildren(
    ...radios('day', choices, (date) => {
      void onSlot(null);
      showSlots(days.find((day) => day.date === date));
    }),
  );
}

function showSlots(day: Day | undefined): void {
  const box = find('#slots');
  open = day?.date ?? null;
  find('#count').textContent = day === undefined ? '' : `${freeOf(day).length} free times on ${wholeDay(day.date)}`;
  if (day === undefined) {
    box.replaceChildren(element('p', { class: 'soft' }, 'Nothing is free in these days. Try a later week.'));
    return;
  }
  const free = freeOf(day);
  const parts = (['Morning', 'Afternoon', 'Evening'] as const).flatMap((part) => {
    const slots = free.filter(({ start }) => partOfDay(start) === part);
    if (slots.length === 0) return [];
    const name = `${wholeDay(day.date)}, ${part.toLowerCase()}`;
    const group = element('div', { class: 'choices times', role: 'radiogroup', 'aria-label': name }, ...pills(slots));
    return [element('p', { class: 'label' }, part), group];
  });
  box.replaceChildren(...parts);
}

function pills(slots: readonly Slot[]): HTMLElement[] {
  const hers = offer?.timeZone ?? VIEWER_ZONE;
  const choices = slots.map(({ start }) => ({
    value: start,
    checked: false,
    label: [
      element('strong', {}, sayTime(start, VIEWER_ZONE)),
      ...(sameClock(start, hers, VIEWER_ZONE)
        ? []
        : [element('small', {}, sayTime(start, hers), element('span', { class: 'unseen' }, ` in ${placeOf(hers)}`))]),
    ],
  }));
  return radios('slot', choices, (start) => void onSlot(slots.find((slot) => slot.start === start) ?? null));
}
