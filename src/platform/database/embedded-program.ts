// Runs the programs the embedded PostgreSQL needs, as the account it needs, within a bound. Which and when is told in
// embedded.ts.
import { spawn } from 'node:child_process';
import type { Account } from './embedded-account.ts';

/** The longest any of them may take: starting includes recovery after a crash. */
const PROGRAM_TIMEOUT_MS = 180_000;
/** What is kept of a program's words: enough for an error message. */
const OUTPUT_LIMIT = 4_000;

export type ProgramOptions = {
  readonly account?: Account;
  readonly cwd?: string;
  /** A program that leaves a daemon behind, which may keep our pipes open: what counts is that it has ended itself. */
  readonly leavesDaemon?: boolean;
};

/** Never throws: a program that cannot be started answers code -1 with the reason. */
export function runProgram(
  program: string,
  parameters: readonly string[],
  options: ProgramOptions,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(program, parameters, {
      cwd: options.cwd ?? '/',
      ...(options.account ? { uid: options.account.uid, gid: options.account.gid } : {}),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PROGRAM_TIMEOUT_MS,
      windowsHide: true,
    });
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-OUTPUT_LIMIT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ code: -1, output: error.message }));
    child.on(options.leavesDaemon ? 'exit' : 'close', (code) => {
      // What it wrote before it ended is read first.
      setImmediate(() => {
        child.stdout.destroy();
        child.stderr.destroy();
        resolve({ code: code ?? -1, output: output.trim() });
      });
    });
  });
}
