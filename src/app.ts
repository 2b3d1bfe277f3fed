// Hangs every room's routes on one server, in the order in which a request meets them: identity, then limits, then rooms.
import { letterRoutes } from './appointments/routes-letters.ts';
import { appointmentRoutes } from './appointments/routes.ts';
import { meetingDetails } from './meetings/meeting.ts';
import { meetingNewsRoutes } from './meetings/routes-life.ts';
import { amongRoutes } from './availability/routes-among.ts';
import { availabilityRoutes } from './availability/routes.ts';
import { connectionRoutes } from './connections/routes.ts';
import type { House } from './composition.ts';
import { awaitOutside } from './fulfilment/await-outside.ts';
import { isPutOff } from './fulfilment/held.ts';
import { accountRoutes } from './fulfilment/routes-accounts.ts';
import { failingRoutes } from './fulfilment/routes-failing.ts';
import { sweepRoutes } from './fulfilment/routes-sweep.ts';
import { fulfilmentRoutes } from './fulfilment/routes.ts';
import { mailNewsRoutes } from './fulfilment/routes-mail-news.ts';
import { countOpenCircuits } from './fulfilment/store-accounts.ts';
import { countOverdue } from './fulfilment/store-backlog.ts';
import { countDrift } from './fulfilment/store-drift.ts';
import { countLatePlaces } from './fulfilment/store-sweep.ts';
import { LATE_HOURS } from './fulfilment/sweep.ts';
import { createApiKeys } from './identity/authenticate-api-key.ts';
import { createOutsideTokens } from './identity/authenticate-outside.ts';
import { registerIdentity } from './identity/authenticate.ts';
import { identityRoutes } from './identity/routes.ts';
import { operationsRoutes } from './operations/routes.ts';
import { ping } from './platform/database/ping.ts';
import { buildDocument } from './platform/http/document.ts';
import { createDrain, type Drain } from './platform/http/drain.ts';
import { createLimiter, type Limiter } from './platform/http/rate-limit.ts';
import { createServer, type App } from './platform/http/server.ts';
import type { Log } from './platform/log.ts';
import { Refusal } from './platform/refusal.ts';
import { practitionerRoutes } from './practitioners/routes.ts';
import { scheduleRoutes } from './schedules/routes.ts';
import { eventRoutes } from './webhooks/routes-events.ts';
import { webhookLogRoutes } from './webhooks/routes-log.ts';
import { webhookRoutes } from './webhooks/routes.ts';
import { countByState } from './webhooks/store-turns.ts';

export const API_VERSION = '0.1.0';

export type Served = { readonly app: App; readonly limiter: Limiter; readonly drain: Drain };

const INFO = {
  title: 'Slotkeeper',
  version: API_VERSION,
  description:
    'Appointments, and everything that must stay true about them: free times, booking, the video meeting, the calendar ' +
    'event. Dates and times without an offset are wall time in the practitioner’s zone. A refusal is a problem document ' +
    '(RFC 9457) with a stable `code`.',
};
/** Where the checked-in document says the server is: the defaults of HOST and PORT. */
const USUAL_URL = 'http://127.0.0.1:3000';

/** What the rooms' routes take, all together. */
type RoomTools = Parameters<typeof operationsRoutes>[1] &
  Parameters<typeof failingRoutes>[1] &
  Parameters<typeof accountRoutes>[1] &
  Parameters<typeof sweepRoutes>[1] &
  Parameters<typeof identityRoutes>[1] &
  Parameters<typeof connectionRoutes>[1] &
  Parameters<typeof practitionerRoutes>[1] &
  Parameters<typeof scheduleRoutes>[1] &
  Parameters<typeof availabilityRoutes>[1] &
  Parameters<typeof appointmentRoutes>[1] &
  Parameters<typeof fulfilmentRoutes>[1] &
  Parameters<typeof mailNewsRoutes>[1] &
  Parameters<typeof meetingNewsRoutes>[1] &
  Parameters<typeof letterRoutes>[1] &
  Parameters<typeof eventRoutes>[1] &
  Parameters<typeof webhookRoutes>[1];

/** What a worker answers, not yet listening: that it is alive and ready, and what it counts. */
export async function buildProbes(house: House): Promise<Pick<Served, 'app' | 'drain'>> {
  const app = await openServer(house);
  const drain = createDrain(app);
  countBacklog(house);
  countWhatDiffers(house);
  operationsRoutes(app, probesOf(house, drain));
  return { app, drain };
}

/** The whole API, not yet listening. */
export async function buildApp(house: House): Promise<Served> {
  const { config, log, clock, pool } = house;
  const app = await openServer(house);
  if (house.sandbox) {
    app.addHook('onRequest', (_request, reply, done) => {
      void reply.header('x-slotkeeper-sandbox', 'true');
      done();
    });
  }
  const limiter = createLimiter({ connection: { pool }, clock, log, limits: config.rateLimits });
  const drain = createDrain(app);
  sweepLimits(app, limiter, log);
  countBacklog(house);
  countWhatDiffers(house);
  const apiKeys = createApiKeys(house);
  const outsideTokens = createOutsideTokens(house, config.issuers);
  registerIdentity(app, { ...house, limiter, apiKeys, outsideTokens });
  hangRooms(app, {
    ...house,
    apiKeys,
    ...probesOf(house, drain),
    awaitMeeting: async (organisationId, sessionId) => {
      await awaitOutside(house, { organisationId, sessionId }, house.meetingWaitMs, (objects) => {
        const bearer = objects.find((object) => object.platform !== null);
        // Nobody asks its account now: the link is not a matter of seconds.
        if (bearer && isPutOff(bearer.lastError)) return true;
        return bearer && meetingDetails(bearer.platform, objects)?.status !== 'pending' ? true : null;
      });
    },
  });
  return { app, limiter, drain };
}

