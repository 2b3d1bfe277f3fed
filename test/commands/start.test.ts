// The start that fails and the start that is broken off, on a database of their own: each ends by itself, with one sentence that
// says what to do, and leaves nothing running behind. What `main.ts` does is shown by real processes; further failures by its steps.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../../src/app.ts';
import { failureOf, type Failure } from '../../src/composition-failure.ts';
import { compose, type House } from '../../src/composition.ts';
import { readConfig } from '../../src/config.ts';
import type { App } from '../../src/platform/http/server.ts';
import { readPostmaster } from '../../src/platform/database/embedded-postmaster.ts';
import { asShipped } from '../as-shipped.ts';
import { captureLog } from '../http/capture-log.ts';
import { copyLaid } from '../laid-folder.ts';

const ROOT = join(import.meta.dirname, '../..');
/** A first start lays a database; on a machine that is busy with other tests that takes its time. */
const START_MS = 60_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slotkeeper-start-'));
  // As root the database runs as another account, which must get in.
  await chmod(folder, 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Ended = { readonly code: number | null; readonly out: string; readonly err: string };

/** Runs `node src/main.ts` until it ends; asks it to as soon as its log says `stopAt`. */
async function start(settings: Readonly<Record<string, string>>, stopAt?: string, times = 1): Promise<Ended> {
  const child = spawn(process.execPath, asShipped('main.ts'), {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], DATA_DIR: folder, PORT: '0', SANDBOX_PORT: '0', ...settings },
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const before = out;
    out += chunk;
    if (stopAt !== undefined && out.includes(stopAt) && !before.includes(stopAt))
      for (let sent = 0; sent < times; sent += 1) setTimeout(() => child.kill('SIGTERM'), sent * 20);
  });
  const [err] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  return { code: child.exitCode, out, err };
}

/** The same steps without a process: what it would say, and end with. */
async function failureOfStart(settings: Readonly<Record<string, string>>): Promise<Failure | null> {
  const config = readConfig({ DATA_DIR: folder, PORT: '0', SANDBOX_PORT: '0', ...settings });
  let house: House | null = null;
  let app: App | null = null;
  try {
    house = await compose(config, captureLog().log);
    ({ app } = await buildApp(house));
    await app.listen({ host: config.host, port: config.port });
    return null;
  } catch (error) {
    return failureOf(error, config);
  } finally {
    await app?.close();
    await house?.close();
  }
}

const databaseState = async () => (await readPostmaster(join(folder, 'postgres'))).state;

async function occupied(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return String((server.address() as AddressInfo).port);
}

describe('a start that is asked to stop', { timeout: START_MS }, () => {
  it.each(['embedded database is running', 'migration applied'])('at "%s" ends in order', async (stopAt) => {
    // The first of them lays its database, too.
    if (stopAt === 'migration applied') await copyLaid('bare', join(folder, 'postgres'));
    // The log is written in pieces, so by the time it is read the start may have come further, even to its end.
    const { code, out, err } = await start({}, stopAt);
    expect([code, err], out).toEqual([0, '']);
    expect(out).toContain('"msg":"stopped"');
    expect(await databaseState()).toBe('none');
    // Whoever starts next goes on from where the last of them was broken off.
    if (stopAt !== 'migration applied') await rm(join(folder, 'postgres'), { recursive: true });
  });
});

describe('a server that is asked to stop', { timeout: START_MS }, () => {
  it('by its terminal and by npm at once, as Ctrl-C of `npm start` does, takes it for one wish', async () => {
    const { code, out, err } = await start({}, '"msg":"ready"', 2);
    expect([code, err], out).toEqual([0, '']);
    expect(out).toContain('"msg":"stopped"');
    expect(await databaseState()).toBe('none');
  });
});

describe('a start that fails', { timeout: START_MS }, () => {
  it('on a port that is in use says which, what to do, and leaves no database running', async () => {
    const other = createServer();
    const PORT = await occupied(other);
    const { code, err } = await start({ PORT });
    other.close();
    expect([code, err]).toEqual([1, `Port ${PORT} is in use: stop what runs there, or set PORT.\n`]);
    expect(await databaseState()).toBe('none');
  });

  it('where a stranger has the sandbox’s port says so, and leaves no database running', async () => {
    const stranger = createHttpServer((_request, response) => response.writeHead(404).end('nothing'));
    const SANDBOX_PORT = await occupied(stranger);
    const failure = await failureOfStart({ SANDBOX_PORT });
    stranger.close();
    expect(failure).toEqual({
      sentence: `Port ${SANDBOX_PORT} is in use by something that is no sandbox of ours: stop it, or set SANDBOX_PORT.`,
      exitCode: 1,
    });
    expect(await databaseState()).toBe('none');
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['an address that is not this machine’s', { HOST: '192.0.2.1' }, /^HOST is 192\.0\.2\.1, .* Set HOST/],
    ['a database that is away', { DATABASE_URL: 'postgres://a:geheim@127.0.0.1:1/x' }, /DATABASE_URL right/],
  ])('on %s ends in plain words', async (_what, settings, words) => {
    const failure = await failureOfStart(settings);
    expect(failure?.sentence).toMatch(words);
    expect(failure?.sentence).not.toMatch(/geheim|\n {4}at /);
    expect(failure?.exitCode).toBe(1);
    expect(await databaseState()).toBe('none');
  });

  it('on settings that cannot be used ends in plain words', async () => {
    const { code, err } = await start({ PORT: 'abc' });
    expect(err).toMatch(/^The settings cannot be used:\n {2}- PORT must/);
    expect(err).not.toMatch(/\n {4}at /);
    expect(code).toBe(78);
    expect(await databaseState()).toBe('none');
  });
});
