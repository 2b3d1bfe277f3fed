// The whole house, open for one test file: a private database, the sandbox, the API on a free port and the worker, wired by
// the same composition as the street door. Time stands still until it is moved; a log line of level error fails the file.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { buildApp } from '../src/app.ts';
import { createDesks } from '../src/availability/desk.ts';
import { compose } from '../src/composition.ts';
import { readConfig } from '../src/config.ts';
import { issueToken } from '../src/identity/token.ts';
import { createMetrics } from '../src/platform/metrics.ts';
import { setClock } from '../src/platform/time/clock.ts';
import { startWork } from '../src/worker.ts';
import { CAST, claimsOf, JOHN, SARAH, type Who } from './cast.ts';
import { captureLog } from './http/capture-log.ts';
import { listen } from './http/listen.ts';
import { createDatabase } from './open-database.ts';
import { breachesOfTime } from './races/true-time.ts';

/** A Monday, nine in the morning in New York: every date of 2030 is ahead, and none is beyond the demo's horizon. */
export const OPENED_AT = '2030-01-07T14:00:00Z';
const OTHER_ORGANISATION = 500_000;
/** For what comes true by itself, on a busy machine. */
const PATIENCE_MS = 45_000;
/** A pass that a busy machine cut off is another's once its lease is over, for which the clock has to go on; no faster than calls can bear. */
const TIME_GOES_ON_MS = 15_000;
const TIMES_AS_FAST = 2;
const LOOK_AGAIN_MS = 25;
/** The worker finds so soon what the clock alone has brought about, or a bell has not told. */
const WORKER_LOOKS_EVERY_MS = 100;
/** The worker's slowest has looked within this, whether it was told to or not: each fifth time without news. */
const LOOKED_AFTER_MS = 7 * WORKER_LOOKS_EVERY_MS;

/** Enough for several at once, and fewer than a deployment's: to open one costs as much as some bookings. */
const CONNECTIONS = 6;

