// Resources on the wire, and what a session type says of needs, lengths, price and the ways it is held.
import { Type, type Static } from 'typebox';
import { named } from '../platform/http/openapi.ts';
import { NextCursor, pageQuery } from '../platform/http/page.ts';
import { EmailText, plainText, PublicId, formText } from '../platform/http/validation.ts';
import { MOST_ANY_OF, MOST_NEEDS, RESOURCE_KINDS, RESOURCE_NAME_MAX, UNITS, type Resource } from './resource.ts';
import { POLICY_BOUNDS } from './practitioner.ts';
import { CAPACITY, LENGTH_MINUTES, MODES, MOST_LENGTHS, PRICE_MINOR } from './session-type.ts';

const closed = { additionalProperties: false } as const;
const KindSchema = Type.Enum([...RESOURCE_KINDS], {
  description: '`video_host`: an account that hosts meetings of people who have none of their own.',
});

const fields = {
  name: { ...plainText(RESOURCE_NAME_MAX), examples: ['Room 2'] },
  locationId: Type.Union([PublicId, Type.Null()], { description: 'Where it is, for people to read.' }),
  address: Type.Union([EmailText, Type.Null()], {
    description: 'Of a video host: who it is at the provider; meetings of sessions that were given it are made there.',
  }),
  units: Type.Integer({
    ...UNITS,
    description: 'So many sessions can have it at once: chairs of a kind, or the meetings an account may hold.',
    examples: [1],
  }),
  active: Type.Boolean({ description: 'false: retired. Nothing new is given it; what was agreed stays.' }),
};

const example = {
  id: 71,
  kind: 'room',
  name: 'Room 2',
  locationId: 61,
  address: null,
  units: 1,
  active: true,
  revision: 1,
};

export const ResourceSchema = named(
  'Resource',
  Type.Object({ id: PublicId, kind: KindSchema, ...fields, revision: Type.Integer() }, { examples: [example] }),
);

export const ResourcePage = named(
  'ResourcePage',
  Type.Object(
    { resources: Type.Array(ResourceSchema), nextCursor: NextCursor },
    { examples: [{ resources: [example], nextCursor: null }] },
  ),
);

export const ResourceQuery = Type.Object({ kind: Type.Optional(KindSchema), ...pageQuery }, closed);

const { name, ...others } = fields;
export const NewResource = named(
  'NewResource',
  Type.Object(
    { kind: KindSchema, name, ...Type.Partial(Type.Object(others)).properties },
    { ...closed, examples: [{ kind: 'room', name: 'Room 2', locationId: 61 }] },
  ),
);

export const ResourceChangeBody = named(
  'ResourceChange',
  Type.Partial(Type.Object(fields), { ...closed, minProperties: 1, examples: [{ active: false }] }),
);

export function resourceWire(resource: Resource): Static<typeof ResourceSchema> {
  return { ...resource };
}

const orHers = { description: 'null: as the practitioner has it.' };
const PriceSchema = Type.Object(
  {
    amountMinor: Type.Integer({ ...PRICE_MINOR, description: 'In the smallest unit of the currency: cents.' }),
    currency: formText('^[A-Z]{3}$', 'EUR', { description: 'ISO 4217' }),
  },
  closed,
);
const Lengths = Type.Array(Type.Integer(LENGTH_MINUTES), {
  maxItems: MOST_LENGTHS,
  uniqueItems: true,
  description: 'What else can be chosen beside `durationMinutes`.',
});
const Modes = Type.Array(Type.Enum([...MODES]), { minItems: 1, maxItems: MODES.length, uniqueItems: true });
const Capacity = Type.Integer({
  ...CAPACITY,
  description: 'Seats of one session. More than 1: a group, of which each client books one seat.',
});

/** What staff see and set of a session type. */
export const particulars = {
  lengths: Lengths,
  gridMinutes: Type.Union([Type.Integer(POLICY_BOUNDS.gridMinutes), Type.Null()], orHers),
  bufferBeforeMinutes: Type.Union([Type.Integer(POLICY_BOUNDS.bufferBeforeMinutes), Type.Null()], orHers),
  bufferAfterMinutes: Type.Union([Type.Integer(POLICY_BOUNDS.bufferAfterMinutes), Type.Null()], orHers),
  price: Type.Union([PriceSchema, Type.Null()], { description: 'null: none is told.' }),
  modes: Modes,
  capacity: Capacity,
  needs: Type.Array(
    Type.Object(
      {
        kind: KindSchema,
        anyOf: Type.Optional(
          Type.Array(PublicId, {
            minItems: 1,
            maxItems: MOST_ANY_OF,
            uniqueItems: true,
            description: 'One of these, the first that is free. Left out: any of the kind.',
          }),
        ),
      },
      closed,
    ),
    {
      maxItems: MOST_NEEDS,
      description: 'What each session takes besides the practitioner’s time: all, or it is not booked.',
    },
  ),
};

/** What everybody sees of it where it is offered. */
export const offeredParticulars = Type.Partial(
  Type.Object({ lengths: Lengths, modes: Modes, capacity: Capacity, price: PriceSchema }),
).properties;
