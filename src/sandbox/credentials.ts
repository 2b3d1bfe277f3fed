// The credentials that the emulators accept. They open nothing but a sandbox: fixed and plain to see, but for Google's
// private key, which is made at the first start and kept with the sandbox's state.
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { State } from './state.ts';

export const SANDBOX_CREDENTIALS = {
  zoom: {
    accountId: 'sandbox-zoom-account',
    clientId: 'sandbox-zoom-client',
    clientSecret: 'sandbox-zoom-secret-not-real',
    /** The General app that users authorise. */
    app: { clientId: 'sandbox-zoom-general-app', clientSecret: 'sandbox-zoom-general-secret-not-real' },
    webhookSecret: 'sandbox-zoom-webhook-not-real',
  },
  google: {
    clientEmail: 'slotkeeper-sandbox@sandbox-project.iam.gserviceaccount.com',
    clientId: 'sandbox-google-client.apps.googleusercontent.com',
    clientSecret: 'sandbox-google-secret-not-real',
    refreshToken: '1//sandbox-google-refresh-token-not-real',
    /** Whose consent the refresh token stands for. */
    refreshSubject: 'practitioner@example.com',
  },
  microsoft: {
    tenantId: '5a4db0c5-0000-4000-8000-00005a4db0c5',
    clientId: '5a4db0c5-0000-4000-8000-0000000c11e4',
    clientSecret: 'sandbox-microsoft-secret-not-real',
  },
  mail: {
    resend: { apiKey: 're_sandbox_not_real', webhookSecret: 'whsec_c2FuZGJveC1yZXNlbmQtbm90LXJlYWw=' },
    postmark: {
      apiKey: '5a4db0c5-0000-4000-8000-00000000ba11',
      webhookCredentials: 'sandbox:sandbox-postmark-not-real',
    },
    sendgrid: { apiKey: 'SG.sandbox.not-real' },
  },
  twilio: {
    accountSid: 'AC5a4db0c500004000800000005a4db0c5',
    authToken: 'sandbox-twilio-token-not-real',
    from: '+15005550006',
  },
} as const;

export type SandboxCredentials = {
  readonly zoom: {
    readonly accountId: string;
    readonly clientId: string;
    readonly clientSecret: string;
    readonly app: { readonly clientId: string; readonly clientSecret: string };
    /** Signs the events it posts. */
    readonly webhookSecret: string;
  };
  readonly google: {
    /** The members of a service account's key file that a client needs. */
    readonly serviceAccount: {
      readonly type: 'service_account';
      readonly client_email: string;
      readonly private_key: string;
    };
    readonly clientId: string;
    readonly clientSecret: string;
    readonly refreshToken: string;
  };
  readonly microsoft: { readonly tenantId: string; readonly clientId: string; readonly clientSecret: string };
  /** For each mail service the key it takes, and what the receiver of its webhooks believes them by. */
  readonly mail: Readonly<Record<'resend' | 'postmark' | 'sendgrid', MailCredentials>>;
  readonly twilio: { readonly accountSid: string; readonly authToken: string; readonly from: string };
};

export type MailCredentials = { readonly apiKey: string; readonly webhookSecret: string };

/** This sandbox's credentials; the Google key is made once and then read from the state. */
export function sandboxCredentials(state: Pick<State, 'drawer'>): SandboxCredentials {
  const privateKey = kept(
    state,
    'google-private-key',
    () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  );
  const { google, zoom, microsoft, mail } = SANDBOX_CREDENTIALS;
  return {
    zoom,
    google: {
      serviceAccount: { type: 'service_account', client_email: google.clientEmail, private_key: privateKey },
      clientId: google.clientId,
      clientSecret: google.clientSecret,
      refreshToken: google.refreshToken,
    },
    microsoft,
    mail: {
      resend: mail.resend,
      postmark: { apiKey: mail.postmark.apiKey, webhookSecret: mail.postmark.webhookCredentials },
      sendgrid: { apiKey: mail.sendgrid.apiKey, webhookSecret: publicPart(webhookKey(state)) },
    },
    twilio: SANDBOX_CREDENTIALS.twilio,
  };
}

/** The key that signs event webhooks as SendGrid does (P-256); its public half is handed out. */
export function webhookKey(state: Pick<State, 'drawer'>): string {
  return kept(state, 'mail-webhook-key', () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
}

function publicPart(privateKey: string): string {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64');
}

/** A private key made once, in PEM form. */
function kept(state: Pick<State, 'drawer'>, id: string, make: () => KeyObject): string {
  const settings = state.drawer<string>('setting');
  const known = settings.find(id)?.body;
  if (known) return known;
  const made = make().export({ type: 'pkcs8', format: 'pem' });
  settings.put({ id, owner: '', live: true, starts: 0, ends: 0, tags: [], body: made });
  return made;
}
