// Bytes to JSON, for request bodies. Refuses what JSON allows and no field of ours can hold: `__proto__`, NUL, and half a
// character. Shape and size are for schemas and the body limit.
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../refusal.ts';

type Done = (error: Error | null, body?: unknown) => void;

/** Without these there is nothing to look for: raw NUL is no JSON, and half characters come as escapes alone. */
const SUSPICIOUS = /"(?:__proto__|constructor)"|\\u/;

/** RFC 8259, 8.1: UTF-8. Left to itself a decoder would put a question mark for what is not. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A body parser of Fastify's. No bytes at all are no body: undefined. */
export function readJson(_request: FastifyRequest, bytes: Buffer, done: Done): void {
  if (bytes.length === 0) return done(null, undefined);
  let text: string;
  let body: unknown;
  try {
    text = utf8.decode(bytes);
    body = JSON.parse(text);
  } catch {
    return done(new Refusal('invalid_json', 'The body is not valid JSON in UTF-8.'));
  }
  const fault = SUSPICIOUS.test(text) ? findFault(body) : null;
  return fault === null ? done(null, body) : done(new Refusal('invalid_request', `The body holds ${fault}.`));
}

/** Walks without recursion, since a caller chooses the depth. */
function findFault(body: unknown): string | null {
  const left: unknown[] = [body];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value === 'string') {
      const fault = textFault(value);
      if (fault) return fault;
    } else if (typeof value === 'object' && value !== null) {
      for (const key of Object.keys(value)) {
        // Whoever copies such a key into another object would change its prototype.
        if (key === '__proto__' || key === 'constructor') return `the key "${key}"`;
        const fault = textFault(key);
        if (fault) return fault;
        left.push((value as Record<string, unknown>)[key]);
      }
    }
  }
  return null;
}

function textFault(text: string): string | null {
  if (text.includes('\0')) return 'a NUL character';
  return text.isWellFormed() ? null : 'half a character (a lone surrogate)';
}
