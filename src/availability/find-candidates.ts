// Finds who among many may be asked for, and what is taken of their time. Desks are those kept by version; what is missing is
// read for all of them at once.
import { Refusal } from '../platform/refusal.ts';
import { sessionTypeMeant } from '../practitioners/session-type.ts';
import { candidateOf, stretchOf, type Candidate } from './among.ts';
import { isAt, type Desk } from './desk.ts';
import type { SlotTools } from './find-slots.ts';
import { listAmong, readBusyAmong, readChoices, type AmongQuestion, type Listed } from './store-among.ts';
import type { Busy } from './store.ts';

/** A large clinic; beyond it one asks for a language, a place or some of them. */
export const MOST_PRACTITIONERS = 1_000;
/**
 * Days of practitioners in one read of what is taken: some ten milliseconds of this process's time where all are full, so that
 * others are answered in between.
 */
export const MOST_DAYS_AT_ONCE = 2_048;
/** Read and compiled at once, some ten milliseconds of this process's time. */
const DESKS_AT_ONCE = 250;
/** Changes between two reads. */
const MOST_TRIES = 3;

export type Asked = {
  readonly organisationId: number;
  readonly practitionerIds: readonly number[] | null;
  readonly sessionType: string | null;
  readonly languages: readonly string[] | null;
  readonly locationId: number | null;
  readonly clientSubject: string | null;
};

/** Whom to ask, by id, and the session type that was meant. */
export type Candidates = {
  readonly meant: { readonly id: number; readonly name: string } | null;
  readonly list: readonly Candidate[];
};

/**
 * Refusals: `not_found` for a practitioner who is none of the practice, `unknown_session_type`, `unknown_location`, and
 * `invalid_request` where more match than are asked at once.
 */
export async function findCandidates(tools: SlotTools, asked: Asked): Promise<Candidates> {
  const { organisationId, practitionerIds, languages, locationId } = asked;
  const meant = await choose(tools, asked);
  const wanted = { practitionerIds, sessionTypeId: meant?.id ?? null, languages, locationId };
  const listed = await listAmong(tools.pool, organisationId, wanted, MOST_PRACTITIONERS + 1);
  refuseStrangers(practitionerIds ?? [], listed);
  const matching = listed.filter(({ isWanted }) => isWanted);
  if (matching.length > MOST_PRACTITIONERS) {
    throw new Refusal(
      'invalid_request',
      `More than ${MOST_PRACTITIONERS} practitioners match. Ask for a session type, a language, a place or some of them.`,
      { errors: [{ pointer: 'query/practitioner', message: 'must narrow the search' }] },
    );
  }
  const desks = await findDesks(tools, organisationId, matching);
  const list = desks.flatMap((desk) => candidateOf(desk, wanted) ?? []);
  return { meant, list };
}

async function choose(tools: SlotTools, { organisationId, sessionType, locationId }: Asked) {
  if (sessionType === null && locationId === null) return null;
  const { sessionTypes, hasLocation } = await readChoices(tools.pool, organisationId, locationId);
  if (locationId !== null && !hasLocation) {
    throw new Refusal('unknown_location', 'There is no such location. List them and choose from those.', {
      errors: [{ pointer: 'query/location', message: 'must be the id of a location' }],
    });
  }
  if (sessionType === null) return null;
  return sessionTypeMeant(sessionTypes, sessionType, 'query/sessionType', 'practice');
}

function refuseStrangers(asked: readonly number[], listed: readonly Listed[]): void {
  const known = new Set(listed.map(({ id }) => id));
  const strangers = asked.filter((id) => !known.has(id));
  if (strangers.length === 0) return;
  throw new Refusal('not_found', `There is no practitioner with the id ${strangers[0]}.`, {
    errors: [{ pointer: 'query/practitioner', message: 'must be ids of practitioners of one practice' }],
  });
}

/** In the order listed; of those who are gone since, none. */
async function findDesks(tools: SlotTools, organisationId: number, listed: readonly Listed[]): Promise<Desk[]> {
  const found = new Map<number, Desk>();
  const missing: number[] = [];
  for (const { id, versions } of listed) {
    const desk = tools.desks.recall(organisationId, id);
    if (desk && isAt(desk, versions)) found.set(id, desk);
    else missing.push(id);
  }
  for (let at = 0; at < missing.length; at += DESKS_AT_ONCE) {
    const ids = missing.slice(at, at + DESKS_AT_ONCE);
    for (const [id, desk] of await readDesks(tools, organisationId, ids)) found.set(id, desk);
  }
  return listed.flatMap(({ id }) => found.get(id) ?? []);
}

async function readDesks(tools: SlotTools, organisationId: number, ids: readonly number[]): Promise<Map<number, Desk>> {
  return await tools.transactor.inOrganisation(organisationId, (tx) => tools.desks.allOf(tx, ids), { readOnly: true });
}

export type Looked = { readonly candidate: Candidate; readonly busy: Busy };
export type Look = { readonly candidate: Candidate; readonly from: number; readonly to: number };

/**
 * What is taken of each one's stretch, with the candidate as she was at that moment. Of those who cannot be asked for any
 * more, none. Refusal `overloaded` where somebody is changed again and again meanwhile.
 */
export async function findBusy(tools: SlotTools, asked: Asked & Pick<Candidates, 'meant'>, looks: readonly Look[]) {
  const { organisationId, clientSubject, locationId } = asked;
  const sessionTypeId = asked.meant?.id ?? null;
  const found = new Map<number, Looked>();
  let left = looks;
  for (let tries = 0; left.length > 0; tries += 1) {
    if (tries === MOST_TRIES) {
      throw new Refusal('overloaded', 'A schedule is being changed right now. Try again in a moment.', {
        retryAfterSeconds: 1,
      });
    }
    const questions = left.map((look): AmongQuestion => stretchOf(look.candidate, look, clientSubject));
    const now = tools.clock.now();
    const busy = await readBusyAmong(tools.pool, organisationId, questions, { now, clientSubject });
    const changed: Look[] = [];
    for (const look of left) {
      const taken = busy.get(look.candidate.id);
      if (!taken) continue;
      if (isAt(look.candidate.desk, taken.versions)) found.set(look.candidate.id, { ...look, busy: taken });
      else changed.push(look);
    }
    if (changed.length === 0) break;
    const desks = await readDesks(
      tools,
      organisationId,
      changed.map(({ candidate }) => candidate.id),
    );
    left = changed.flatMap((look) => {
      const desk = desks.get(look.candidate.id);
      const candidate = desk && candidateOf(desk, { sessionTypeId, locationId });
      return candidate ? [{ ...look, candidate }] : [];
    });
  }
  return found;
}
