// Lays the data folder of the embedded PostgreSQL: made whole beside its place, written through to the disk, then
// renamed. So a folder that is there is finished, whatever was killed on the way. Also its settings and passwords.
import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readdir, readFile, rename, rm, rmdir, writeFile, appendFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { exists, type Account } from './embedded-account.ts';
import type { Binaries } from './embedded-binaries.ts';
import { runProgram } from './embedded-program.ts';

export type Passwords = { readonly owner: string; readonly app: string };

/** The major version of the packed programs; a folder of another cannot be read by them. */
const MAJOR = '18';
const PASSWORDS = 'slotkeeper-passwords.json';
const SETTINGS = 'slotkeeper.conf';
const PASSWORD_BYTES = 24;

/** For one machine that also runs the application: small, durable, silent to the network. */
const DEFAULT_SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // Relative to the data folder, which is closed to others.
  unix_socket_directories: process.platform === 'win32' ? '' : '.',
  shared_buffers: '128MB',
  max_connections: '100',
  wal_compression: 'on',
  fsync: 'on',
  synchronous_commit: 'on',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Values of a failed statement can be personal.
  log_parameter_max_length_on_error: '0',
  log_min_error_statement: 'panic',
};

export type ClusterOptions = {
  readonly folder: string;
  readonly account: Account;
  readonly binaries: Binaries;
  /** False leaves out writing through: for tests. */
  readonly durable: boolean;
};

/** True where this call laid the folder. */
export async function ensureCluster(options: ClusterOptions): Promise<boolean> {
  const { folder } = options;
  await removeUnfinished(folder);
  if (await exists(join(folder, 'PG_VERSION'))) {
    const major = (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim();
    if (major === MAJOR) return false;
    throw new Error(
      `${folder} was made by PostgreSQL ${major}; this is ${MAJOR}. Move the data with pg_dump, or go back.`,
    );
  }
  try {
    await rmdir(folder);
  } catch (error) {
    // Another process may have laid it just now.
    if (await exists(join(folder, 'PG_VERSION'))) return false;
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new Error(`${folder} is no database and not empty: choose another DATA_DIR or clear it`, { cause: error });
    }
  }
  const unfinished = `${folder}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    await lay(unfinished, options);
    await rename(unfinished, folder);
    if (options.durable) await sync(dirname(folder));
    return true;
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    // Another process was first: its folder is as good.
    if (await exists(join(folder, 'PG_VERSION'))) return false;
    throw error;
  }
}

async function lay(folder: string, { account, binaries, durable }: ClusterOptions): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  if (account) await chown(folder, account.uid, account.gid);
  const passwords: Passwords = { owner: newPassword(), app: newPassword() };
  const passwordFile = `${folder}.password`;
  await writePrivate(passwordFile, passwords.owner, account);
  const parameters = ['-D', folder, '-U', 'slotkeeper_owner', `--pwfile=${passwordFile}`, '-A', 'scram-sha-256'];
  parameters.push('-E', 'UTF8', '--no-locale', '--locale-provider=builtin', '--builtin-locale=C.UTF-8');
  try {
    const { code, output } = await runProgram(binaries.initdb, durable ? parameters : [...parameters, '--no-sync'], {
      account,
      cwd: folder,
    });
    if (code !== 0) throw new Error(`The embedded PostgreSQL could not lay its data folder: ${output}`);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await appendFile(join(folder, 'postgresql.conf'), `\ninclude_if_exists '${SETTINGS}'\n`);
  await writePrivate(join(folder, PASSWORDS), `${JSON.stringify(passwords)}\n`, account);
  if (durable) {
    for (const name of ['postgresql.conf', PASSWORDS, '.']) await sync(join(folder, name));
  }
}

/** Settings of this start. Two processes may write at once: each writes the whole file by one rename. */
export async function writeSettings(
  folder: string,
  account: Account,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const lines = Object.entries({ ...DEFAULT_SETTINGS, ...settings }).map(
    ([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`,
  );
  const fresh = join(folder, `${SETTINGS}.new-${process.pid}`);
  await writePrivate(fresh, `# Written at every start.\n${lines.join('\n')}\n`, account);
  await rename(fresh, join(folder, SETTINGS));
}

/** The port of the last start; null where there was none. */
export async function readPort(folder: string): Promise<number | null> {
  const text = await readFile(join(folder, SETTINGS), 'utf8').catch(() => '');
  const port = Number(/^port = '(\d{1,5})'$/m.exec(text)?.[1]);
  return port > 0 ? port : null;
}

export async function readPasswords(folder: string): Promise<Passwords> {
  const path = join(folder, PASSWORDS);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new Error(`The passwords of the embedded database cannot be read (${path}). Without them it stays shut.`, {
      cause: error,
    });
  });
  return JSON.parse(text) as Passwords;
}

/** What killed processes left beside the folder. Their names tell the pid; one that lives is still at work. */
async function removeUnfinished(folder: string): Promise<void> {
  const parent = dirname(folder);
  for (const name of await readdir(parent)) {
    const pid = name.startsWith(`${basename(folder)}.new-`) ? /\.new-(\d+)-/.exec(name)?.[1] : undefined;
    if (pid !== undefined && Number(pid) !== process.pid && !isAlive(Number(pid))) {
      // An initdb whose parent was killed may still be writing in it: then a later start clears it.
      await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function writePrivate(path: string, text: string, account: Account): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  if (account) await chown(path, account.uid, account.gid);
}

async function sync(path: string): Promise<void> {
  // Windows cannot open a folder to write it through; its file system journals renames.
  if (process.platform === 'win32') return;
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function newPassword(): string {
  return randomBytes(PASSWORD_BYTES).toString('base64url');
}
