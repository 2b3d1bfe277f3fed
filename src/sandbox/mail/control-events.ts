// The control call that makes a mail service tell something of a letter: builds and signs its webhook, posts it, and answers
// what the receiver said.
import type { FastifyInstance } from 'fastify';
import { jsonObject, textOr, type World } from '../endpoint.ts';
import { eventOf, HAPPENINGS } from './events.ts';

/** Services give a receiver ten seconds and more. */
const POST_TIMEOUT_MS = 10_000;

export function hangMailEvents(app: FastifyInstance, world: World): void {
  app.post('/control/mail/events', async (request, reply) => {
    const given = jsonObject(String(request.body)) ?? {};
    const happening = HAPPENINGS.find((one) => one === given['event']);
    const url = URL.parse(textOr(given['url'], ''));
    const wrong = [
      ...(happening ? [] : [`event: one of ${HAPPENINGS.join(', ')}`]),
      ...(url && /^https?:$/.test(url.protocol) ? [] : ['url: the http(s) address of the receiver']),
      ...(typeof given['message'] === 'string' ? [] : ['message: the `id` of a letter in /control/mailbox']),
    ];
    if (!happening || !url || wrong.length > 0) {
      return reply.code(400).send({ message: 'this event cannot be told', errors: wrong });
    }
    const told = world.state.transaction(() => eventOf(world, textOr(given['message'], ''), happening));
    if (!told) return reply.code(404).send({ message: 'no mail service took such a letter' });
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...told.headers },
        body: told.body,
        redirect: 'manual',
        signal: AbortSignal.timeout(POST_TIMEOUT_MS),
      });
      await answer.body?.cancel();
      return await reply.code(201).send({ ...told, status: answer.status });
    } catch {
      return reply.code(502).send({ message: 'the receiver did not answer' });
    }
  });
}
