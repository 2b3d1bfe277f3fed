// Places where people work, on the wire.
import { Type, type Static } from 'typebox';
import { named } from '../platform/http/openapi.ts';
import { NextCursor } from '../platform/http/page.ts';
import { plainText, PublicId, ZoneText } from '../platform/http/validation.ts';
import type { Location } from './store-locations.ts';

const closed = { additionalProperties: false } as const;
const NAME_MAX = 120;
const ADDRESS_MAX = 300;

const fields = {
  name: { ...plainText(NAME_MAX), examples: ['High Street'] },
  timeZone: { ...ZoneText, description: 'The zone of hours worked there.' },
};
const address = Type.Union([plainText(ADDRESS_MAX), Type.Null()]);

const example = {
  id: 61,
  name: 'High Street',
  address: '1 High Street, London',
  timeZone: 'Europe/London',
  revision: 1,
};

export const LocationSchema = named(
  'Location',
  Type.Object({ id: PublicId, ...fields, address, revision: Type.Integer() }, { examples: [example] }),
);

export const LocationPage = named(
  'LocationPage',
  Type.Object(
    { locations: Type.Array(LocationSchema), nextCursor: NextCursor },
    { examples: [{ locations: [example], nextCursor: null }] },
  ),
);

export const NewLocation = named(
  'NewLocation',
  Type.Object(
    { ...fields, address: Type.Optional(address) },
    { ...closed, examples: [{ name: 'High Street', address: '1 High Street, London', timeZone: 'Europe/London' }] },
  ),
);

export const LocationChangeBody = named(
  'LocationChange',
  Type.Partial(Type.Object({ ...fields, address }), {
    ...closed,
    minProperties: 1,
    examples: [{ timeZone: 'Europe/Dublin' }],
  }),
);

export const LocationRemoved = named(
  'LocationRemoved',
  Type.Object(
    { success: Type.Literal(true), message: Type.String() },
    { examples: [{ success: true, message: 'Location removed' }] },
  ),
);

export function locationWire({
  id,
  name,
  address: where,
  timeZone,
  revision,
}: Location): Static<typeof LocationSchema> {
  return { id, name, address: where, timeZone, revision };
}
