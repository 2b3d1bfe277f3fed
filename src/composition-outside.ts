// What the house has of the world outside: the providers that are configured, or the sandbox in their place, and the mail.
// Chooses and opens; what each can do stands behind its port.
import { join } from 'node:path';
import type { CalendarProvider, CalendarProviderId } from './calendars/provider.ts';
import { googleCalendar } from './calendars/providers/google.ts';
import { microsoftCalendar } from './calendars/providers/microsoft.ts';
import { MAIL_API_URLS, type MailServiceId } from './config-mail.ts';
import { providerAddresses, type Config } from './config.ts';
import type { MeetingAccount } from './fulfilment/steps/meeting.ts';
import type { Platform } from './meetings/provider.ts';
import type { MeetingNewsReader } from './meetings/news.ts';
import { zoomNews } from './meetings/providers/zoom-news.ts';
import { zoomMeetings } from './meetings/providers/zoom.ts';
import type { Mailer } from './notifications/mailer.ts';
import type { NewsReader } from './notifications/news.ts';
import { postmarkNews } from './notifications/providers/postmark-news.ts';
import { postmarkMailer } from './notifications/providers/postmark.ts';
import { resendNews } from './notifications/providers/resend-news.ts';
import { resendMailer } from './notifications/providers/resend.ts';
import { sendgridNews } from './notifications/providers/sendgrid-news.ts';
import { sendgridMailer } from './notifications/providers/sendgrid.ts';
import { smtpMailer } from './notifications/providers/smtp.ts';
import { twilioTexter, type TwilioConfig } from './notifications/providers/twilio.ts';
import type { Texter } from './notifications/texter.ts';
import type { HttpClient } from './platform/http/client.ts';
import type { Log } from './platform/log.ts';
import type { Clock } from './platform/time/clock.ts';
import { sandboxAddresses } from './sandbox/addresses.ts';
import { askSandbox } from './sandbox/ask.ts';
import { startSandbox } from './sandbox/sandbox.ts';

const SANDBOX_HOST = '127.0.0.1';

type OutsideTools = { readonly clock: Clock; readonly log: Log; readonly http: HttpClient };

/** Providers and mail: the emulators' in the sandbox, else those that are configured. */
export async function openOutside(config: Config, tools: OutsideTools, closing: (() => Promise<void>)[]) {
  const sandbox = config.sandbox ? await reachSandbox(config, tools, closing) : null;
  const at = providerAddresses(
    config,
    sandboxAddresses(sandbox?.url ?? `http://${SANDBOX_HOST}:${config.sandboxPort}`),
  );
  const meetings = new Map<Platform, MeetingAccount>();
  const calendars = new Map<CalendarProviderId, CalendarProvider>();
  const accounts = sandbox ? sandbox.accounts : configuredAccounts(config);
  if (accounts.zoom) {
    const zoom = { apiUrl: at.zoomApiUrl, oauthUrl: at.zoomOAuthUrl, ...accounts.zoom };
    meetings.set('zoom', { account: 'zoom', meetings: zoomMeetings({ config: zoom, ...tools }) });
  }
  if (accounts.google) {
    const google = { apiUrl: at.googleApiUrl, oauthUrl: at.googleOAuthUrl, ...accounts.google };
    calendars.set('google', googleCalendar({ config: google, ...tools }));
  }
  if (accounts.microsoft) {
    const microsoft = { graphUrl: at.msGraphUrl, loginUrl: at.msLoginUrl, ...accounts.microsoft };
    calendars.set('microsoft', microsoftCalendar({ config: microsoft, ...tools }));
  }
  const carriers = new Map(
    [...calendars.values()].map((calendar) => [calendar.conferencePlatform, calendar.id] as const),
  );
  const platforms: ReadonlySet<Platform> = new Set([...meetings.keys(), ...carriers.keys()]);
  return {
    meetings,
    calendars,
    platforms,
    carriers,
    sandboxUrl: sandbox?.url ?? null,
    addresses: at,
    sandboxCredentials: sandbox?.credentials ?? null,
    texter: openTexter(at.twilioApiUrl, accounts.twilio, tools.http),
    mailer: openMailer(config, tools, sandbox),
    newsReaders: newsReadersOf(config, sandbox?.mail ?? null),
    meetingNews: meetingNewsOf(config, sandbox?.accounts.zoom.webhookSecret ?? null),
  };
}

/** Of every provider whose webhooks can be believed; in the sandbox, of its emulator too. */
function meetingNewsOf(
  { zoomWebhookSecrets }: Config,
  emulated: string | null,
): ReadonlyMap<string, MeetingNewsReader> {
  const secrets = zoomWebhookSecrets.map((secret) => secret.reveal()).concat(emulated ?? []);
  return secrets.length > 0 ? new Map([['zoom', zoomNews(secrets)]]) : new Map();
}

