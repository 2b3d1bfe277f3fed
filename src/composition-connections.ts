// Opens what practitioners' own accounts need: the keyring, the authorisation servers whose clients are set up, and the
// provider clients that act as one connection each.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { CalendarProvider, CalendarProviderId } from './calendars/provider.ts';
import { googleCalendar } from './calendars/providers/google.ts';
import { microsoftCalendar } from './calendars/providers/microsoft.ts';
import type { Config, ProviderAddresses } from './config.ts';
import { connectedTokens, subjectOf } from './connections/connected-tokens.ts';
import type { ConnectionInForce } from './connections/connection.ts';
import { createKeyring, type Keyring } from './connections/keyring.ts';
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
import type { Clock } from './platform/time/clock.ts';
import type { SandboxCredentials } from './sandbox/credentials.ts';

type Tools = {
  readonly transactor: Transactor;
  readonly clock: Clock;
  readonly log: Log;
  readonly http: HttpClient;
};

/** `sandboxCredentials`: the emulators' clients; null: those of the settings. */
type Outside = { readonly addresses: ProviderAddresses; readonly sandboxCredentials: SandboxCredentials | null };

const KEY_BYTES = 32;
const OWN_KEY_FILE = 'encryption.key';

/** What an account granted cannot be read without the keys; it waits for them, and nobody else's account takes its place. */
const WITHOUT_KEYS: AccessTokens = {
  get: () => Promise.reject(noKeys()),
  drop: () => undefined,
};

export async function openConnections(config: Config, tools: Tools, outside: Outside) {
  const keyring = await openKeyring(config, tools.log);
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

/** The keys of the settings; in a sandbox beside its embedded database, one that is made and kept there. */
export async function openKeyring(config: Config, log: Log): Promise<Keyring | null> {
  const given = config.connecting.encryptionKeys;
  if (given.length > 0) {
    return createKeyring(given.map(({ id, key }) => ({ id, key: Buffer.from(key.reveal(), 'base64') })));
  }
  if (!config.sandbox || config.databaseUrl !== null) return null;
  return createKeyring([{ id: 'sandbox', key: await ownKey(config.dataDir, log) }]);
}

/** Made once, by whichever process comes first; readable by its owner alone. */
async function ownKey(folder: string, log: Log): Promise<Buffer> {
  const path = join(folder, OWN_KEY_FILE);
  await mkdir(folder, { recursive: true });
  const made = randomBytes(KEY_BYTES).toString('base64');
  const fresh = await writeFile(path, `${made}\n`, { flag: 'wx', mode: 0o600 }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
  if (fresh) log.info({ path }, 'a key for connections was made, for the sandbox');
  const key = Buffer.from((await readFile(path, 'utf8')).trim(), 'base64');
  if (key.byteLength !== KEY_BYTES)
    throw new Error(`${path} holds no key of ${KEY_BYTES} bytes. Remove it, or put the right one back.`);
  return key;
}
