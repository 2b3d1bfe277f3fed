// What would be published: generated from the document as it stands, whole in its package, running in plain Node, and
// typed for compilers of today and of yesterday.
import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, type TestContext } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const PACKAGE = join(ROOT, 'clients/typescript');
const CODEGEN = join(ROOT, 'tools/codegen');
/** What it needs at run time, as npm would lay it beside the package. */
const DEPENDENCIES = ['openapi-fetch', 'openapi-typescript-helpers'];

const run = promisify(execFile);
let folder: string;
let packed: string[];

beforeAll(async () => {
  // Under node_modules Node would not look at sources, nor compilers at what they are told not to.
  folder = await realpath(await mkdtemp(join(tmpdir(), 'slotkeeper-package-')));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: PACKAGE });
  // Some versions of npm let the build speak first.
  const told = JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as
    | { filename: string; files: { path: string }[] }[]
    | Record<string, never>;
  const [{ filename, files } = { filename: '', files: [] }] = Object.values(told);
  packed = files.map(({ path }) => path);
  const target = join(folder, 'node_modules/@slotkeeper/client');
  await mkdir(target, { recursive: true });
  await run('tar', ['-xzf', join(folder, filename), '--strip-components=1', '-C', target]);
  for (const name of DEPENDENCIES) await symlink(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/**
 * Goes on where it is there. An installation without the workspace of the generator lacks it and its compiler: the
 * proof is then skipped with that reason, and where everything is required a skip is a failure.
 */
function needs(context: TestContext, isThere: boolean, what: string): void {
  if (isThere) return;
  expect(process.env['REQUIRE_ALL'], `${what} is required here`).toBeUndefined();
  context.skip(`${what} is not there`);
}

const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

test('the generated file is what the document says', async (context) => {
  const { stderr } = await run(process.execPath, [join(CODEGEN, 'generate.mjs'), '--check']);
  needs(context, !stderr.startsWith('Skipped'), 'the generator (a workspace, installed by npm ci)');
  expect(stderr).toBe('');
});

/** Compilers on as many cores as the other tests leave them. */
const TIMEOUT_MS = 60_000;

describe('the package', { timeout: TIMEOUT_MS }, () => {
  test('holds what it exports, its sources and its README, and nothing else', () => {
    const names = ['api.gen', 'calls', 'create-client', 'each', 'persist', 'problem', 'slotkeeper'];
    const built = names.flatMap((name) => ['.d.ts', '.d.ts.map', '.js', '.js.map'].map((end) => `dist/${name}${end}`));
    const sources = names.map((name) => `src/${name}.ts`);
    const beside = ['LICENSE', 'README.md', 'package.json'];
    expect(packed.toSorted()).toEqual([...beside, ...built, ...sources].toSorted());
  });

  // The Node of the project, and the one the machine itself has, which may be much older.
  test('runs in plain Node, built', async () => {
    const script = `
      import { createClient, isProblem, SlotkeeperNoAnswer } from '@slotkeeper/client';
      const json = (status, body, type) => new Response(JSON.stringify(body), { status, headers: { 'content-type': type } });
      const answers = [
        () => { throw new TypeError('fetch failed'); },
        () => json(201, { success: true, appointmentId: 7 }, 'application/json'),
        () => json(409, { code: 'slot_taken', message: 'Taken', status: 409 }, 'application/problem+json'),
      ];
      const keys = [];
      const fetch = async (request) => (keys.push(request.headers.get('idempotency-key')), answers.shift()());
      const client = createClient({ baseUrl: 'http://127.0.0.1:9', fetch });
      const { appointmentId } = await client.bookAppointment({});
      const refused = await client.bookAppointment({}).catch((error) => error);
      console.log(JSON.stringify([appointmentId, isProblem(refused, 'slot_taken'), keys[0] === keys[1], keys[1] !== keys[2]]));`;
    await writeFile(join(folder, 'try.mjs'), script);
    const found = (process.env['PATH'] ?? '').split(delimiter).map((path) => join(path, 'node'));
    const machines = found.filter((path) => !path.includes('node_modules'));
    const [machine] = (await Promise.all(machines.map(isThere))).flatMap((there, i) => (there ? [machines[i]] : []));
    for (const node of [process.execPath, ...(machine === undefined ? [] : [machine])]) {
      const { stdout, stderr } = await run(node, ['try.mjs'], { cwd: folder });
      expect([JSON.parse(stdout), stderr], node).toEqual([[7, true, true, true], '']);
    }
  });

  const CONSUMER = `
    import { createClient, isProblem, type Answer, type Input, type ProblemCode } from '@slotkeeper/client';
    const client = createClient({ baseUrl: '' });
    export async function book(input: Input<'bookAppointment'>): Promise<Answer<'bookAppointment'> | string> {
      try {
        return await client.bookAppointment(input);
      } catch (error) {
        if (isProblem(error, 'slot_taken', 'outside_hours')) {
          const code: 'slot_taken' | 'outside_hours' = error.code;
          return code + error.alternatives.map(({ start }) => start.length).join();
        }
        throw error;
      }
    }
    export async function names(): Promise<string[]> {
      const all: string[] = [];
      for await (const { practitionerName } of client.each('listAppointments', { userId: 'me' })) all.push(practitionerName);
      return all;
    }`;

  /** A missing field, one that is not there, a code that is none, and a list that is none: a line each. */
  const FAULTS = `import { createClient, type ProblemCode } from '@slotkeeper/client'; const client = createClient({ baseUrl: '' });
    void client.rescheduleAppointment({ appointmentId: 1, newDate: '2030-06-20' });
    void client.cancelAppointment({ appointmentId: 1, why: 'no' });
    export const code: ProblemCode = 'no_such_code';
    client.each('getAppointment', { appointmentId: 1 });`;

  test.for([
    ['of today, with and without a bundler', join(ROOT, 'node_modules/typescript/bin/tsc'), ['nodenext', 'preserve']],
    ['5.9', join(CODEGEN, 'node_modules/typescript/bin/tsc'), ['nodenext']],
  ] as const)('is typed for TypeScript %s', async ([, compiler, modules], context) => {
    needs(context, await isThere(compiler), compiler);
    await writeFile(join(folder, 'consumer.mts'), CONSUMER);
    await writeFile(join(folder, 'faults.mts'), FAULTS);
    for (const module of modules) {
      const options = { module, target: 'es2022', lib: ['es2022', 'dom'], types: [], strict: true, noEmit: true };
      const config = { compilerOptions: { ...options, skipLibCheck: false }, files: ['consumer.mts', 'faults.mts'] };
      await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
      const compiling = run(process.execPath, [compiler, '-p', '.'], { cwd: folder });
      const { stdout } = await compiling.catch((error: { stdout: string }) => error);
      const faults = [...stdout.matchAll(/^(\S+)\((\d),\d+\): error/gm)].map(([, file, line]) => `${file}:${line}`);
      expect(faults, stdout).toEqual(['faults.mts:2', 'faults.mts:3', 'faults.mts:4', 'faults.mts:5']);
    }
  });
});