function openTexter(apiUrl: string, account: Omit<TwilioConfig, 'apiUrl'> | null, http: HttpClient): Texter | null {
  return account && twilioTexter({ config: { apiUrl, ...account }, http });
}

const MAILERS = { resend: resendMailer, postmark: postmarkMailer, sendgrid: sendgridMailer } as const;

function openMailer(
  config: Config,
  { log, http }: Pick<OutsideTools, 'log' | 'http'>,
  sandbox: Awaited<ReturnType<typeof reachSandbox>> | null,
): Mailer {
  const { emailFrom: from, mailService: service, providers } = config;
  if (service && (sandbox || (providers.mail.state === 'configured' && providers.mail.via !== 'smtp'))) {
    const apiKey = sandbox ? sandbox.mail[service].apiKey : keyOf(providers.mail);
    const usual = sandbox ? sandboxAddresses(sandbox.url).mailApiUrls[service] : MAIL_API_URLS[service];
    return MAILERS[service]({ http, log, from, apiKey, apiUrl: config.mailApiUrl ?? usual });
  }
  const url = config.smtpUrl?.reveal() ?? (service ? null : (sandbox?.smtpUrl ?? null));
  return smtpMailer({ url, from, log });
}

const NEWS = { resend: resendNews, postmark: postmarkNews, sendgrid: sendgridNews } as const;

/** Of every service whose webhooks can be believed; in the sandbox, of its emulators too. */
function newsReadersOf(
  { webhookSecrets }: Config,
  emulated: Readonly<Record<MailServiceId, { readonly webhookSecret: string }>> | null,
): ReadonlyMap<string, NewsReader> {
  const readers = new Map<string, NewsReader>();
  for (const service of ['resend', 'postmark', 'sendgrid'] as const) {
    const given = webhookSecrets[service].map((secret) => secret.reveal());
    const secrets = given.length > 0 || !emulated ? given : [emulated[service].webhookSecret];
    if (secrets.length > 0) readers.set(service, NEWS[service](secrets));
  }
  return readers;
}

function keyOf(mail: Config['providers']['mail']): string {
  return mail.state === 'configured' && mail.via !== 'smtp' ? mail.apiKey.reveal() : '';
}

/** The sandbox: started here by the first process, found running by the others. */
async function reachSandbox(config: Config, { clock, log }: OutsideTools, closing: (() => Promise<void>)[]) {
  const url = `http://${SANDBOX_HOST}:${config.sandboxPort}`;
  const started = await startSandbox({
    host: SANDBOX_HOST,
    port: config.sandboxPort,
    folder: join(config.dataDir, 'sandbox'),
    ...(config.port === 0
      ? {}
      : { zoomWebhookUrl: `http://${hostOf(config)}:${config.port}/api/webhooks/meetings/zoom` }),
    clock,
    log,
  }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return null;
    throw error;
  });
  if (started) closing.push(() => started.close());
  const { credentials } = started ?? (await askSandbox(url));
  const { client_email: clientEmail, private_key: privateKey } = credentials.google.serviceAccount;
  return {
    url: started?.url ?? url,
    credentials,
    smtpUrl: async () => started?.smtpUrl ?? (await askSandbox(url)).smtpUrl,
    mail: credentials.mail,
    accounts: {
      zoom: credentials.zoom,
      google: { serviceAccount: { clientEmail, privateKey } },
      microsoft: credentials.microsoft,
      twilio: credentials.twilio,
    },
  };
}

/** The server's own address, for the sandbox beside it. */
function hostOf({ host }: Config): string {
  if (host === '0.0.0.0' || host === '::') return SANDBOX_HOST;
  return host.includes(':') ? `[${host}]` : host;
}

function configuredAccounts({ providers: { zoom, google, microsoft }, sms }: Config) {
  return {
    twilio: sms && { ...sms, authToken: sms.authToken.reveal() },
    zoom:
      zoom.state === 'configured'
        ? { accountId: zoom.accountId, clientId: zoom.clientId, clientSecret: zoom.clientSecret.reveal() }
        : null,
    google: google.state === 'configured' ? googleAccount(google) : null,
    microsoft:
      microsoft.state === 'configured'
        ? { tenantId: microsoft.tenantId, clientId: microsoft.clientId, clientSecret: microsoft.clientSecret.reveal() }
        : null,
  };
}

function googleAccount(google: Extract<Config['providers']['google'], { state: 'configured' }>) {
  if (google.kind === 'service-account') {
    return { serviceAccount: { clientEmail: google.clientEmail, privateKey: google.privateKey.reveal() } };
  }
  return {
    refreshToken: {
      clientId: google.clientId,
      clientSecret: google.clientSecret.reveal(),
      refreshToken: google.refreshToken.reveal(),
    },
  };
}
