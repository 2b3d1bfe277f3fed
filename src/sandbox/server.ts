// The one HTTP server in front of all emulators, and the one place where faults and quotas on concurrency are put
// around a call. It knows nothing of what any endpoint does.
import { STATUS_CODES } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Log } from '../platform/log.ts';
import { Refused, type Answer, type Call, type Emulator, type Endpoint, type World } from './endpoint.ts';
import type { Fault, Faults } from './faults.ts';

/** Several times what any provider's call of ours needs; more is refused before it is read. */
const MOST_BODY_BYTES = 1_048_576;
/** Google's event ids may have 1024 characters; percent-encoding triples them. */
const MOST_PATH_PART = 3_072;
/** Graph allows an app this many requests at a time on one mailbox (throttling limits, Outlook service). */
const MOST_CONCURRENT_PER_MAILBOX = 4;
/** With quotas on, a mailbox request takes at least this long, else nothing could ever overlap. */
const MAILBOX_WORK_MS = 25;

export type Surroundings = { readonly world: World; readonly faults: Faults; readonly log: Log };

/** `emulators` word what goes wrong before an endpoint is reached: unknown paths, bodies past the limit. */
export function createServer(ready: Promise<void>, emulators: readonly Emulator[]): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: MOST_BODY_BYTES,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: MOST_PATH_PART },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async () => ready);
  const worded = (request: FastifyRequest, status: number): Answer =>
    emulators.find((one) => request.url.startsWith(`${one.prefix}/`))?.fail(status) ?? {
      status,
      body: { message: status === 404 ? 'the sandbox has no such path' : 'the sandbox cannot take this request' },
    };
  app.setNotFoundHandler((request, reply) => send(reply, worded(request, 404)));
  app.setErrorHandler<{ statusCode?: number }>((error, request, reply) =>
    send(reply, worded(request, error.statusCode ?? 500)),
  );
  return app;
}

/** Hangs an emulator's endpoints under its prefix. `stopping` ends every wait when the sandbox closes. */
export function hang(app: FastifyInstance, emulator: Emulator, around: Surroundings, stopping: AbortSignal): void {
  const busy = new Map<string, number>();
  const serve = serveWith(emulator, around, stopping);
  for (const endpoint of emulator.endpoints) {
    app.route({
      method: endpoint.method,
      url: emulator.prefix + endpoint.path,
      handler: async (request, reply) => {
        const call = callOf(request);
        const limited = endpoint.mailbox === true && around.world.switches.now().graphConcurrency;
        const mailbox = limited ? emulator.accountsOf(call)[0] : undefined;
        if (mailbox === undefined) return serve(endpoint, call, reply);
        const running = busy.get(mailbox) ?? 0;
        if (running >= MOST_CONCURRENT_PER_MAILBOX) {
          return send(reply, withRetryAfter(emulator.fail(429, endpoint.operation), 1));
        }
        busy.set(mailbox, running + 1);
        try {
          await pause(MAILBOX_WORK_MS, stopping);
          return await serve(endpoint, call, reply);
        } finally {
          const left = (busy.get(mailbox) ?? 1) - 1;
          if (left > 0) busy.set(mailbox, left);
          else busy.delete(mailbox);
        }
      },
    });
  }
}

/** The walk of one call: a fault that fails it, or the work in one transaction, then a fault that spoils the answer. */
function serveWith(emulator: Emulator, around: Surroundings, stopping: AbortSignal) {
  const later = ({ workAfterMs }: Fault, act: () => unknown): void => {
    if (workAfterMs === undefined) return;
    void pause(workAfterMs, stopping).then(() => stopping.aborted || act());
  };
  return async (endpoint: Endpoint, call: Call, reply: FastifyReply): Promise<FastifyReply> => {
    const order = around.faults.match({
      provider: emulator.provider,
      operation: endpoint.operation,
      now: around.world.clock.now(),
      overHttp: true,
      accounts: () => emulator.accountsOf(call),
    });
    const fault = order?.fault;
    if (fault?.status !== undefined && fault.afterSuccess !== true) {
      order?.spend();
      await pause(fault.latencyMs ?? 0, stopping);
      later(fault, () => work(emulator, endpoint, call, around));
      return send(reply, failureOf(emulator, endpoint, fault));
    }
    if (fault?.dropBeforeWork === true) {
      order?.spend();
      await pause(fault.latencyMs ?? 0, stopping);
      later(fault, () => work(emulator, endpoint, call, around));
      return dropped(reply);
    }
    const answer = work(emulator, endpoint, call, around);
    // What spoils a success leaves a refusal as it is, and waits for the next success.
    const spoils = fault !== undefined && [fault.dropAfterSuccess, fault.afterSuccess, fault.html].includes(true);
    const strikes = answer.status < 300 && spoils;
    if (strikes || !spoils) {
      order?.spend();
      await pause(fault?.latencyMs ?? 0, stopping);
    }
    if ((strikes && fault.dropAfterSuccess === true) || stopping.aborted) return dropped(reply);
    if (strikes && fault.status !== undefined) return send(reply, failureOf(emulator, endpoint, fault));
    // A 204 has no body, so nobody could tell.
    if (strikes) return send(reply, pageOf(answer.status === 204 ? 200 : answer.status));
    return send(reply, answer);
  };
}

function dropped(reply: FastifyReply): FastifyReply {
  reply.hijack();
  reply.raw.destroy();
  return reply;
}

/** The refusal that a fault with a status asks for. */
function failureOf(emulator: Emulator, endpoint: Endpoint, fault: Fault): Answer {
  const { status = 500, html, code, retryAfter } = fault;
  const failure = html === true ? pageOf(status) : emulator.fail(status, endpoint.operation, code);
  return retryAfter === undefined ? failure : withRetryAfter(failure, retryAfter);
}

function withRetryAfter(answer: Answer, said: string | number): Answer {
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(said) } };
}

/** What a proxy or a load balancer says when it speaks in the provider's place. */
function pageOf(status: number): Answer {
  const title = `${status} ${STATUS_CODES[status] ?? 'Unknown'}`;
  const page = `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
  return { status, page };
}

/** Committed when it returns. An emulator's own bug is answered as the provider's 500. */
function work(emulator: Emulator, endpoint: Endpoint, call: Call, around: Surroundings): Answer {
  try {
    return around.world.state.transaction(() => endpoint.handle(call));
  } catch (error) {
    if (error instanceof Refused) return error.answer;
    around.log.error({ err: error, provider: emulator.provider, path: endpoint.path }, 'sandbox: an emulator failed');
    return emulator.fail(500, endpoint.operation);
  }
}

function callOf(request: FastifyRequest): Call {
  const question = request.url.indexOf('?');
  return {
    params: request.params as Record<string, string>,
    query: new URLSearchParams(question < 0 ? '' : request.url.slice(question + 1)),
    headers: request.headers,
    body: typeof request.body === 'string' ? request.body : '',
  };
}

export function send(reply: FastifyReply, answer: Answer): FastifyReply {
  void reply.code(answer.status).headers({ 'cache-control': 'no-store', ...answer.headers });
  if (answer.page !== undefined) return reply.type('text/html; charset=utf-8').send(answer.page);
  if (answer.body === undefined) return reply.send();
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer.body));
}

async function pause(ms: number, stopping: AbortSignal): Promise<void> {
  if (ms <= 0 || stopping.aborted) return;
  await wait(ms, undefined, { signal: stopping }).catch(() => undefined);
}
