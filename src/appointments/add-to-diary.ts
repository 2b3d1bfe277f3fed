// Adds to a diary what an act on several dates has had so far: each is judged as if those before it had been booked; pure.
import type { CountedSession, Diary, GroupSession } from '../availability/free-time.ts';

/** In epoch minutes, buffers included. */
export function occupiedAt({ lengthMinutes, policy }: Diary, minute: number): readonly [number, number] {
  return [minute - policy.bufferBeforeMinutes, minute + lengthMinutes + policy.bufferAfterMinutes];
}

/** The diary once the client has a seat in a session, or has it no more: to others it is counted all the same. */
export function withSeat(diary: Diary, session: Pick<GroupSession, 'sessionId' | 'start'>, own: boolean): Diary {
  const { group, counted, sessionTypeId } = diary;
  const taken = own ? 1 : -1;
  return {
    ...diary,
    ...(group
      ? {
          group: {
            ...group,
            sessions: group.sessions.map((one) =>
              one.sessionId === session.sessionId ? { ...one, own, seatsLeft: one.seatsLeft - taken } : one,
            ),
          },
        }
      : {}),
    ...(counted
      ? {
          counted: counted.map((one) =>
            one.start === session.start && one.sessionTypeId === sessionTypeId ? { ...one, own } : one,
          ),
        }
      : {}),
  };
}

/** Has no id before it is written. */
const OWN_SESSION = 0;

/** The diary once a date is had in a session of its own. */
export function withDate(diary: Diary, minute: number, units: readonly number[]): Diary {
  const { lengthMinutes, sessionTypeId = 0, counted, needs, group } = diary;
  const taken = (busy: Diary['busy']) => withPair(busy, occupiedAt(diary, minute));
  const had: CountedSession = { start: minute, minutes: lengthMinutes, sessionTypeId, own: true };
  const opened = (capacity: number): GroupSession => ({
    sessionId: OWN_SESSION,
    start: minute,
    end: minute + lengthMinutes,
    seatsLeft: capacity - 1,
    own: true,
  });
  return {
    ...diary,
    busy: taken(diary.busy),
    ...(counted ? { counted: [...counted, had] } : {}),
    ...(needs
      ? {
          needs: needs.map((need) => ({
            ...need,
            units: need.units.map((unit) => (units.includes(unit.id) ? { ...unit, busy: taken(unit.busy) } : unit)),
          })),
        }
      : {}),
    ...(group ? { group: { ...group, sessions: [...group.sessions, opened(group.capacity)] } } : {}),
  };
}

/** One pair more in those that come by start. */
function withPair(busy: Diary['busy'], [from, to]: readonly [number, number]): number[] {
  let at = 0;
  while (at < busy.length && busy[at]! < from) at += 2;
  return [...busy.slice(0, at), from, to, ...busy.slice(at)];
}
