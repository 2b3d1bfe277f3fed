// Which outside accounts this deployment has: for each provider its credentials whole, or the name of the one that is
// missing and what that costs. Whether they are used at all (the sandbox) is decided in config.ts.
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readMail, type MailServiceId, type MailState } from './config-mail.ts';
import type { SettingReader } from './config-reader.ts';
import type { SettingName } from './config-table.ts';
import { Secret } from './platform/secret.ts';

/** `missing` names the setting; `why` is the sentence shown at start. */
export type Missing = { readonly state: 'missing'; readonly missing: string; readonly why: string };

export type ZoomAccount = { readonly accountId: string; readonly clientId: string; readonly clientSecret: Secret };

export type GoogleAccount =
  | { readonly kind: 'service-account'; readonly clientEmail: string; readonly privateKey: Secret }
  | {
      readonly kind: 'refresh-token';
      readonly clientId: string;
      readonly clientSecret: Secret;
      readonly refreshToken: Secret;
    };

export type MicrosoftAccount = { readonly tenantId: string; readonly clientId: string; readonly clientSecret: Secret };

export type Providers = {
  readonly zoom: ({ readonly state: 'configured' } & ZoomAccount) | Missing;
  readonly google: ({ readonly state: 'configured' } & GoogleAccount) | Missing;
  readonly microsoft: ({ readonly state: 'configured' } & MicrosoftAccount) | Missing;
  readonly mail: MailState;
};

const CREDENTIALS = [
  'ZOOM_ACCOUNT_ID',
  'ZOOM_API_KEY',
  'ZOOM_API_SECRET',
  'ZOOM_CLIENT_ID',
  'ZOOM_CLIENT_SECRET',
  'GOOGLE_SERVICE_ACCOUNT_KEY',
  'GOOGLE_CLIENT_ID',
  'GOOGLE_CLIENT_SECRET',
  'GOOGLE_REFRESH_TOKEN',
  'MS_TENANT_ID',
  'MS_CLIENT_ID',
  'MS_CLIENT_SECRET',
  'EMAIL_SERVICE_API_KEY',
  'TWILIO_ACCOUNT_SID',
  'TWILIO_AUTH_TOKEN',
] as const satisfies readonly SettingName[];

/** The credentials that are set, by name. An address is none; an SMTP address with a password in it is. */
export function credentialsGiven(read: SettingReader): readonly string[] {
  const names: string[] = CREDENTIALS.filter((name) => read.given(name) !== undefined);
  if (URL.parse(read.given('SMTP_URL') ?? '')?.password) names.push('SMTP_URL');
  return names;
}

export function readProviders(read: SettingReader, mailService: MailServiceId | null): Providers {
  return {
    zoom: readZoom(read),
    google: readGoogle(read),
    microsoft: readMicrosoft(read),
    mail: readMail(read, mailService),
  };
}

function readZoom(read: SettingReader): Providers['zoom'] {
  const accountId = read.given('ZOOM_ACCOUNT_ID');
  const clientId = read.given('ZOOM_API_KEY');
  const clientSecret = read.secret('ZOOM_API_SECRET');
  if (accountId && clientId && clientSecret) return { state: 'configured', accountId, clientId, clientSecret };
  return missing(
    'Zoom meetings are not offered',
    [accountId, clientId, clientSecret],
    ['ZOOM_ACCOUNT_ID', 'ZOOM_API_KEY', 'ZOOM_API_SECRET'],
  );
}

function readGoogle(read: SettingReader): Providers['google'] {
  const key = read.given('GOOGLE_SERVICE_ACCOUNT_KEY');
  const clientId = read.given('GOOGLE_CLIENT_ID');
  const clientSecret = read.secret('GOOGLE_CLIENT_SECRET');
  const refreshToken = read.secret('GOOGLE_REFRESH_TOKEN');
  const cost = 'Google Meet is not offered and Google calendars get no events';
  if (key !== undefined) {
    if (refreshToken) {
      read.warnings.push('GOOGLE_SERVICE_ACCOUNT_KEY is used; GOOGLE_REFRESH_TOKEN is set too and is not.');
    }
    const account = readServiceAccount(read, key);
    return account ? { state: 'configured', ...account } : missing(cost, [undefined], ['GOOGLE_SERVICE_ACCOUNT_KEY']);
  }
  if (clientId && clientSecret && refreshToken) {
    return { state: 'configured', kind: 'refresh-token', clientId, clientSecret, refreshToken };
  }
  if (!refreshToken) return missing(cost, [undefined], ['GOOGLE_SERVICE_ACCOUNT_KEY or GOOGLE_REFRESH_TOKEN']);
  return missing(cost, [clientId, clientSecret], ['GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET']);
}

