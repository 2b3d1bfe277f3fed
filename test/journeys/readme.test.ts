// The README as a stranger meets it: its commands are run as they stand, in order, against a server started as it says, and
// the answers it shows have the shape of those that come. Its links lead somewhere.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
/** A first start makes a database. */
const START_MS = 60_000;
const END_OF_BLOCK = '--- end of block ---';

type Block = { readonly language: string; readonly text: string };

let readme: string;
let folder: string;
let server: ChildProcess;
let environment: NodeJS.ProcessEnv;
let url: string;

beforeAll(async () => {
  readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  folder = await mkdtemp(join(tmpdir(), 'slotkeeper-readme-'));
  // As root the database runs as another account, which must get in, or it goes where nobody would tidy up.
  await chmod(folder, 0o755);
  const [port, sandboxPort] = [await freePort(), await freePort()];
  // Nothing of the machine's own settings; what a stranger would have, and other ports.
  const { PATH, HOME } = process.env;
  environment = { PATH, HOME, PORT: String(port), SANDBOX_PORT: String(sandboxPort), DATA_DIR: folder };
  url = `http://127.0.0.1:${port}`;
  server = spawn('node', ['src/main.ts'], { cwd: ROOT, env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
  await ready(server);
}, START_MS);

afterAll(async () => {
  await stopped();
  await rm(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Resolves when the log says so; from then on the log is let run. */
function ready(child: ChildProcess): Promise<void> {
  return new Promise((done, fail) => {
    let log = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes('"msg":"ready"')) done();
    });
    child.once('exit', (code) => fail(new Error(`the server ended with ${code}:\n${log}`)));
  });
}

/** The code the server ends with, asked to stop. */
async function stopped(): Promise<number | null> {
  if (server.exitCode !== null) return server.exitCode;
  server.kill('SIGTERM');
  const [code] = (await once(server, 'exit')) as [number | null];
  return code;
}

function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', body = '']) => ({
    language,
    text: body,
  }));
}

/** What each block of a shell session wrote, all run in one shell, ended by the first that fails. */
async function runInShell(blocks: readonly Block[]): Promise<string[]> {
  const script = blocks.map(({ text }) => `${text}\necho; echo '${END_OF_BLOCK}'\n`).join('');
  const shell = spawn('bash', ['-euo', 'pipefail', '-c', script], { cwd: ROOT, env: environment });
  let [said, complained] = ['', ''];
  shell.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  shell.stderr.on('data', (chunk: Buffer) => (complained += chunk.toString()));
  const [code] = (await once(shell, 'close')) as [number];
  expect(code, `${said}\n${complained}`).toBe(0);
  return said.split(END_OF_BLOCK).slice(0, -1);
}

/** Keys and kinds of values, whatever the values are. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]));
}

describe('README.md', () => {
  test(
    'the journey in curl runs from top to bottom, and answers as it shows',
    async () => {
      const blocks = blocksOf(readme).filter(({ language }) => language === 'bash' || language === 'json');
      const commands = blocks.filter(({ language }) => language === 'bash');
      const outputs = await runInShell(commands);
      expect(outputs).toHaveLength(commands.length);
      const shown = blocks.flatMap((block, i) => {
        const before = blocks[i - 1];
        return block.language === 'json' && before ? [{ text: block.text, at: commands.indexOf(before) }] : [];
      });
      expect(shown.length).toBeGreaterThan(5);
      for (const { text, at } of shown) {
        expect(shapeOf(JSON.parse(outputs[at] ?? '')), commands[at]?.text).toEqual(shapeOf(JSON.parse(text)));
      }
      const said = (word: string) => outputs[commands.findIndex(({ text }) => text.includes(word))]?.trim();
      expect(said('field ".code"')).toBe('slot_taken');
      const [zoom, google, ...mails] = said('$BOX/control/mailbox')?.split('\n').toReversed() ?? [];
      expect([zoom, google]).toEqual(['0', '0']);
      expect([4, 6]).toContain(mails.length);
      expect(mails.join('\n')).toMatch(/user@example.com: Cancelled/);
    },
    START_MS,
  );

  test('the front end’s function reads answers and refusals', async () => {
    const [example] = blocksOf(readme).filter(({ language }) => language === 'js');
    const file = join(folder, 'front-end.mjs');
    await writeFile(file, example?.text.replace('https://booking.example.org', url) ?? '');
    const { call } = (await import(pathToFileURL(file).href)) as {
      call: (path: string, options?: object) => Promise<{ name?: string }>;
    };
    expect((await call('/api/practitioners/123')).name).toBe('Dr. Sarah Johnson');
    await expect(call('/api/appointments', { method: 'POST', body: { a: 1 } })).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });

  test('every file it leads to is there', async () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(4);
    for (const link of links) await expect(access(join(ROOT, link)), link).resolves.toBeUndefined();
  });

  test('every script and setting it names exists', async () => {
    const scripts = (JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { scripts: object }).scripts;
    const named = [...readme.matchAll(/npm run (?:--silent )?([a-z]+)/g)].map(([, script = '']) => script);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
    const settings = await readFile(join(ROOT, '.env.example'), 'utf8');
    const words = [...readme.matchAll(/`([A-Z][A-Z]+_[A-Z_]+[A-Z])\b/g)].map(([, word = '']) => word);
    for (const word of words) expect(settings, word).toContain(word);
  });

  test('SIGTERM ends the server in order', async () => {
    expect(await stopped()).toBe(0);
  });
});
