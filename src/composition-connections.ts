// Opens what practitioners' own accounts need: the keyring, the authorisation servers whose clients are set up, and the
// provider clients that act as one connection each.
import type { CalendarProvider, CalendarProviderId } from './calendars/provider.ts';
import { googleCalendar } from './calendars/providers/google.ts';
import { microsoftCalendar } from './calendars/providers/microsoft.ts';
import { sealingOfGrants } from './composition-keys.ts';
import type { Config, ProviderAddresses } from './config.ts';
import { connectedTokens, subjectOf } from './connections/connected-tokens.ts';
import type { ConnectionInForce } from './connections/connection.ts';
import type { GrantProvider } from './connections/provider.ts';
import { googleGrants } from './connections/providers/google.ts';
import { microsoftGrants } from './connections/providers/microsoft.ts';
import { zoomGrants } from './connections/providers/zoom.ts';
import type { Outlets } from './fulfilment/accounts.ts';
import type { OutsideProvider } from './meetings/provider.ts';
import { zoomMeetings } from './meetings/providers/zoom.ts';
import type { Transactor } from './platform/database/transaction.ts';
import type { AccessTokens } from './platform/http/access-token.ts';
import type { HttpClient } from './platform/http/client.ts';
import type { Log } from './platform/log.ts';
import { OutsideError } from './platform/outside-error.ts';
import type { SealingKey } from './platform/sealing.ts';
import type { Clock } from './platform/time/clock.ts';
import type { SandboxCredentials } from './sandbox/credentials.ts';

type Tools = {
  readonly transactor: Transactor;
  readonly clock: Clock;
  readonly log: Log;
  readonly http: HttpClient;
};

type Keys = { readonly keys: readonly SealingKey[] };

/** `sandboxCredentials`: the emulators' clients; null: those of the settings. */
type Outside = { readonly addresses: ProviderAddresses; readonly sandboxCredentials: SandboxCredentials | null };

/** What an account granted cannot be read without the keys; it waits for them, and nobody else's account takes its place. */
const WITHOUT_KEYS: AccessTokens = {
  get: () => Promise.reject(noKeys()),
  drop: () => undefined,
};

export function openConnections(config: Config, { keys, ...tools }: Tools & Keys, outside: Outside) {
  const keyring = sealingOfGrants(keys);
  const grants = grantProviders(config, tools, outside);
  const listeners: (() => void)[] = [];
  const accounts = { ...tools, grants, attend: () => listeners.forEach((listener) => listener()) };
  const tokens = keyring ? connectedTokens({ ...accounts, keyring }) : WITHOUT_KEYS;
  return {
    keyring,
    grants,
    connectionsPage: config.connecting.page,
    staffEmail: config.connecting.staffEmail,
    publicUrl: config.publicUrl,
    attend: accounts.attend,
    /** Whoever attends to connections in this process says so. */
    onAttend: (listener: () => void) => void listeners.push(listener),
    outletsOf: (organisationId: number, connection: ConnectionInForce): Outlets =>
      outletsOf(
        { ...tools, at: outside.addresses },
        tokens,
        subjectOf({ organisationId, id: connection.id }),
        connection,
      ),
  };
}

function outletsOf(
  { at, ...tools }: Tools & { readonly at: ProviderAddresses },
  tokens: AccessTokens,
  subject: string,
  { provider }: ConnectionInForce,
): Outlets {
  const none = { meetings: new Map(), calendars: new Map() };
  const connected = { tokens, subject };
  const calendar = (id: CalendarProviderId, client: CalendarProvider): Outlets => ({
    ...none,
    calendars: new Map([[id, client]]),
  });
  if (provider === 'zoom') {
    const config = { apiUrl: at.zoomApiUrl, oauthUrl: at.zoomOAuthUrl, connected };
    return {
      ...none,
      meetings: new Map([['zoom', { account: 'zoom', meetings: zoomMeetings({ config, ...tools }) }]]),
    };
  }
  if (provider === 'google') {
    const config = { apiUrl: at.googleApiUrl, oauthUrl: at.googleOAuthUrl, connected };
    return calendar('google', googleCalendar({ config, ...tools }));
  }
  const config = { graphUrl: at.msGraphUrl, loginUrl: at.msLoginUrl, connected };
  return calendar('microsoft', microsoftCalendar({ config, ...tools }));
}

function noKeys(): OutsideError {
  const facts = {
    outcome: 'reconnect',
    provider: 'connection',
    operation: 'token',
    providerCode: 'key_missing',
  } as const;
  return new OutsideError(facts);
}

function revealed<T extends { clientSecret: { reveal(): string } }>(app: T | null) {
  return app && { ...app, clientSecret: app.clientSecret.reveal() };
}

function grantProviders(
  { connecting }: Config,
  { http }: Tools,
  { addresses: at, sandboxCredentials: sandbox }: Outside,
): ReadonlyMap<OutsideProvider, GrantProvider> {
  const zoom = sandbox?.zoom.app ?? (sandbox ? null : revealed(connecting.zoom));
  const google = sandbox?.google ?? revealed(connecting.google);
  const microsoft = sandbox
    ? { ...sandbox.microsoft, tenant: sandbox.microsoft.tenantId }
    : revealed(connecting.microsoft);
  const found: GrantProvider[] = [];
  if (zoom) found.push(zoomGrants({ apiUrl: at.zoomApiUrl, oauthUrl: at.zoomOAuthUrl, ...zoom }, http));
  if (google) {
    const addresses = {
      apiUrl: at.googleApiUrl,
      oauthUrl: at.googleOAuthUrl,
      accountsUrl: at.googleAccountsUrl,
    };
    const { clientId, clientSecret } = google;
    found.push(googleGrants({ ...addresses, clientId, clientSecret }, http));
  }
  if (microsoft) {
    const { clientId, clientSecret, tenant } = microsoft;
    found.push(
      microsoftGrants({ graphUrl: at.msGraphUrl, loginUrl: at.msLoginUrl, clientId, clientSecret, tenant }, http),
    );
  }
  return new Map(found.map((one) => [one.id, one]));
}
