// The part of the form that asks who somebody is: a token first, then name and address. What a token is worth the server
// says.
import { element, find } from './element.ts';
import { signIn, signOut, type Visitor } from './session.ts';
import { tellFault } from './trouble.ts';

const NOT_ONE = 'This is not a client’s token. Paste the whole line that the command prints.';

/** `onVisitor` is told who is there from now on; null is nobody. */
export function listenToSignIn(onVisitor: (visitor: Visitor | null) => void): void {
  find('#sign-in').addEventListener('submit', (event) => {
    event.preventDefault();
    const input = find('#token', HTMLInputElement);
    const visitor = signIn(input.value);
    tellFault('token', visitor === null ? NOT_ONE : '');
    if (visitor === null) return input.focus();
    input.value = '';
    show(visitor, onVisitor);
    find('#name').focus();
  });
}

function show(visitor: Visitor | null, onVisitor: (visitor: Visitor | null) => void): void {
  find('#signed-out').hidden = visitor !== null;
  find('#signed-in').hidden = visitor === null;
  const who = find('#who');
  who.hidden = visitor === null;
  if (visitor !== null) {
    find('#email', HTMLInputElement).value = visitor.email;
    const leave = element('button', { type: 'button', class: 'plain' }, 'Sign out');
    leave.addEventListener('click', () => {
      signOut();
      show(null, onVisitor);
    });
    who.replaceChildren(element('span', {}, visitor.email), leave);
  }
  onVisitor(visitor);
}

const FIELDS = {
  name: 'Tell us your name.',
  email: 'This is not an e-mail address.',
} as const;

/** Null where one is missing or malformed: then that is said beside it, and the first is focused. */
export function readDetails(): { readonly name: string; readonly email: string } | null {
  const inputs = (['name', 'email'] as const).map((id) => find(`#${id}`, HTMLInputElement));
  const [name, email] = inputs.map(({ value }) => value.trim());
  const faulty = inputs.filter(({ validity, value }) => !validity.valid || value.trim() === '');
  for (const { id } of faulty) tellFault(id, FIELDS[id as keyof typeof FIELDS]);
  const [first] = faulty;
  first?.focus();
  return name === undefined || email === undefined || first !== undefined ? null : { name, email };
}
