// What is told of each request once it is answered: one line in the log, and its time to whoever counts. What requests of one
// route and one status have in common is written once.
import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../log.ts';

/** What one answered request was, for metrics. `route` is the pattern, never the path. The seconds follow. */
export type Answered = (method: string, route: string, status: number) => (seconds: number) => void;

type Telling = {
  readonly method: string;
  readonly status: number;
  /** Its lines have method, route and status already. */
  readonly log: Log;
  readonly answered: ((seconds: number) => void) | undefined;
};

/** Of an address that leads nowhere: itself it may hold what people typed. */
const NO_ROUTE = 'none';

/** Tells of a request that has been answered. */
export function requestTeller(log: Log, answered?: Answered): (request: FastifyRequest, reply: FastifyReply) => void {
  // Bounded by routes x statuses, all of which are ours.
  const known = new Map<FastifyContextConfig, Telling[]>();

  const make = (method: string, route: string, status: number): Telling => ({
    method,
    status,
    log: log.child({ method, route, status }),
    answered: answered?.(method, route, status),
  });

  function tellingOf(request: FastifyRequest, status: number): Telling {
    const { method } = request;
    const { config, url } = request.route;
    // Its method is whatever someone sent.
    if (request.is404 || url === undefined) return make(method, NO_ROUTE, status);
    let tellings = known.get(config);
    if (!tellings) known.set(config, (tellings = []));
    let telling = tellings.find((one) => one.status === status && one.method === method);
    if (!telling) tellings.push((telling = make(method, url, status)));
    return telling;
  }

  return (request, reply) => {
    const ms = reply.elapsedTime;
    const telling = tellingOf(request, reply.statusCode);
    telling.answered?.(ms / 1000);
    const line = {
      requestId: request.id,
      ms: Math.round(ms * 10) / 10,
      actor: request.caller,
      code: request.refusalCode ?? undefined,
    };
    if (request.route.config.quiet) telling.log.debug(line, 'request');
    else telling.log.info(line, 'request');
  };
}
