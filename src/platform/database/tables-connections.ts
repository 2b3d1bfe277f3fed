// The tables of practitioners' own accounts. See tables.ts.
import type { ColumnType, Generated } from 'kysely';
import type { Instant, MaybeInstant, Written } from './columns.ts';

export type ConnectionTables = {
  connection: {
    organisation_id: number;
    id: Generated<number>;
    practitioner_id: number;
    provider: 'zoom' | 'google' | 'microsoft';
    account_id: string;
    account_address: string;
    scopes: string[];
    state: 'connected' | 'needs_reconnect' | 'missing_scopes' | 'disconnected';
    sealed: string | null;
    key_id: string | null;
    token_no: Written<number>;
    refresh_until: MaybeInstant;
    refresh_no: Written<number>;
    refresh_in_doubt: Written<boolean>;
    connected_at: Instant;
    checked_at: Instant;
    last_error: ColumnType<string | null, string | null | undefined, string | null>;
    attend_at: MaybeInstant;
    attend_attempts: Written<number>;
    episode: Written<number>;
    told: Written<string[]>;
    announced: Written<boolean>;
  };
  connection_request: {
    organisation_id: number;
    state_digest: string;
    practitioner_id: number;
    provider: 'zoom' | 'google' | 'microsoft';
    actor_role: string;
    actor_ref: string;
    redirect_uri: string;
    sealed_verifier: string;
    expires_at: Instant;
  };
};
