// Two API processes and a worker on one database, with the demo practice: what a deployment on several machines is, on one.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transactor } from '../../src/platform/database/transaction.ts';
import { openDatabase } from '../open-database.ts';
import { callerOf } from './caller.ts';
import { freePort, runServer, tokenFor, type Server } from './run-server.ts';
import { breachesOfTime, rowsOf } from './true-time.ts';

export type Servers = Awaited<ReturnType<typeof openServers>>;

/** `settings`: over those of the tests. */
export async function openServers(settings: Readonly<Record<string, string>> = {}) {
  const database = await openDatabase({ max: 4 });
  const folder = await mkdtemp(join(tmpdir(), 'slotkeeper-races-'));
  const environment = {
    DATABASE_URL: database.ownerUrl,
    DATA_DIR: folder,
    DEMO: '1',
    SANDBOX: '1',
    SANDBOX_PORT: String(await freePort()),
    PORT: '0',
    LOG_LEVEL: 'info',
    MEETING_WAIT_MS: '0',
    ...settings,
  };
  const servers: Server[] = [];
  const close = async (): Promise<void> => {
    const ended = await Promise.allSettled(servers.toReversed().map((server) => server.stop()));
    await database.close();
    await rm(folder, { recursive: true, force: true });
    for (const end of ended) if (end.status === 'rejected') throw end.reason;
  };
  try {
    // The first one keeps the sandbox; the others find it.
    servers.push(await runServer({ ...environment, PROCESS: 'worker' }));
    servers.push(...(await Promise.all([1, 2].map(() => runServer({ ...environment, PROCESS: 'api' })))));
    const [token, staff] = [await tokenFor(environment, 'service'), await tokenFor(environment, 'staff')];
    const apis = servers.filter(({ url }) => url !== null);
    const work = transactor(database.connection);
    const [practice] = await work.unscoped((tx) =>
      tx.query<{ id: number }>({ name: '', text: 'select organisation_id as id from installation', values: [] }),
    );
    const organisationId = practice?.id ?? 0;
    return {
      caller: callerOf(apis, token, { patient: true }),
      staff: callerOf(apis, staff, { patient: true }),
      rows: <Row extends object>(text: string, values: readonly unknown[] = []) =>
        rowsOf<Row>(work, organisationId, text, values),
      breaches: () => breachesOfTime(work, organisationId),
      /** As the server counts them; sessions report when they end, or after a second. */
      deadlocks: async () => {
        const rows = await rowsOf<{ n: number }>(
          work,
          organisationId,
          'select deadlocks as n from pg_stat_database where datname = current_database()',
        );
        return rows[0]?.n;
      },
      /** Faults that the processes have logged: warnings and worse. A call that ran out of time on a busy machine is repeated. */
      complaints: () =>
        servers.flatMap(({ log }) =>
          log
            .filter(({ level, providerCode }) => level >= 40 && providerCode !== 'EABORT' && providerCode !== 'timeout')
            .map((line) => JSON.stringify(line)),
        ),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
