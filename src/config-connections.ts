// What practitioners' own accounts need of the settings: the clients they authorise, and the keys under which what they
// grant is kept. Whether the sandbox stands in for the clients is decided in config.ts.
import type { SettingReader } from './config-reader.ts';
import { Secret } from './platform/secret.ts';

export type ConnectingApp = { readonly clientId: string; readonly clientSecret: Secret };

export type Connecting = {
  readonly zoom: ConnectingApp | null;
  readonly google: ConnectingApp | null;
  readonly microsoft: (ConnectingApp & { readonly tenant: string }) | null;
  /** The first is current; none: no connection can be kept, and derived keys seal webhook secrets. The bytes in base64. */
  readonly encryptionKeys: readonly { readonly id: string; readonly key: Secret }[];
  readonly page: string | null;
  readonly staffEmail: string | null;
};

/** AES-256 (RFC 7518, 4.7). */
const KEY_BYTES = 32;
/** As short as a date or a counter, and fit for a JSON header. */
const KEY_ID = /^[\w.-]{1,64}$/;
/** Names of the keys that are derived where there are no others (webhook secrets); none of the settings may bear them. */
export const DERIVED_KEYS = { tokenSecret: 'token-secret', installation: 'installation' } as const;
/** Old keys are taken away after a rotation; more than a few mean that nobody does. */
const MOST_KEYS = 20;
/** For sign-in with any work or school account where no directory is named. */
const ANY_DIRECTORY = 'organizations';

function appOf(id: string | undefined, secret: Secret | null): ConnectingApp | null {
  return id && secret ? { clientId: id, clientSecret: secret } : null;
}

export function readConnecting(read: SettingReader): Connecting {
  const zoomId = read.given('ZOOM_CLIENT_ID');
  const zoomSecret = read.secret('ZOOM_CLIENT_SECRET');
  if ((zoomId === undefined) !== (zoomSecret === null)) {
    read.mistakes.push('ZOOM_CLIENT_ID and ZOOM_CLIENT_SECRET belong together: set both, or neither.');
  }
  const microsoft = appOf(read.given('MS_CLIENT_ID'), read.secret('MS_CLIENT_SECRET'));
  const encryptionKeys = readKeys(read);
  if (zoomId !== undefined && encryptionKeys.length === 0) {
    read.warnings.push('ZOOM_CLIENT_ID is set and ENCRYPTION_KEYS is not: nobody can connect an account of her own.');
  }
  return {
    zoom: appOf(zoomId, zoomSecret),
    google: appOf(read.given('GOOGLE_CLIENT_ID'), read.secret('GOOGLE_CLIENT_SECRET')),
    microsoft: microsoft && { ...microsoft, tenant: read.given('MS_TENANT_ID') ?? ANY_DIRECTORY },
    encryptionKeys,
    page: readPage(read),
    staffEmail: readStaffEmail(read),
  };
}

function readKeys(read: SettingReader): Connecting['encryptionKeys'] {
  const given = read.given('ENCRYPTION_KEYS')?.split(',') ?? [];
  const keys = given.flatMap((entry, at) => {
    const [id = '', base64 = ''] = entry.trim().split(/:(.*)/s);
    const bytes = Buffer.from(base64, 'base64');
    // Which one is named by its place: what stands there may be a key.
    if (KEY_ID.test(id) && bytes.byteLength === KEY_BYTES) return [{ id, key: new Secret(bytes.toString('base64')) }];
    read.mistakes.push(
      `ENCRYPTION_KEYS: entry ${at + 1} must be id:key, the key ${KEY_BYTES} bytes in base64 (openssl rand -base64 32).`,
    );
    return [];
  });
  if (new Set(keys.map(({ id }) => id)).size < keys.length) {
    read.mistakes.push('ENCRYPTION_KEYS names an id twice: each key has an id of its own, which stays its own.');
  }
  const taken = Object.values(DERIVED_KEYS).filter((name) => keys.some(({ id }) => id === name));
  for (const name of taken) read.mistakes.push(`ENCRYPTION_KEYS: the id ${name} is taken by a key of our own.`);
  if (keys.length > MOST_KEYS) read.mistakes.push(`ENCRYPTION_KEYS has more than ${MOST_KEYS} keys.`);
  return keys;
}

function readPage(read: SettingReader): string | null {
  const value = read.given('CONNECTIONS_PAGE');
  if (value === undefined) return null;
  const url = URL.parse(value);
  if (url && /^https?:$/.test(url.protocol) && !url.username) return url.href;
  read.mistakes.push('CONNECTIONS_PAGE must be an http:// or https:// address.');
  return null;
}

function readStaffEmail(read: SettingReader): string | null {
  const value = read.given('STAFF_EMAIL');
  if (value === undefined) return null;
  if (/^[^\s<>@,;\p{Cc}]{1,64}@[^\s<>@,;\p{Cc}]{1,189}$/u.test(value)) return value;
  read.mistakes.push('STAFF_EMAIL must be one e-mail address.');
  return null;
}
