// What the addresses of schedules have in common: who is let in, what a changing call brings, how a schedule is read.
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { mayManagePractitioner, type Actor } from '../identity/actor.ts';
import type { Directory } from '../identity/store.ts';
import { onceOf } from '../platform/http/idempotency.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import { PublicId } from '../platform/http/validation.ts';
import { Refusal } from '../platform/refusal.ts';
import type { Tools } from '../practitioners/add-practitioner.ts';
import { expectedVersions } from '../practitioners/call.ts';
import { refuseUnknownPractitioner } from '../practitioners/store.ts';
import type { ScheduleCall } from './change-schedule.ts';
import { readSchedule, type ScheduleInForce } from './store.ts';

export type ScheduleTools = Tools & { readonly directory: Directory };

export const OPEN = { access: 'public', scope: 'practitioners:read', rate: 'read', answerHeaders: ['etag'] } as const;
export const MANAGERS = {
  access: ['practitioner', 'staff', 'service'],
  scope: 'practitioners:read',
  rate: 'read',
  answerHeaders: ['etag'],
} as const;
export const CHANGING = { ...MANAGERS, scope: 'practitioners:write', rate: 'booking' } as const;

export const HERS = { tags: ['Schedules'], params: Type.Object({ practitionerId: PublicId }) };
/** What any change of a schedule may be refused with, besides faults of its own. */
export const REFUSALS = ['not_found', 'version_mismatch', 'idempotency_key_invalid', 'idempotency_key_reused'] as const;

/** What a changing call is about, and what it brings besides its fields. */
export function changeOf(
  request: Pick<FastifyRequest, 'actor' | 'headers' | 'method' | 'routeOptions' | 'body'> & {
    readonly params: { readonly practitionerId: number };
  },
  tools: Pick<Tools, 'clock'>,
  status = 200,
): ScheduleCall {
  const once = onceOf(request, request.actor, tools.clock);
  const expected = expectedVersions(request.headers['if-match']);
  return { practitionerId: request.params.practitionerId, call: { once, status, expected } };
}

type Read<T> = { readonly inForce: ScheduleInForce; readonly found: T };
type More<T> = (tx: Transaction, inForce: ScheduleInForce) => Promise<T>;

/** For all to read, in whichever organisation she is; who takes no bookings is shown to those who manage her alone. */
export async function readOpenly<T>(
  tools: ScheduleTools,
  actor: Actor,
  practitionerId: number,
  more: More<T>,
): Promise<Read<T>> {
  const organisationId = await tools.directory.findOrganisation(practitionerId);
  if (organisationId === null) return refuseUnknownPractitioner();
  const manages = actor.organisationId === organisationId && mayManagePractitioner(actor, practitionerId);
  return await read(tools, organisationId, practitionerId, async (tx, inForce) => {
    if (!inForce.active && !manages) return refuseUnknownPractitioner();
    return await more(tx, inForce);
  });
}

/** For those who manage her. Refusals `forbidden`, `not_found`. */
export async function readPrivately<T>(
  tools: ScheduleTools,
  actor: Actor,
  practitionerId: number,
  more: More<T>,
): Promise<Read<T>> {
  if (!mayManagePractitioner(actor, practitionerId)) {
    throw new Refusal('forbidden', 'Only staff and the practitioner herself may see this.');
  }
  return await read(tools, actor.organisationId, practitionerId, more);
}

async function read<T>(
  tools: ScheduleTools,
  organisationId: number,
  practitionerId: number,
  more: More<T>,
): Promise<Read<T>> {
  return await tools.transactor.inOrganisation(
    organisationId,
    async (tx) => {
      const inForce = await readSchedule(tx, practitionerId);
      return { inForce, found: await more(tx, inForce) };
    },
    { readOnly: true },
  );
}
