// What the world suffers, on order: faults of calls, switches of the providers, and the hour, where the sandbox's clock is one
// that is set. Plain JSON of ours.
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../platform/time/clock.ts';
import { jsonObject } from './endpoint.ts';
import { readFault } from './fault-order.ts';
import type { Faults } from './faults.ts';
import { readSwitches, type SwitchBoard } from './switches.ts';
import { instantFrom } from './wall-time.ts';

export type SetClock = Clock & { set(to: Temporal.Instant): void };

export type Suffering = {
  readonly faults: Faults;
  readonly switches: SwitchBoard;
  /** undefined: the clock is not ours to set. */
  readonly setClock: SetClock | undefined;
};

export function hangFaults(app: FastifyInstance, { faults, switches, setClock }: Suffering): void {
  app.get('/control/faults', async () => faults.list());
  app.post('/control/faults', async (request, reply) => {
    const given = parsed(request.body);
    if (given === undefined) {
      return reply.code(400).send({ message: 'a fault is a JSON object', errors: ['the body is not JSON'] });
    }
    const fault = readFault(given);
    if ('wrong' in fault) return reply.code(400).send({ message: 'this fault cannot be ordered', errors: fault.wrong });
    try {
      faults.add(fault);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return reply.code(409).send({ message: error.message });
    }
    return reply.code(201).send(fault);
  });
  app.delete('/control/faults', async (request, reply) => {
    const query = new URLSearchParams(request.url.split('?')[1] ?? '');
    const named = (['provider', 'operation', 'account'] as const).map((name) => [name, query.get(name)] as const);
    faults.clear(Object.fromEntries(named.filter(([, value]) => value !== null)));
    return reply.code(204).send();
  });

  app.get('/control/switches', async () => switches.now());
  app.patch('/control/switches', async (request, reply) => {
    const some = readSwitches(parsed(request.body));
    if ('wrong' in some) return reply.code(400).send({ message: 'not switched', errors: some.wrong });
    switches.set(some);
    return switches.now();
  });
  app.delete('/control/switches', async () => {
    switches.reset();
    return switches.now();
  });

  if (setClock) hangClock(app, setClock);
}

function hangClock(app: FastifyInstance, clock: SetClock): void {
  app.get('/control/clock', async () => ({ now: clock.now().toString() }));
  app.post('/control/clock', async (request, reply) => {
    const { now, advance } = jsonObject(String(request.body)) ?? {};
    const to = now === undefined ? later(clock.now(), advance) : instantFrom(now);
    if (!to || (now !== undefined && advance !== undefined)) {
      return reply.code(400).send({ message: 'give {"now": "2030-01-01T12:00:00Z"} or {"advance": "PT5M"}' });
    }
    clock.set(to);
    return { now: clock.now().toString() };
  });
}

/** By hours, minutes and seconds: instants know no calendar. */
function later(now: Temporal.Instant, by: unknown): Temporal.Instant | undefined {
  try {
    return typeof by === 'string' ? now.add(Temporal.Duration.from(by)) : undefined;
  } catch {
    return undefined;
  }
}

function parsed(body: unknown): unknown {
  try {
    return JSON.parse(String(body));
  } catch {
    return undefined;
  }
}
