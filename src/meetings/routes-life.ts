// Where video providers post what happens to meetings. A post is believed by its signature over the bytes that came, taken
// down in one short transaction, and answered; a provider without a secret in the settings has no door here.
import { Type } from 'typebox';
import { answers } from '../platform/http/openapi.ts';
import { bytesOf, hangRaw } from '../platform/http/raw-body.ts';
import type { App } from '../platform/http/server.ts';
import { Refusal } from '../platform/refusal.ts';
import type { SignedPost } from '../platform/http/signed-post.ts';
import type { MeetingNews, MeetingNewsReader } from './news.ts';
import { OUTSIDE_PROVIDERS } from './provider.ts';
import { recordLife, type LifeTools } from './record-life.ts';

export type MeetingNewsTools = LifeTools & { readonly meetingNews: ReadonlyMap<string, MeetingNewsReader> };

/** One event has some hundred bytes; one with long names and settings, some thousand. */
const MOST_BYTES = 64 * 1024;

const Taken = Type.Object(
  {
    success: Type.Optional(Type.Literal(true)),
    plainToken: Type.Optional(Type.String({ description: 'To a challenge: its token, and' })),
    encryptedToken: Type.Optional(Type.String({ description: 'the token signed with the secret.' })),
  },
  { examples: [{ success: true }] },
);

export function meetingNewsRoutes(app: App, tools: MeetingNewsTools): void {
  hangRaw(app, MOST_BYTES, (raw) => {
    raw.post(
      '/api/webhooks/meetings/:provider',
      {
        // Whoever posts is known by the signature alone, which is looked at before anything else.
        config: { access: 'unguarded', rate: 'none' },
        schema: {
          tags: ['Meetings and calendar'],
          operationId: 'receiveMeetingNews',
          summary: 'For a video provider: what happens to its meetings',
          description:
            'The body is the provider’s own, of at most 64 KiB, and must bear its signature, not older than five minutes. Repeats and any order are welcome; news of meetings that nobody here knows is taken and left.',
          params: Type.Object({ provider: Type.Enum([...OUTSIDE_PROVIDERS]) }),
          response: answers({ 200: Taken }, ['not_found', 'unauthenticated', 'invalid_json', 'body_too_large'], {
            guarded: false,
            counted: false,
          }),
        },
      },
      async ({ params: { provider }, headers, body }) => {
        const reader = tools.meetingNews.get(provider);
        if (!reader) throw new Refusal('not_found', 'The secret of this provider’s webhooks is not set.');
        const news = readNews(reader, { headers, body: bytesOf(body) }, tools.clock.now());
        if (news === null)
          throw new Refusal('unauthenticated', 'The signature of this webhook or its time is not right.');
        if (news.kind === 'challenge') return news.answer;
        if (news.kind === 'event') await recordLife(tools, provider, news.meetingId, news.event);
        return { success: true as const };
      },
    );
  });
}

function readNews(reader: MeetingNewsReader, post: SignedPost, now: Temporal.Instant): MeetingNews | null {
  try {
    return reader.read(post, now);
  } catch {
    throw new Refusal('invalid_json', 'The body is not valid JSON.');
  }
}
