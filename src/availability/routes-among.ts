// GET /api/availability: free times over many practitioners, open to all as those of one are.
import type { Static } from 'typebox';
import { Type } from 'typebox';
import type { Actor } from '../identity/actor.ts';
import type { Directory } from '../identity/store.ts';
import { answers } from '../platform/http/openapi.ts';
import { cursorOf } from '../platform/http/page.ts';
import type { App } from '../platform/http/server.ts';
import { isLanguage, PublicId } from '../platform/http/validation.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Clock } from '../platform/time/clock.ts';
import { canonicalLanguages } from '../practitioners/languages.ts';
import { answerAmong } from './answer-among.ts';
import { findAmong, MOST_OF_ANY, VIEWS, type Search } from './find-among.ts';
import { MOST_PRACTITIONERS } from './find-candidates.ts';
import type { SlotTools } from './find-slots.ts';
import { Among, AmongQuery, type AmongQuestion } from './schemas-among.ts';
import { NotModified } from './schemas.ts';

const FRESH_SECONDS = 5;
/** It may ask for the time of a thousand. */
const READS = 5;
const MINUTE_MS = 60_000;
/** Epoch minutes of the years that are read. */
const LAST_MINUTE = 125_000_000;

const place = Type.Object({ start: Type.Integer({ minimum: 0, maximum: LAST_MINUTE }), id: PublicId });
/** A place in one view is none in another. */
const cursors = Object.fromEntries(VIEWS.map((view) => [view, cursorOf(`availability-${view}`, place)]));

export function amongRoutes(app: App, tools: SlotTools & { readonly directory: Directory }): void {
  const schema = {
    operationId: 'searchAvailability',
    summary: 'When any of many practitioners is free',
    description:
      'Over all practitioners, or those who offer a session type, speak a language, work at a place, are among some: the soonest free times, each one’s first, or how many there are on each day.',
    tags: ['Availability'],
    querystring: AmongQuery,
    response: answers({ 200: Among, 304: NotModified }, ['not_found', 'unknown_session_type', 'unknown_location']),
  };
  const config = {
    access: 'public',
    scope: 'availability:read',
    rate: 'read',
    cost: READS,
    answerHeaders: ['etag', 'cache-control'],
  } as const;
  app.get('/api/availability', { config, schema }, async (request, reply) => {
    const search = await searchOf(request.query, request.actor, tools);
    const found = await findAmong(tools, search);
    const cursor = cursors[search.view]!;
    const { text, etag } = answerAmong(found, search.view, found.next && cursor.encode(found.next));
    // What depends on who asks is not for a cache to hand on: where nobody is named, the very practice does.
    const isOfCaller = search.practitionerIds === null;
    if (isOfCaller) void reply.header('vary', [reply.getHeader('vary') ?? [], 'Authorization'].flat().join(', '));
    const isPublic = !found.isPrivate && (!isOfCaller || request.actor.role === 'anonymous');
    const whose = isPublic ? 'public' : 'private';
    void reply.header('etag', etag).header('cache-control', `${whose}, max-age=${secondsFresh(tools.clock)}`);
    if (request.headers['if-none-match'] === etag) return await reply.code(304).send(undefined);
    return await reply.type('application/json; charset=utf-8').send(text as unknown as Static<typeof Among>);
  });
}

async function searchOf(
  query: AmongQuestion,
  actor: Actor,
  { directory }: { readonly directory: Directory },
): Promise<Search> {
  const { timeZone, sessionType, location, from, to, view, any, limit, cursor } = query;
  const practitionerIds = query.practitioner === undefined ? null : idsOf(query.practitioner);
  if (any !== undefined && view !== 'next') {
    throw new Refusal('invalid_request', 'Leave out `any`, or ask for the view `next`.', {
      errors: [{ pointer: 'query/any', message: 'goes with the view `next` alone' }],
    });
  }
  if (any !== undefined && limit > MOST_OF_ANY) {
    throw new Refusal('invalid_request', `Ask for at most ${MOST_OF_ANY} times of anybody.`, {
      errors: [{ pointer: 'query/limit', message: `must be at most ${MOST_OF_ANY} with \`any\`` }],
    });
  }
  const organisationId = await practiceOf(practitionerIds, actor, directory);
  const asks = actor.role === 'client' && actor.organisationId === organisationId ? actor.subject : null;
  return {
    organisationId,
    practitionerIds,
    sessionType: sessionType ?? null,
    languages: query.language === undefined ? null : languagesOf(query.language),
    locationId: location ?? null,
    clientSubject: asks,
    from: from ?? null,
    to: to ?? null,
    timeZone,
    view,
    any: any ?? null,
    limit,
    after: cursors[view]!.decode(cursor),
  };
}

/** Ids are public, whichever practice they are of; without any it is that of the caller. */
async function practiceOf(ids: readonly number[] | null, actor: Actor, directory: Directory): Promise<number> {
  const [first] = ids ?? [];
  if (first === undefined) return actor.organisationId;
  const found = await directory.findOrganisation(first);
  if (found !== null) return found;
  throw new Refusal('not_found', `There is no practitioner with the id ${first}.`, {
    errors: [{ pointer: 'query/practitioner', message: 'must be ids of practitioners of one practice' }],
  });
}

function idsOf(text: string): number[] {
  const ids = [...new Set(text.split(',').map(Number))].toSorted((a, b) => a - b);
  if (ids.length <= MOST_PRACTITIONERS && ids.every(Number.isSafeInteger)) return ids;
  throw new Refusal('invalid_request', `Name at most ${MOST_PRACTITIONERS} practitioners, by their ids.`, {
    errors: [{ pointer: 'query/practitioner', message: `must be at most ${MOST_PRACTITIONERS} ids` }],
  });
}

function languagesOf(text: string): string[] {
  const tags = text.split(',').map((tag) => tag.trim());
  if (tags.every(isLanguage)) return canonicalLanguages(tags);
  throw new Refusal('invalid_request', 'Name languages by their tags, such as en or pt-BR.', {
    errors: [{ pointer: 'query/language', message: 'must be language tags (BCP 47) with commas between them' }],
  });
}

/** "Now" is a whole minute for every rule: within it, time alone changes nothing. */
function secondsFresh(clock: Clock): number {
  const left = (MINUTE_MS - (clock.now().epochMilliseconds % MINUTE_MS)) % MINUTE_MS;
  return Math.min(FRESH_SECONDS, Math.floor(left / 1_000));
}
