// Builds everything once, from the configuration: database, clock, providers, bell. The one file that knows all the rooms'
// tools; main, app, worker and commands take from it, nothing below imports it.
import { join, resolve } from 'node:path';
import { createDesks } from './availability/desk.ts';
import type { CalendarProvider, CalendarProviderId } from './calendars/provider.ts';
import { googleCalendar } from './calendars/providers/google.ts';
import { microsoftCalendar } from './calendars/providers/microsoft.ts';
import { providerAddresses, type Config } from './config.ts';
import type { Places } from './fulfilment/plan.ts';
import { NEWS, WORK } from './fulfilment/topics.ts';
import type { MeetingAccount } from './fulfilment/steps/meeting.ts';
import { createDirectory } from './identity/store.ts';
import type { Platform } from './meetings/provider.ts';
import { zoomMeetings } from './meetings/providers/zoom.ts';
import type { Mailer } from './notifications/mailer.ts';
import { smtpMailer } from './notifications/providers/smtp.ts';
import { connect } from './platform/database/connection.ts';
import { startEmbedded } from './platform/database/embedded.ts';
import { migrate } from './platform/database/migrate.ts';
import { transactor } from './platform/database/transaction.ts';
import { httpClient, type HttpClient } from './platform/http/client.ts';
import { hangBell } from './platform/jobs/bell.ts';
import type { Log } from './platform/log.ts';
import { createMetrics } from './platform/metrics.ts';
import { systemClock, type Clock } from './platform/time/clock.ts';
import { foundPractice } from './practitioners/found-practice.ts';
import { listPractitioners } from './practitioners/store.ts';
import { sandboxAddresses } from './sandbox/addresses.ts';
import { askSandbox } from './sandbox/ask.ts';

import { startSandbox } from './sandbox/sandbox.ts';
import { layDemoPractice } from './schedules/lay-demo-practice.ts';

export const MIGRATIONS = resolve(import.meta.dirname, '../migrations');
const SANDBOX_HOST = '127.0.0.1';

export type House = Awaited<ReturnType<typeof compose>>;

