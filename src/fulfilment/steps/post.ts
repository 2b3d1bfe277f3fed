// What letters and texts go out by: watched, so that a service that does not answer is found out, and left alone for a while.
import { OutsideError } from '../../platform/outside-error.ts';
import type { NewLetter } from '../../notifications/store.ts';
import type { Gate } from '../gate.ts';
import type { PostProvider } from '../store-post-awaited.ts';
import { earlier } from '../reminders-owed.ts';
import { LeaseLost } from '../store.ts';
import type { TextPost } from './text-message.ts';

/** By what a letter goes, and waits for. */
export function postOf({ channel }: Pick<NewLetter, 'channel'>): PostProvider {
  return channel === 'sms' ? 'sms' : 'mail';
}

/** Without those whose service is not asked now (`held`): no try of theirs is used up. */
export async function sendable<Letter extends NewLetter>(gate: Gate, owed: readonly Letter[]) {
  const send: Letter[] = [];
  const held: PostProvider[] = [];
  let waitsAt: Temporal.Instant | null = null;
  for (const provider of ['mail', 'sms'] as const) {
    const letters = owed.filter((letter) => postOf(letter) === provider);
    const until = letters.length > 0 ? await gate.waitFor({ provider, connectionId: null }) : null;
    if (until === null) send.push(...letters);
    else held.push(provider);
    // Whoever comes first looks at both again.
    waitsAt = earlier(waitsAt, until);
  }
  return { send, held, waitsAt };
}

/** Throws LeaseLost where the session is no longer held when something is to leave. */
export function watchedPost(tools: TextPost, gate: Pick<Gate, 'watch'>, heldUntil: () => Temporal.Instant): TextPost {
  const { mailer, texter } = tools;
  const mail = { provider: 'mail', connectionId: null } as const;
  const sms = { provider: 'sms', connectionId: null } as const;
  // A process that stood still may wake when others have long told more: what leaves cannot be called back.
  const mayLeave = () => Temporal.Instant.compare(tools.clock.now(), heldUntil()) < 0;
  const watched = async <T>(call: Parameters<Gate['watch']>[0], send: () => Promise<T>): Promise<T> => {
    if (!mayLeave()) throw new LeaseLost();
    try {
      return await gate.watch(call, send);
    } catch (error) {
      // It surely did not leave, and whether it should is another's to say by now.
      const stayed = error instanceof OutsideError && error.facts.outcome === 'retryable';
      throw stayed && !mayLeave() ? new LeaseLost() : error;
    }
  };
  return {
    ...tools,
    mailer: {
      ...mailer,
      send: (letter, timeoutMs, sending) =>
        watched(mail, () => mailer.send(letter, timeoutMs, { ...sending, mayLeave })),
    },
    texter: texter && {
      ...texter,
      send: (...given) => watched(sms, () => texter.send(...given)),
      find: (...given) => gate.watch(sms, () => texter.find(...given)),
    },
  };
}
