// The page on which a person of the sandbox says who she is and what an app may do: every box can be unticked, as Google
// lets her, and no is an answer.
import { clipped, html } from './html.ts';
import type { Page } from './layout.ts';

export type ConsentAsked = {
  readonly name: string;
  /** Filled in beforehand. */
  readonly address: string;
  readonly scopes: readonly string[];
  /** Where the answer leads. */
  readonly back: string;
};

const MOST_ADDRESS = 254;

export function consentPage({ name, address, scopes, back }: ConsentAsked): Page {
  return {
    title: `${name} consent`,
    answersTo: back,
    body: html`<p class="over">Sandbox ${name}</p>
      <h1>Slotkeeper wants to use a ${name} account</h1>
      <form method="post">
        <div class="sheet">
          <p>
            <label for="account">Account</label><br />
            <input id="account" name="account" type="email" required value="${clipped(address, MOST_ADDRESS)}" />
          </p>
          <fieldset>
            <legend>It may</legend>
            ${scopes.map(
              (scope, at) =>
                html`<p>
                  <input id="scope-${at}" name="scope" type="checkbox" value="${scope}" checked />
                  <label for="scope-${at}"><code>${scope}</code></label>
                </p>`,
            )}
          </fieldset>
          <p>
            <button name="decision" value="approve">Allow</button>
            <button name="decision" value="deny" formnovalidate>Do not allow</button>
          </p>
        </div>
      </form>
      <p class="soft">No account is real here: any address will do, and no password is asked for.</p>`,
  };
}
