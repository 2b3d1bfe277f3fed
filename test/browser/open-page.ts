// Chromium as Debian packages it, and the example as a build would serve it, before an open house. What is done on the page
// is its tests'.
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { build, preview } from 'vite';
import { OPENED_AT } from '../open-house.ts';

const EXAMPLE = resolve(import.meta.dirname, '../../clients/example');
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** In a container there is neither a sandbox nor a GPU, and nothing of it may ask the network. */
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'].concat(
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-dev-shm-usage',
);
/** A page on a machine that is busy with other tests. */
const PATIENCE_MS = 30_000;

/** Where a browser is; null where none is. */
export async function findChromium(): Promise<string | null> {
  for (const path of PLACES) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return null;
}

export const launch = (executablePath: string): Promise<Browser> => chromium.launch({ executablePath, args: FLAGS });

/** Builds the example into `folder` and serves it, calls to /api passed on to `api`. */
export async function serveExample(folder: string, api: string): Promise<{ url: string; close(): Promise<void> }> {
  const outDir = join(folder, 'dist');
  const shared = { root: EXAMPLE, configFile: join(EXAMPLE, 'vite.config.ts'), logLevel: 'error' } as const;
  await build({ ...shared, build: { outDir, emptyOutDir: true } });
  const server = await preview({
    ...shared,
    build: { outDir },
    preview: { host: '127.0.0.1', port: 0, open: false, proxy: { '/api': { target: api } } },
  });
  return { url: server.resolvedUrls?.local[0] ?? '', close: () => server.close() };
}

/** A visitor's page: her zone, and the hour of the house. `faults` gathers what the page itself complains of. */
export async function openPage(browser: Browser, url: string, zone: string, faults: string[] = []): Promise<Page> {
  const context = await browser.newContext({
    timezoneId: zone,
    locale: 'en-US',
    // A transition half way has colours that nobody chose.
    reducedMotion: 'reduce',
    viewport: { width: 1280, height: 900 },
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  page.on('pageerror', ({ message }) => faults.push(message));
  await page.clock.setFixedTime(OPENED_AT);
  await page.goto(url);
  return page;
}
