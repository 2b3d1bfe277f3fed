// The environment becomes a Config here and nowhere else: frozen, typed, every mistake named at once. It knows what
// settings mean together; forms are config-reader.ts', accounts config-providers.ts', defaults config-table.ts'.
import { existsSync } from 'node:fs';
import { readOrigins, readRateLimits, readTrustProxy, warnOfUnknownLimits } from './config-callers.ts';
import type { WaitlistRules } from './appointments/waitlist.ts';
import { readHoldRules, readSeriesPerClient, readWaitlistRules } from './config-holds.ts';
import { readConnecting, type Connecting } from './config-connections.ts';
import { readIssuers } from './config-identity.ts';
import {
  readMailApiUrl,
  readMailService,
  readWebhookSecrets,
  type MailServiceId,
  type WebhookSecrets,
  readEmailFrom,
} from './config-mail.ts';
import {
  credentialsGiven,
  readDailyChanges,
  readProviders,
  readZoomWebhookSecrets,
  type Providers,
} from './config-providers.ts';
import { readReminders, readSms, type SmsAccount } from './config-reminders.ts';
import { settingReader, type Environment, type SettingReader } from './config-reader.ts';
import { SETTINGS, type SettingName } from './config-table.ts';
import type { IssuerSettings } from './identity/outside-claims.ts';
import type { HoldRules } from './occupancy/hold.ts';
import type { Reminders } from './notifications/reminder.ts';
import type { Reach } from './platform/http/public-address.ts';
import type { RateLimits } from './platform/http/rate-limit.ts';
import { Secret } from './platform/secret.ts';

export type ProviderAddresses = {
  readonly zoomApiUrl: string;
  readonly zoomOAuthUrl: string;
  readonly googleApiUrl: string;
  readonly googleAccountsUrl: string;
  readonly googleOAuthUrl: string;
  readonly googleMeetUrl: string;
  readonly msGraphUrl: string;
  readonly msLoginUrl: string;
  readonly twilioApiUrl: string;
};

export type Config = {
  readonly host: string;
  readonly port: number;
  readonly process: 'all' | 'api' | 'worker';
  /** Of a worker's probes and metrics; null: it listens nowhere. */
  readonly workerPort: number | null;
  /** Without a trailing slash; null: the address we listen on. */
  readonly publicUrl: string | null;
  /** The page that links in mails lead to, the token behind a `#`; null: mails have none. */
  readonly manageUrl: string | null;
  readonly practiceName: string;
  readonly corsOrigins: '*' | readonly string[];
  /** false, a number of hops, or the proxies' addresses: as Fastify's trustProxy takes it. */
  readonly trustProxy: false | number | readonly string[];
  readonly logLevel: string;
  readonly metricsToken: Secret | null;
  /** null: the key kept in the database signs. */
  readonly tokenSecret: Secret | null;
  /** Whose tokens are taken beside our own. */
  readonly issuers: readonly IssuerSettings[];
  readonly shutdownMs: number;
  /** Within shutdownMs. */
  readonly drainMs: number;
  /** null: the embedded database under dataDir. */
  readonly databaseUrl: Secret | null;
  readonly databasePool: number;
  readonly dataDir: string;
  /** true: lay the demo practice; false: never; null: on an empty embedded database. */
  readonly demo: boolean | null;
  readonly meetingWaitMs: number;
  readonly holdRules: HoldRules;
  /** How many series of one client may have dates to come. */
  readonly seriesPerClient: number;
  readonly waitlistRules: WaitlistRules;
  /** Of each host, by provider; one that is not in it has no such bound. */
  readonly dailyChanges: ReadonlyMap<'zoom', number>;
  /** Where neither practitioner nor session type have their own. */
  readonly reminders: Reminders;
  /** null: no SMS is sent. */
  readonly sms: SmsAccount | null;
  /** Emulators instead of providers. */
  readonly sandbox: boolean;
  readonly sandboxPort: number;
  /** Where webhooks may go. */
  readonly webhookReach: Reach;
  /** Requests a minute; 0 is off. */
  readonly rateLimits: RateLimits;
  readonly providers: Providers;
  /** Practitioners' own accounts. */
  readonly connecting: Connecting;
  /** Where mail goes by SMTP if SMTP_URL is set, in the sandbox too. */
  readonly smtpUrl: Secret | null;
  /** The service that mail goes to by its API, in the sandbox to its emulator; null: by SMTP, or not at all. */
  readonly mailService: MailServiceId | null;
  /** Where that API is, if not at its usual address. */
  readonly mailApiUrl: string | null;
  readonly webhookSecrets: WebhookSecrets;
  readonly emailFrom: { readonly name: string; readonly address: string };
  /** What Zoom signs its webhooks with; several while one replaces the other, none: they are refused. */
  readonly zoomWebhookSecrets: readonly Secret[];
  /** Only those that were set; see `providerAddresses`. */
  readonly givenAddresses: Partial<ProviderAddresses>;
  /** Sentences for the log at start. No secrets in them. */
  readonly warnings: readonly string[];
};

