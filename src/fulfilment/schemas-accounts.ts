// The wire shapes of accounts in trouble. No addresses: whose account it is says the connection.
import { Type } from 'typebox';
import { named } from '../platform/http/openapi.ts';
import { InstantText, PublicId } from '../platform/http/validation.ts';
import type { Circuit } from './circuit.ts';
import type { ShortDay } from './find-troubled-accounts.ts';
import { reasonOf, reasonOfLetter } from './reason.ts';

const ConnectionId = Type.Union([PublicId, Type.Null()], {
  description: 'The practitioner’s connection; null: the deployment’s own account.',
});
const EXAMPLE = {
  accounts: [
    {
      provider: 'zoom',
      connectionId: null,
      since: '2030-06-20T14:00:00Z',
      nextTryAt: '2030-06-20T14:10:00Z',
      failures: 12,
      reason: 'The provider did not answer in time. What it did is looked up before it is tried again.',
      said: 'unknown zoom create timeout',
    },
  ],
  days: [{ provider: 'zoom', connectionId: null, used: 84, most: 100 }],
};

export const TroubledAccounts = named(
  'TroubledAccounts',
  Type.Object(
    {
      accounts: Type.Array(
        Type.Object({
          provider: Type.String(),
          connectionId: ConnectionId,
          since: InstantText,
          nextTryAt: InstantText,
          failures: Type.Integer({ description: 'One after the other.' }),
          reason: Type.String({ description: 'For people: what is wrong, and what to do.' }),
          said: Type.String({ description: 'Outcome, provider, operation, status and code, as far as known.' }),
        }),
        {
          description:
            'They did not answer, and are only looked at now and then; what waits for them follows by itself.',
        },
      ),
      days: Type.Array(
        Type.Object({
          provider: Type.String(),
          connectionId: ConnectionId,
          used: Type.Integer(),
          most: Type.Integer(),
        }),
        {
          description:
            'Hosts who have used up most of what the provider allows them today (UTC); sooner sessions go first.',
        },
      ),
    },
    { examples: [EXAMPLE] },
  ),
);

export function circuitWire(circuit: Circuit) {
  const said = circuit.lastError ?? '';
  const letters = circuit.provider === 'mail' || circuit.provider === 'sms';
  return {
    provider: circuit.provider,
    connectionId: circuit.connectionId,
    since: (circuit.openedAt ?? circuit.failedAt).toString(),
    nextTryAt: (circuit.probeAt ?? circuit.failedAt).toString(),
    failures: circuit.failures,
    reason: letters ? reasonOfLetter(said) : reasonOf(said),
    said,
  };
}

export function dayWire({ provider, connectionId, used, most }: ShortDay) {
  return { provider, connectionId, used, most };
}
