// The page about the sandbox as a stranger meets it: its examples are run as they stand, in one shell and in order, and print
// what the page says they do; every field and switch there is, it tells of.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { asShipped } from '../as-shipped.ts';
import { call } from './open-sandbox.ts';

const END = '--- end of block ---';
/** Two hundred calls of curl, and some that wait on purpose. */
const PATIENCE_MS = 60_000;

async function startAsTold(page: string) {
  const [, options = ''] = /npm run sandbox -- (--memory .*)/.exec(page) ?? [];
  const told = [...asShipped('commands/sandbox.ts'), '--port', '0', ...options.split(' ')];
  const child = spawn(process.execPath, told, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, url: /http:\/\/[\d.:]+/.exec(said.toString())?.[0] ?? '' };
}

it(
  'every example of docs/sandbox.md prints what stands below it, and every field and switch is told of',
  async () => {
    const page = await readFile('docs/sandbox.md', 'utf8');
    const examples = [...page.matchAll(/^```bash\n(.*?)^```\n\n```text\n(.*?)^```$/gms)];
    expect(examples.length).toBeGreaterThan(7);
    const { child, url } = await startAsTold(page);
    const script = examples.map(([, commands]) => `${commands}\necho '${END}'\n`).join('');
    const shell = spawn('bash', ['-uc', script], { env: { PATH: process.env['PATH'], BOX: url } });
    let said = '';
    shell.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await once(shell, 'close');
    const printed = said.replaceAll('\r', '').split(`${END}\n`).slice(0, -1);
    expect(printed).toEqual(examples.map(([, , shown]) => shown));

    const fields = await call(`${url}/control/faults`, 'POST', {}, { nonsense: 1 });
    const names = /there are ([\w, ]+)/.exec(JSON.stringify(fields.body))?.[1]?.split(', ') ?? [];
    const switches = Object.keys((await call(`${url}/control/switches`)).body);
    expect(names.length + switches.length).toBeGreaterThan(20);
    expect([...names, ...switches].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
    child.kill('SIGTERM');
    await once(child, 'exit');
  },
  PATIENCE_MS,
);
