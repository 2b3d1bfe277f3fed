// What a browser is shown when it comes back from a provider and no page of the practice's own is set: one sentence. Of what
// others sent it holds the names alone of what was connected, so that whoever signed in sees for whom.
import { escapeHtml } from '../platform/escape-html.ts';
import type { Accepted, Outcome } from './accept-grant.ts';

const SAID: Readonly<Record<Outcome, readonly [heading: string, words: string]>> = {
  connected: ['The account is connected', 'You can close this page. Appointments use the account from now on.'],
  denied: ['Nothing was connected', 'You did not agree, so nothing has changed. You can close this page.'],
  expired: [
    'This link is used up',
    'A link to connect an account works once and for ten minutes. Ask for a new one and start again.',
  ],
  missing_scopes: [
    'The account was not connected',
    'Not everything that is needed was granted. Start again, and leave every box ticked.',
  ],
  failed: [
    'The account was not connected',
    'The provider did not finish. Nothing has changed; start again in a moment.',
  ],
};

export function resultPage({ outcome, connected }: Pick<Accepted, 'outcome' | 'connected'>): string {
  const [heading, words] = SAID[outcome];
  const whose =
    connected === undefined
      ? ''
      : `<p><strong>${escapeHtml(connected.accountAddress)}</strong> is used for <strong>${escapeHtml(connected.practitioner)}</strong>. ` +
        'If that is not what you meant, ask the practice to disconnect it.</p>';
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>${heading}</title></head>
<body><main><h1>${heading}</h1><p>${words}</p>${whose}</main></body>
</html>
`;
}

/** The practice's own page, told what happened. */
export function resultAddress(page: string, { outcome, provider, missing }: Accepted): string {
  const url = new URL(page);
  url.searchParams.set('connection', outcome);
  if (provider !== null) url.searchParams.set('provider', provider);
  if (missing.length > 0) url.searchParams.set('missing', missing.join(' '));
  return url.href;
}