/** Everything, running. `close` ends what was started here, in the order in which it leans on each other. */
export async function compose(config: Config, log: Log, clock: Clock = systemClock) {
  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).toReversed()) {
      await end().catch((error: unknown) => log.error({ err: error }, 'something could not be closed'));
    }
  };
  try {
    const database = await openDatabase(config, log, closing);
    const { connection, work } = database;
    const practice = await foundPractice({ transactor: work, clock }, { name: config.practiceName });
    await layDemo(config, { ...database, organisationId: practice.organisationId, clock, log });
    const metrics = createMetrics();
    const bell = hangBell({ pool: connection.pool, url: database.listenUrl, log });
    closing.push(() => bell.close());
    const http = httpClient({
      clock,
      log,
      observe: ({ provider, operation, outcome, durationMs }) =>
        metrics.providerCall({ provider, operation, outcome, seconds: durationMs / 1000 }),
    });
    const outside = await openOutside(config, { clock, log, http }, closing);
    closing.push(() => outside.mailer.close());
    return {
      config,
      log,
      clock,
      metrics,
      bell,
      practice,
      pool: connection.pool,
      transactor: work,
      desks: createDesks(),
      directory: createDirectory({ pool: connection.pool }),
      tokenKey: config.tokenSecret ? Buffer.from(config.tokenSecret.reveal()) : practice.tokenKey,
      organisationId: practice.organisationId,
      installation: practice.marker,
      sandbox: config.sandbox,
      meetingWaitMs: config.meetingWaitMs,
      ...outside,
      chance: Math.random,
      wake: (_organisationId: number, sessionId: number) => bell.ring(WORK, String(sessionId)),
      announce: (_organisationId: number, sessionId: number) => bell.ring(NEWS, String(sessionId)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The database, migrated, and a pool of connections to it. */
export async function openDatabase(config: Config, log: Log, closing: (() => Promise<void>)[]) {
  const given = config.databaseUrl?.reveal();
  const embedded = given === undefined ? await startEmbedded({ folder: join(config.dataDir, 'postgres'), log }) : null;
  if (embedded) closing.push(() => embedded.stop());
  const ownerUrl = given ?? embedded?.ownerUrl ?? '';
  await migrate({ ownerUrl, folder: MIGRATIONS, log });
  const listenUrl = given ?? embedded?.appUrl ?? '';
  const connection = await connect({ url: listenUrl, max: config.databasePool, log });
  closing.push(() => connection.close());
  return { connection, work: transactor(connection), embedded: embedded !== null, listenUrl };
}

type Database = Awaited<ReturnType<typeof openDatabase>>;

/** The demo practice: where it is asked for, or on an embedded database that has nobody yet. */
async function layDemo(
  config: Config,
  tools: Database & { organisationId: number; clock: Clock; log: Log },
): Promise<void> {
  const { organisationId, work } = tools;
  if (config.demo === false || (config.demo === null && !tools.embedded)) return;
  if (config.demo === null) {
    const somebody = await work.inOrganisation(organisationId, (tx) =>
      listPractitioners(tx, { after: 0, limit: 1, inactiveToo: true }),
    );
    if (somebody.length > 0) return;
  }
  const laid = await layDemoPractice({ transactor: work, clock: tools.clock }, { organisationId });
  if (laid) tools.log.info('the demo practice was laid');
}

type OutsideTools = { readonly clock: Clock; readonly log: Log; readonly http: HttpClient };

/** Providers and mail: the emulators' in the sandbox, else those that are configured. */
export async function openOutside(config: Config, tools: OutsideTools, closing: (() => Promise<void>)[]) {
  const sandbox = config.sandbox ? await reachSandbox(config, tools, closing) : null;
  const at = providerAddresses(
    config,
    sandboxAddresses(sandbox?.url ?? `http://${SANDBOX_HOST}:${config.sandboxPort}`),
  );
  const meetings = new Map<Platform, MeetingAccount>();
  const calendars = new Map<CalendarProviderId, CalendarProvider>();
  const accounts = sandbox ? sandbox.accounts : configuredAccounts(config);
  if (accounts.zoom) {
    const zoom = { apiUrl: at.zoomApiUrl, oauthUrl: at.zoomOAuthUrl, ...accounts.zoom };
    meetings.set('zoom', { account: 'zoom', meetings: zoomMeetings({ config: zoom, ...tools }) });
  }
  if (accounts.google) {
    const google = { apiUrl: at.googleApiUrl, oauthUrl: at.googleOAuthUrl, ...accounts.google };
    calendars.set('google', googleCalendar({ config: google, ...tools }));
  }
  if (accounts.microsoft) {
    const microsoft = { graphUrl: at.msGraphUrl, loginUrl: at.msLoginUrl, ...accounts.microsoft };
    calendars.set('microsoft', microsoftCalendar({ config: microsoft, ...tools }));
  }
  const carriers = new Map(
    [...calendars.values()].map((calendar) => [calendar.conferencePlatform, calendar.id] as const),
  );
  const platforms: ReadonlySet<Platform> = new Set([...meetings.keys(), ...carriers.keys()]);
  return {
    meetings,
    calendars,
    platforms,
    carriers,
    sandboxUrl: sandbox?.url ?? null,
    mailer: openMailer(config, tools.log, sandbox?.smtpUrl ?? null),
  };
}

function openMailer(config: Config, log: Log, sandboxSmtp: (() => Promise<string>) | null): Mailer {
  const url = config.smtpUrl?.reveal() ?? sandboxSmtp ?? (() => Promise.reject(new Error('SMTP_URL is not set')));
  return smtpMailer({ url, from: config.emailFrom, log });
}

/** Where fulfilment can make things. */
export function placesOf(house: Pick<House, 'installation' | 'meetings' | 'calendars' | 'carriers'>): Places {
  return {
    installation: house.installation,
    standAlone: new Set(house.meetings.keys()),
    carriers: house.carriers,
    calendars: new Set(house.calendars.keys()),
  };
}

/** The sandbox: started here by the first process, found running by the others. */
async function reachSandbox(config: Config, { clock, log }: OutsideTools, closing: (() => Promise<void>)[]) {
  const url = `http://${SANDBOX_HOST}:${config.sandboxPort}`;
  const started = await startSandbox({
    host: SANDBOX_HOST,
    port: config.sandboxPort,
    folder: join(config.dataDir, 'sandbox'),
    clock,
    log,
  }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return null;
    throw error;
  });
  if (started) closing.push(() => started.close());
  const { credentials } = started ?? (await askSandbox(url));
  const { clientEmail, privateKey } = {
    clientEmail: credentials.google.serviceAccount.client_email,
    privateKey: credentials.google.serviceAccount.private_key,
  };
  return {
    url: started?.url ?? url,
    smtpUrl: async () => started?.smtpUrl ?? (await askSandbox(url)).smtpUrl,
    accounts: {
      zoom: credentials.zoom,
      google: { serviceAccount: { clientEmail, privateKey } },
      microsoft: credentials.microsoft,
    },
  };
}

function configuredAccounts({ providers: { zoom, google, microsoft } }: Config) {
  return {
    zoom:
      zoom.state === 'configured'
        ? { accountId: zoom.accountId, clientId: zoom.clientId, clientSecret: zoom.clientSecret.reveal() }
        : null,
    google: google.state === 'configured' ? googleAccount(google) : null,
    microsoft:
      microsoft.state === 'configured'
        ? { tenantId: microsoft.tenantId, clientId: microsoft.clientId, clientSecret: microsoft.clientSecret.reveal() }
        : null,
  };
}

function googleAccount(google: Extract<Config['providers']['google'], { state: 'configured' }>) {
  if (google.kind === 'service-account') {
    return { serviceAccount: { clientEmail: google.clientEmail, privateKey: google.privateKey.reveal() } };
  }
  return {
    refreshToken: {
      clientId: google.clientId,
      clientSecret: google.clientSecret.reveal(),
      refreshToken: google.refreshToken.reveal(),
    },
  };
}
