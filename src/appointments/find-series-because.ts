// Of the dates of a series that are refused: what stands behind each reason, as a refused booking tells it. One look for all
// dates, and that for those who manage the practitioner alone.
import { explain, type Because } from '../availability/explanation.ts';
import { ownersIn } from '../availability/find-because.ts';
import type { Diary } from '../availability/free-time.ts';
import { REASONS } from '../availability/reasons.ts';
import type { Actor } from '../identity/actor.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { DateTold } from './series.ts';

/** `against`: of each date that was judged and refused, the diary it was judged by. */
export async function withBecause(
  tx: Transaction,
  actor: Actor,
  dates: readonly DateTold[],
  against: ReadonlyMap<number, Diary>,
  asked: {
    readonly now: Temporal.Instant;
    readonly clientSubject: string;
    /** Sessions that leave their time before any date is judged. */
    readonly except?: readonly number[];
  },
): Promise<DateTold[]> {
  const starts = dates.flatMap(({ index, start }) => (start && against.has(index) ? [start.minute] : []));
  const [diary] = against.values();
  const owners =
    diary === undefined || actor.role === 'service'
      ? null
      : await ownersIn(tx, actor, diary, [Math.min(...starts), Math.max(...starts) + diary.lengthMinutes], asked);
  return dates.map((date): DateTold => {
    const judgedBy = against.get(date.index);
    if (date.start === null) {
      return date.reasons.includes('time_does_not_exist') ? { ...date, because: [CLOCK_GAP] } : date;
    }
    if (!judgedBy) return date;
    const reasons = REASONS.filter((reason) => date.reasons.includes(reason));
    return { ...date, because: explain(judgedBy, date.start.minute, reasons, owners) };
  });
}

const CLOCK_GAP: Because = { code: 'clock_gap', reason: 'time_does_not_exist' };
