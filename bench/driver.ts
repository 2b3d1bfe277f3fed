// Load over HTTP/1.1 on plain sockets: one request at a time on each connection, every latency kept in microseconds.
// It does as little as it can, since it shares the machine with what it measures.
import { connect } from 'node:net';

export type Load = {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** The next request whole, or null when there is nothing left to ask. */
  readonly next: () => string | null;
  /** Anything else in answer is an error and ends the run. */
  readonly status: number;
};

export type Outcome = {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

/** An answer that has not come by then will not come: the run fails instead of hanging. */
const SILENCE_MS = 15_000;

export function get(path: string, token: string | null): string {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${token ? `Authorization: Bearer ${token}\r\n` : ''}\r\n`;
}

export function post(path: string, token: string, body: object, key?: string): string {
  const text = JSON.stringify(body);
  return (
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n` +
    (key === undefined ? '' : `Idempotency-Key: ${key}\r\n`) +
    `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
  );
}

export async function drive(load: Load): Promise<Outcome> {
  const latencies: number[] = [];
  const start = performance.now();
  const until = start + load.seconds * 1000;
  await Promise.all(Array.from({ length: load.connections }, () => converse(load, until, latencies)));
  return outcome(latencies, (performance.now() - start) / 1000);
}

export function outcome(latenciesMs: readonly number[], seconds: number): Outcome {
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { requests: sorted.length, perSecond: sorted.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

function converse(load: Load, until: number, latencies: number[]): Promise<void> {
  return new Promise((done, fail) => {
    const socket = connect({ host: '127.0.0.1', port: load.port, noDelay: true });
    let received = '';
    let sentAt = 0;
    const ask = () => {
      const request = performance.now() < until ? load.next() : null;
      if (request === null) {
        socket.destroy();
        done();
        return;
      }
      sentAt = performance.now();
      socket.write(request);
    };
    const stop = (message: string) => {
      socket.destroy();
      fail(new Error(message));
    };
    socket.setEncoding('latin1');
    socket.setTimeout(SILENCE_MS, () => stop(`no answer in ${SILENCE_MS} ms`));
    socket.on('error', fail);
    socket.on('end', () => stop('the server hung up'));
    socket.on('connect', ask);
    socket.on('data', (chunk: string) => {
      received += chunk;
      const head = received.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(received.slice(0, head))?.[1] ?? Number.NaN);
      if (Number.isNaN(length)) return stop(`an answer without a length: ${received.slice(0, head)}`);
      if (received.length < head + 4 + length) return;
      latencies.push(performance.now() - sentAt);
      const status = Number(received.slice(9, 12));
      if (status !== load.status) return stop(`expected ${load.status}, got: ${received.slice(0, 1_200)}`);
      received = '';
      ask();
    });
  });
}
