// The laws of the house, checked over every file, and each law seen to catch a planted breach: a law that never fails
// is no law. What to do about a failure stands in its message; floors, words and exceptions stand in house/plan.ts.
import { describe, expect, test } from 'vitest';
import * as imports from './house/import-laws.ts';
import * as texts from './house/text-laws.ts';
import * as plan from './house/plan.ts';
import { excepted } from './house/place.ts';
import { source, walk, type Source } from './house/source.ts';

const src = walk('src', '.ts');
const tests = [...walk('test', '.ts'), ...walk('bench', '.ts')].filter(({ path }) => !path.startsWith('test/house'));
const clients = ['typescript', 'example']
  .flatMap((client) => walk(`clients/${client}`, '.ts'))
  .filter(({ path }) => !/\.gen\.ts$|\/(?:dist|node_modules)\//.test(path));
const simulation = walk('simulation', '.ts');
const migrations = walk('migrations', '.sql');

/** A file with nothing wrong but what is planted. */
const file = (path: string, body: string) => source(path, `// Knows one thing, for this test alone.\n${body}\n`);

/** The law, what it reads, and pairs: files that break it, files just beside them that do not. */
type Case = {
  readonly law: (files: readonly Source[]) => readonly string[];
  readonly over: readonly Source[];
  readonly breaks: readonly Source[];
  readonly keeps: readonly Source[];
  /** The breach is between the files, not in one. */
  readonly together?: true;
};

const LAWS: Readonly<Record<string, Case>> = {
  'every file has a room': {
    law: imports.everyFileHasARoom,
    over: src,
    breaks: [file('src/attic/box.ts', ''), file('src/extras.ts', '')],
    keeps: [file('src/config-table.ts', ''), file('src/sandbox/clock.ts', ''), file('src/journal/store.ts', '')],
  },
  'imports go down, floor by floor': {
    law: imports.importsGoDown,
    over: src,
    breaks: [
      file('src/occupancy/store.ts', `import { book } from '../appointments/book-appointment.ts';`),
      file('src/platform/ids.ts', `import type { Actor } from '../identity/actor.ts';`),
      file('src/webhooks/store.ts', `import { x } from '../audit/routes.ts';`),
      file('src/appointments/routes.ts', `import { tools } from '../composition.ts';`),
      file('src/journal/store.ts', `const { x } = await import('../identity/store.ts');`),
      file('src/sandbox/state.ts', `import { x } from '../meetings/provider.ts';`),
      file('src/meetings/store.ts', `import { x } from '../sandbox/state.ts';`),
      file('src/journal/record.ts', `import { cast } from '../../test/cast.ts';`),
      file('src/identity/token.ts', `import type { Config } from '../config.ts';`),
    ],
    keeps: [
      file('src/appointments/store.ts', `import { x } from '../occupancy/store.ts';\nimport pg from 'pg';`),
      file('src/composition.ts', `import { x } from './sandbox/server.ts';\nimport { y } from './config.ts';`),
      file('src/sandbox/state.ts', `import { x } from '../platform/log.ts';`),
      file('src/occupancy/store.ts', `// import { x } from '../appointments/store.ts';\nconst s = "from '../app.ts'";`),
    ],
  },
  'a room keeps its routes, jobs, schemas and providers to itself': {
    law: imports.roomsArePrivate,
    over: src,
    breaks: [
      file('src/fulfilment/jobs.ts', `import { x } from '../appointments/jobs.ts';`),
      file('src/fulfilment/routes.ts', `import { x } from '../appointments/schemas.ts';`),
      file('src/worker.ts', `import { x } from './appointments/routes.ts';`),
      file('src/fulfilment/plan.ts', `import { x } from '../meetings/providers/video.ts';`),
    ],
    keeps: [
      file('src/app.ts', `import { x } from './appointments/routes.ts';`),
      file('src/worker.ts', `import { x } from './appointments/jobs.ts';`),
      file('src/fulfilment/plan.ts', `import { x } from '../appointments/appointment.ts';`),
      file('src/composition-providers.ts', `import { x } from './meetings/providers/video.ts';`),
    ],
  },
  'in a room nobody climbs: routes, acts, store': {
    law: imports.nobodyClimbsInARoom,
    over: src,
    breaks: [
      file('src/appointments/store.ts', `import { x } from './book-appointment.ts';`),
      file('src/appointments/book-appointment.ts', `import { x } from './routes.ts';`),
      file('src/occupancy/store.ts', `import { x } from './jobs.ts';`),
    ],
    keeps: [
      file('src/appointments/routes.ts', `import { x } from './book-appointment.ts';`),
      file('src/appointments/store.ts', `import type { Appointment } from './appointment.ts';`),
    ],
  },
  'no import circle': {
    law: imports.noCircles,
    together: true,
    over: src,
    breaks: [
      file('src/journal/a.ts', `import { b } from './b.ts';`),
      file('src/journal/b.ts', `import { a } from './a.ts';`),
    ],
    keeps: [file('src/journal/a.ts', `import { b } from './b.ts';`), file('src/journal/b.ts', '')],
  },
  'clients stand alone': {
    law: imports.clientsStandAlone,
    over: clients,
    breaks: [
      file('clients/typescript/src/calls.ts', `import type { Actor } from '../../../src/identity/actor.ts';`),
      file('clients/typescript/src/calls.ts', `import { randomUUID } from 'node:crypto';`),
      file('clients/example/src/main.ts', `import { createClient } from '../../typescript/src/slotkeeper.ts';`),
    ],
    keeps: [
      file('clients/typescript/src/calls.ts', `import { a } from './api.gen.ts';\nimport b from 'openapi-fetch';`),
      file('clients/example/vite.config.ts', `import { resolve } from 'node:path';`),
    ],
  },
  'rules do no I/O': {
    law: imports.rulesArePure,
    over: src,
    breaks: [
      file('src/appointments/appointment.ts', `import { find } from './store.ts';`),
      file('src/availability/slots.ts', `import { readFile } from 'node:fs/promises';`),
    ],
    keeps: [file('src/appointments/appointment.ts', `import { Refusal } from '../platform/refusal.ts';`)],
  },
  'the environment has one reader': {
    law: texts.environmentHasOneReader,
    over: src,
    breaks: [file('src/main.ts', `const port = process.env['PORT'];`)],
    keeps: [
      file('src/config.ts', 'const env = process.env;'),
      file('src/main.ts', '// process.env is for config\nprocess.exit();'),
    ],
  },
  'now comes from the clock one was given': {
    law: texts.nowComesFromTheClock,
    over: src,
    breaks: [
      file('src/journal/record.ts', 'const at = Date.now();'),
      file('src/journal/record.ts', 'const at = new Date();'),
      file('src/journal/record.ts', 'const at = `${Temporal.Now.instant()}`;'),
    ],
    keeps: [
      file('src/platform/time/clock.ts', 'Date.now();'),
      file('src/journal/record.ts', `const at = 'Date.now()';`),
    ],
  },
  'Date stays at the borders of drivers': {
    law: texts.datesStayAtDriverBorders,
    over: src,
    breaks: [
      file('src/journal/record.ts', 'const at = new Date(row.at);'),
      file('src/journal/record.ts', 'Date.parse(x);'),
    ],
    keeps: [file('src/platform/database/driver.ts', 'new Date(1);'), file('src/journal/store.ts', 'new Date(1);')],
  },
  'SQL stays in stores': {
    law: texts.sqlStaysInStores,
    over: src,
    breaks: [
      file('src/journal/record.ts', 'await sql`select 1`.execute(trx);'),
      file('src/journal/record.ts', 'sql<{ a: number }>`select 1`;'),
      file('src/journal/record.ts', `trx.selectFrom('journal');`),
      file('src/journal/record.ts', `client.query('select 1');`),
      file('src/journal/record.ts', 'const statement = { text: `select 1` };'),
    ],
    keeps: [
      file('src/journal/store.ts', 'sql`select 1`;'),
      file('src/journal/store-follow.ts', 'sql`select 1`;'),
      file('src/platform/database/migrate.ts', 'client.query(text);'),
      file('src/journal/routes.ts', 'const { from } = request.query;'),
    ],
  },
  'status codes are for routes': {
    law: texts.statusIsForRoutes,
    over: src,
    breaks: [
      file('src/journal/record.ts', 'reply.code(404);'),
      file('src/journal/record.ts', 'throw { statusCode: 409 };'),
      file('src/journal/record.ts', 'const answer = { status: 201 };'),
    ],
    keeps: [
      file('src/journal/routes.ts', 'reply.code(201);'),
      file('src/platform/http/problem.ts', 'const t = { status: 404 };'),
      file('src/journal/record.ts', `const x = { status: 'pending' };`),
    ],
  },
  'vendors stay behind their ports': {
    law: texts.vendorsStayBehindPorts,
    over: src,
    breaks: [
      file('src/fulfilment/plan.ts', `if (platform === 'zoom') x();`),
      file('src/fulfilment/plan.ts', 'const googleMeetLink = 1;'),
      file('src/appointments/store.ts', `import { x } from '../meetings/providers/zoom.ts';`),
    ],
    keeps: [
      file('src/meetings/providers/zoom.ts', `const at = 'https://api.zoom.us';`),
      file('src/fulfilment/plan.ts', '// Zoom has no idempotency of its own.'),
    ],
  },
  'file names are of the closed vocabulary': {
    law: texts.namesAreOfTheVocabulary,
    over: src,
    breaks: [
      file('src/platform/utils.ts', ''),
      file('src/platform/http/http-helpers.ts', ''),
      file('src/sandbox/bookAppointment.ts', ''),
      file('src/appointments/logic.ts', ''),
      file('src/appointments/deep/store.ts', ''),
      file('src/sandbox/index.ts', ''),
    ],
    keeps: [
      file('src/appointments/book-appointment.ts', ''),
      file('src/appointments/store-diary.ts', ''),
      file('src/meetings/providers/video-errors.ts', ''),
    ],
  },
  'no file passes on what another holds': {
    law: texts.noBarrels,
    over: src,
    breaks: [
      file('src/journal/events.ts', `export * from './record.ts';`),
      file('src/journal/events.ts', `export type { A } from './record.ts';`),
    ],
    keeps: [file('src/journal/events.ts', 'const a = 1;\nexport { a };')],
  },
  'every file opens with what it knows': {
    law: texts.filesOpenWithAComment,
    // A test file says it in its first describe.
    over: [...src, ...clients, ...simulation, ...tests.filter(({ path }) => !path.endsWith('.test.ts'))],
    breaks: [source('src/journal/store.ts', `import pg from 'pg';\n`), source('src/journal/store.ts', '// store\n')],
    keeps: [source('src/journal/store.ts', '// The rows of the journal, one for each change.\n')],
  },
  'files are short': {
    law: texts.filesAreShort,
    over: [...src, ...clients, ...simulation],
    breaks: [file('src/journal/store.ts', 'x();\n'.repeat(300))],
    keeps: [file('src/journal/store.ts', 'x();\n'.repeat(299).trimEnd())],
  },
  // Planted, so that the law is seen to catch them; none of these files is there.
  'nothing is left undone or silenced': {
    law: texts.nothingIsLeftUndone,
    over: [...src, ...clients, ...simulation, ...tests, ...migrations],
    breaks: [
      file('src/journal/store.ts', '// TODO: later'),
      file('src/journal/store.ts', '// @ts-ignore'),
      file('test/journal/store.test.ts', '// oxlint-disable-next-line no-console'),
    ],
    keeps: [file('src/journal/store.ts', '// nothing to do here')],
  },
  // Planted as well: the one that would run alone is text here, and no test.
  'tests are named as guarantees, and all of them run': {
    law: texts.testsAreNamedAsGuarantees,
    over: tests,
    breaks: [
      file('test/a.test.ts', `test('should book', () => {});`),
      file('test/a.test.ts', `it('booking works', () => {});`),
      file('test/a.test.ts', `test.only('an expired hold cannot be booked', () => {});`),
    ],
    keeps: [file('test/a.test.ts', `test('an expired hold cannot be booked', () => {});`)],
  },
  'migrations go forward and say why': {
    law: texts.migrationsOnlyGoForward,
    over: migrations,
    breaks: [
      source('migrations/0002-later.sql', '-- Why: x\n'),
      source('migrations/0001-house.sql', 'create table x ();\n'),
      source('migrations/0001-house.sql', '-- Why: x\n-- down\ndrop table x;\n'),
    ],
    keeps: [source('migrations/0001-house.sql', '-- Why: the first table.\n')],
  },
};

describe('the house', () => {
  test.each(Object.entries(LAWS))('%s', (_, { law, over }) => {
    expect(law(over)).toEqual([]);
  });

  test('half of the files are between 25 and 100 lines', () => {
    const lengths = src.map(({ text }) => text.trimEnd().split('\n').length).toSorted((a, b) => a - b);
    const median = lengths[Math.floor(lengths.length / 2)];
    expect(median).toBeGreaterThanOrEqual(25);
    expect(median).toBeLessThanOrEqual(100);
  });

  test('no exception outlives its file', () => {
    const exceptions = Object.entries(plan).flatMap(([name, list]) =>
      name.startsWith('MAY_') ? Object.entries(list) : [],
    );
    expect(exceptions.length).toBeGreaterThan(0);
    const dead = exceptions.filter(([path, why]) => !src.some((one) => excepted(one.path, { [path]: why })));
    expect(dead).toEqual([]);
  });
});

describe('each law catches a planted breach, and lets its neighbour be', () => {
  test.each(Object.entries(LAWS))('%s', (_, { law, breaks, keeps, together }) => {
    const planted = together ? [breaks] : breaks.map((one) => [one]);
    for (const files of planted) expect(law(files), `${files[0]?.path}\n${files[0]?.text}`).toHaveLength(1);
    const sound = together ? [keeps] : keeps.map((one) => [one]);
    for (const files of sound) expect(law(files), `${files[0]?.path}\n${files[0]?.text}`).toEqual([]);
  });
});
