// Rows of connection: one for each account that was ever authorised, at most one of them in force for a practitioner and a
// provider. Tokens pass through sealed; who asks for new ones, and when, is in store-tokens.ts.
import type { OutsideProvider } from '../meetings/provider.ts';
import type { Transaction } from '../platform/database/transaction.ts';
import type { Sealed } from '../platform/sealing.ts';
import type { Connection, ConnectionInForce, Trouble } from './connection.ts';

const COLUMNS = `id, practitioner_id as "practitionerId", provider, account_id as "accountId",
  account_address as "accountAddress", scopes, state, connected_at as "connectedAt", checked_at as "checkedAt",
  last_error as "lastError"`;

/** What stands before the readers in `told` who were told that it is connected. */
export const TOLD_CONNECTED = 'connected-';

/** The connection in force of each provider, or else the one that was last. At most as many as there are providers. */
export async function listConnections(tx: Transaction, practitionerId: number): Promise<Connection[]> {
  return await tx.query<Connection>({
    name: 'connection_list',
    text: `select distinct on (provider) ${COLUMNS} from connection
            where organisation_id = $1 and practitioner_id = $2
            order by provider, state = 'disconnected', connected_at desc, id desc`,
    values: [tx.organisationId, practitionerId],
  });
}

export async function findConnection(
  tx: Transaction,
  practitionerId: number,
  provider: OutsideProvider,
): Promise<Connection | null> {
  const all = await listConnections(tx, practitionerId);
  return all.find((one) => one.provider === provider) ?? null;
}

/** What is in force for the practitioner of a session, and whatever else her objects outside were made with. */
export async function listConnectionsOfSession(tx: Transaction, sessionId: number): Promise<ConnectionInForce[]> {
  return await tx.query<ConnectionInForce>({
    name: 'connection_of_session',
    text: `select c.id, c.provider, c.state
             from session s
             join connection c on c.organisation_id = $1 and c.practitioner_id = s.practitioner_id
            where s.organisation_id = $1 and s.id = $2
              and (c.state <> 'disconnected' or exists (select from outside_object o
                    where o.organisation_id = $1 and o.session_id = $2 and o.connection_id = c.id))`,
    values: [tx.organisationId, sessionId],
  });
}

export type PersonToConnect = { readonly name: string; readonly email: string };

/** Null where there is no such practitioner here. */
export async function findPerson(tx: Transaction, practitionerId: number): Promise<PersonToConnect | null> {
  const [row] = await tx.query<PersonToConnect>({
    name: 'connection_person',
    text: `select name, email from practitioner where organisation_id = $1 and id = $2`,
    values: [tx.organisationId, practitionerId],
  });
  return row ?? null;
}

/** One after the other: which of her accounts is in force is settled by whoever holds her row. */
export async function lockPerson(tx: Transaction, practitionerId: number): Promise<void> {
  await tx.query({
    name: 'connection_lock_person',
    text: `select 1 as there from practitioner where organisation_id = $1 and id = $2 for no key update`,
    values: [tx.organisationId, practitionerId],
  });
}

export type Granted = {
  readonly practitionerId: number;
  readonly provider: OutsideProvider;
  readonly accountId: string;
  readonly accountAddress: string;
  readonly scopes: readonly string[];
  readonly sealed: Sealed;
  readonly at: Temporal.Instant;
  /** Whether people are to be told that it is connected, unless they knew it. Told at once, where it is to be told. */
  readonly announce: boolean;
  /** When it is looked at again, where there is nothing to tell. */
  readonly attendAt: Temporal.Instant;
};

/** It was in force already, and nobody is left who is to be told: connected again it is no news. */
const KNOWN = `(connection.announced and connection.state <> 'disconnected')`;
/** Of those who were told of anything, who was told that it is connected. A spell of trouble is told anew. */
const TOLD_OF_IT = `array(select one from unnest(connection.told) one where one like '${TOLD_CONNECTED}%')`;

