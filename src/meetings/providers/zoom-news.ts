// What Zoom tells by webhook (developers.zoom.us/docs/api/webhooks). The signature is over the bytes that came; ids of
// meetings come as a number in some events and as text in others; names and addresses in them are not even read.
import { createHmac } from 'node:crypto';
import { headerOf, isOfNow, textAt, valueAt, type SignedPost } from '../../platform/http/signed-post.ts';
import { digestOf, sameSecret } from '../../platform/secrets.ts';
import type { LifeEvent, LifeKind } from '../life.ts';
import type { MeetingNews, MeetingNewsReader } from '../news.ts';

/** 120 bits: two visitors never share one by chance. */
const MARK_LENGTH = 20;

const KINDS: Readonly<Record<string, LifeKind>> = {
  'meeting.started': 'started',
  'meeting.ended': 'ended',
  'meeting.participant_joined': 'joined',
  'meeting.participant_left': 'left',
  'meeting.participant_joined_waiting_room': 'waited',
  'meeting.participant_jbh_waiting': 'waited',
};
/** Where an event says when it happened; else that is `event_ts`, which a repeat bears unchanged. */
const INSTANT_OF: Readonly<Partial<Record<LifeKind, readonly string[]>>> = {
  ended: ['end_time'],
  waited: ['participant', 'date_time'],
  joined: ['participant', 'join_time'],
  left: ['participant', 'leave_time'],
};

/** `secrets`: the secret tokens in force, several while one replaces the other. */
export function zoomNews(secrets: readonly string[]): MeetingNewsReader {
  return {
    read: (post, now) => {
      const secret = secrets.find((one) => isSignedBy(one, post)) ?? null;
      if (secret === null || !isOfThisTime(headerOf(post, 'x-zm-request-timestamp'), now)) return null;
      const told: unknown = JSON.parse(post.body.toString('utf8'));
      const name = textAt(told, 'event') ?? '';
      if (name === 'endpoint.url_validation') return challenge(secret, textAt(told, 'payload', 'plainToken'));
      const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
      return (kind && lifeEvent(kind, told)) ?? { kind: 'other' };
    },
  };
}

/** All secrets are tried alike, and a near miss takes as long as a wild guess. */
function isSignedBy(secret: string, post: SignedPost): boolean {
  const stamp = headerOf(post, 'x-zm-request-timestamp');
  const wanted = createHmac('sha256', secret).update(`v0:${stamp}:`).update(post.body).digest('hex');
  return sameSecret(headerOf(post, 'x-zm-signature'), `v0=${wanted}`);
}

/** In seconds, or in milliseconds. */
function isOfThisTime(stamp: string, now: Temporal.Instant): boolean {
  return isOfNow(/^\d{13}$/.test(stamp) ? stamp.slice(0, -3) : stamp, now);
}

/**
 * The token signed with the secret. Only such a token as can be no post: an answer to `v0:...` would be the signature
 * of a post that Zoom never sent.
 */
function challenge(secret: string, plainToken: string | null): MeetingNews {
  if (plainToken === null || !/^[A-Za-z0-9_\-+/=]{1,200}$/.test(plainToken)) return { kind: 'other' };
  const encryptedToken = createHmac('sha256', secret).update(plainToken).digest('hex');
  return { kind: 'challenge', answer: { plainToken, encryptedToken } };
}

function lifeEvent(kind: LifeKind, told: unknown): MeetingNews | null {
  const meeting = valueAt(told, 'payload', 'object');
  const meetingId = meetingIdOf(valueAt(meeting, 'id'));
  const uuid = textAt(meeting, 'uuid');
  const place = INSTANT_OF[kind];
  const at = (place && instantOf(textAt(meeting, ...place))) ?? toldAt(valueAt(told, 'event_ts'));
  if (meetingId === null || uuid === null || at === null) return null;
  const run = markOf(uuid);
  if (kind === 'started' || kind === 'ended') {
    return { kind: 'event', meetingId, event: { run, kind, visitor: '', role: null, at } };
  }
  const visit = visitOf(meeting, uuid, kind);
  return visit && { kind: 'event', meetingId, event: { run, kind, ...visit, at } };
}

/**
 * Who it is within this run: by the id of her visit, which joining and leaving share; a guest has no other. The host is known
 * by her user id, which is there where she came signed in, as by a start link she does.
 */
function visitOf(meeting: unknown, uuid: string, kind: LifeKind): Pick<LifeEvent, 'visitor' | 'role'> | null {
  const at = (name: string) => {
    const number = valueAt(meeting, 'participant', name);
    return typeof number === 'number' ? String(number) : textAt(meeting, 'participant', name);
  };
  const known = at('participant_uuid') ?? at('user_id') ?? at('participant_user_id') ?? at('id');
  // Whoever waits for the host has no id yet.
  const id = known ?? (kind === 'waited' ? 'at the door' : null);
  if (id === null) return null;
  const host = textAt(meeting, 'host_id');
  const isHost = host !== null && (at('participant_user_id') === host || at('id') === host);
  return { visitor: markOf(`${uuid} ${id}`), role: isHost ? 'host' : 'guest' };
}

/** Text in events of a running meeting, a number in others; never one that a number cannot hold. */
function meetingIdOf(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 ? String(value) : null;
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? value : null;
}

function instantOf(text: string | null): Temporal.Instant | null {
  if (text === null || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text)) return null;
  try {
    return Temporal.Instant.from(text);
  } catch {
    return null;
  }
}

/** In whole seconds, as the other instants are told. Milliseconds since the epoch, of a year that a timestamp can be of. */
function toldAt(value: unknown): Temporal.Instant | null {
  const sound = typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value < 8.64e15;
  return sound ? Temporal.Instant.fromEpochMilliseconds(value - (value % 1000)) : null;
}

function markOf(text: string): string {
  return digestOf(text).slice(0, MARK_LENGTH);
}
