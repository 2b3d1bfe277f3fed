// Bodies as the bytes that came: a signature over a body is over its bytes, and JSON read and written again has others.
import type { App } from './server.ts';

/** Routes hung by `hang` take a body of any content type up to `mostBytes`; `bytesOf` gives it. */
export function hangRaw(app: App, mostBytes: number, hang: (raw: App) => void): void {
  void app.register(async (raw) => {
    raw.removeAllContentTypeParsers();
    raw.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: mostBytes }, (_request, body, done) =>
      done(null, body),
    );
    hang(raw);
  });
}

/** No body is an empty one. */
export function bytesOf(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
