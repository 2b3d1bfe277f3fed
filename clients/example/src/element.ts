// Makes elements and finds those of index.html. Text goes in as text, never as markup, whoever wrote it.

type Attributes = Readonly<Record<string, string | boolean | null>>;

/** True sets an attribute without a value; false and null leave it out. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children);
  return made;
}

/** An element of index.html. One that is not there, or is another kind, is a mistake of ours. */
export function find<T extends HTMLElement = HTMLElement>(
  selector: string,
  kind: new () => T = HTMLElement as new () => T,
): T {
  const found = document.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`index.html has no ${kind.name} ${selector}`);
  return found;
}

type Choice = {
  readonly value: string;
  /** What is seen and read out. */
  readonly label: readonly (Node | string)[];
  readonly checked: boolean;
  readonly disabled?: boolean;
};

/** Radio buttons that look like cards: the keyboard and screen readers get the real thing. */
export function radios(name: string, choices: readonly Choice[], onChoice: (value: string) => void): HTMLElement[] {
  return choices.map(({ value, label, checked, disabled = false }) => {
    const input = element('input', { type: 'radio', name, value, checked, disabled });
    input.addEventListener('change', () => onChoice(value));
    return element('label', { class: 'choice' }, input, element('span', {}, ...label));
  });
}

/** A button that does one thing. `name` says what, where the words alone do not. */
export function button(
  look: string,
  onPress: () => void,
  words: readonly (Node | string)[],
  name: string | null = null,
): HTMLButtonElement {
  const made = element('button', { type: 'button', class: look, 'aria-label': name }, ...words);
  made.addEventListener('click', onPress);
  return made;
}
