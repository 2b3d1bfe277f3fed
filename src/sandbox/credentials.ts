// The credentials that the emulators accept. They open nothing but a sandbox: fixed and plain to see, but for Google's
// private key, which is made at the first start and kept with the sandbox's state.
import { generateKeyPairSync } from 'node:crypto';
import type { State } from './state.ts';

export const SANDBOX_CREDENTIALS = {
  zoom: {
    accountId: 'sandbox-zoom-account',
    clientId: 'sandbox-zoom-client',
    clientSecret: 'sandbox-zoom-secret-not-real',
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
} as const;

export type SandboxCredentials = {
  readonly zoom: { readonly accountId: string; readonly clientId: string; readonly clientSecret: string };
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
};

/** This sandbox's credentials; the Google key is made once and then read from the state. */
export function sandboxCredentials(state: Pick<State, 'drawer'>): SandboxCredentials {
  const settings = state.drawer<string>('setting');
  let privateKey = settings.find('google-private-key')?.body;
  if (!privateKey) {
    privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    settings.put({ id: 'google-private-key', owner: '', live: true, starts: 0, ends: 0, tags: [], body: privateKey });
  }
  const { google, zoom, microsoft } = SANDBOX_CREDENTIALS;
  return {
    zoom,
    google: {
      serviceAccount: { type: 'service_account', client_email: google.clientEmail, private_key: privateKey },
      clientId: google.clientId,
      clientSecret: google.clientSecret,
      refreshToken: google.refreshToken,
    },
    microsoft,
  };
}
