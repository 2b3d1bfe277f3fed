// Which reminders a session owes now, and when the next will be. Pure, and by the same law as letters-owed.ts: what counts is
// what the reader was last told, so a reminder whose instant passed before the time was agreed, or before a letter told it
// anyway, is never owed, and a worker that was away makes up for the latest alone.
import type { Channel, Reminders } from '../notifications/reminder.ts';
import type { LetterRow, NewLetter, Recipient } from '../notifications/store.ts';
import { digestOf, isQueued, isUnsettled, newLetter, type Owed, type Telling } from './letters-owed.ts';

export type Reminding = Telling & {
  readonly reminders: Reminders;
  /** Instants of reminding up to this one are over: the start was agreed, or the setting made, only then. */
  readonly from: Temporal.Instant;
  /** Who can be reached by SMS here. */
  readonly smsReaches: boolean;
};

export type RemindersOwed = Owed & {
  /** The next instant of reminding; the session is to be looked at again then, though nothing may have changed. */
  readonly nextAt: Temporal.Instant | null;
};

/**
 * What is owed at `now`, given every letter of the session so far, oldest first. `told`: readers who are being told by
 * another mail now, or will be in a moment: that one says the time as well.
 */
export function remindersOwed(
  telling: Reminding,
  letters: readonly LetterRow[],
  told: ReadonlySet<Recipient>,
  now: Temporal.Instant,
): RemindersOwed {
  const all = letters.filter((letter) => letter.appointmentId === telling.appointmentId);
  const queued = all.filter((letter) => letter.kind === 'reminder' && isQueued(letter));
  const over =
    !telling.live || telling.asked !== null || telling.closed || Temporal.Instant.compare(telling.start, now) <= 0;
  if (over) return { send: [], supersede: queued.map(({ id }) => id), keep: [], againAt: null, nextAt: null };

  const send: NewLetter[] = [];
  const kept = new Set<number>();
  let againAt: Temporal.Instant | null = null;
  for (const way of waysOf(telling)) {
    const owed = owedBy(telling, way, all, told, now);
    if (owed === null) continue;
    if ('id' in owed) kept.add(owed.id);
    const waits = owed.nextAttemptAt !== null && Temporal.Instant.compare(now, owed.nextAttemptAt) < 0;
    if (waits) againAt = earlier(againAt, owed.nextAttemptAt);
    else send.push(owed);
  }
  const supersede = queued.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
  return { send, supersede, keep: [...kept], againAt, nextAt: nextAfter(telling, now) };
}

type Way = { readonly recipient: Recipient; readonly channel: Channel };

/** A client who can only be reminded by a channel that does not reach it is reminded by mail. */
function waysOf({ reminders, smsReaches }: Reminding): Way[] {
  const ways: Way[] = [];
  const { channels } = reminders;
  if (channels.includes('sms') && smsReaches) ways.push({ recipient: 'client', channel: 'sms' });
  if (channels.includes('email') || (channels.includes('sms') && !smsReaches)) {
    ways.push({ recipient: 'client', channel: 'email' });
  }
  if (reminders.practitioner) ways.push({ recipient: 'practitioner', channel: 'email' });
  return ways;
}

/** The one reminder owed on a way, new or to be repeated; null: none. */
function owedBy(
  telling: Reminding,
  way: Way,
  all: readonly LetterRow[],
  told: ReadonlySet<Recipient>,
  now: Temporal.Instant,
): LetterRow | (NewLetter & { readonly nextAttemptAt: null }) | null {
  const toReader = all.filter((one) => one.recipient === way.recipient && one.startsAt.equals(telling.start));
  const reminders = toReader.filter(({ kind, state }) => kind === 'reminder' && state !== 'superseded');
  const ofThisStart = toReader.filter(({ channel }) => channel === way.channel);
  const mine = reminders.filter(({ channel }) => channel === way.channel);
  // Where one channel stands in for the other, what went by either has been told: a number comes and goes.
  const heardOf = telling.reminders.channels.length === 1 ? reminders : mine;
  const remindedOf = Math.min(Infinity, ...heardOf.filter((one) => !isQueued(one)).map((one) => one.leadMinutes ?? 0));
  const heard = ofThisStart.map(({ kind, sentAt }) => (kind === 'reminder' ? null : sentAt));
  const from = [telling.from, ...heard].reduce<Temporal.Instant>(
    (latest, at) => (at && Temporal.Instant.compare(at, latest) > 0 ? at : latest),
    telling.from,
  );
  const due = telling.reminders.leadMinutes.filter((lead) => {
    const at = instantOf(telling, lead);
    return lead < remindedOf && Temporal.Instant.compare(at, from) > 0 && Temporal.Instant.compare(at, now) <= 0;
  });
  const lead = due.length === 0 ? null : Math.min(...due);
  const beingTold = way.channel === 'email' && told.has(way.recipient);
  const last = mine.at(-1);
  const asked = lead === null ? telling.reminders.leadMinutes : [lead];
  const again = last && isUnsettled(last) && asked.some((one) => one === last.leadMinutes) ? last : null;
  if (again && !(beingTold && isQueued(again))) return { ...again, link: digestOf(telling) };
  if (lead === null || beingTold) return null;
  return {
    ...newLetter(telling, way.recipient, 'reminder'),
    channel: way.channel,
    leadMinutes: lead,
    nextAttemptAt: null,
  };
}

function nextAfter(telling: Reminding, now: Temporal.Instant): Temporal.Instant | null {
  if (waysOf(telling).length === 0) return null;
  return telling.reminders.leadMinutes
    .map((lead) => instantOf(telling, lead))
    .filter((at) => Temporal.Instant.compare(at, now) > 0)
    .reduce<Temporal.Instant | null>(earlier, null);
}

/** Elapsed time before the start, whatever the clocks on the wall do in between. */
function instantOf({ start }: Telling, leadMinutes: number): Temporal.Instant {
  return start.subtract({ minutes: leadMinutes });
}

/** The earlier of two, where there are two. */
export function earlier(a: Temporal.Instant | null, b: Temporal.Instant | null): Temporal.Instant | null {
  if (a === null || b === null) return a ?? b;
  return Temporal.Instant.compare(a, b) <= 0 ? a : b;
}
