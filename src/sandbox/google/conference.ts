// Google Meet links inside events: what becomes of conferenceData.createRequest, and how the conference is shown.
import { randomInt } from 'node:crypto';
import { isJson, type Json, type World } from '../endpoint.ts';
import { badRequest } from './errors.ts';
import type { Switches } from '../switches.ts';
import type { Acting } from './tokens.ts';

export type Conference = {
  readonly requestId: string;
  /** abc-defg-hij */
  readonly code: string;
  /** For how many readings it is still being made; absent: it is made. */
  readonly pendingReads?: number;
  /** What comes of it in the end. */
  readonly failed?: true;
};

/**
 * The conference after a write. Without conferenceDataVersion=1 the given data is dropped without a word; null removes
 * the conference; a request id that was seen before is ignored.
 */
export function conferenceAfter(
  before: Conference | undefined,
  given: unknown,
  version: string,
  who: Acting,
  { meetPendingReads, meetOutcome }: Pick<Switches, 'meetPendingReads' | 'meetOutcome'>,
): Conference | undefined {
  if (version !== '1' || given === undefined) return before;
  if (given === null) return undefined;
  if (!isJson(given)) throw badRequest('invalid', 'Invalid conference data.');
  const request = given['createRequest'];
  if (request === undefined) return before;
  const requestId = isJson(request) ? request['requestId'] : undefined;
  if (typeof requestId !== 'string' || requestId === '') throw badRequest('required', 'Missing conference request ID.');
  const key = isJson(request) ? request['conferenceSolutionKey'] : undefined;
  const type = isJson(key) ? key['type'] : 'hangoutsMeet';
  if (type !== 'hangoutsMeet' || who.isServiceAccount) throw badRequest('invalid', 'Invalid conference type value.');
  if (before?.requestId === requestId) return before;
  return {
    requestId,
    code: newCode(),
    ...(meetPendingReads === 0 ? {} : { pendingReads: meetPendingReads }),
    ...(meetOutcome === 'failure' ? { failed: true } : {}),
  };
}

/** Once it has been read; the reading itself is answered with what was before. */
export function afterReading(conference: Conference): Conference {
  const { pendingReads = 0, ...rest } = conference;
  return pendingReads <= 1 ? rest : { ...rest, pendingReads: pendingReads - 1 };
}

export function conferenceShown(world: World, conference: Conference): Json {
  const statusCode = conference.pendingReads ? 'pending' : conference.failed ? 'failure' : 'success';
  const createRequest = {
    requestId: conference.requestId,
    conferenceSolutionKey: { type: 'hangoutsMeet' },
    status: { statusCode },
  };
  // Neither link nor entry points before it has succeeded.
  if (statusCode !== 'success') return { conferenceData: { createRequest } };
  const uri = meetUrl(world, conference.code);
  return {
    hangoutLink: uri,
    conferenceData: {
      createRequest,
      entryPoints: [{ entryPointType: 'video', uri, label: uri.replace(/^https?:\/\//, '') }],
      conferenceSolution: {
        key: { type: 'hangoutsMeet' },
        name: 'Google Meet',
        iconUri: `${world.url()}/google/meet/icon.png`,
      },
      conferenceId: conference.code,
    },
  };
}

export function isMade({ pendingReads = 0, failed }: Conference): boolean {
  return pendingReads === 0 && failed !== true;
}

export function meetUrl(world: World, code: string): string {
  return `${world.url()}/google/meet/${code}`;
}

function letters(count: number): string {
  return Array.from({ length: count }, () => String.fromCharCode(97 + randomInt(26))).join('');
}

function newCode(): string {
  return `${letters(3)}-${letters(4)}-${letters(3)}`;
}