/** Every mistake of the environment, each naming its setting. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly mistakes: readonly string[];
  constructor(mistakes: readonly string[]) {
    super(`The settings cannot be used:\n${mistakes.map((mistake) => `  - ${mistake}`).join('\n')}`);
    this.mistakes = mistakes;
  }
}

/** A port is 16 bits (RFC 9293, 3.1). */
const LAST_PORT = 65_535;
/** A caller's own time-out is rarely longer; past it the wait helps nobody. */
const LONGEST_MEETING_WAIT_MS = 60_000;
/** Orchestrators kill after 10 to 60 s; ten minutes is surely a slip. */
const LONGEST_SHUTDOWN_MS = 600_000;
/** PostgreSQL's own default is 100 connections for everyone. */
const MOST_CONNECTIONS = 500;
/** 256 bits, written in hex at 4 bits or base64 at 6 bits a character, is never shorter (RFC 7518, 3.2). */
const LEAST_SECRET = 32;

const ADDRESS_SETTINGS = {
  zoomApiUrl: 'ZOOM_API_URL',
  zoomOAuthUrl: 'ZOOM_OAUTH_URL',
  googleApiUrl: 'GOOGLE_API_URL',
  googleAccountsUrl: 'GOOGLE_ACCOUNTS_URL',
  googleOAuthUrl: 'GOOGLE_OAUTH_URL',
  googleMeetUrl: 'GOOGLE_MEET_URL',
  msGraphUrl: 'MS_GRAPH_URL',
  msLoginUrl: 'MS_LOGIN_URL',
  twilioApiUrl: 'TWILIO_API_URL',
} as const satisfies Record<keyof ProviderAddresses, SettingName>;

