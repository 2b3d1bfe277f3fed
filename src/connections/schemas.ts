// Connections on the wire: never a token, and the provider's words only as codes of ours with a sentence beside them.
import { Type, type Static } from 'typebox';
import { OUTSIDE_PROVIDERS, PLATFORM_OF, PLATFORMS } from '../meetings/provider.ts';
import { named } from '../platform/http/openapi.ts';
import { PublicId } from '../platform/http/validation.ts';
import { CONNECTION_STATES, troubleSaid, type Connection } from './connection.ts';
import type { Begun } from './connect-account.ts';
import type { Ended } from './end-connection.ts';

const Provider = Type.Enum([...OUTSIDE_PROVIDERS], { examples: ['zoom'] });

export const ConnectionsParams = Type.Object({ practitionerId: PublicId });
export const ConnectionParams = Type.Object({ practitionerId: PublicId, provider: Provider });

export const NewConnection = named(
  'NewConnection',
  Type.Object({ provider: Provider }, { additionalProperties: false, examples: [{ provider: 'zoom' }] }),
);

export const ConnectionBegun = named(
  'ConnectionBegun',
  Type.Object(
    {
      authorizationUrl: Type.String({
        description:
          'Open it in the browser of the account’s owner: she signs in there, agrees, and is sent back here.',
      }),
      expiresAt: Type.String({ format: 'date-time', description: 'It can be used once, until then.' }),
    },
    {
      examples: [
        {
          authorizationUrl: 'https://zoom.us/oauth/authorize?response_type=code&client_id=...&state=...',
          expiresAt: '2030-06-20T18:10:00Z',
        },
      ],
    },
  ),
);

const example = {
  id: 1203,
  practitionerId: 123,
  provider: 'zoom',
  platform: 'zoom',
  state: 'needs_reconnect',
  accountAddress: 'sarah.johnson@example.com',
  scopes: ['meeting:write:meeting', 'meeting:read:meeting'],
  connectedAt: '2030-06-20T18:00:00Z',
  checkedAt: '2030-07-01T09:30:00Z',
  problem: 'grant_ended',
  problemText: 'The account no longer lets us in. Connect it again.',
} as const;

const shown = {
  id: PublicId,
  practitionerId: PublicId,
  provider: Provider,
  platform: Type.Enum([...PLATFORMS], { description: 'Whose links the account makes.' }),
  state: Type.Enum([...CONNECTION_STATES], {
    description:
      '`connected`: in use. `needs_reconnect`: the grant is dead; `missing_scopes`: it is too narrow; both wait for her, ' +
      'and so does what is owed outside. `disconnected`: ended here.',
  }),
  accountAddress: Type.String({ description: 'The account’s address at the provider.' }),
  scopes: Type.Array(Type.String(), { description: 'What was granted, in the provider’s words.' }),
  connectedAt: Type.String({ format: 'date-time' }),
  checkedAt: Type.String({ format: 'date-time', description: 'When it was last tried out.' }),
  problem: Type.Union([Type.String(), Type.Null()], { description: 'A stable word for what is wrong; null: nothing.' }),
  problemText: Type.Union([Type.String(), Type.Null()], { description: 'The same for people, with what to do.' }),
};

export const ConnectionSchema = named('Connection', Type.Object(shown, { examples: [example] }));

export const ConnectionList = named(
  'ConnectionList',
  Type.Object(
    { connections: Type.Array(ConnectionSchema, { maxItems: OUTSIDE_PROVIDERS.length }) },
    { description: 'At most one of each provider.', examples: [{ connections: [example] }] },
  ),
);

export const ConnectionEnded = named(
  'ConnectionEnded',
  Type.Object(
    {
      connection: ConnectionSchema,
      revocation: Type.Enum(['revoked', 'shared', 'pending', 'by_hand'], {
        description:
          '`revoked`: the provider was told. `shared`: it was not, since another practitioner here uses the same account; ' +
          'what we held for this one is forgotten. `pending`: it did not answer, or a renewal is under way, and it is told ' +
          'later. `by_hand`: it cannot be told by us; only the account’s owner can remove the app, at `removeAt`.',
      }),
      removeAt: Type.Union([Type.String(), Type.Null()]),
    },
    {
      examples: [
        {
          connection: { ...example, state: 'disconnected', problem: null, problemText: null },
          revocation: 'revoked',
          removeAt: null,
        },
      ],
    },
  ),
);

/** Providers add parameters of their own. */
export const CallbackQuery = Type.Object(
  {
    state: Type.Optional(Type.String({ maxLength: 512 })),
    code: Type.Optional(Type.String({ minLength: 1, maxLength: 8_192 })),
    error: Type.Optional(Type.String({ maxLength: 256 })),
  },
  { additionalProperties: true },
);

export function connectionWire(connection: Connection): Static<typeof ConnectionSchema> {
  const { id, practitionerId, provider, state, accountAddress, scopes, connectedAt, checkedAt, lastError } = connection;
  return {
    id,
    practitionerId,
    provider,
    platform: PLATFORM_OF[provider],
    state,
    accountAddress,
    scopes: [...scopes],
    connectedAt: connectedAt.toString(),
    checkedAt: checkedAt.toString(),
    problem: lastError,
    problemText: troubleSaid(lastError),
  };
}

export function begunWire({ authorizationUrl, expiresAt }: Begun): Static<typeof ConnectionBegun> {
  return { authorizationUrl, expiresAt: expiresAt.toString() };
}

export function endedWire({ connection, revocation, removeAt }: Ended): Static<typeof ConnectionEnded> {
  return { connection: connectionWire(connection), revocation, removeAt };
}
