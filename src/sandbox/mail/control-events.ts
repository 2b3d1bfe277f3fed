// The control call that makes a mail service tell something of a letter: builds and signs its webhook, posts it, and answers
// what the receiver said.
import type { FastifyInstance } from 'fastify';
import { jsonObject, textOr, type World } from '../endpoint.ts';
import { instantFrom } from '../wall-time.ts';
import { eventOf, HAPPENINGS, type Post } from './events.ts';

/** Services give a receiver ten seconds and more. */
const POST_TIMEOUT_MS = 10_000;
/** The same post again, as services do that doubt whether it arrived. */
const MOST_REPEATS = 4;

export function hangMailEvents(app: FastifyInstance, world: World): void {
  app.post('/control/mail/events', async (request, reply) => {
    const given = jsonObject(String(request.body)) ?? {};
    const happening = HAPPENINGS.find((one) => one === given['event']);
    const url = URL.parse(textOr(given['url'], ''));
    const at = given['at'] === undefined ? world.clock.now() : instantFrom(given['at']);
    const repeat = Number(given['repeat'] ?? 1);
    const wrong = [
      ...(happening ? [] : [`event: one of ${HAPPENINGS.join(', ')}`]),
      ...(url && /^https?:$/.test(url.protocol) ? [] : ['url: the http(s) address of the receiver']),
      ...(typeof given['message'] === 'string' ? [] : ['message: the `id` of a letter in /control/mailbox']),
      ...(at ? [] : ['at: an instant with Z or an offset']),
      ...(Number.isInteger(repeat) && repeat >= 1 && repeat <= MOST_REPEATS ? [] : [`repeat: up to ${MOST_REPEATS}`]),
    ];
    if (!happening || !url || !at || wrong.length > 0) {
      return reply.code(400).send({ message: 'this event cannot be told', errors: wrong });
    }
    const told = world.state.transaction(() => eventOf(world, textOr(given['message'], ''), happening, at));
    if (!told) return reply.code(404).send({ message: 'no mail service took such a letter' });
    const statuses: (number | null)[] = [];
    for (let count = 0; count < repeat; count += 1) statuses.push(await post(url, told));
    const [status = null] = statuses;
    if (status === null) return await reply.code(502).send({ message: 'the receiver did not answer' });
    return await reply.code(201).send({ ...told, status, statuses });
  });
}

/** null: nobody answered. */
async function post(url: URL, { headers, body }: Post): Promise<number | null> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(POST_TIMEOUT_MS),
    });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return null;
  }
}
