// Every setting there is: its name, what it means, what it is when nobody sets it. The reader takes its defaults from
// here and `.env.example` is written from here, so neither can say something else.

import { HOLD_GROUP } from './config-table-holds.ts';
import { IDENTITY_GROUPS } from './config-table-identity.ts';
import { SERVER_GROUP } from './config-table-server.ts';

export type Setting = {
  readonly name: string;
  readonly meaning: string;
  /** As one would write it; '' where unset is a state of its own. */
  readonly default: string;
  /** Never printed. */
  readonly secret?: true;
  /** The name a front-end build would have used; read as a fallback, with a warning. */
  readonly fallback?: string;
};

export type SettingGroup = { readonly title: string; readonly settings: readonly Setting[] };

export const SETTING_GROUPS = [
  SERVER_GROUP,
  ...IDENTITY_GROUPS,
  {
    title: 'The database',
    settings: [
      {
        name: 'DATABASE_URL',
        default: '',
        secret: true,
        meaning: 'PostgreSQL 15 or newer; unset: an own one under DATA_DIR.',
      },
      { name: 'DATABASE_POOL', default: '10', meaning: 'Connections of this process.' },
      { name: 'DATA_DIR', default: './.data', meaning: 'Folder of the own database and of the sandbox.' },
      {
        name: 'DEMO',
        default: '',
        meaning: '1 lays the demo practice on an outside database, 0 refuses it on our own.',
      },
    ],
  },
  HOLD_GROUP,
  {
    title: 'Meetings and the sandbox',
    settings: [
      {
        name: 'MEETING_WAIT_MS',
        default: '5000',
        meaning: 'How long an answer waits for the video link before it says "pending".',
      },
      {
        name: 'SANDBOX',
        default: '',
        meaning: '1: emulators instead of providers; 0: never; unset: while no provider has credentials.',
      },
      { name: 'SANDBOX_PORT', default: '3001', meaning: 'Port of the emulators.' },
    ],
  },
  {
    title: 'Reminders: what holds where neither practitioner nor session type say otherwise',
    settings: [
      {
        name: 'REMINDERS',
        default: '1440,60',
        meaning: 'Minutes before the start, by comma, as many reminders; none: no reminders.',
      },
      { name: 'REMINDER_CHANNELS', default: 'email', meaning: 'How clients are reminded: email, sms or email,sms.' },
      { name: 'REMIND_PRACTITIONERS', default: '0', meaning: '1: practitioners are reminded too, by e-mail.' },
    ],
  },
  {
    title: 'Webhooks',
    settings: [
      {
        name: 'WEBHOOK_PRIVATE_ADDRESSES',
        default: '',
        meaning:
          '1: they may go to loopback and private addresses, and by http://; 0: never; unset: in the sandbox alone.',
      },
    ],
  },
  {
    title: 'SMS by Twilio, for reminders to clients whose number is known',
    settings: [
      { name: 'TWILIO_ACCOUNT_SID', default: '', meaning: 'Account, AC...' },
      { name: 'TWILIO_AUTH_TOKEN', default: '', secret: true, meaning: 'Auth token of the account.' },
      {
        name: 'TWILIO_FROM',
        default: '',
        meaning: 'Sender: a number (+15551234567), a messaging service (MG...) or up to 11 letters.',
      },
      { name: 'TWILIO_API_URL', default: 'https://api.twilio.com', meaning: 'Address of the API.' },
    ],
  },
  {
    title: 'Rate limits: requests a minute for each caller; 0 is off',
    settings: [
      { name: 'RATE_LIMIT_ANONYMOUS_READS', default: '300', meaning: 'Without a token, for each address.' },
      { name: 'RATE_LIMIT_GUEST_READS', default: '60', meaning: 'By the link to one appointment, reading it.' },
      { name: 'RATE_LIMIT_GUEST_BOOKINGS', default: '10', meaning: 'By that link, moving or cancelling it.' },
      { name: 'RATE_LIMIT_CLIENT_READS', default: '600', meaning: 'A client reading.' },
      { name: 'RATE_LIMIT_CLIENT_BOOKINGS', default: '30', meaning: 'A client booking or changing.' },
      { name: 'RATE_LIMIT_STAFF_READS', default: '3000', meaning: 'Staff or a practitioner reading.' },
      { name: 'RATE_LIMIT_STAFF_BOOKINGS', default: '300', meaning: 'Staff or a practitioner booking or changing.' },
      { name: 'RATE_LIMIT_SERVICE_READS', default: '60000', meaning: 'A service reading.' },
      { name: 'RATE_LIMIT_SERVICE_BOOKINGS', default: '6000', meaning: 'A service booking or changing.' },
    ],
  },
  {
    title: 'Zoom (Server-to-Server OAuth app)',
    settings: [
      { name: 'ZOOM_ACCOUNT_ID', default: '', meaning: 'Account id of the app.' },
      { name: 'ZOOM_API_KEY', default: '', fallback: 'VITE_ZOOM_API_KEY', meaning: 'Client id of the app.' },
      {
        name: 'ZOOM_API_SECRET',
        default: '',
        secret: true,
        fallback: 'VITE_ZOOM_API_SECRET',
        meaning: 'Client secret of the app.',
      },
      {
        name: 'ZOOM_WEBHOOK_SECRET_TOKEN',
        default: '',
        secret: true,
        meaning: 'Secret token of the event subscription to /api/webhooks/meetings/zoom; two by comma in a rotation.',
      },
      {
        name: 'ZOOM_CHANGES_PER_DAY',
        default: '100',
        meaning:
          'Meetings that Zoom lets one host make or change in a day (UTC); 0: not counted. In the sandbox never.',
      },
      { name: 'ZOOM_API_URL', default: 'https://api.zoom.us/v2', meaning: 'Address of the API.' },
      { name: 'ZOOM_OAUTH_URL', default: 'https://zoom.us/oauth', meaning: 'Address of the token endpoint.' },
    ],
  },
  {
    title: 'Google Calendar and Meet (a service account with delegation, or a client with a refresh token)',
    settings: [
      {
        name: 'GOOGLE_SERVICE_ACCOUNT_KEY',
        default: '',
        secret: true,
        meaning: 'Key of the service account: its JSON, the same in base64, or @path of the file.',
      },
      {
        name: 'GOOGLE_CLIENT_ID',
        default: '',
        fallback: 'VITE_GOOGLE_CLIENT_ID',
        meaning: 'OAuth client, with GOOGLE_CLIENT_SECRET and GOOGLE_REFRESH_TOKEN.',
      },
      {
        name: 'GOOGLE_CLIENT_SECRET',
        default: '',
        secret: true,
        fallback: 'VITE_GOOGLE_CLIENT_SECRET',
        meaning: 'Secret of the OAuth client.',
      },
      { name: 'GOOGLE_REFRESH_TOKEN', default: '', secret: true, meaning: 'Refresh token of the calendar owner.' },
      { name: 'GOOGLE_API_URL', default: 'https://www.googleapis.com/calendar/v3', meaning: 'Address of the API.' },
      {
        name: 'GOOGLE_ACCOUNTS_URL',
        default: 'https://accounts.google.com',
        meaning: 'Address of the consent page.',
      },
      { name: 'GOOGLE_OAUTH_URL', default: 'https://oauth2.googleapis.com', meaning: 'Address of the token endpoint.' },
      { name: 'GOOGLE_MEET_URL', default: 'https://meet.googleapis.com/v2', meaning: 'Address of the Meet API.' },
    ],
  },
  {
    title: 'Microsoft 365 and Teams (an app registration with application permissions)',
    settings: [
      { name: 'MS_TENANT_ID', default: '', meaning: 'Directory (tenant) id.' },
      { name: 'MS_CLIENT_ID', default: '', fallback: 'VITE_MS_CLIENT_ID', meaning: 'Application (client) id.' },
      {
        name: 'MS_CLIENT_SECRET',
        default: '',
        secret: true,
        fallback: 'VITE_MS_CLIENT_SECRET',
        meaning: 'Client secret of the app.',
      },
      { name: 'MS_GRAPH_URL', default: 'https://graph.microsoft.com/v1.0', meaning: 'Address of the API.' },
      {
        name: 'MS_LOGIN_URL',
        default: 'https://login.microsoftonline.com',
        meaning: 'Address of the sign-in service.',
      },
    ],
  },
  {
    title: 'Connections: practitioners authorise accounts of their own (docs/connections.md)',
    settings: [
      {
        name: 'ENCRYPTION_KEYS',
        default: '',
        secret: true,
        meaning:
          'Keys for what accounts grant and webhook secrets, as id:base64 of 32 bytes, by comma; the first is current.',
      },
      {
        name: 'ZOOM_CLIENT_ID',
        default: '',
        meaning: 'Client id of a Zoom General app with user-managed OAuth. Google and Microsoft: the clients above.',
      },
      { name: 'ZOOM_CLIENT_SECRET', default: '', secret: true, meaning: 'Client secret of that app.' },
      {
        name: 'CONNECTIONS_PAGE',
        default: '',
        meaning: 'Page to return to after consent, also named in mails; unset: a plain page of ours.',
      },
      { name: 'STAFF_EMAIL', default: '', meaning: 'Address told when a connection needs a person; unset: nobody.' },
    ],
  },
  {
    title: 'E-mail',
    settings: [
      {
        name: 'SMTP_URL',
        default: '',
        secret: true,
        meaning: 'smtp:// or smtps://, with user:password@ where the server asks.',
      },
      { name: 'EMAIL_FROM', default: '', meaning: 'Sender, as "Name <address>".' },
      {
        name: 'EMAIL_PROVIDER',
        default: '',
        meaning: 'smtp, resend, postmark or sendgrid; unset: SMTP_URL, else the form of the key decides.',
      },
      {
        name: 'EMAIL_SERVICE_API_KEY',
        default: '',
        secret: true,
        fallback: 'VITE_EMAIL_SERVICE_API_KEY',
        meaning: 'Key of the mail service.',
      },
      {
        name: 'EMAIL_API_URL',
        default: '',
        meaning: "Address of the mail service's API with its prefix; unset: its usual one.",
      },
      {
        name: 'RESEND_WEBHOOK_SECRET',
        default: '',
        secret: true,
        meaning:
          'Signing secret of the webhook to /api/webhooks/mail/resend; two by comma while one replaces the other.',
      },
      {
        name: 'POSTMARK_WEBHOOK_CREDENTIALS',
        default: '',
        secret: true,
        meaning: 'user:password that the webhooks to /api/webhooks/mail/postmark bring.',
      },
      {
        name: 'SENDGRID_WEBHOOK_KEY',
        default: '',
        meaning: 'Verification key of the signed event webhook to /api/webhooks/mail/sendgrid.',
      },
    ],
  },
] as const satisfies readonly SettingGroup[];

export type SettingName = (typeof SETTING_GROUPS)[number]['settings'][number]['name'];

export const SETTINGS: ReadonlyMap<string, Setting> = new Map(
  SETTING_GROUPS.flatMap((group): readonly Setting[] => group.settings).map((setting) => [setting.name, setting]),
);
