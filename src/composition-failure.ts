// Why nothing could be started, in one plain sentence that says what to do, and the code a process ends with. For whoever
// starts the house: main and the commands.
import { ConfigError, type Config } from './config.ts';
import { NoSandbox } from './sandbox/ask.ts';

export type Failure = { readonly sentence: string; readonly exitCode: number };

/** sysexits.h: something in the configuration is wrong, trying again will not help. */
const EX_CONFIG = 78;

/** `config`: as far as it could be read. */
export function failureOf(error: unknown, config: Config | null): Failure {
  if (error instanceof ConfigError) return { sentence: error.message, exitCode: EX_CONFIG };
  return { sentence: (config && sentenceOfAddress(error, config)) ?? wordsOf(error), exitCode: 1 };
}

/** What an error says, as a sentence without a password: a URL with one may stand in it. */
export function sayPlainly(error: unknown): string {
  const { code, message } = error as Partial<NodeJS.ErrnoException>;
  const told = (message || code || String(error)).replaceAll(/:[^:@/\s]+@/g, ':***@');
  return /[.!?]$/.test(told) ? told : `${told}.`;
}

/** The same, and where it sounds like the database, what to look at. */
export function wordsOf(error: unknown): string {
  const words = sayPlainly(error);
  const { code, path } = error as Partial<NodeJS.ErrnoException>;
  // A file's, which has a path.
  if (path !== undefined) return words;
  // Node's words for a network, and PostgreSQL's for a login (class 28) or a database (3D) that is not there.
  return /^(?:E[A-Z]+|28...|3D000)$/.test(code ?? '') ? `${words} Is DATABASE_URL right, and the server up?` : words;
}

type Address = { readonly hostname?: string; readonly port?: number };

/** Null where it is not about an address we listen at. */
function sentenceOfAddress(error: unknown, config: Config): string | null {
  const { host, port, workerPort, process: does, sandboxPort } = config;
  const own = does === 'worker' ? (workerPort ?? 0) : port;
  if (error instanceof NoSandbox) {
    return `Port ${sandboxPort} is in use by something that is no sandbox of ours: stop it, or set SANDBOX_PORT.`;
  }
  const { code, syscall, hostname, port: at = own } = error as NodeJS.ErrnoException & Address;
  const listening = does === 'worker' ? 'WORKER_PORT' : 'PORT';
  const setting = at === sandboxPort && at !== own ? 'SANDBOX_PORT' : listening;
  if (syscall === 'getaddrinfo' && hostname === host) return `HOST is ${host}, which is not known. Set HOST.`;
  if (syscall !== 'listen') return null;
  if (code === 'EADDRINUSE') return `Port ${at} is in use: stop what runs there, or set ${setting}.`;
  if (code === 'EADDRNOTAVAIL') return `HOST is ${host}, which is no address of this machine. Set HOST.`;
  if (code === 'EACCES') return `Port ${at} may not be used by this account: set ${setting} to 1024 or more.`;
  return null;
}
