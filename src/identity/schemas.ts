// API keys on the wire. The secret stands in the answer that made the key, and in no other.
import { Type, type Static } from 'typebox';
import { named } from '../platform/http/openapi.ts';
import { NextCursor } from '../platform/http/page.ts';
import { InstantText, plainText, PublicId } from '../platform/http/validation.ts';
import { API_KEY_PREFIX, API_KEY_STATES, stateOf, type ApiKey } from './api-key.ts';
import { SCOPES, type Scope } from './scope.ts';

const API_KEY_NAME_MAX = 120;
const NAMES = Object.keys(SCOPES) as Scope[];

const ScopeSchema = named(
  'Scope',
  Type.Enum(NAMES, {
    description: [
      'What a key may do.',
      '',
      ...Object.entries(SCOPES).map(([name, says]) => `- \`${name}\`: ${says}.`),
    ].join('\n'),
  }),
);
const Scopes = Type.Array(ScopeSchema, { minItems: 1, maxItems: NAMES.length, uniqueItems: true });
const MaybeInstant = (description: string) =>
  Type.Union([Type.String({ format: 'date-time' }), Type.Null()], { description });

export const NewApiKey = named(
  'NewApiKey',
  Type.Object(
    {
      name: { ...plainText(API_KEY_NAME_MAX), description: 'What it is for.', examples: ['Website'] },
      scopes: Scopes,
      expiresAt: Type.Optional({ ...InstantText, description: 'Left out: valid until it is revoked.' }),
    },
    {
      additionalProperties: false,
      examples: [
        {
          name: 'Website',
          scopes: ['availability:read', 'appointments:read', 'appointments:write'],
          expiresAt: '2031-01-01T00:00:00Z',
        },
      ],
    },
  ),
);

const shown = {
  id: PublicId,
  name: Type.String(),
  hint: Type.String({ description: `How its secret begins, after \`${API_KEY_PREFIX}\`.` }),
  scopes: Scopes,
  state: Type.Enum([...API_KEY_STATES]),
  createdBy: Type.String({ description: 'Who made it, as the journal names callers.' }),
  createdAt: Type.String({ format: 'date-time' }),
  expiresAt: MaybeInstant('Null: valid until it is revoked.'),
  lastUsedAt: MaybeInstant('To the minute or so; null: never.'),
  revokedAt: MaybeInstant('Null: it was not.'),
};
const example = {
  id: 1001,
  name: 'Website',
  hint: '3f9a01',
  scopes: ['availability:read', 'appointments:read', 'appointments:write'],
  state: 'active',
  createdBy: 'staff:desk',
  createdAt: '2030-06-20T18:00:00Z',
  expiresAt: '2031-01-01T00:00:00Z',
  lastUsedAt: null,
  revokedAt: null,
};

export const ApiKeySchema = named('ApiKey', Type.Object(shown, { examples: [example] }));

/** The address of one key. */
export const ApiKeyParams = Type.Object({ apiKeyId: PublicId });

export const ApiKeyMade = named(
  'ApiKeyMade',
  Type.Object(
    {
      ...shown,
      secret: Type.Optional(
        Type.String({
          description: 'Send it as a bearer token. It is in this answer alone, and not in a repeat of it: keep it now.',
        }),
      ),
    },
    { examples: [{ ...example, secret: `${API_KEY_PREFIX}3f9a01...` }] },
  ),
);

export const ApiKeyPage = named(
  'ApiKeyPage',
  Type.Object(
    { apiKeys: Type.Array(ApiKeySchema), nextCursor: NextCursor },
    { examples: [{ apiKeys: [example], nextCursor: null }] },
  ),
);

export function wireApiKey(key: ApiKey, now: Temporal.Instant): Static<typeof ApiKeySchema> {
  return {
    id: key.id,
    name: key.name,
    hint: key.hint,
    scopes: [...key.scopes],
    state: stateOf(key, now),
    createdBy: key.createdBy,
    createdAt: key.createdAt.toString(),
    expiresAt: key.expiresAt?.toString() ?? null,
    lastUsedAt: key.lastUsedAt?.toString() ?? null,
    revokedAt: key.revokedAt?.toString() ?? null,
  };
}
