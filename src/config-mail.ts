// How mail leaves, and how news of it is believed: which service or server, with which key, and the secrets its webhooks
// are signed with. Whether the sandbox stands in for a service is decided in composition-outside.ts.
import { createPublicKey } from 'node:crypto';
import type { Missing } from './config-providers.ts';
import type { SettingReader } from './config-reader.ts';
import { Secret } from './platform/secret.ts';

/** The mail services that are spoken to by their API, with where each is. SendGrid's EU region is https://api.eu.sendgrid.com/v3. */
export const MAIL_API_URLS = {
  resend: 'https://api.resend.com',
  postmark: 'https://api.postmarkapp.com',
  sendgrid: 'https://api.sendgrid.com/v3',
} as const;

export type MailServiceId = keyof typeof MAIL_API_URLS;

export type MailAccount =
  | { readonly via: 'smtp'; readonly smtpUrl: Secret }
  | { readonly via: MailServiceId; readonly apiKey: Secret };

export type MailState = ({ readonly state: 'configured' } & MailAccount) | Missing;

const SERVICES = Object.keys(MAIL_API_URLS) as MailServiceId[];

/** Mail services by the form of their keys: "re_..." Resend, "SG...." SendGrid, a UUID Postmark. */
function serviceOf(key: string): MailServiceId | null {
  if (key.startsWith('re_')) return 'resend';
  if (key.startsWith('SG.')) return 'sendgrid';
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(key) ? 'postmark' : null;
}

/** The service whose API is to be spoken to, with or without a key; null: SMTP, or nothing. SMTP_URL wins over a key alone. */
export function readMailService(read: SettingReader): MailServiceId | null {
  const named = read.oneOf('EMAIL_PROVIDER', ['', 'smtp', ...SERVICES]);
  if (named === 'smtp') return null;
  if (named) return named;
  const key = read.given('EMAIL_SERVICE_API_KEY');
  return key === undefined || read.given('SMTP_URL') !== undefined ? null : serviceOf(key);
}

export function readMail(read: SettingReader, service: MailServiceId | null): MailState {
  const apiKey = read.secret('EMAIL_SERVICE_API_KEY');
  const smtpUrl = readSmtpUrl(read);
  const named = read.given('EMAIL_PROVIDER') !== undefined;
  if (service) {
    if (smtpUrl) read.warnings.push(`EMAIL_PROVIDER is ${service}: SMTP_URL is set too and is not used.`);
    if (apiKey) return { state: 'configured', via: service, apiKey };
    const why = `No mail is sent: EMAIL_PROVIDER is ${service}, and EMAIL_SERVICE_API_KEY, its key, is not set.`;
    return { state: 'missing', missing: 'EMAIL_SERVICE_API_KEY', why };
  }
  if (read.given('EMAIL_API_URL') !== undefined) {
    read.warnings.push('EMAIL_API_URL is not used: mail does not go by the API of a service (see EMAIL_PROVIDER).');
  }
  if (smtpUrl) {
    if (apiKey && !named) {
      const use = serviceOf(apiKey.reveal()) ?? SERVICES.join(', ');
      read.warnings.push(
        `Mail goes to SMTP_URL; EMAIL_SERVICE_API_KEY is not used. To use it, set EMAIL_PROVIDER (${use}).`,
      );
    }
    return { state: 'configured', via: 'smtp', smtpUrl };
  }
  if (apiKey && !named) {
    const why = `No mail is sent: EMAIL_SERVICE_API_KEY does not tell by its form whose it is. Set EMAIL_PROVIDER to one of ${SERVICES.join(', ')}.`;
    return { state: 'missing', missing: 'EMAIL_PROVIDER', why };
  }
  const why = 'No mail is sent: SMTP_URL is not set, nor EMAIL_SERVICE_API_KEY with the key of a mail service.';
  return { state: 'missing', missing: 'SMTP_URL', why };
}

