// Who is in which Zoom meeting now, and what Zoom tells of their coming and going. A guest who comes before the host waits,
// and is let in when the host comes; the meeting ends when the last has left. In memory, as a running meeting is.
import { randomBytes, randomUUID } from 'node:crypto';
import type { Json } from '../endpoint.ts';
import { nameOf } from '../people.ts';
import type { Meeting } from './meeting.ts';

export type Role = 'host' | 'guest';
export type Told = 'started' | 'ended' | 'waited' | 'joined' | 'left';

const NAMES: Readonly<Record<Told, string>> = {
  started: 'meeting.started',
  ended: 'meeting.ended',
  waited: 'meeting.participant_joined_waiting_room',
  joined: 'meeting.participant_joined',
  left: 'meeting.participant_left',
};

type Run = { readonly uuid: string; readonly startedAt: Temporal.Instant; readonly inside: Map<string, Role> };

export type Visits = {
  /** Answers who came, for leaving again, and what is told of it. */
  enter(meeting: Meeting, role: Role, now: Temporal.Instant): { readonly visitor: string; readonly events: Json[] };
  leave(meeting: Meeting, visitor: string, now: Temporal.Instant): Json[];
};

export function visitsOf(): Visits {
  const runs = new Map<number, Run>();
  const doors = new Map<number, string[]>();
  return {
    enter: (meeting, role, now) => {
      const visitor = randomUUID().toUpperCase();
      const running = runs.get(meeting.id);
      if (running === undefined && role === 'guest') {
        doors.set(meeting.id, [...(doors.get(meeting.id) ?? []), visitor]);
        return { visitor, events: [eventOf(meeting, { told: 'waited', role, visitor, at: now })] };
      }
      const run = running ?? {
        uuid: randomBytes(16).toString('base64'),
        startedAt: now,
        inside: new Map<string, Role>(),
      };
      runs.set(meeting.id, run);
      const coming: [string, Role][] = [[visitor, role]];
      if (running === undefined)
        coming.push(...(doors.get(meeting.id) ?? []).map((one): [string, Role] => [one, 'guest']));
      doors.delete(meeting.id);
      const about = { uuid: run.uuid, startedAt: run.startedAt, at: now };
      const started = running === undefined ? [eventOf(meeting, { told: 'started', ...about })] : [];
      const joined = coming.map(([who, as]) => {
        run.inside.set(who, as);
        return eventOf(meeting, { told: 'joined', role: as, visitor: who, ...about });
      });
      return { visitor, events: [...started, ...joined] };
    },
    leave: (meeting, visitor, now) => {
      const run = runs.get(meeting.id);
      const role = run?.inside.get(visitor);
      doors.set(
        meeting.id,
        (doors.get(meeting.id) ?? []).filter((one) => one !== visitor),
      );
      if (run === undefined || role === undefined) return [];
      run.inside.delete(visitor);
      const about = { uuid: run.uuid, startedAt: run.startedAt, at: now };
      const left = eventOf(meeting, { told: 'left', role, visitor, ...about });
      if (run.inside.size > 0) return [left];
      runs.delete(meeting.id);
      return [left, eventOf(meeting, { told: 'ended', ...about })];
    },
  };
}

export type EventFacts = {
  readonly told: Told;
  readonly at: Temporal.Instant;
  readonly uuid?: string;
  readonly startedAt?: Temporal.Instant;
  readonly role?: Role;
  readonly visitor?: string;
  /** Zoom tells ids of meetings as text in these events, and as a number in others. */
  readonly idAs?: 'text' | 'number';
};

/** An event as Zoom words it, names and addresses of people included. */
export function eventOf(meeting: Meeting, facts: EventFacts): Json {
  const { told, at, role = 'guest', visitor = '' } = facts;
  const second = at.toString({ smallestUnit: 'second' });
  const isHost = role === 'host';
  const person = {
    user_id: String(Number.parseInt(Buffer.from(visitor).toString('hex').slice(0, 6) || '0', 16) + 16_000_000),
    user_name: isHost ? nameOf(meeting.hostEmail) : 'A Guest',
    ...(isHost ? { id: meeting.hostId, participant_user_id: meeting.hostId } : {}),
    email: isHost ? meeting.hostEmail : '',
    participant_uuid: visitor,
  };
  const instant = { waited: { date_time: second }, joined: { join_time: second }, left: { leave_time: second } };
  return {
    event: NAMES[told],
    event_ts: at.epochMilliseconds,
    payload: {
      account_id: 'sandbox-zoom-account',
      object: {
        id: facts.idAs === 'number' ? meeting.id : String(meeting.id),
        uuid: facts.uuid ?? meeting.uuid,
        host_id: meeting.hostId,
        topic: meeting.topic,
        type: meeting.type,
        start_time: (facts.startedAt ?? at).toString({ smallestUnit: 'second' }),
        timezone: meeting.timezone,
        duration: meeting.duration,
        ...(told === 'ended' ? { end_time: second } : {}),
        ...(told === 'started' || told === 'ended' ? {} : { participant: { ...person, ...instant[told] } }),
      },
    },
  };
}
