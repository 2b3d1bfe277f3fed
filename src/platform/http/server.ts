// The HTTP server before any room is in it: limits, request ids, CORS, schemas, the API document, one log line a
// request, every error as a problem document. Who asks is identity's; what there is to ask, the rooms'.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RouteOptions,
} from 'fastify';
import { Type } from 'typebox';
import { acceptedRequestId, newRequestId } from '../ids.ts';
import { loggable, type Log } from '../log.ts';
import { Refusal, type RefusalCode } from '../refusal.ts';
import { addCors } from './cors.ts';
import { buildDocument, documentOptions, type AnswerHeader } from './document.ts';
import { answerBrokenRequest, refusalOf } from './failure.ts';
import { readJson } from './json-body.ts';
import { methodsByPath } from './method-not-allowed.ts';
import { answers, componentsOf } from './openapi.ts';
import { boundPipelining } from './pipelining.ts';
import { sendProblem } from './problem.ts';
import { requestTeller, type Answered } from './request-line.ts';
import { createSerialization, type Compiled } from './serialization.ts';
import { createValidation, FORMATS } from './validation.ts';

export type App = FastifyInstance<Server, IncomingMessage, ServerResponse, FastifyBaseLogger, TypeBoxTypeProvider>;

/** `none` counts nothing: for probes and documents. */
export type RateClass = 'read' | 'booking' | 'none';

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * Who may ask: anyone, the roles named, or `unguarded`: the route sees to itself, and the Authorization header is
     * not looked at. Without it a route is refused at start.
     */
    access?: 'public' | 'unguarded' | readonly string[];
    /** What an API key must be allowed for this route; each route that services may ask says it. */
    scope?: string;
    /** Which limit a request of this route counts against. */
    rate?: RateClass;
    /** As how many reads it counts, where it is more than one. */
    cost?: number;
    /** Headers of its answers that say more, for the API document. */
    answerHeaders?: readonly AnswerHeader[];
    /** Requests of probes are logged at debug. */
    quiet?: boolean;
  }
  interface FastifyRequest {
    /** Names the actor in the log; set by whoever authenticates. */
    caller: string | null;
    refusalCode: RefusalCode | null;
    /** What `routeOptions` was when the request came; that makes a new object each time it is asked. */
    route: FastifyRequest['routeOptions'];
  }
}

export type ServerOptions = {
  readonly log: Log;
  /** Origins whose pages may call; `*`: any. Tokens travel in a header, so any origin is no risk of itself. */
  readonly corsOrigins: readonly string[] | '*';
  /** Whose X-Forwarded-For is believed: nobody's, so many proxies', or those of addresses and networks. */
  readonly trustProxy: false | number | readonly string[];
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  /** Where the API document says the server is. Default: where the document came from. */
  readonly url?: string;
  /** Bytes. The largest true body is a booking, below 4 KiB. */
  readonly bodyLimit?: number;
  /** From the first byte of a request to its last. */
  readonly requestTimeoutMs?: number;
  readonly onAnswered?: Answered;
  readonly compiled?: Compiled;
};

const BODY_LIMIT = 64 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;
/** How often late requests are looked for. */
const LATE_CHECK_MS = 2_000;
/** Above the idle time of common load balancers (60 s), so that it is they who close. */
const KEEP_ALIVE_MS = 72_000;
const MAX_HEADER_BYTES = 16 * 1024;
/** A subject of 128 characters, each up to four bytes, percent-encoded. */
const MAX_PARAM_LENGTH = 128 * 4 * 3;
/** JSON is not to be run, framed, guessed at, told where its reader came from, or kept, unless its route says who may and how long. */
const GUARDS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};
/** Everything /docs shows comes from here; the page styles itself inline. */
const DOCS_POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; " +
  "base-uri 'self'; form-action 'self'; frame-ancestors 'self'";
const CHECKS = Object.fromEntries(Object.entries(FORMATS).map(([name, { check }]) => [name, check]));

export async function createServer(options: ServerOptions): Promise<App> {
  const validation = createValidation(options.compiled);
  const app = fastify({
    loggerInstance: childless(options.log),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: options.bodyLimit ?? BODY_LIMIT,
    requestTimeout: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      connectionsCheckingInterval: LATE_CHECK_MS,
      // A request without a body needs no stream to read it from.
      optimizeEmptyRequests: true,
    },
    trustProxy: trusted(options.trustProxy),
    requestIdHeader: false,
    genReqId: (request) => acceptedRequestId(request.headers['x-request-id']) ?? newRequestId(),
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => {
      // Found before any hook runs.
      void reply.header('x-request-id', request.id);
      const refusal = refusalOf(error) ?? new Refusal('invalid_request', 'The address is not valid.');
      options.log.info({ requestId: request.id, method: request.method, code: refusal.code }, 'no request');
      void sendProblem(reply, refusal);
    },
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    // The serialiser has a checker of its own, for unions, which complains on stderr of formats it was not told of.
    serializerOpts: { ajv: { formats: CHECKS } },
    schemaController: { compilersFactory: { buildSerializer: createSerialization(options.compiled) } },
  }).withTypeProvider<TypeBoxTypeProvider>();
  // Node swaps the two where this one is the longer.
  app.server.headersTimeout = Math.min(HEADERS_TIMEOUT_MS, app.server.requestTimeout);

  app.setValidatorCompiler(({ schema, httpPart }) => validation.compile(schema, httpPart));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, readJson);
  app.decorateRequest('caller', null);
  app.decorateRequest('refusalCode', null);
  app.decorateRequest('route', null as unknown as FastifyRequest['route']);
  app.addHook('onRoute', (route) => addComponents(app, validation, route));
  boundPipelining(app, options.log);
  addErrorAnswers(app, options);
  addRequestLine(app, options);
  await addPlugins(app, options);
  // After CORS, so that a page may read the refusal.
  app.addHook('onRequest', refuseNul);
  app.addHook('onRequest', expectNoBody);
  return app;
}

