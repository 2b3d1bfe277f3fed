// The first two questions: with whom, and what for. Everything on offer is listed; choosing tells who asked.
import type { Schemas } from '@slotkeeper/client';
import { element, find, radios } from './element.ts';
import { slotkeeper } from './session.ts';
import { placeOf } from './times.ts';

export type Practitioner = Schemas['Practitioner'];
export type SessionType = Schemas['OfferedSessionType'];

/** Shows everybody who can be booked. */
export async function showPractitioners(onChoice: (practitioner: Practitioner) => void): Promise<void> {
  const box = find('#practitioners .choices');
  const all: Practitioner[] = [];
  for await (const one of slotkeeper.each('listPractitioners')) if (one.sessionTypes.length > 0) all.push(one);
  box.removeAttribute('aria-busy');
  if (all.length === 0) {
    box.replaceChildren(element('p', { class: 'soft' }, 'Nobody can be booked at the moment.'));
    return;
  }
  const choices = all.map(({ id, name, timeZone }) => ({
    value: String(id),
    checked: false,
    label: [
      element('span', { class: 'face', 'aria-hidden': 'true' }, initialsOf(name)),
      element('span', {}, element('strong', {}, name), element('small', {}, `in ${placeOf(timeZone)}`)),
    ],
  }));
  box.replaceChildren(
    ...radios('practitioner', choices, (value) => {
      const chosen = all.find(({ id }) => String(id) === value);
      if (chosen) onChoice(chosen);
    }),
  );
}

/** Shows what a practitioner offers, the first chosen unless another was. */
export function showSessionTypes(
  { sessionTypes }: Practitioner,
  chosen: SessionType | null,
  onChoice: (sessionType: SessionType) => void,
): void {
  const choices = sessionTypes.map((one) => ({
    value: String(one.id),
    checked: one.id === chosen?.id,
    label: [
      element('span', {}, element('strong', {}, one.name), element('small', {}, `${one.durationMinutes} minutes`)),
    ],
  }));
  find('#session-types .choices').replaceChildren(
    ...radios('session-type', choices, (value) => {
      const found = sessionTypes.find(({ id }) => String(id) === value);
      if (found) onChoice(found);
    }),
  );
}

const PLATFORM_NAMES = { zoom: 'Zoom', 'google-meet': 'Google Meet', teams: 'Microsoft Teams' } as const;
export type Platform = keyof typeof PLATFORM_NAMES;

export function showPlatforms({ platforms }: SessionType, chosen: Platform | null, onChoice: (one: Platform) => void) {
  find('#platforms').hidden = platforms.length === 0;
  const choices = platforms.map((one) => ({ value: one, checked: one === chosen, label: [PLATFORM_NAMES[one]] }));
  find('#platforms .choices').replaceChildren(...radios('platform', choices, (value) => onChoice(value as Platform)));
}

export function platformName(platform: Platform): string {
  return PLATFORM_NAMES[platform];
}

/** "Dr. Sarah Johnson" is "SJ". */
function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => /^\p{L}/u.test(word) && !word.endsWith('.'));
  return [words.at(0), words.length > 1 ? words.at(-1) : ''].map((word) => word?.charAt(0) ?? '').join('');
}
