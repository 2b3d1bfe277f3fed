// Hangs every room's routes on one server, in the order in which a request meets them: identity, then limits, then rooms.
import { appointmentRoutes } from './appointments/routes.ts';
import { meetingDetails } from './meetings/meeting.ts';
import { availabilityRoutes } from './availability/routes.ts';
import type { House } from './composition.ts';
import { awaitOutside } from './fulfilment/await-outside.ts';
import { fulfilmentRoutes } from './fulfilment/routes.ts';
import { registerIdentity } from './identity/authenticate.ts';
import { operationsRoutes } from './operations/routes.ts';
import { ping } from './platform/database/ping.ts';
import { createLimiter, type Limiter } from './platform/http/rate-limit.ts';
import { createServer, type App } from './platform/http/server.ts';
import { practitionerRoutes } from './practitioners/routes.ts';
import { scheduleRoutes } from './schedules/routes.ts';

export const API_VERSION = '0.1.0';

export type Served = { readonly app: App; readonly limiter: Limiter };

/** The whole API, not yet listening. */
export async function buildApp(house: House): Promise<Served> {
  const { config, log, clock, metrics, pool } = house;
  const app = await createServer({
    log,
    corsOrigins: config.corsOrigins,
    trustProxy: config.trustProxy,
    info: {
      title: 'Slotkeeper',
      version: API_VERSION,
      description:
        'Appointments, and everything that must stay true about them. Refusals are problem documents with a stable code.',
    },
    onAnswered: metrics.onAnswered,
  });
  if (house.sandbox) {
    app.addHook('onRequest', (_request, reply, done) => {
      void reply.header('x-slotkeeper-sandbox', 'true');
      done();
    });
  }
  const limiter = createLimiter({ connection: { pool }, clock, log, limits: config.rateLimits });
  registerIdentity(app, { tokenKey: house.tokenKey, clock, limiter, organisationId: house.organisationId });
  operationsRoutes(app, {
    metrics,
    metricsToken: config.metricsToken?.reveal() ?? null,
    checkReady: () => ping(pool),
  });
  practitionerRoutes(app, house);
  scheduleRoutes(app, house);
  availabilityRoutes(app, house);
  appointmentRoutes(app, {
    ...house,
    awaitMeeting: async (organisationId, sessionId) => {
      await awaitOutside(house, { organisationId, sessionId }, house.meetingWaitMs, (objects) => {
        const bearer = objects.find((object) => object.platform !== null);
        return bearer && meetingDetails(bearer.platform, objects)?.status !== 'pending' ? true : null;
      });
    },
  });
  fulfilmentRoutes(app, house);
  return { app, limiter };
}
