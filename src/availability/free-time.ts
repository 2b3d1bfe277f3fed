// Knows what one must have in hand to judge a time, the Diary, and which stretches of it are free: working hours less what is
// taken. Single starts, notice and horizon are in slots.ts.
import { append, clip, subtract } from '../platform/time/interval.ts';
import { workingIntervals, type CompiledSchedule, type Policy } from '../schedules/schedule.ts';

/** Everything the rules of booking read about one practitioner and one session type. */
export type Diary = {
  readonly practitionerId: number;
  readonly schedule: CompiledSchedule;
  readonly policy: Policy;
  readonly lengthMinutes: number;
  /**
   * Taken time as flat `[start, end)` pairs of epoch minutes, sorted by start, with its own buffers included. Pairs may overlap.
   * It must reach past the window by this session's length and buffers.
   */
  readonly busy: Int32Array | readonly number[];
  /** Where the policy has limits: every session that counts towards them, in all periods that starts asked for lie in. */
  readonly counted?: readonly CountedSession[];
  /** Which session type it is, for limits of one. */
  readonly sessionTypeId?: number;
};

/** A session, or a hold that may become one. Its start in epoch minutes; its length without buffers. */
export type CountedSession = {
  readonly start: number;
  readonly minutes: number;
  readonly sessionTypeId: number;
  /** Of the client who asks. */
  readonly own: boolean;
};

/** The stretches within `[from, to)` in which a session, buffers aside, may lie: it fits if one of them holds it wholly. */
export function freeTime(diary: Diary, from: number, to: number): number[] {
  const { bufferBeforeMinutes, bufferAfterMinutes } = diary.policy;
  const taken: number[] = [];
  // A session needs its buffer before after what was taken ends, and its buffer after before the next begins.
  for (let i = 0; i < diary.busy.length; i += 2) {
    const [start, end] = [diary.busy[i]!, diary.busy[i + 1]!];
    if (start < end) append(taken, start - bufferAfterMinutes, end + bufferBeforeMinutes);
  }
  return subtract(workingIntervals(diary.schedule, from, to), clip(taken, from, to));
}
