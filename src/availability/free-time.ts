// Knows what one must have in hand to judge a time, the Diary, and which stretches of it are free: working hours less what is
// taken. Single starts, notice and horizon are in slots.ts.
import { append, clip, subtract } from '../platform/time/interval.ts';
import type { ResourceKind } from '../practitioners/resource.ts';
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
  /** What a session takes besides her time: one unit for each need. */
  readonly needs?: readonly NeedTime[];
  /** Where it is held in groups. */
  readonly group?: { readonly capacity: number; readonly sessions: readonly GroupSession[] };
};

/** The units that would serve a need, the one to be given first at the head; their busy time as that of the practitioner. */
export type NeedTime = {
  readonly kind: ResourceKind;
  readonly units: readonly { readonly id: number; readonly busy: readonly number[] }[];
};

/** A session of a group that stands, in epoch minutes. */
export type GroupSession = {
  readonly sessionId: number;
  readonly start: number;
  readonly end: number;
  readonly seatsLeft: number;
  /** The client who asks has a seat in it. */
  readonly own: boolean;
  /** Or is kept one, which counts where one more is to be kept. */
  readonly ownKept?: boolean;
};

/** A session, or a hold that may become one. Its start in epoch minutes; its length without buffers. */
export type CountedSession = {
  readonly start: number;
  readonly minutes: number;
  readonly sessionTypeId: number;
  /** Of the client who asks. */
  readonly own: boolean;
  /** A seat that is kept for the client in a session that is counted by itself: it counts for the client alone. */
  readonly seatOnly?: boolean;
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
