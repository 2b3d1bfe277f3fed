// The wire between the processes and their database, which can be cut or fall silent. Bytes alone; knows nothing of either.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type Wire = Awaited<ReturnType<typeof layWire>>;

/** To a port of this machine. */
export async function layWire(to: number) {
  const pairs = new Set<readonly [Socket, Socket]>();
  let silent = false;
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [one, other] of [pair, [far, near] as const]) {
      one.setNoDelay(true);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        pairs.delete(pair);
        other.destroy();
      });
      one.pipe(other);
      if (silent) one.pause();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const [near, far] of pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  };
  return {
    port: (server.address() as AddressInfo).port,
    /** Every connection breaks, whatever was on it. */
    cut,
    /** Nothing passes, and nobody is told; new connections are taken and stay silent too. */
    silence: (): void => {
      silent = true;
      for (const pair of pairs) for (const socket of pair) socket.pause();
    },
    /** What was held back arrives late; or, where `broken`, never. */
    speak: (broken: boolean): void => {
      silent = false;
      if (broken) cut();
      else for (const pair of pairs) for (const socket of pair) socket.resume();
    },
    end: (): void => {
      cut();
      server.close();
    },
  };
}
