// Opens a sandbox of its own for a test file and signs calls for it, as a real client would.
import { createSign } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../src/platform/log.ts';
import { setClock } from '../../src/platform/time/clock.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';

export const NOW = '2026-11-20T12:00:00Z';
export const SCOPES =
  'https://www.googleapis.com/auth/calendar.events https://www.googleapis.com/auth/calendar.freebusy https://www.googleapis.com/auth/calendar.calendarlist.readonly';

export type Reply = { readonly status: number; readonly headers: Headers; readonly body: Record<string, unknown> };

export async function openSandbox(options: Partial<SandboxOptions> = {}) {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'slotkeeper-sandbox-')));
  const clock = setClock(NOW);
  const sandbox = await startSandbox({ port: 0, folder, clock, log: createLog('silent'), ...options });
  return {
    ...sandbox,
    folder,
    clock,
    control: (method: string, path: string, body?: unknown) => call(`${sandbox.url}/control/${path}`, method, {}, body),
    order: (fault: object) => call(`${sandbox.url}/control/faults`, 'POST', {}, fault),
    live: async (what: string): Promise<Record<string, unknown>[]> => {
      const response = await fetch(`${sandbox.url}/control/${what}`);
      return (await response.json()) as Record<string, unknown>[];
    },
    done: async () => {
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** One call with JSON in and out; an answer without a body reads as {}. */
export async function call(
  url: string,
  method = 'GET',
  headers: Record<string, string> = {},
  body?: unknown,
): Promise<Reply> {
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

export async function form(
  url: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Reply> {
  return call(
    url,
    'POST',
    { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    new URLSearchParams(fields).toString(),
  );
}

export function basic(id: string, secret: string): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
}

export function bearer(reply: Reply): { authorization: string } {
  return { authorization: `Bearer ${textAt(reply.body, 'access_token')}` };
}

export async function zoomToken({ addresses, credentials }: Sandbox) {
  const { accountId, clientId, clientSecret } = credentials.zoom;
  return bearer(
    await form(
      `${addresses.zoomOAuthUrl}/token`,
      { grant_type: 'account_credentials', account_id: accountId },
      basic(clientId, clientSecret),
    ),
  );
}

export async function microsoftToken({ addresses, credentials }: Sandbox) {
  const { tenantId, clientId, clientSecret } = credentials.microsoft;
  return bearer(
    await form(`${addresses.msLoginUrl}/${tenantId}/oauth2/v2.0/token`, {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: 'https://graph.microsoft.com/.default',
    }),
  );
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** An assertion signed with the sandbox's service account key, unless told otherwise. */
export function assertion(
  sandbox: Pick<Sandbox, 'credentials'>,
  claims: Record<string, unknown>,
  key?: string,
): string {
  const { client_email, private_key } = sandbox.credentials.google.serviceAccount;
  const iat = Temporal.Instant.from(NOW).epochMilliseconds / 1000;
  const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({
    iss: client_email,
    scope: SCOPES,
    aud: 'https://oauth2.googleapis.com/token',
    iat,
    exp: iat + 3600,
    ...claims,
  })}`;
  return `${signed}.${createSign('RSA-SHA256')
    .update(signed)
    .sign(key ?? private_key, 'base64url')}`;
}

export async function askGoogle(sandbox: Sandbox, claims: Record<string, unknown>, key?: string): Promise<Reply> {
  return form(`${sandbox.addresses.googleOAuthUrl}/token`, {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: assertion(sandbox, claims, key),
  });
}

export async function googleToken(sandbox: Sandbox, claims: Record<string, unknown> = { sub: 'sarah@example.com' }) {
  return bearer(await askGoogle(sandbox, claims));
}

/** What stands at a path inside JSON, or undefined. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  let here: unknown = value;
  for (const step of path)
    here = typeof here === 'object' && here !== null ? (here as Record<string | number, unknown>)[step] : undefined;
  return here;
}

export function textAt(value: unknown, ...path: (string | number)[]): string {
  const found = at(value, ...path);
  if (typeof found !== 'string' && typeof found !== 'number')
    throw new Error(`no text at ${path.join('.')} of ${JSON.stringify(value)}`);
  return String(found);
}
