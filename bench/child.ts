// Processes the bench starts, watches and ends; by their own pid, and no others.
import { spawn, type ChildProcess } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

export type Child = {
  readonly pid: number;
  readonly port: number;
  readonly process: ChildProcess;
  stop(): Promise<void>;
};

const ROOT = join(import.meta.dirname, '..');
/** A first start lays the database's first rows; a minute means that it never will. */
const READY_MS = 60_000;
const POLL_MS = 20;
/** The product drains for at most this long when told to. */
const STOP_MS = 15_000;

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Runs a script of the repository and waits until it answers. Its output goes to a file, as a service's would. */
export async function startChild(
  script: string,
  env: Readonly<Record<string, string>>,
  options: { readonly log: string; readonly ready: string; readonly preload?: string },
): Promise<Child> {
  const port = await freePort();
  const file = openSync(options.log, 'a');
  // As `npm start` does.
  const preloads = ['src/platform/compile-cache.js', ...(options.preload === undefined ? [] : [options.preload])];
  const preload = preloads.flatMap((path) => ['--import', pathToFileURL(join(ROOT, path)).href]);
  const child = spawn(process.execPath, [...preload, script], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', HOST: '127.0.0.1', PORT: String(port), ...env },
    stdio: ['ignore', file, file, 'ipc'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${script} did not start`);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((exited) => child.once('exit', () => exited()));
    child.kill('SIGTERM');
    const patience = new AbortController();
    await Promise.race([ended, sleep(STOP_MS, undefined, { signal: patience.signal }).catch(() => undefined)]);
    patience.abort();
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  };
  try {
    await answering(`http://127.0.0.1:${port}${options.ready}`, child);
  } catch (error) {
    await stop();
    throw new Error(`${script}: ${String(error)}\n${readFileSync(options.log, 'utf8').slice(-2_000)}`, {
      cause: error,
    });
  }
  return { pid, port, process: child, stop };
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  const until = performance.now() + READY_MS;
  while (performance.now() < until) {
    if (child.exitCode !== null) throw new Error(`ended with code ${child.exitCode}`);
    const answer = await fetch(url).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.ok) return;
    await sleep(POLL_MS);
  }
  throw new Error(`not ready after ${READY_MS} ms`);
}
