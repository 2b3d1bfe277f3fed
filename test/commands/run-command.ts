// Runs a command of ours as a person would, with the settings given and no others.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { asShipped } from '../as-shipped.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What it said, and with what it ended. */
export async function runCommand(
  name: string,
  parameters: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [...asShipped(`commands/${name}.ts`), ...parameters], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', ...settings },
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: child.exitCode, out, err };
}
