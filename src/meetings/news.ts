// The port to what video providers tell of their meetings by webhook: whether a post is truly theirs, and what it says.
import type { SignedPost } from '../platform/http/signed-post.ts';
import type { LifeEvent } from './life.ts';

/**
 * What a genuine post says. challenge: the provider asks whether somebody with the secret is here, and wants the answer
 * as it stands. event: about the meeting with the provider's own id. other: nothing of interest here.
 */
export type MeetingNews =
  | { readonly kind: 'challenge'; readonly answer: Readonly<Record<string, string>> }
  | { readonly kind: 'event'; readonly meetingId: string; readonly event: LifeEvent }
  | { readonly kind: 'other' };

export type MeetingNewsReader = {
  /** null: the signature is not theirs, or not of now. A plain Error for what is genuine and no JSON. */
  read(post: SignedPost, now: Temporal.Instant): MeetingNews | null;
};
