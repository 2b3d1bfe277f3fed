// Who the embedded PostgreSQL runs as, and where that account can keep its data. PostgreSQL refuses to run as root, so
// root lends it the account `postgres`; everybody else runs it as themselves.
import { createHash } from 'node:crypto';
import { access, chmod, chown, mkdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Log } from '../log.ts';
import { runProgram } from './embedded-program.ts';

/** Null: ourselves. */
export type Account = { readonly uid: number; readonly gid: number } | null;

const ACCOUNT_NAME = 'postgres';

export async function databaseAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return null;
  const known = await findAccount();
  if (known) return known;
  const made = await runProgram('useradd', ['--system', '--no-create-home', '--shell', '/bin/false', ACCOUNT_NAME], {});
  // Two processes may have tried: what counts is that it is there now.
  const account = await findAccount();
  if (account) return account;
  throw new Error(
    `PostgreSQL does not run as root, and the account "${ACCOUNT_NAME}" could not be made: ${made.output} ` +
      `Run Slotkeeper as another user, make that account, or set DATABASE_URL.`,
  );
}

async function findAccount(): Promise<Account> {
  // Numbers alone: what `id` says in words is in the language of whoever asks.
  const { code, output } = await runProgram('sh', ['-c', `id -u ${ACCOUNT_NAME} && id -g ${ACCOUNT_NAME}`], {});
  const [, uid, gid] = /^(\d+)\n(\d+)$/m.exec(output) ?? [];
  return code === 0 && uid && gid ? { uid: Number(uid), gid: Number(gid) } : null;
}

/** The folder the data will be in: the one wanted, or, where the account cannot reach that, one under /var/tmp named
 *  after it. Its parent is there and reachable afterwards. */
export async function dataFolder(wanted: string, account: Account, log: Log): Promise<string> {
  const path = resolve(wanted);
  // pg_ctl puts the path between double quotes and hands it to the shell.
  if (process.platform !== 'win32' && /["$`\\\n]/.test(path)) {
    throw new Error(`The data folder ${path} has a character PostgreSQL cannot be started with (one of " $ \` \\)`);
  }
  // Others may pass through to reach the database; what is in there is closed by itself.
  await mkdir(dirname(path), { recursive: true, mode: account ? 0o711 : 0o700 });
  const folder = join(await realpath(dirname(path)), path.slice(dirname(path).length + 1));
  if (!account || (await canReach(dirname(folder), account))) return folder;
  if (await exists(join(folder, 'PG_VERSION'))) {
    throw new Error(
      `The account "${ACCOUNT_NAME}" can no longer reach the database in ${folder}: open the folders above`,
    );
  }
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  const parent = `/var/tmp/slotkeeper-${name}`;
  await mkdir(parent, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const found = await stat(parent);
  // Anybody can make a folder of this name first.
  if (!found.isDirectory() || (found.uid !== 0 && found.uid !== account.uid)) {
    throw new Error(`${parent} belongs to somebody else: remove it, or choose a DATA_DIR "${ACCOUNT_NAME}" can reach`);
  }
  await chown(parent, account.uid, account.gid);
  await chmod(parent, 0o700);
  const instead = join(parent, 'postgres');
  log.info({ wanted: folder, folder: instead }, 'the database account cannot reach the data folder: using another');
  return instead;
}

/** Whether the account may pass through the folder. */
export async function canReach(folder: string, account: Account): Promise<boolean> {
  return account === null || (await runProgram('test', ['-x', folder], { account })).code === 0;
}

export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