/** Where the service's API is, with its prefix; null where the setting does not say. A bare SendGrid host means its v3. */
export function readMailApiUrl(read: SettingReader, service: MailServiceId | null): string | null {
  const given = read.address('EMAIL_API_URL');
  if (given === null || service !== 'sendgrid' || new URL(given).pathname !== '/') return given;
  return `${given}/v3`;
}

/** Per service what its webhooks are believed by; several while one is being replaced, none: its webhooks are refused. */
export type WebhookSecrets = Readonly<Record<MailServiceId, readonly Secret[]>>;

/** Of a signing secret as Svix gives them: 24 bytes and more. */
const LEAST_SECRET_BYTES = 16;

export function readWebhookSecrets(read: SettingReader): WebhookSecrets {
  const several = (
    name: 'RESEND_WEBHOOK_SECRET' | 'POSTMARK_WEBHOOK_CREDENTIALS' | 'SENDGRID_WEBHOOK_KEY',
    sound: (value: string) => boolean,
    form: string,
  ): Secret[] => {
    const values = (read.given(name) ?? '')
      .split(',')
      .map((value) => value.trim())
      .filter(Boolean);
    if (!values.every(sound)) read.mistakes.push(`${name} must be ${form}.`);
    return values.map((value) => new Secret(value));
  };
  return {
    resend: several('RESEND_WEBHOOK_SECRET', isSigningSecret, 'the signing secret of the webhook, whsec_...'),
    postmark: several(
      'POSTMARK_WEBHOOK_CREDENTIALS',
      (value) => /^[^:\s]{1,100}:[^\s]{16,200}$/.test(value),
      'user:password with a password of at least 16 characters, as the webhook is told to send them',
    ),
    sendgrid: several('SENDGRID_WEBHOOK_KEY', isPublicKey, 'the verification key of the signed event webhook'),
  };
}

function isSigningSecret(value: string): boolean {
  const found = /^whsec_([A-Za-z0-9+/]+=*)$/.exec(value)?.[1];
  return found !== undefined && Buffer.from(found, 'base64').length >= LEAST_SECRET_BYTES;
}

function isPublicKey(value: string): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(value, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ec';
  } catch {
    return false;
  }
}

function readSmtpUrl(read: SettingReader): Secret | null {
  const value = read.given('SMTP_URL');
  if (value === undefined) return null;
  const url = URL.parse(value);
  if (url && /^smtps?:$/.test(url.protocol) && url.hostname) return new Secret(value);
  read.mistakes.push('SMTP_URL must be smtp://host:port or smtps://host:port, with user:password@ where needed.');
  return null;
}

/** RFC 5321, 4.5.3.1: an address has at most 254 characters. What is between the brackets is checked for form alone. */
const SENDER =
  /^(?:"?([^"<>\p{Cc}]{0,120}?)"?\s*<([^\s<>@\p{Cc}]{1,64}@[^\s<>@\p{Cc}]{1,189})>|([^\s<>@\p{Cc}]{1,64}@[^\s<>@\p{Cc}]{1,189}))$/u;

/** Whom our letters are from. */
export function readEmailFrom(
  read: SettingReader,
  practice: string,
  publicUrl: string | null,
  sandbox: boolean,
): { readonly name: string; readonly address: string } {
  const value = read.given('EMAIL_FROM');
  if (value === undefined) {
    const address = `bookings@${(publicUrl && URL.parse(publicUrl)?.hostname) || 'localhost'}`;
    if (!sandbox)
      read.warnings.push(`EMAIL_FROM is not set: mail goes out as ${address}, which few servers will take.`);
    return { name: practice, address };
  }
  const parts = SENDER.exec(value);
  if (!parts) read.mistakes.push('EMAIL_FROM must look like "Name <name@example.org>".');
  return { name: parts?.[1]?.trim() || practice, address: parts?.[2] ?? parts?.[3] ?? '' };
}
