// Builds everything once, from the configuration: database, practice, bell, and what composition-outside.ts opens. Knows
// all the rooms' tools; main, app, worker and commands take from it, nothing below imports it.
import { createDesks } from './availability/desk.ts';
import { openConnections } from './composition-connections.ts';
import { openDatabase } from './composition-database.ts';
import { openKeys } from './composition-keys.ts';
import { openOutside } from './composition-outside.ts';
import { openWebhooks } from './composition-webhooks.ts';
import type { Config } from './config.ts';
import type { Places } from './fulfilment/plan.ts';
import { NEWS, WORK } from './fulfilment/topics.ts';
import { createDirectory } from './identity/store.ts';
import { addressKeyOf } from './notifications/mail-trouble.ts';
import { httpClient } from './platform/http/client.ts';
import { hangBell } from './platform/jobs/bell.ts';
import type { Log } from './platform/log.ts';
import { createMetrics } from './platform/metrics.ts';
import { systemClock, type Clock } from './platform/time/clock.ts';
import { foundPractice } from './practitioners/found-practice.ts';
import { setDefaultReminders } from './practitioners/set-reminders.ts';
import { listPractitioners } from './practitioners/store.ts';
import { layDemoPractice } from './schedules/lay-demo-practice.ts';
import { ENTRIES } from './webhooks/topics.ts';

export type House = Awaited<ReturnType<typeof compose>>;

/**
 * Everything, running. `close` ends what was started here, in the order in which it leans on each other; a start that fails,
 * or that `stop` breaks off between two steps, has done so.
 */
export async function compose(config: Config, log: Log, clock: Clock = systemClock, stop?: AbortSignal) {
  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).toReversed()) {
      await end().catch((error: unknown) => log.error({ err: error }, 'something could not be closed'));
    }
  };
  try {
    const database = await openDatabase(config, log, closing, stop);
    const { connection, work } = database;
    const practice = await foundPractice({ transactor: work, clock }, { name: config.practiceName });
    await setDefaultReminders({ transactor: work, clock }, { ...practice, reminders: config.reminders });
    await layDemo(config, { ...database, organisationId: practice.organisationId, clock, log });
    stop?.throwIfAborted();
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
    const keys = await openKeys(config, log);
    const connections = openConnections(config, { transactor: work, clock, log, http, keys }, outside);
    stop?.throwIfAborted();
    const tokenKey = config.tokenSecret ? Buffer.from(config.tokenSecret.reveal()) : practice.tokenKey;
    return {
      config,
      log,
      clock,
      metrics,
      bell,
      practice,
      pool: connection.pool,
      databaseTrouble: database.trouble,
      transactor: work,
      desks: createDesks(),
      directory: createDirectory({ pool: connection.pool }),
      tokenKey,
      // The sandbox has a page in the place of one of the deployment's own.
      guestLinks: { key: tokenKey, page: config.manageUrl ?? (outside.sandboxUrl && `${outside.sandboxUrl}/manage`) },
      organisationId: practice.organisationId,
      installation: practice.marker,
      addressKey: addressKeyOf(practice.tokenKey),
      sandbox: config.sandbox,
      meetingWaitMs: config.meetingWaitMs,
      holdRules: config.holdRules,
      seriesPerClient: config.seriesPerClient,
      waitlistRules: config.waitlistRules,
      dailyChanges: config.dailyChanges,
      http,
      ...outside,
      ...openWebhooks(config, { clock, keys, kept: practice.tokenKey }),
      ...connections,
      places: placesOf({ installation: practice.marker, ...outside }),
      chance: Math.random,
      wake: (organisationId: number, sessionId: number) => {
        bell.ring(WORK, String(sessionId));
        bell.ring(ENTRIES, String(organisationId));
      },
      announce: (_organisationId: number, sessionId: number) => bell.ring(NEWS, String(sessionId)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
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

type PlacesMade = { readonly installation: string } & Pick<
  Awaited<ReturnType<typeof openOutside>>,
  'meetings' | 'calendars' | 'carriers'
>;

/** Where fulfilment can make things with the deployment's own accounts. */
export function placesOf(house: PlacesMade): Places {
  return {
    installation: house.installation,
    standAlone: new Set(house.meetings.keys()),
    carriers: house.carriers,
    calendars: new Set(house.calendars.keys()),
  };
}
