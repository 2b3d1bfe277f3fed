// Tells a person what went wrong and what can be done now: the server's own words, free times to take instead, the field at
// fault. What happens then the form decides.
import { isProblem, SlotkeeperNoAnswer, type Alternative } from '@slotkeeper/client';
import { button, element, find } from './element.ts';
import { placeOf, sameClock, sayShortly, sayTime, VIEWER_ZONE } from './times.ts';

const NO_ANSWER = 'The practice could not be reached. Try again: nothing is booked twice.';
const OURS = 'Something went wrong on this page. Reload it and try again.';

/** The inputs of the form, by where the API says that a fault is. */
const INPUTS: Readonly<Record<string, string>> = { '/userName': 'name', '/userEmail': 'email' };

export function clearTrouble(): void {
  find('#trouble').replaceChildren();
  for (const id of Object.values(INPUTS)) tellFault(id, '');
}

/** `onAlternative` takes a free time that is offered instead. */
export function tellTrouble(error: unknown, hers: string, onAlternative: (one: Alternative) => void): void {
  const box = find('#trouble');
  box.replaceChildren(element('p', {}, element('strong', {}, wordsFor(error))));
  if (!isProblem(error)) return;
  for (const { pointer, message } of error.errors) {
    const id = INPUTS[pointer];
    if (id !== undefined) tellFault(id, `This ${message}.`);
  }
  if (error.alternatives.length === 0) return;
  const offers = error.alternatives.map((one) => {
    const words = [element('span', {}, sayShortly(one.start, VIEWER_ZONE))];
    if (!sameClock(one.start, hers, VIEWER_ZONE)) {
      words.push(element('small', {}, `${sayTime(one.start, hers)} in ${placeOf(hers)}`));
    }
    return element(
      'li',
      {},
      button('quiet', () => onAlternative(one), words),
    );
  });
  box.append(element('p', {}, 'These are free:'), element('ul', { class: 'alternatives' }, ...offers));
}

/** An empty message takes the fault back. */
export function tellFault(id: string, message: string): void {
  find(`#${id}-fault`).textContent = message;
  if (message === '') find(`#${id}`).removeAttribute('aria-invalid');
  else find(`#${id}`).setAttribute('aria-invalid', 'true');
}

function wordsFor(error: unknown): string {
  if (isProblem(error, 'unauthenticated')) return 'Your sign-in is not valid here, or has ended. Sign in again.';
  if (isProblem(error, 'forbidden')) return 'With this sign-in you cannot book. Ask for a client’s token.';
  if (isProblem(error)) return error.message;
  return error instanceof SlotkeeperNoAnswer ? NO_ANSWER : OURS;
}