export type Json = Record<string, unknown>;
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
export type Answer = { readonly status: number; readonly headers: Headers; readonly body: Json; readonly text: string };
export type Asked = {
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Letter = {
  readonly to: readonly { readonly name: string; readonly address: string }[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly ical: string | null;
  readonly raw: string;
};

export type OpenHouse = Awaited<ReturnType<typeof openHouse>>;

type Options = {
  /** Over the defaults of the tests: no limits, and an answer waits for its meeting as long as patience lasts. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The address of a sandbox that is running already; else the house starts its own. */
  readonly sandboxUrl?: string;
  /** Without it appointments are booked and nothing is made. */
  readonly worker?: boolean;
};

const LIMITS_OFF = Object.fromEntries(
  [
    'ANONYMOUS_READS',
    'GUEST_READS',
    'GUEST_BOOKINGS',
    'CLIENT_READS',
    'CLIENT_BOOKINGS',
    'STAFF_READS',
    'STAFF_BOOKINGS',
    'SERVICE_READS',
  ]
    .concat('SERVICE_BOOKINGS')
    .map((name) => [`RATE_LIMIT_${name}`, '0']),
);

/** Opens the house, the demo practice laid; `close` ends it, and fails where something was logged as an error. */
export async function openHouse(options: Options = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'slotkeeper-house-'));
  const database = await createDatabase();
  const clock = setClock(OPENED_AT);
  const { log, lines } = captureLog();
  const config = readConfig({
    DATABASE_URL: database.ownerUrl,
    DATA_DIR: folder,
    DEMO: '1',
    SANDBOX_PORT: '0',
    DATABASE_POOL: String(CONNECTIONS),
    // Without a worker there is nothing to wait for.
    MEETING_WAIT_MS: String(options.worker === false ? 0 : PATIENCE_MS),
    ...LIMITS_OFF,
    ...options.settings,
  });
  const house = await compose(config, log, clock);
  const worker = options.worker === false ? null : startWork(house, { lookEveryMs: WORKER_LOOKS_EVERY_MS });
  const server = await listen((await buildApp(house)).app);
  const sandboxUrl = options.sandboxUrl ?? house.sandboxUrl ?? '';
  const organisations = { own: house.organisationId, other: house.organisationId + OTHER_ORGANISATION };
  await house.transactor.inOrganisation(organisations.other, (tx) =>
    tx.kysely.insertInto('organisation').values({ organisation_id: organisations.other, name: 'Another' }).execute(),
  );
  const tokens = new Map(
    CAST.map((who) => [who, issueToken(house.tokenKey, claimsOf(who, organisations), clock.now())]),
  );

  const ask = async (who: Who, method: Method, path: string, asked: Asked = {}): Promise<Answer> => {
    const payload = asked.raw ?? (asked.body === undefined ? undefined : JSON.stringify(asked.body));
    const response = await fetch(server.url + path, {
      method,
      headers: {
        ...(who === null ? {} : { authorization: `Bearer ${tokens.get(who) ?? ''}` }),
        ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        ...asked.headers,
      },
      ...(payload === undefined ? {} : { body: payload }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, headers: response.headers, body: isJson ? (JSON.parse(text) as Json) : {}, text };
  };
  const view = async <T = Json>(path: string): Promise<T[]> =>
    (await (await fetch(`${sandboxUrl}/control/${path}`)).json()) as T[];

  const neighbours: Awaited<ReturnType<typeof listen>>[] = [];

  return {
    url: server.url,
    /** The address of the same practice as another process serves it: what it remembers is its own. */
    openNeighbour: async (): Promise<string> => {
      const neighbour = await listen(
        (await buildApp({ ...house, desks: createDesks(), metrics: createMetrics() })).app,
      );
      neighbours.push(neighbour);
      return neighbour.url;
    },
    sandboxUrl,
    clock,
    /** For commands run beside it. */
    databaseUrl: database.ownerUrl,
    /** Whole tables of this organisation, as somebody with a copy of the database reads them. */
    dump: async (tables: readonly string[]): Promise<unknown[]> =>
      await house.transactor.inOrganisation(organisations.own, async (tx) => {
        const rows: unknown[] = [];
        for (const table of tables) {
          rows.push(...(await tx.query({ name: `dump_${table}`, text: `select * from ${table}` })));
        }
        return rows;
      }),
    lines,
    warnings: config.warnings,
    organisations,
    /** Rows of the practice, read past the API: what no answer shows. */
    rows: (text: string, values: readonly unknown[]): Promise<Json[]> =>
      house.transactor.inOrganisation(organisations.own, (tx) =>
        tx.query<Json>({ name: '', text, values: [...values] }),
      ),
    /** What of its time contradicts itself. */
    breaches: () => breachesOfTime(house.transactor, organisations.own),
    tokenOf: (who: NonNullable<Who>) => tokens.get(who) ?? '',
    ask,
    get: (who: Who, path: string, headers?: Asked['headers']) => ask(who, 'GET', path, headers ? { headers } : {}),
    post: (who: Who, path: string, body: unknown, headers?: Asked['headers']) =>
      ask(who, 'POST', path, { body, ...(headers ? { headers } : {}) }),
    put: (who: Who, path: string, body: unknown, headers?: Asked['headers']) =>
      ask(who, 'PUT', path, { body, ...(headers ? { headers } : {}) }),
    /** What is live at each provider now, as the provider itself shows it. */
    live: {
      zoom: () => view('zoom/meetings'),
      google: () => view('google/events'),
      microsoft: () => view('microsoft/events'),
      teams: () => view('microsoft/online-meetings'),
      mails: () => view<Letter>('mailbox'),
      mailsTo: async (address: string) =>
        (await view<Letter>('mailbox')).filter(({ to }) => to.some((one) => one.address === address)),
    },
    orderFault: async (fault: Json): Promise<void> => {
      const ordered = await fetch(`${sandboxUrl}/control/faults`, { method: 'POST', body: JSON.stringify(fault) });
      expect(ordered.status, await ordered.text()).toBe(201);
    },
    clearFaults: async (): Promise<void> => {
      await fetch(`${sandboxUrl}/control/faults`, { method: 'DELETE' });
    },
    /** Waits until a question has the wished answer; each look may move the clock. */
    until: async <T>(question: () => Promise<T>, wished: (answer: T) => boolean, step?: Temporal.DurationLike) => {
      const begun = performance.now();
      for (let waited = 0; ;) {
        const answer = await question();
        if (wished(answer)) return answer;
        const before = waited;
        waited = performance.now() - begun;
        if (waited > PATIENCE_MS) throw new Error(`it did not come true: ${JSON.stringify(answer)?.slice(0, 2_000)}`);
        if (step) clock.advance(step);
        else if (waited > TIME_GOES_ON_MS)
          clock.advance({ milliseconds: Math.round(TIMES_AS_FAST * (waited - before)) });
        await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      }
    },
    close: async (): Promise<void> => {
      await worker?.stop(PATIENCE_MS);
      await Promise.all([server, ...neighbours].map((door) => door.close()));
      await house.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
      // pino: 50 is error, 60 fatal.
      expect(lines.filter(({ level }) => Number(level) >= 50)).toEqual([]);
    },
  };
}

/** For what must not come about: the worker has had some looks. */
export function afterSomeLooks(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOKED_AFTER_MS));
}

/** The contract's booking, moved to a Thursday of 2030; `over` replaces what a test is about. */
export function booking(over: Json = {}): Json {
  return {
    ...JOHN,
    practitionerId: SARAH.practitionerId,
    practitionerName: SARAH.practitionerName,
    date: '2030-06-20',
    time: '14:00:00',
    sessionType: 'Initial Consultation',
    videoMeetingConfig: { platform: 'zoom', hostEmail: SARAH.email },
    ...over,
  };
}

/** Books, and answers the id; anything but 201 fails. */
export async function booked(house: OpenHouse, over: Json = {}, who: Who = 'service'): Promise<number> {
  const answer = await house.post(who, '/api/appointments', booking(over));
  expect(answer.status, answer.text).toBe(201);
  return Number(answer.body['appointmentId']);
}

/** What a refusal said: status, code and the fields at fault. */
export function refusal({ status, body }: Answer): readonly unknown[] {
  const errors = body['errors'] as { pointer: string }[] | undefined;
  return [status, body['code'], ...(errors ?? []).map(({ pointer }) => pointer)];
}
