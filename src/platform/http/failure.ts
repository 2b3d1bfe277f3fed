// What went wrong, as a Refusal: faults of the request that Fastify or Node found, a database that is away, or null where
// it is a bug of ours. How a Refusal is answered is problem.ts's.
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError } from 'fastify';
import pg from 'pg';
import { newRequestId } from '../ids.ts';
import { Refusal, type RefusalCode } from '../refusal.ts';
import { PROBLEM_TYPE, problemOf } from './problem.ts';
import { faultsOf } from './validation.ts';

const BY_FASTIFY_CODE: Readonly<Record<string, readonly [RefusalCode, string]>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported_media_type', 'Send the body as application/json.'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['body_too_large', 'The body is larger than this server reads.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['invalid_request', 'The body is not as long as Content-Length says.'],
  FST_ERR_BAD_URL: ['invalid_request', 'The address is not valid: its percent-encoding is broken.'],
  FST_ERR_MAX_PARAM_LENGTH: ['invalid_request', 'A part of the address is too long.'],
  FST_ERR_ASYNC_CONSTRAINT: ['invalid_request', 'The address is not valid.'],
};

/** A database that cannot be reached: node's and the driver's words for it, and classes 08 and 57P of PostgreSQL. */
const AWAY = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND']);
const AWAY_STATE = /^(?:08|57P|53)/;
/** lock_not_available, query_canceled: its time limits were passed. */
const TOO_SLOW_STATE = /^(?:55P03|57014)$/;
const RETRY_AFTER_SECONDS = 2;

/** Null: nobody's fault but ours. */
export function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  if (!(error instanceof Error)) return null;
  return fromFastify(error as FastifyError) ?? fromDatabase(error);
}

function fromFastify(error: FastifyError): Refusal | null {
  if (error.validation) {
    const errors = faultsOf(error.validation, error.validationContext);
    const first = errors[0];
    const message = first ? `${first.pointer || 'The body'} ${first.message}.` : 'The request is not as described.';
    return new Refusal('invalid_request', message, { errors });
  }
  const known = Object.hasOwn(BY_FASTIFY_CODE, error.code ?? '') ? BY_FASTIFY_CODE[error.code] : undefined;
  if (known) return new Refusal(known[0], known[1]);
  // Whatever else Fastify and its plugins blame on the caller.
  const blamed = (error.code ?? '').startsWith('FST_') && (error.statusCode ?? 500) < 500;
  return blamed ? new Refusal('invalid_request', 'The request is not valid.') : null;
}

function fromDatabase(error: Error): Refusal | null {
  const state = error instanceof pg.DatabaseError ? (error.code ?? '') : '';
  const options = { retryAfterSeconds: RETRY_AFTER_SECONDS };
  if (TOO_SLOW_STATE.test(state)) return new Refusal('overloaded', 'The server is busy. Try again soon.', options);
  const nodeCode = (error as NodeJS.ErrnoException).code ?? '';
  const away =
    AWAY_STATE.test(state) ||
    (state === '' && AWAY.has(nodeCode)) ||
    error.name === 'CommitUnknown' ||
    /^(?:Connection terminated|Client has encountered a connection error)/.test(error.message);
  return away ? new Refusal('not_ready', 'The database cannot be reached. Try again soon.', options) : null;
}

const BY_NODE_CODE: Readonly<Record<string, readonly [RefusalCode, string]>> = {
  HPE_HEADER_OVERFLOW: ['header_too_large', 'The headers are larger than this server reads.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['body_too_large', 'The chunk extensions are larger than this server reads.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['request_timeout', 'The request took too long to arrive.'],
};

/** Answers what is no HTTP request at all, on the bare socket; the connection ends with it. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket & { parser?: IncomingMessage }): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (!socket.writable) return void socket.destroy();
  const [code, message] = BY_NODE_CODE[error.code ?? ''] ?? ['invalid_request', 'This is not an HTTP request.'];
  const problem = problemOf(new Refusal(code, message), newRequestId());
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\ncontent-type: ${PROBLEM_TYPE}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
