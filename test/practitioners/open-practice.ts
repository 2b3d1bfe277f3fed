// A practice over HTTP with nothing but its practitioners and schedules: the demo laid, one token for each of the cast.
import { readConfig } from '../../src/config.ts';
import { transactor } from '../../src/platform/database/transaction.ts';
import { createLimiter } from '../../src/platform/http/rate-limit.ts';
import { createServer, type App } from '../../src/platform/http/server.ts';
import { createLog } from '../../src/platform/log.ts';
import { setClock } from '../../src/platform/time/clock.ts';
import { createApiKeys } from '../../src/identity/authenticate-api-key.ts';
import { registerIdentity } from '../../src/identity/authenticate.ts';
import { createDirectory } from '../../src/identity/store.ts';
import { issueToken } from '../../src/identity/token.ts';
import { PLATFORMS } from '../../src/meetings/provider.ts';
import { foundPractice } from '../../src/practitioners/found-practice.ts';
import { practitionerRoutes } from '../../src/practitioners/routes.ts';
import { layDemoPractice } from '../../src/schedules/lay-demo-practice.ts';
import { scheduleRoutes } from '../../src/schedules/routes.ts';
import { openDatabase } from '../open-database.ts';

export const CAST = ['staff', 'service', 'sarah', 'michael', 'client', 'stranger'] as const;
export type Who = (typeof CAST)[number] | null;
type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

export type Asked = { readonly body?: unknown; readonly headers?: Record<string, string> };
export type Answer = {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: { readonly [name: string]: unknown };
};

export type OpenPractice = {
  readonly app: App;
  readonly tools: Parameters<typeof practitionerRoutes>[1];
  readonly organisationId: number;
  /** An organisation beside it, in which `stranger` is staff. */
  readonly otherOrganisationId: number;
  ask(who: Who, method: Method, url: string, asked?: Asked): Promise<Answer>;
  close(): Promise<void>;
};

type Expected = readonly [status: number, code: string, pointers?: readonly string[]];
export type Case = readonly [title: string, who: Who, method: Method, url: string, asked: Asked, ...Expected];

/** What a refusal said, in as much detail as is expected. */
export function faultsIn({ status, body }: Answer, expected: Expected): readonly unknown[] {
  const pointers = (body['errors'] as { pointer: string }[] | undefined)?.map(({ pointer }) => pointer);
  return [status, body['code'], pointers].slice(0, expected.length);
}

export async function openPractice(): Promise<OpenPractice> {
  const house = await openDatabase();
  const { connection } = house;
  const clock = setClock('2030-01-01T00:00Z');
  const log = createLog('error');
  const platforms = new Set(PLATFORMS);
  const tools = { transactor: transactor(connection), clock, directory: createDirectory(connection), platforms };
  const { organisationId, tokenKey } = await foundPractice(tools, { name: 'The Practice' });
  await layDemoPractice(tools, { organisationId });
  const otherOrganisationId = organisationId + 500_000;
  await tools.transactor.inOrganisation(otherOrganisationId, (tx) =>
    tx.kysely.insertInto('organisation').values({ organisation_id: otherOrganisationId, name: 'Another' }).execute(),
  );

  const app = await createServer({ log, corsOrigins: '*', trustProxy: false, info: { title: 'x', version: '0' } });
  const limiter = createLimiter({ connection, clock, log, limits: readConfig({}).rateLimits });
  const apiKeys = createApiKeys({ ...tools, log });
  registerIdentity(app, { tokenKey, clock, limiter, organisationId, apiKeys });
  practitionerRoutes(app, tools);
  scheduleRoutes(app, tools);
  await app.ready();

  const claims = {
    staff: { role: 'staff', subject: 'desk', organisationId },
    service: { role: 'service', subject: 'platform', organisationId },
    sarah: { role: 'practitioner', subject: 'sarah', organisationId, practitionerId: 123 },
    michael: { role: 'practitioner', subject: 'michael', organisationId, practitionerId: 789 },
    client: { role: 'client', subject: 'john', email: 'john@example.com', organisationId },
    stranger: { role: 'staff', subject: 'desk', organisationId: otherOrganisationId },
  } as const;
  const tokens = new Map(CAST.map((who) => [who, issueToken(tokenKey, claims[who], clock.now())]));
  return {
    app,
    tools,
    organisationId,
    otherOrganisationId,
    ask: async (who, method, url, { body, headers = {} } = {}) => {
      const token = who === null ? {} : { authorization: `Bearer ${tokens.get(who) ?? ''}` };
      const type = body === undefined ? {} : { 'content-type': 'application/json' };
      const answer = await app.inject({
        method,
        url,
        headers: { ...token, ...type, ...headers },
        ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
      });
      return { status: answer.statusCode, headers: answer.headers, body: answer.json() };
    },
    close: async () => {
      await app.close();
      await house.close();
    },
  };
}
