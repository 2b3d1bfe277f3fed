// What letters and texts go out by: watched, so that a service that does not answer is found out, and left alone for a while.
import { OutsideError } from '../../platform/outside-error.ts';
import type { NewLetter } from '../../notifications/store.ts';
import type { Gate } from '../gate.ts';
import { LeaseLost } from '../store.ts';
import type { TextPost } from './text-message.ts';

/** Without those whose service is not asked now: no try of theirs is used up. */
export async function sendable<Letter extends NewLetter>(gate: Gate, owed: readonly Letter[]) {
  const by = (sms: boolean) => owed.filter(({ channel }) => (channel === 'sms') === sms);
  const waits = async (provider: 'mail' | 'sms', some: boolean) =>
    some ? await gate.waitFor({ provider, connectionId: null }) : null;
  const [mailAt, smsAt] = [await waits('mail', by(false).length > 0), await waits('sms', by(true).length > 0)];
  const send = [...(mailAt ? [] : by(false)), ...(smsAt ? [] : by(true))];
  // Whoever comes first looks at both again.
  const [first, second] = [mailAt, smsAt].flatMap((at) => at ?? []);
  const waitsAt = first && second && Temporal.Instant.compare(second, first) < 0 ? second : (first ?? null);
  return { send, waitsAt };
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
