// Knows what sessions are held with, besides people: rooms, equipment, accounts that host video meetings; and what a session
// type needs of them. Whose time is taken is occupancy's to know, who gets which unit availability's.
import { Refusal, type FieldFault } from '../platform/refusal.ts';
import { spokenName } from './name.ts';

export const RESOURCE_KINDS = ['room', 'equipment', 'video_host'] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

export type Resource = {
  readonly id: number;
  readonly kind: ResourceKind;
  readonly name: string;
  readonly locationId: number | null;
  /** Of a video host: who it is at the provider. */
  readonly address: string | null;
  /** So many sessions can have it at once. */
  readonly units: number;
  /** Whether anything new is given it; what was agreed stays. */
  readonly active: boolean;
  readonly revision: number;
};

export type ResourceFields = Pick<Resource, 'kind' | 'name' | 'locationId' | 'address' | 'units' | 'active'>;

/** What a session needs one unit of: of any of these resources, or of any of that kind. */
export type Need = { readonly kind: ResourceKind; readonly anyOf?: readonly number[] | undefined };

/** The same with the units there are, the one to be given first at the head. */
export type OfferedNeed = { readonly kind: ResourceKind; readonly units: readonly number[] };

export const RESOURCE_NAME_MAX = 120;
/** What a provider allows one account at once is less; of the same chairs nobody counts more. */
export const UNITS = { minimum: 1, maximum: 50 } as const;
/** More rooms than one practice has. */
export const MOST_RESOURCES = 500;
/** A room, a host, and some things brought along. */
export const MOST_NEEDS = 5;
/** All are looked at for each start. */
export const MOST_ANY_OF = 50;

/** Fields fit to be written, or Refusal `invalid_request`. A video host has an address, nothing else has one. */
export function checkedResource(fields: ResourceFields): ResourceFields {
  const errors: FieldFault[] = [];
  const name = spokenName(fields.name, RESOURCE_NAME_MAX);
  if (name === null) errors.push({ pointer: '/name', message: `must have 1 to ${RESOURCE_NAME_MAX} characters` });
  const isHost = fields.kind === 'video_host';
  if (isHost !== (fields.address !== null)) {
    const message = isHost ? 'is required: who the host is at the provider' : 'is a video host’s alone';
    errors.push({ pointer: '/address', message });
  }
  if (errors.length > 0) throw new Refusal('invalid_request', 'The resource has faults.', { errors });
  return { ...fields, name: name ?? fields.name };
}

/**
 * What is wrong with the needs of one session type. No resource serves two of them: then the first that is free is a right
 * choice for each, whatever the others get.
 */
export function needFaults(needs: readonly Need[]): FieldFault[] {
  return needs.flatMap((need, index): FieldFault[] => {
    const before = needs.slice(0, index).filter(({ kind }) => kind === need.kind);
    const shares = before.some(({ anyOf }) => !anyOf || !need.anyOf || anyOf.some((id) => need.anyOf?.includes(id)));
    return shares
      ? [{ pointer: `/needs/${index}`, message: 'could be met by the same resource as another need: name which' }]
      : [];
  });
}