/** Puts an account in force: new, or again. No other of the same provider may be. */
export async function putConnection(tx: Transaction, granted: Granted): Promise<Connection> {
  const [row] = await tx.query<Connection>({
    name: 'connection_put',
    text: `insert into connection (organisation_id, practitioner_id, provider, account_id, account_address, scopes, state,
                  sealed, key_id, connected_at, checked_at, announced, attend_at)
           values ($1, $2, $3, $4, $5, $6, 'connected', $7, $8, $9::timestamptz, $9::timestamptz, not $11,
                   case when $11 then $9::timestamptz else $10::timestamptz end)
           on conflict (organisation_id, practitioner_id, provider, account_id) do update set
             account_address = excluded.account_address, scopes = excluded.scopes, state = 'connected',
             sealed = excluded.sealed, key_id = excluded.key_id, token_no = connection.token_no + 1,
             refresh_until = null, refresh_no = connection.refresh_no + 1, refresh_in_doubt = false,
             connected_at = excluded.connected_at, checked_at = excluded.checked_at, last_error = null,
             announced = excluded.announced or ${KNOWN}, episode = connection.episode + 1,
             told = case when connection.state = 'disconnected' then '{}' else ${TOLD_OF_IT} end,
             attend_at = case when ${KNOWN} then $10::timestamptz else excluded.attend_at end, attend_attempts = 0
           returning ${COLUMNS}`,
    values: [
      tx.organisationId,
      granted.practitionerId,
      granted.provider,
      granted.accountId,
      granted.accountAddress,
      [...granted.scopes],
      granted.sealed.text,
      granted.sealed.keyId,
      granted.at.toString(),
      granted.attendAt.toString(),
      granted.announce,
    ],
  });
  if (!row) throw new Error('a connection was put and is not there');
  return row;
}

/**
 * Ends what is in force of a provider, but for the account to be kept. The tokens stay until they are revoked; a renewal under
 * way keeps its lease, since what it brings is what will have to be revoked, and until it is over nothing is attended to.
 */
export async function endConnections(
  tx: Transaction,
  ended: { practitionerId: number; provider: OutsideProvider; butAccountId: string | null; at: Temporal.Instant },
): Promise<Connection[]> {
  return await tx.query<Connection>({
    name: 'connection_end',
    text: `update connection set state = 'disconnected', last_error = null, attend_attempts = 0,
                  attend_at = case when sealed is not null then greatest(refresh_until, $5::timestamptz) end
            where organisation_id = $1 and practitioner_id = $2 and provider = $3 and state <> 'disconnected'
              and ($4::text is null or account_id <> $4)
           returning ${COLUMNS}`,
    values: [tx.organisationId, ended.practitionerId, ended.provider, ended.butAccountId, ended.at.toString()],
  });
}

/** It is in trouble from now on, which is to be told. False: it was already, or is no longer in force. */
export async function markTroubled(
  tx: Transaction,
  id: number,
  trouble: { state: 'needs_reconnect' | 'missing_scopes'; why: Trouble; at: Temporal.Instant },
): Promise<boolean> {
  const rows = await tx.query<{ id: number }>({
    name: 'connection_troubled',
    text: `update connection set state = $3, last_error = $4, episode = episode + 1, told = ${TOLD_OF_IT},
                  attend_at = $5::timestamptz, attend_attempts = 0
            where organisation_id = $1 and id = $2 and state = 'connected' returning id`,
    values: [tx.organisationId, id, trouble.state, trouble.why, trouble.at.toString()],
  });
  return rows.length > 0;
}

/** What a trial call found, on a connection in force. `state` null: as it was. */
export async function noteCheck(
  tx: Transaction,
  id: number,
  found: {
    state: 'connected' | null;
    why: Trouble | null;
    at: Temporal.Instant;
    attendAt: Temporal.Instant | null;
  },
): Promise<void> {
  await tx.query({
    name: 'connection_note_check',
    text: `update connection set state = case when sealed is null then state else coalesce($3, state) end,
                  last_error = $4, checked_at = $5::timestamptz,
                  attend_at = case when announced then coalesce($6::timestamptz, attend_at)
                                   when $3 = 'connected' then coalesce(attend_at, $5::timestamptz) else attend_at end,
                  attend_attempts = case when $6::timestamptz is null or not announced then attend_attempts else 0 end
            where organisation_id = $1 and id = $2 and state <> 'disconnected'`,
    values: [tx.organisationId, id, found.state, found.why, found.at.toString(), found.attendAt?.toString() ?? null],
  });
}
