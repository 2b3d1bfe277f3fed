// The real provider clients against the emulators, over real HTTP, every call checked against its contract.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { googleCalendar } from '../../src/calendars/providers/google.ts';
import { microsoftCalendar } from '../../src/calendars/providers/microsoft.ts';
import type { CalendarProvider } from '../../src/calendars/provider.ts';
import type { MeetingProvider } from '../../src/meetings/provider.ts';
import { zoomMeetings } from '../../src/meetings/providers/zoom.ts';
import { httpClient } from '../../src/platform/http/client.ts';
import { setClock } from '../../src/platform/time/clock.ts';
import type { Fault } from '../../src/sandbox/faults.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { checkedFetch, sandboxContracts, type CheckedFetch } from '../contracts/checked-fetch.ts';
import { keptLog } from './log-lines.ts';

export type Sandboxed = {
  readonly sandbox: Sandbox;
  readonly clock: ReturnType<typeof setClock>;
  readonly checked: CheckedFetch;
  readonly logLines: string[];
  readonly zoom: MeetingProvider;
  readonly google: CalendarProvider;
  /** By the refresh token of practitioner@example.com. */
  readonly googleUser: CalendarProvider;
  readonly microsoft: CalendarProvider;
  /** The provider's own live objects. */
  live(path: 'zoom/meetings' | 'google/events' | 'microsoft/events'): Promise<Record<string, unknown>[]>;
  fault(fault: Fault): Promise<void>;
  /** Forgets all objects and faults; throws if a contract was broken since the last time. */
  settle(): Promise<void>;
  close(): Promise<void>;
};

export async function openSandboxed(): Promise<Sandboxed> {
  const folder = await mkdtemp(join(tmpdir(), 'slotkeeper-providers-'));
  const clock = setClock('2026-12-01T08:00:00Z');
  const { log, lines } = keptLog();
  const sandbox = await startSandbox({ port: 0, folder, clock, log: keptLog().log });
  const { addresses, credentials } = sandbox;
  const checked = checkedFetch(globalThis.fetch, sandboxContracts(addresses));
  const tools = { http: httpClient({ clock, log, fetch: checked.fetch }), clock, log };
  const google = { apiUrl: addresses.googleApiUrl, oauthUrl: addresses.googleOAuthUrl };
  const { client_email: clientEmail, private_key: privateKey } = credentials.google.serviceAccount;
  const { clientId, clientSecret, refreshToken } = credentials.google;

  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const init =
      body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${sandbox.url}/control/${path}`, { method, ...init });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? undefined : await response.json();
  };
  return {
    sandbox,
    clock,
    checked,
    logLines: lines,
    zoom: zoomMeetings({
      ...tools,
      config: { apiUrl: addresses.zoomApiUrl, oauthUrl: addresses.zoomOAuthUrl, ...credentials.zoom },
    }),
    google: googleCalendar({ ...tools, config: { ...google, serviceAccount: { clientEmail, privateKey } } }),
    googleUser: googleCalendar({
      ...tools,
      config: { ...google, refreshToken: { clientId, clientSecret, refreshToken } },
    }),
    microsoft: microsoftCalendar({
      ...tools,
      config: { graphUrl: addresses.msGraphUrl, loginUrl: addresses.msLoginUrl, ...credentials.microsoft },
    }),
    live: async (path) => (await control('GET', path)) as Record<string, unknown>[],
    fault: async (fault) => void (await control('POST', 'faults', fault)),
    settle: async () => {
      await control('DELETE', 'faults');
      await control('DELETE', 'state');
      const broken = checked.violations.splice(0);
      if (broken.length > 0) throw new Error(`broken contracts:\n${broken.join('\n')}`);
    },
    close: async () => {
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
