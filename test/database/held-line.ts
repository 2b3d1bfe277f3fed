// A line to a database over which nothing comes any more, as a firewall or a dead host leaves it: from a moment on, or for every
// connection once it has logged in.
import { once } from 'node:events';
import { connect as dial, createServer, type AddressInfo, type Socket } from 'node:net';
import pg from 'pg';

export type Line = {
  /** The same database and login, over the line. */
  readonly url: string;
  /** What is sent from now on, on the connections there are, arrives nowhere. */
  hold(): void;
  /** Each connection from now on has its login answered, and nothing after it. */
  muteLater(): void;
  close(): void;
};

/** ReadyForQuery, idle (PostgreSQL manual, 54.7). */
const READY = Buffer.from('Z\0\0\0\x05I', 'latin1');

export async function openLine(to: string): Promise<Line> {
  const { host, port, user, password, database } = new pg.Client({ connectionString: to });
  const there = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
  const sockets: Socket[] = [];
  const all: Socket[] = [];
  let mute = false;
  const line = createServer((near) => {
    const far = dial(there);
    const muted = mute;
    for (const [from, towards] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (bytes: Buffer) => {
        towards.write(bytes);
        if (!muted || from !== far || !bytes.includes(READY)) return;
        for (const end of [near, far]) end.removeAllListeners('data').pause();
      });
      from.on('close', () => towards.destroy());
      from.on('error', () => undefined);
      sockets.push(from);
      all.push(from);
    }
  }).listen(0, '127.0.0.1');
  await once(line, 'listening');
  const login = `${encodeURIComponent(user ?? '')}:${encodeURIComponent(String(password))}`;
  return {
    url: `postgres://${login}@127.0.0.1:${(line.address() as AddressInfo).port}/${database ?? ''}`,
    hold: () => {
      for (const socket of sockets.splice(0)) socket.removeAllListeners('data').pause();
    },
    muteLater: () => {
      mute = true;
    },
    close: () => {
      line.close();
      for (const socket of all) socket.destroy();
    },
  };
}
