// The clients of the authorisation servers against the emulators: every call as its contract has it, and what each provider
// does with tokens that are used twice, renewed and revoked.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { missingScopes, type Grant, type GrantProvider } from '../../src/connections/provider.ts';
import { googleGrants } from '../../src/connections/providers/google.ts';
import { microsoftGrants } from '../../src/connections/providers/microsoft.ts';
import { zoomGrants } from '../../src/connections/providers/zoom.ts';
import { httpClient } from '../../src/platform/http/client.ts';
import { OutsideError } from '../../src/platform/outside-error.ts';
import { setClock } from '../../src/platform/time/clock.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { checkedFetch, sandboxContracts, type CheckedFetch } from '../contracts/checked-fetch.ts';
import { CONNECTION_CALLS } from '../contracts/connections.ts';
import { keptLog } from './log-lines.ts';

const REDIRECT = 'https://booking.example.org/api/connections/callback';
const VERIFIER = 'v'.repeat(43);
const BOUNDS = { timeoutMs: 5_000 };
const clock = setClock('2030-12-01T08:00:00Z');
let folder: string;
let sandbox: Sandbox;
let checked: CheckedFetch;
let providers: Record<'zoom' | 'google' | 'microsoft', GrantProvider>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slotkeeper-grants-'));
  sandbox = await startSandbox({ port: 0, folder, clock, log: keptLog().log });
  const { addresses: at, credentials } = sandbox;
  checked = checkedFetch(globalThis.fetch, sandboxContracts(at), CONNECTION_CALLS);
  const http = httpClient({ clock, log: keptLog().log, fetch: checked.fetch });
  const { clientId, clientSecret } = credentials.google;
  const google = { apiUrl: at.googleApiUrl, oauthUrl: at.googleOAuthUrl, accountsUrl: at.googleAccountsUrl };
  providers = {
    zoom: zoomGrants({ apiUrl: at.zoomApiUrl, oauthUrl: at.zoomOAuthUrl, ...credentials.zoom.app }, http),
    google: googleGrants({ ...google, clientId, clientSecret }, http),
    microsoft: microsoftGrants(
      {
        graphUrl: at.msGraphUrl,
        loginUrl: at.msLoginUrl,
        tenant: credentials.microsoft.tenantId,
        ...credentials.microsoft,
      },
      http,
    ),
  };
});
afterEach(() => {
  const broken = checked.violations.splice(0);
  if (broken.length > 0) throw new Error(`broken contracts:\n${broken.join('\n')}`);
});
afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

async function codeFrom(provider: GrantProvider, challengeOf = VERIFIER): Promise<string> {
  const challenge = createHash('sha256').update(challengeOf).digest('base64url');
  const hint = 'sarah@example.com';
  const url = provider.authorisationUrl({ redirectUri: REDIRECT, state: '1.x', challenge, hint });
  const body = new URLSearchParams({ account: hint, decision: 'approve' });
  const back = new URL((await fetch(url, { method: 'POST', body, redirect: 'manual' })).headers.get('location') ?? '');
  expect([back.origin + back.pathname, back.searchParams.get('state')]).toEqual([REDIRECT, '1.x']);
  return back.searchParams.get('code') ?? '';
}

const exchange = (provider: GrantProvider, code: string, redirectUri = REDIRECT) =>
  provider.exchange({ code, verifier: VERIFIER, redirectUri }, BOUNDS);

const outcomeOf = async (call: Promise<unknown>): Promise<string> =>
  await call.then(
    () => 'done',
    (error: unknown) => (error instanceof OutsideError ? error.facts.outcome : String(error)),
  );

const held = (grant: Grant) => ({ accessToken: grant.accessToken, refreshToken: grant.refreshToken ?? '' });

describe.each(['zoom', 'google', 'microsoft'] as const)('%s', (id) => {
  test('gives all that is needed for a code, once, to whoever holds the verifier and came from the same address', async () => {
    const provider = providers[id];
    const code = await codeFrom(provider);
    const grant = await exchange(provider, code);
    expect(missingScopes(provider, grant.scopes ?? [])).toEqual([]);
    expect(await provider.tryOut(grant, BOUNDS)).toMatchObject({ address: 'sarah@example.com', isProven: true });
    expect(await outcomeOf(exchange(provider, code))).toBe('reconnect');
    expect(await outcomeOf(exchange(provider, await codeFrom(provider, 'x'.repeat(43))))).toBe('reconnect');
    expect(await outcomeOf(exchange(provider, await codeFrom(provider), `${REDIRECT}/x`))).toBe('reconnect');
  });

  test('renews as it does, and no more once the grant has ended', async () => {
    const provider = providers[id];
    const grant = await exchange(provider, await codeFrom(provider));
    const first = grant.refreshToken ?? '';
    const renewed = await provider.refresh(first, BOUNDS);
    // Replaced, kept, added to.
    expect(renewed.refreshToken === first || renewed.refreshToken === null).toBe(id === 'google');
    expect(await outcomeOf(provider.refresh(first, BOUNDS))).toBe(id === 'zoom' ? 'reconnect' : 'done');
    const told = await provider.revoke({ ...held(renewed), refreshToken: renewed.refreshToken ?? first }, BOUNDS);
    expect(told).toBe(id === 'microsoft' ? 'impossible' : 'revoked');
    if (told === 'impossible') return;
    expect(await outcomeOf(provider.refresh(renewed.refreshToken ?? first, BOUNDS))).toBe('reconnect');
    expect(await outcomeOf(provider.tryOut(renewed, BOUNDS))).toBe('reconnect');
  });
});