async function openServer({ config, log, metrics }: House): Promise<App> {
  return await createServer({
    log,
    corsOrigins: config.corsOrigins,
    trustProxy: config.trustProxy,
    info: INFO,
    url: config.publicUrl ?? '/',
    onAnswered: metrics.onAnswered,
  });
}

function probesOf(house: House, drain: Drain): Parameters<typeof operationsRoutes>[1] {
  return {
    metrics: house.metrics,
    metricsToken: house.config.metricsToken?.reveal() ?? null,
    checkReady: async () => {
      const trouble = house.databaseTrouble();
      if (trouble !== null) throw new Refusal('not_ready', trouble);
      await ping(house.pool);
    },
    drain,
  };
}

/** The API document, from the routes alone: nothing stands behind them, and nothing may ask it. */
export async function describeApi(log: Log): Promise<object> {
  // A schema that does not compile is found here, not by the first who asks.
  const compiled = 'start';
  const app = await createServer({ log, corsOrigins: [], trustProxy: false, info: INFO, url: USUAL_URL, compiled });
  const nobody = new Proxy({} as RoomTools, {
    get: (_, name) => {
      throw new Error(`A route asked for ${String(name)} before any request came`);
    },
  });
  hangRooms(app, nobody);
  await app.ready();
  const document = buildDocument(app);
  await app.close();
  return document;
}

function hangRooms(app: App, tools: RoomTools): void {
  operationsRoutes(app, tools);
  failingRoutes(app, tools);
  accountRoutes(app, tools);
  sweepRoutes(app, tools);
  connectionRoutes(app, tools);
  identityRoutes(app, tools);
  practitionerRoutes(app, tools);
  scheduleRoutes(app, tools);
  availabilityRoutes(app, tools);
  amongRoutes(app, tools);
  appointmentRoutes(app, tools);
  letterRoutes(app, tools);
  fulfilmentRoutes(app, tools);
  mailNewsRoutes(app, tools);
  meetingNewsRoutes(app, tools);
  eventRoutes(app, tools);
  webhookRoutes(app, tools);
  webhookLogRoutes(app, tools);
}

/** Counted windows are of no use once their minute is over; a crash leaves some, and the next sweep takes them. */
const SWEEP_LIMITS_MS = 60_000;

function sweepLimits(app: App, limiter: Limiter, log: House['log']): void {
  const sweep = setInterval(() => {
    limiter.purge().catch((error: unknown) => log.warn({ err: error }, 'counted minutes could not be removed'));
  }, SWEEP_LIMITS_MS);
  app.addHook('onClose', () => clearInterval(sweep));
}

/** Younger than this, work outside is only under way: the first retries come within 20 s. */
const OVERDUE_SECONDS = 30;

/** What an operator is to be woken by: sessions whose work outside is late, how late the oldest is, and endpoints that fail. */
function countBacklog({ metrics, transactor, clock }: Pick<House, 'metrics' | 'transactor' | 'clock'>): void {
  const read = () =>
    transactor.scan('fulfilment', (tx) => countOverdue(tx, clock.now().subtract({ seconds: OVERDUE_SECONDS })));
  metrics.gauge('slotkeeper_fulfilment_overdue_sessions', 'Sessions whose work outside is late', [], async () => [
    { value: (await read()).sessions },
  ]);
  metrics.gauge('slotkeeper_fulfilment_oldest_overdue_seconds', 'How late the oldest of them is', [], async () => {
    const { oldest } = await read();
    return [{ value: oldest === null ? 0 : clock.now().since(oldest).total('seconds') }];
  });
  metrics.gauge('slotkeeper_accounts_not_asked', 'Accounts at providers that do not answer', ['provider'], async () =>
    (await transactor.scan('circuit', countOpenCircuits)).map(({ provider, n }) => ({
      labels: { provider },
      value: n,
    })),
  );
  metrics.gauge('slotkeeper_webhook_endpoints', 'Webhook endpoints by state', ['state'], async () =>
    (await transactor.scan('webhook_endpoint', countByState)).map(({ state, n }) => ({ labels: { state }, value: n })),
  );
}

/** How often what stands outside was found to differ, and what of it a person must decide; the same from every process. */
function countWhatDiffers({ metrics, transactor, clock }: Pick<House, 'metrics' | 'transactor' | 'clock'>): void {
  const read = () => transactor.scan('drift', countDrift, { readOnly: true });
  const labels = ['kind', 'provider'] as const;
  metrics.gauge('slotkeeper_drift_total', 'What was found to differ at a provider, ever', labels, async () =>
    (await read()).map(({ kind, provider, found }) => ({ labels: { kind, provider }, value: found })),
  );
  metrics.gauge('slotkeeper_drift_open', 'What differs and waits for a person', labels, async () =>
    (await read()).map(({ kind, provider, open: value }) => ({ labels: { kind, provider }, value })),
  );
  metrics.gauge('slotkeeper_sweep_late_places', 'Calendars and hosts not compared for two days', [], async () => {
    const before = clock.now().subtract({ hours: LATE_HOURS });
    const { late } = await transactor.scan('sweep', (tx) => countLatePlaces(tx, before), { readOnly: true });
    return [{ value: late }];
  });
}
