// For whoever runs it: is it alive, is it ready, what does it count. Answers to probes, not to people; nothing here tells
// of an organisation.
import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Drain } from '../platform/http/drain.ts';
import { answers } from '../platform/http/openapi.ts';
import type { App } from '../platform/http/server.ts';
import type { Metrics } from '../platform/metrics.ts';
import { Refusal } from '../platform/refusal.ts';
import { sameSecret } from '../platform/secrets.ts';

export type OperationsTools = {
  /** Resolves when the server can do its work (its database answers); throws where it cannot, a
   *  refusal `not_ready` where it knows why. */
  readonly checkReady: () => Promise<void>;
  /** The way out: a server that is leaving is not ready, whatever its database says. */
  readonly drain: Pick<Drain, 'noteProbe' | 'hasBegun'>;
  readonly metrics: Pick<Metrics, 'text' | 'contentType'>;
  /** Opens /metrics to callers from elsewhere; null: loopback alone. */
  readonly metricsToken: string | null;
};

/** Below what load balancers wait for a probe. */
const READY_WITHIN_MS = 2_000;
const tags = ['Operations'];
const State = Type.Object({ status: Type.Literal('ok') }, { examples: [{ status: 'ok' }] });

export function operationsRoutes(app: App, tools: OperationsTools): void {
  const config = { access: 'unguarded', rate: 'none', quiet: true } as const;
  const open = { guarded: false, counted: false };
  app.get(
    '/health/live',
    {
      config,
      schema: {
        operationId: 'checkLive',
        tags,
        summary: 'Is the process alive?',
        response: answers({ 200: State }, [], open),
      },
    },
    () => ({ status: 'ok' as const }),
  );
  app.get(
    '/health/ready',
    {
      config,
      schema: {
        operationId: 'checkReady',
        tags,
        summary: 'Can it do its work now?',
        response: answers({ 200: State }, ['not_ready'], open),
      },
    },
    async () => {
      tools.drain.noteProbe();
      if (tools.drain.hasBegun()) throw new Refusal('not_ready', 'The process is stopping.');
      await refuseUnready(tools.checkReady);
      return { status: 'ok' as const };
    },
  );
  const schema = {
    operationId: 'getMetrics',
    tags,
    summary: 'What the process counts, for Prometheus',
    description: 'From this machine, or with METRICS_TOKEN as a bearer token.',
    produces: ['text/plain'],
    response: answers({ 200: Type.String() }, ['not_found', 'unauthenticated'], open),
  };
  app.get('/metrics', { config, schema }, async (request, reply) => {
    refuseStranger(request, tools.metricsToken);
    return reply.header('content-type', tools.metrics.contentType).send(await tools.metrics.text());
  });
}

async function refuseUnready(checkReady: () => Promise<void>): Promise<void> {
  const check = async () => checkReady();
  const silent = new Refusal('not_ready', 'The database does not answer.');
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(reject, READY_WITHIN_MS, silent);
  try {
    await Promise.race([check(), late]);
  } catch (error) {
    throw error instanceof Refusal && error.code === 'not_ready' ? error : silent;
  } finally {
    clearTimeout(timer);
  }
}

/** Without a token set, whoever is elsewhere is told that there is nothing here. */
function refuseStranger(request: FastifyRequest, token: string | null): void {
  if (isLocal(request)) return;
  if (token === null) throw new Refusal('not_found', 'There is nothing at this address.');
  const given = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (given === undefined || !sameSecret(given, token)) {
    throw new Refusal('unauthenticated', 'Send the metrics token: Authorization: Bearer <token>.');
  }
}

/** From this machine and on nobody's behalf: a proxy beside us also comes from loopback, but says for whom. */
function isLocal(request: FastifyRequest): boolean {
  const { headers, raw } = request;
  if (headers['x-forwarded-for'] !== undefined || headers['forwarded'] !== undefined || headers['via'] !== undefined) {
    return false;
  }
  const address = (raw.socket.remoteAddress ?? '').replace(/^::ffff:/i, '');
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}
