// What is told of each request: the same of every answer, whatever it is, and each under its own method, route and status.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createServer, type App } from '../../src/platform/http/server.ts';
import { captureLog } from './capture-log.ts';

const { log, lines } = captureLog();
const counted: string[] = [];
let app: App;

beforeAll(async () => {
  app = await createServer({
    log,
    corsOrigins: '*',
    trustProxy: false,
    info: { title: 'x', version: '0' },
    onAnswered: (method, route, status) => (seconds) => {
      counted.push(seconds > 0 ? `${method} ${route} ${status}` : 'took no time');
    },
  });
  const config = { access: 'public', rate: 'none' } as const;
  app.get<{ Params: { id: string } }>('/api/things/:id', { config }, (request, reply) => {
    request.caller = `client:${request.params.id}`;
    return reply.code(request.params.id === 'gone' ? 410 : 200).send({});
  });
  app.post('/api/things/:id', { config }, (_request, reply) => reply.callNotFound());
  app.route({ method: ['PUT', 'PATCH'], url: '/api/both', config, handler: () => ({}) });
  app.get('/health', { config: { ...config, quiet: true } }, () => ({}));
});
beforeEach(() => {
  lines.length = 0;
  counted.length = 0;
});
afterAll(() => app.close());

it('is a line with all there is to know, under the id that the caller is told', async () => {
  const answer = await app.inject('/api/things/ann@example.com?q=secret');
  expect(lines).toEqual([
    {
      level: 30,
      time: expect.any(Number) as number,
      msg: 'request',
      requestId: answer.headers['x-request-id'],
      method: 'GET',
      route: '/api/things/:id',
      status: 200,
      ms: expect.any(Number) as number,
      actor: 'client:ann@example.com',
    },
  ]);
});

it('goes by the method, route and status of each', async () => {
  for (let round = 0; round < 2; round += 1) {
    await app.inject('/api/things/1');
    await app.inject('/api/things/gone');
    await app.inject({ method: 'HEAD', url: '/api/things/1' });
    await app.inject({ method: 'PUT', url: '/api/both' });
    await app.inject({ method: 'PATCH', url: '/api/both' });
    await app.inject({ method: 'DELETE', url: '/api/both' });
    await app.inject({ method: 'POST', url: '/api/things/1' });
    await app.inject('/nowhere/ann@example.com');
  }
  const once = [
    'GET /api/things/:id 200',
    'GET /api/things/:id 410',
    'HEAD /api/things/:id 200',
    'PUT /api/both 200',
    'PATCH /api/both 200',
    'DELETE none 405',
    // A route may say so itself that nothing is there.
    'POST none 405',
    'GET none 404',
  ];
  expect(counted).toEqual([...once, ...once]);
  const told = lines.map(({ method, route, status }) => `${String(method)} ${String(route)} ${String(status)}`);
  expect(told).toEqual([...once, ...once]);
  const refused = ['method_not_allowed', 'method_not_allowed', 'not_found'];
  expect(lines.map(({ code }) => code).filter(Boolean)).toEqual([...refused, ...refused]);
  expect(JSON.stringify(lines)).not.toContain('nowhere');
});

it('of a probe is for whoever looks closely', async () => {
  await app.inject('/health');
  expect(lines).toMatchObject([{ level: 20, route: '/health', actor: null }]);
});
