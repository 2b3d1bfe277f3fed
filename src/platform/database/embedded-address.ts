// Where the embedded PostgreSQL listens: the port, the same from one start to the next as far as it can be, and the
// addresses made of it.
import { createServer, type AddressInfo } from 'node:net';
import { readPort, type Passwords } from './embedded-cluster.ts';

const DATABASE = 'slotkeeper';
const OWNER = 'slotkeeper_owner';
/** The longest path of a socket is 103 bytes on macOS, 107 on Linux; the file's own name takes a part. */
const SOCKET_FOLDER_BYTES = 85;

export type Urls = { readonly ownerUrl: string; readonly appUrl: string };

/** By the socket in the data folder where its path is short enough (a fifth faster), else by loopback. */
export function urlsOf(folder: string, port: number, passwords: Passwords): Urls {
  const bySocket = process.platform !== 'win32' && Buffer.byteLength(folder) <= SOCKET_FOLDER_BYTES;
  const at = bySocket
    ? `localhost/${DATABASE}?host=${encodeURIComponent(folder)}&port=${port}`
    : `127.0.0.1:${port}/${DATABASE}`;
  return {
    ownerUrl: `postgres://${OWNER}:${passwords.owner}@${at}`,
    appUrl: `postgres://slotkeeper_app:${passwords.app}@${at}`,
  };
}

/** `known`: the port that others hold already, so that no other will do. Without it that of the last start where it is
 *  free: processes may still hold that one, too. */
export async function portToStartOn(folder: string, known?: number): Promise<number> {
  if (known !== undefined) {
    if ((await freePort(known)) === null) {
      throw new Error(`Port ${known}, where this process looks for its database, is taken.`);
    }
    return known;
  }
  const last = await readPort(folder);
  const free = (last !== null && (await freePort(last))) || (await freePort(0));
  if (free === null) throw new Error('No port of this machine is free for the embedded PostgreSQL');
  return free;
}

/** Null where it is taken; 0 asks for any. */
function freePort(wanted: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(error);
    });
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
