// The wire shapes of an override: what staff say, and what they are told was overridden.
import { Type, type Static } from 'typebox';
import { REASONS } from '../availability/reasons.ts';
import { named } from '../platform/http/openapi.ts';
import { plainLines } from '../platform/http/validation.ts';
import type { Overridden } from './override.ts';

const Why = {
  ...plainLines(500),
  description: 'Why, in a person’s words. Kept with the appointment, mailed to nobody.',
};

export const OverrideAsked = named(
  'Override',
  Type.Object(
    { reason: Why },
    {
      additionalProperties: false,
      description: 'For staff alone: book or move it though a rule of availability is against it.',
      examples: [{ reason: 'Agreed by telephone with both of them' }],
    },
  ),
);

export const OverrideMade = named(
  'Overridden',
  Type.Object(
    {
      reason: Type.String(),
      overrode: Type.Array(Type.Enum([...REASONS]), { description: 'The rules that were against it.' }),
    },
    {
      description: 'There where a rule was overridden, for its host, staff and services.',
      examples: [{ reason: 'Agreed by telephone with both of them', overrode: ['slot_taken'] }],
    },
  ),
);

export function wireOverride({ reason, overrode }: Overridden): Static<typeof OverrideMade> {
  return { reason, overrode: [...overrode] };
}
