// Where mail services post what became of letters. A post is believed by its signature over the bytes that came, answered
// once it is taken down, and a service without a secret in the settings has no door here.
import { Type } from 'typebox';
import type { NewsReader } from '../notifications/news.ts';
import type { News } from '../notifications/delivery.ts';
import { answers } from '../platform/http/openapi.ts';
import { bytesOf, hangRaw } from '../platform/http/raw-body.ts';
import type { App } from '../platform/http/server.ts';
import { Refusal } from '../platform/refusal.ts';
import { recordMailNews, type NewsTools } from './record-mail-news.ts';

export type MailNewsTools = NewsTools & { readonly newsReaders: ReadonlyMap<string, NewsReader> };

/** Services send up to a thousand events together, of a few hundred bytes each. */
const MOST_BYTES = 1_048_576;

const Taken = Type.Object({ success: Type.Literal(true) }, { examples: [{ success: true }] });

export function mailNewsRoutes(app: App, tools: MailNewsTools): void {
  hangRaw(app, MOST_BYTES, (raw) => {
    raw.post(
      '/api/webhooks/mail/:service',
      {
        // Whoever posts is known by the signature alone, which is looked at before anything else.
        config: { access: 'unguarded', rate: 'none' },
        schema: {
          tags: ['Mail'],
          operationId: 'receiveMailNews',
          summary: 'For a mail service: what became of letters',
          description:
            'The body is the service’s own, of at most 1 MiB, and must bear its signature, not older than five minutes; one that does not sign must bring the credentials it was given (Basic). Repeats and any order are welcome; news of letters that nobody here knows is taken and left.',
          params: Type.Object({
            service: Type.String({ pattern: '^[a-z]{1,40}$', examples: ['resend', 'postmark', 'sendgrid'] }),
          }),
          response: answers({ 200: Taken }, ['not_found', 'unauthenticated', 'invalid_json', 'body_too_large'], {
            guarded: false,
            counted: false,
          }),
        },
      },
      async ({ params: { service }, headers, body }) => {
        const reader = tools.newsReaders.get(service);
        if (!reader)
          throw new Refusal('not_found', 'There is no such mail service, or the secret of its webhooks is not set.');
        const post = { headers, body: bytesOf(body) };
        if (!reader.isGenuine(post, tools.clock.now())) {
          throw new Refusal(
            'unauthenticated',
            'The signature, its time or the credentials of this webhook are not right.',
          );
        }
        await recordMailNews(tools, service, readNews(reader, post.body));
        return { success: true as const };
      },
    );
  });
}

function readNews(reader: NewsReader, body: Buffer): readonly News[] {
  try {
    return reader.read(body);
  } catch {
    throw new Refusal('invalid_json', 'The body is not valid JSON.');
  }
}