function readMicrosoft(read: SettingReader): Providers['microsoft'] {
  const tenantId = read.given('MS_TENANT_ID');
  const clientId = read.given('MS_CLIENT_ID');
  const clientSecret = read.secret('MS_CLIENT_SECRET');
  if (tenantId && clientId && clientSecret) return { state: 'configured', tenantId, clientId, clientSecret };
  return missing(
    'Teams meetings are not offered and Outlook calendars get no events',
    [tenantId, clientId, clientSecret],
    ['MS_TENANT_ID', 'MS_CLIENT_ID', 'MS_CLIENT_SECRET'],
  );
}

function readServiceAccount(
  read: SettingReader,
  key: string,
): Extract<GoogleAccount, { kind: 'service-account' }> | null {
  const complain = (what: string) => {
    read.mistakes.push(
      `GOOGLE_SERVICE_ACCOUNT_KEY ${what}. Give the JSON key file of the service account: its text, the same in ` +
        `base64, or @ and the path of the file.`,
    );
    return null;
  };
  let json: string;
  try {
    json = key.startsWith('@') ? readFileSync(key.slice(1), 'utf8') : key;
  } catch {
    return complain(`names a file that cannot be read (${JSON.stringify(key.slice(1))})`);
  }
  if (!json.trimStart().startsWith('{')) json = Buffer.from(json, 'base64').toString('utf8');
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    return complain('is not JSON');
  }
  const { client_email: clientEmail, private_key: privateKey } = (parsed ?? {}) as Record<string, unknown>;
  if (typeof clientEmail !== 'string') return complain('lacks "client_email"');
  if (typeof privateKey !== 'string') return complain('lacks "private_key"');
  try {
    createPrivateKey(privateKey);
  } catch {
    read.warnings.push(
      'The "private_key" in GOOGLE_SERVICE_ACCOUNT_KEY is no private key in PEM form; Google will refuse us.',
    );
  }
  return { kind: 'service-account', clientEmail, privateKey: new Secret(privateKey) };
}

function missing(cost: string, values: readonly unknown[], names: readonly string[]): Missing {
  const absent = names.filter((_, at) => !values[at]);
  const lacks = `${absent.join(', ')} ${absent.length === 1 ? 'is' : 'are'} not set`;
  return { state: 'missing', missing: absent[0] ?? names[0]!, why: `${cost}: ${lacks}.` };
}

/** An old secret and a new one, and as much again for a slow rotation. */
const MOST_SECRETS = 4;

/** Secret tokens of Zoom's event subscriptions, by comma. */
export function readZoomWebhookSecrets(read: SettingReader): readonly Secret[] {
  const name = 'ZOOM_WEBHOOK_SECRET_TOKEN';
  const tokens = (read.given(name) ?? '')
    .split(',')
    .map((token) => token.trim())
    .filter(Boolean);
  if (tokens.length > MOST_SECRETS || !tokens.every((token) => /^[\x21-\x7e]{16,200}$/.test(token))) {
    read.mistakes.push(
      `${name} must be the secret token of the event subscription as Zoom shows it, or up to ${MOST_SECRETS} by comma.`,
    );
  }
  return tokens.map((token) => new Secret(token));
}

/** Far past what any plan allows. */
const MOST_CHANGES_PER_DAY = 100_000;

/** What one host may have made or changed in a day, by provider. The emulators count only where they are told to. */
export function readDailyChanges(read: SettingReader, sandbox: boolean): ReadonlyMap<'zoom', number> {
  const most = read.integer('ZOOM_CHANGES_PER_DAY', 0, MOST_CHANGES_PER_DAY);
  return new Map(most === 0 || sandbox ? [] : [['zoom', most]]);
}