/**
 * The framework gives each request a logger of its own; ours are told of by one line (request-line.ts). It has none of the framework's
 * serialisers either: nothing may log a request or reply whole.
 */
function childless(log: Log): FastifyBaseLogger {
  const child = () => childlessLog;
  // Fastify's type asks for more than it calls.
  const childlessLog = Object.create(log, { child: { value: child } }) as unknown as FastifyBaseLogger;
  return childlessLog;
}

/** Stops listening, lets requests in flight finish, and after `withinMs` cuts what is left. */
export async function closeServer(app: App, { withinMs }: { readonly withinMs: number }): Promise<void> {
  // A connection turns idle when its answer is out; without this it would stay for its keep-alive time.
  const sweep = setInterval(() => app.server.closeIdleConnections(), 50);
  const cut = setTimeout(() => app.server.closeAllConnections(), withinMs);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
    clearTimeout(cut);
  }
}

function trusted(proxies: ServerOptions['trustProxy']) {
  if (typeof proxies === 'number') return (_address: string, hop: number) => hop < proxies;
  return proxies === false ? false : [...proxies];
}

async function addPlugins(app: App, options: ServerOptions): Promise<void> {
  await addCors(app, options.corsOrigins);
  await app.register(swagger, documentOptions(options));
  const open = { access: 'unguarded', rate: 'none' } as const;
  let document: string | undefined;
  const schema = {
    operationId: 'getDocument',
    tags: ['Operations'],
    summary: 'This document',
    response: answers({ 200: Type.Unsafe<string>({ type: 'object' }) }, [], { guarded: false, counted: false }),
  };
  app.get('/api/openapi.json', { config: open, schema }, async (_request, reply) => {
    document ??= JSON.stringify(buildDocument(app));
    return reply.header('content-type', 'application/json; charset=utf-8').send(document);
  });
  // Whoever opens the bare address in a browser is shown what there is to ask.
  app.get('/', { config: open, schema: { hide: true } }, (_request, reply) => reply.redirect('/docs'));
  // Helmet is for pages, and computes its policy at each request; answers of the API carry theirs as constants.
  await app.register(async (docs) => {
    // The pages of the document are for whoever finds them; their routes are the plugin's own.
    docs.addHook('onRoute', (route) => {
      route.config = { ...route.config, ...open };
    });
    await docs.register(helmet, {
      // Plain http on a home network must go on working.
      contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
      // Whether a host and its subdomains are reached by TLS alone, for a year, is for whoever runs the proxy in front.
      strictTransportSecurity: false,
    });
    await docs.register(swaggerUi, {
      routePrefix: '/docs',
      staticCSP: true,
      transformStaticCSP: () => DOCS_POLICY,
      uiConfig: { deepLinking: true },
      // The plugin's own logo and address bar say nothing about this API.
      theme: {
        title: options.info.title,
        css: [{ filename: 'plain.css', content: '.swagger-ui .topbar { display: none !important }' }],
      },
    });
  });
}

function addErrorAnswers(app: App, options: Pick<ServerOptions, 'log'>): void {
  app.setErrorHandler((error, request, reply) => {
    const refusal = refusalOf(error);
    if (refusal && refusal.code !== 'internal_error') return sendProblem(reply, refusal);
    const route = request.routeOptions.url;
    options.log.error({ requestId: request.id, route, fault: loggable(error) }, 'a request failed');
    return sendProblem(reply, new Refusal('internal_error', 'Something went wrong here. It has been noted.'));
  });
  const methods = methodsByPath(app);
  app.setNotFoundHandler((request, reply) => {
    const allowed = methods(request.url);
    if (allowed.length === 0) return sendProblem(reply, new Refusal('not_found', 'There is nothing at this address.'));
    void reply.header('allow', allowed.join(', '));
    return sendProblem(reply, new Refusal('method_not_allowed', `Use ${allowed.join(' or ')} here.`));
  });
}

/** PostgreSQL holds no NUL, and nothing here is named with one. */
function refuseNul(request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void {
  const holds = request.raw.url?.includes('%00') ?? false;
  done(holds ? new Refusal('invalid_request', 'The address holds a NUL character.') : undefined);
}

/** A content type alone announces no body; a parser would wait for ever for one, since `optimizeEmptyRequests` gives no stream. */
function expectNoBody(request: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  const { headers } = request.raw;
  if (headers['content-type'] !== undefined && !('content-length' in headers || 'transfer-encoding' in headers)) {
    delete headers['content-type'];
  }
  done();
}

function addRequestLine(app: App, options: ServerOptions): void {
  app.addHook('onRequest', (request, reply, done) => {
    request.route = request.routeOptions;
    void reply.headers(GUARDS).header('x-request-id', request.id);
    done();
  });
  const tell = requestTeller(options.log, options.onAnswered);
  app.addHook('onResponse', (request, reply, done) => {
    tell(request, reply);
    done();
  });
}

/** Components become known to an app when the first route that leads to them does. */
function addComponents(app: App, validation: ReturnType<typeof createValidation>, route: RouteOptions): void {
  for (const component of componentsOf(route.schema).values()) {
    if (app.getSchema(component.$id) !== undefined) continue;
    app.addSchema(component);
    validation.add(component);
  }
}