/** Throws ConfigError. */
export function readConfig(env: Environment = surroundings()): Config {
  const read = settingReader(env);
  const credentials = credentialsGiven(read);
  const asked = read.flag('SANDBOX');
  const sandbox = asked ?? credentials.length === 0;
  const mailService = readMailService(read);
  const providers = readProviders(read, mailService);
  const publicUrl = read.address('PUBLIC_URL');
  const practiceName = readPracticeName(read);

  const config: Config = {
    host: read.text('HOST'),
    port: read.integer('PORT', 0, LAST_PORT),
    process: read.oneOf('PROCESS', ['all', 'api', 'worker']),
    workerPort: read.given('WORKER_PORT') === undefined ? null : read.integer('WORKER_PORT', 0, LAST_PORT),
    publicUrl,
    manageUrl: readManageUrl(read),
    practiceName,
    corsOrigins: readOrigins(read, sandbox),
    trustProxy: readTrustProxy(read),
    logLevel: read.oneOf('LOG_LEVEL', ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    metricsToken: read.secret('METRICS_TOKEN'),
    tokenSecret: readTokenSecret(read),
    issuers: readIssuers(read),
    shutdownMs: read.integer('SHUTDOWN_MS', 0, LONGEST_SHUTDOWN_MS),
    drainMs: read.integer('DRAIN_MS', 0, LONGEST_SHUTDOWN_MS),
    databaseUrl: readDatabaseUrl(read),
    databasePool: read.integer('DATABASE_POOL', 1, MOST_CONNECTIONS),
    dataDir: read.text('DATA_DIR'),
    demo: read.flag('DEMO'),
    meetingWaitMs: read.integer('MEETING_WAIT_MS', 0, LONGEST_MEETING_WAIT_MS),
    holdRules: readHoldRules(read),
    seriesPerClient: readSeriesPerClient(read),
    waitlistRules: readWaitlistRules(read),
    dailyChanges: readDailyChanges(read, sandbox),
    reminders: readReminders(read),
    sms: readSms(read, sandbox),
    sandbox,
    sandboxPort: read.integer('SANDBOX_PORT', 0, LAST_PORT),
    webhookReach: (read.flag('WEBHOOK_PRIVATE_ADDRESSES') ?? sandbox) ? 'private_too' : 'public',
    rateLimits: readRateLimits(read),
    providers,
    connecting: readConnecting(read),
    smtpUrl: providers.mail.state === 'configured' && providers.mail.via === 'smtp' ? providers.mail.smtpUrl : null,
    mailService,
    mailApiUrl: readMailApiUrl(read, mailService),
    webhookSecrets: readWebhookSecrets(read),
    emailFrom: readEmailFrom(read, practiceName, publicUrl, sandbox),
    zoomWebhookSecrets: readZoomWebhookSecrets(read),
    givenAddresses: readAddresses(read),
    warnings: read.warnings,
  };
  refuseContradictions(config, read);
  warnOfProviders(config, credentials, asked, read);
  warnOfUnknownLimits(env, read);
  if (read.mistakes.length > 0) throw new ConfigError(read.mistakes);
  return freeze(config);
}

/** The process's environment; a file `.env` beside it fills in what is not set. */
function surroundings(): Environment {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return process.env;
}

/** Where each provider is reached: as set, else the emulator in the sandbox, else the provider itself. */
export function providerAddresses(config: Config, emulators: ProviderAddresses): ProviderAddresses {
  const real = Object.fromEntries(
    Object.entries(ADDRESS_SETTINGS).map(([key, name]) => [key, SETTINGS.get(name)!.default]),
  ) as ProviderAddresses;
  return { ...(config.sandbox ? emulators : real), ...config.givenAddresses };
}

function readAddresses(read: SettingReader): Partial<ProviderAddresses> {
  const given = Object.entries(ADDRESS_SETTINGS).flatMap(([key, name]) => {
    const address = read.given(name) === undefined ? null : read.address(name);
    return address === null ? [] : [[key, address]];
  });
  return Object.fromEntries(given) as Partial<ProviderAddresses>;
}

/** Its token never leaves the browser by that address, but a page that came in the open could be another's. */
function readManageUrl(read: SettingReader): string | null {
  const address = read.address('MANAGE_URL');
  const url = address === null ? null : URL.parse(address);
  if (url?.protocol === 'http:' && !['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)) {
    read.warnings.push('MANAGE_URL is plain http: whoever is on the way can change the page, and read the links.');
  }
  return address;
}

function readPracticeName(read: SettingReader): string {
  const name = read.text('PRACTICE_NAME');
  if (/^[^\p{Cc}]{1,120}$/u.test(name)) return name;
  read.mistakes.push('PRACTICE_NAME must be one line of 1 to 120 characters.');
  return name;
}

function readTokenSecret(read: SettingReader): Secret | null {
  const secret = read.secret('TOKEN_SECRET');
  const length = secret?.reveal().length ?? LEAST_SECRET;
  if (length < LEAST_SECRET) {
    read.mistakes.push(`TOKEN_SECRET must have at least ${LEAST_SECRET} characters; it has ${length}.`);
  }
  return secret;
}

function readDatabaseUrl(read: SettingReader): Secret | null {
  const value = read.given('DATABASE_URL');
  if (value === undefined) return null;
  if (!/^postgres(ql)?:\/\//.test(value))
    read.mistakes.push('DATABASE_URL must begin with postgres:// or postgresql://.');
  return new Secret(value);
}

function refuseContradictions(config: Config, read: SettingReader): void {
  if (config.sandbox && config.port === config.sandboxPort && config.port !== 0) {
    read.mistakes.push(`PORT and SANDBOX_PORT are both ${config.port}: the sandbox needs a port of its own.`);
  }
  if (read.given('EMAIL_PROVIDER')?.toLowerCase() === 'smtp' && !config.smtpUrl && !config.sandbox) {
    read.mistakes.push('EMAIL_PROVIDER is smtp, but SMTP_URL, the address of the mail server, is not set.');
  }
}

function warnOfProviders(
  config: Config,
  credentials: readonly string[],
  asked: boolean | null,
  read: SettingReader,
): void {
  if (config.sandbox) {
    if (credentials.length > 0) {
      read.warnings.push(`SANDBOX=1: the emulators stand in, so these are not used: ${credentials.join(', ')}.`);
    }
    return;
  }
  if (asked === false && credentials.length === 0) {
    read.warnings.push('SANDBOX=0 and no provider has credentials: appointments can be booked, without video.');
  }
  for (const provider of Object.values(config.providers)) {
    if (provider.state === 'missing') read.warnings.push(provider.why);
  }
}

function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || value instanceof Secret) return value;
  Object.values(value).forEach(freeze);
  return Object.freeze(value);
}
