// The step that sends a reminder by SMS: marked before it is handed over, settled by what the service said. One in doubt is
// looked up among those that left before it is sent again.
import { isLasting } from '../../meetings/meeting.ts';
import { digestAddress } from '../../notifications/mail-trouble.ts';
import { settleLetter, startLetter, type NewLetter } from '../../notifications/store.ts';
import { writeReminderText } from '../../notifications/text-message.ts';
import type { Text, Texter } from '../../notifications/texter.ts';
import { OutsideError, type OutsideFacts } from '../../platform/outside-error.ts';
import { backOffMs } from '../back-off.ts';
import type { SessionFacts } from '../plan.ts';
import type { Post } from './notification.ts';

export type TextPost = Post & {
  /** null: SMS is not set up here. */
  readonly texter: Texter | null;
};

const SEND_TIMEOUT_MS = 8_000;
/** By then what a silent service has taken is in its list; longer than any call may take. */
const SETTLE_MS = 15_000;
/** Sendings of one text that may stay in doubt: past it one more would be likelier a second than a first. */
const MOST_DOUBTS = 5;

type Settled = Pick<Parameters<typeof settleLetter>[2], 'state' | 'nextAttemptAt' | 'error' | 'serviceId'>;

/** Sends one text. Answers when to try again, or null when there is nothing left to do. */
export async function sendText(
  post: TextPost,
  letter: NewLetter,
  { facts, leaseNo }: { readonly facts: SessionFacts; readonly leaseNo: number },
): Promise<Temporal.Instant | null> {
  const { organisationId, client } = facts;
  const { texter } = post;
  // Taken away since it was derived: the next pass finds another way.
  if (texter === null || client.phone === null) return post.clock.now();
  const zone = client.zone ?? facts.zone;
  const words = { practitioner: facts.practitioner.name, start: facts.start, zone, sandbox: post.sandbox };
  const text = { to: client.phone, text: writeReminderText(words) };
  // One in doubt is looked up before it is sent again.
  const by = { ...facts, leaseNo, addressDigest: digestAddress(post.addressKey, text.to), repeatAt: post.clock.now() };
  const started = await post.transactor.inOrganisation(organisationId, (tx) => startLetter(tx.last, letter, by));
  // Overtaken, or no longer ours: the next pass decides anew.
  if (!started) return post.clock.now();
  const since = facts.start.subtract({ minutes: letter.leadMinutes ?? 0 });
  const end = await hand(post, texter, text, { ...started, since });
  await post.transactor.inOrganisation(organisationId, (tx) =>
    settleLetter(tx.last, started, { ...end, service: texter.service, at: post.clock.now() }),
  );
  return end.nextAttemptAt;
}

type Started = {
  readonly id: number;
  readonly attempts: number;
  readonly repeated: boolean;
  readonly since: Temporal.Instant;
};

async function hand(post: TextPost, texter: Texter, text: Text, started: Started): Promise<Settled> {
  try {
    const earlier = started.repeated ? await texter.find(text, started.since, SEND_TIMEOUT_MS) : null;
    const serviceId = earlier ?? (await texter.send(text, SEND_TIMEOUT_MS));
    return { state: 'sent', nextAttemptAt: null, error: null, serviceId };
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return judge(post, started, error.facts);
  }
}

function judge(post: TextPost, started: Started, facts: OutsideFacts): Settled {
  const { outcome, operation, status, providerCode, retryAfterMs } = facts;
  const error = [outcome, status, providerCode].filter((part) => part !== undefined).join(' ');
  // A look-up that is refused says nothing of the text.
  if ((outcome === 'refused' || outcome === 'absent') && operation !== 'list') {
    post.log.warn({ letter: started.id, outcome, status, providerCode }, 'a text was refused and will not be sent');
    return { state: 'refused', nextAttemptAt: null, error, serviceId: null };
  }
  const doubted = outcome === 'unknown' || started.repeated;
  // Nor does one that fails send another.
  if (doubted && operation !== 'list' && started.attempts >= MOST_DOUBTS)
    return { state: 'unknown', nextAttemptAt: null, error, serviceId: null };
  const refused = outcome !== 'retryable' && outcome !== 'unknown' && isLasting({ ...started, status });
  const waitMs = backOffMs({ attempts: started.attempts, refused, retryAfterMs }, post.chance());
  const nextAttemptAt = post.clock.now().add({ milliseconds: doubted ? Math.max(waitMs, SETTLE_MS) : waitMs });
  return { state: doubted ? 'unknown' : 'queued', nextAttemptAt, error, serviceId: null };
}
