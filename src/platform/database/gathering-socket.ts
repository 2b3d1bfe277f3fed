// A socket that sends what is written in one go of the program as one piece. The driver writes each statement by itself; a
// system call for each, and a waking of the server, cost more than the statement's own parsing.
import { Socket } from 'node:net';

type Written = (error?: Error | null) => void;

export class GatheringSocket extends Socket {
  #gathering = false;

  constructor() {
    super();
    // Connecting gives a socket Node's own `write` (lib/net.js), as a property that hides the one below.
    this.on('connect', () => Reflect.deleteProperty(this, 'write'));
  }

  override write(piece: Uint8Array | string, written?: Written): boolean;
  override write(piece: Uint8Array | string, encoding?: BufferEncoding, written?: Written): boolean;
  override write(piece: Uint8Array | string, encoding?: BufferEncoding | Written, written?: Written): boolean {
    this.#gather();
    return typeof encoding === 'function' ? super.write(piece, encoding) : super.write(piece, encoding, written);
  }

  #gather(): void {
    if (this.#gathering) return;
    this.#gathering = true;
    this.cork();
    // After the promises that are ready now, and so after the statements they send.
    process.nextTick(() => {
      this.#gathering = false;
      this.uncork();
    });
  }

  /** One buffer costs the system call less than a list of them. */
  override _writev(pieces: { chunk: Buffer | string; encoding: BufferEncoding }[], written: Written): void {
    const bytes = pieces.map(({ chunk, encoding }) =>
      typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk,
    );
    this._write(Buffer.concat(bytes), 'buffer' as BufferEncoding, written);
  }
}
