// The port to what mail services tell of letters by webhook: whether a post is truly theirs, and what it says.
import type { SignedPost } from '../platform/http/signed-post.ts';
import type { News } from './delivery.ts';

export type NewsReader = {
  /** By the secret of the settings, and the time it was signed at where it says one. */
  isGenuine(post: SignedPost, now: Temporal.Instant): boolean;
  /** What a genuine body says; what is of no interest is left out. A plain Error for what is no JSON. */
  read(body: Buffer): readonly News[];
};
