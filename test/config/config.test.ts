// The environment as an operator writes it: what each setting does, and that every mistake is told at once by name.
import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ConfigError, providerAddresses, readConfig } from '../../src/config.ts';
import { SETTING_GROUPS } from '../../src/config-table.ts';

const EMULATORS = {
  zoomApiUrl: 'http://127.0.0.1:3001/zoom/v2',
  zoomOAuthUrl: 'http://127.0.0.1:3001/zoom/oauth',
  googleApiUrl: 'http://127.0.0.1:3001/google/calendar/v3',
  googleAccountsUrl: 'http://127.0.0.1:3001/google/accounts',
  googleOAuthUrl: 'http://127.0.0.1:3001/google/oauth',
  googleMeetUrl: 'http://127.0.0.1:3001/google/meet-api/v2',
  msGraphUrl: 'http://127.0.0.1:3001/microsoft/graph/v1.0',
  msLoginUrl: 'http://127.0.0.1:3001/microsoft/login',
  twilioApiUrl: 'http://127.0.0.1:3001/twilio',
};

const ZOOM = { ZOOM_ACCOUNT_ID: 'account', ZOOM_API_KEY: 'client', ZOOM_API_SECRET: 'zoom-very-secret' };

function mistakesOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

describe('an empty environment', () => {
  test('is a sandbox on 127.0.0.1:3000 with its own database, and warns of nothing', () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      process: 'all',
      databaseUrl: null,
      dataDir: './.data',
      demo: null,
      sandbox: true,
      sandboxPort: 3001,
      meetingWaitMs: 5000,
      databasePool: 10,
      corsOrigins: '*',
      trustProxy: false,
      publicUrl: null,
      warnings: [],
    });
    expect(config.rateLimits).toEqual({
      anonymousReads: 300,
      guestReads: 60,
      guestBookings: 10,
      clientReads: 600,
      clientBookings: 30,
      staffReads: 3000,
      staffBookings: 300,
      serviceReads: 60_000,
      serviceBookings: 6000,
    });
    expect(providerAddresses(config, EMULATORS)).toEqual(EMULATORS);
  });

  test('an empty value is the same as none', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: ' ', ZOOM_API_KEY: '' })).toEqual(readConfig({}));
  });

  test('a config cannot be changed, however deep', () => {
    const config = readConfig({ CORS_ORIGINS: 'https://a.example' });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.rateLimits)).toBe(true);
    expect(Object.isFrozen(config.corsOrigins)).toBe(true);
  });

  test('every setting of the table is read, and no other name is', () => {
    const asked = new Set<string>();
    readConfig(
      new Proxy<Record<string, string>>(
        {},
        {
          get: (_, name) => {
            asked.add(String(name));
            return undefined;
          },
        },
      ),
    );
    const known = SETTING_GROUPS.flatMap((group) =>
      group.settings.flatMap((setting) => ('fallback' in setting ? [setting.name, setting.fallback] : [setting.name])),
    );
    expect([...asked].toSorted()).toEqual(known.toSorted());
  });
});

describe('mistakes', () => {
  test('all of them are named at once, each with its setting', () => {
    const mistakes = mistakesOf({
      PORT: '99999',
      PROCESS: 'both',
      SANDBOX: 'yes',
      MEETING_WAIT_MS: '5s',
      TOKEN_SECRET: 'short',
      DATABASE_URL: 'mysql://localhost/x',
      CORS_ORIGINS: 'https://app.example/path',
      PUBLIC_URL: 'slotkeeper.example',
      RATE_LIMIT_CLIENT_READS: '-1',
      EMAIL_FROM: 'nobody',
    });
    const named = ['PORT', 'PROCESS', 'SANDBOX', 'MEETING_WAIT_MS', 'TOKEN_SECRET', 'DATABASE_URL', 'CORS_ORIGINS'];
    for (const name of [...named, 'PUBLIC_URL', 'RATE_LIMIT_CLIENT_READS', 'EMAIL_FROM']) {
      expect(
        mistakes.some((mistake) => mistake.includes(name)),
        name,
      ).toBe(true);
    }
    expect(mistakes).toHaveLength(10);
  });

  test.each(['https://u:hunter4@h/x', 'https://:hunter4@h/x', 'ftp://u:hun/ter4@h', 'https://hunter4@h'])(
    'an address with a user is refused without its password: %s',
    (address) => {
      const [mistake = ''] = mistakesOf({ ZOOM_API_URL: address });
      expect(mistake).toMatch(/^ZOOM_API_URL .*@h/);
      expect(mistake).not.toMatch(/ter4/);
    },
  );

  test('the error is one readable text, and holds no secret', () => {
    const text = String(
      new ConfigError(mistakesOf({ TOKEN_SECRET: 'hunter2', DATABASE_URL: 'mysql://u:hunter3@h/x' })),
    );
    expect(text).toContain('TOKEN_SECRET must have at least 32 characters; it has 7.');
    expect(text).not.toMatch(/hunter/);
  });

  test.each([
    ['one port for two servers', { PORT: '3001' }, 'SANDBOX_PORT'],
    ['all origins and single ones', { CORS_ORIGINS: '*,https://a.example' }, 'CORS_ORIGINS'],
    ['SMTP without a server', { ...ZOOM, EMAIL_PROVIDER: 'smtp' }, 'SMTP_URL'],
    ['a proxy list that trusts everyone', { TRUST_PROXY: 'true' }, 'TRUST_PROXY'],
    ['a line break in the practice name', { PRACTICE_NAME: 'A\nBcc: x' }, 'PRACTICE_NAME'],
    ['a line break in the sender', { EMAIL_FROM: 'A\r\nBcc: x <a@b.example>' }, 'EMAIL_FROM'],
    ['a provider address with a query', { ZOOM_API_URL: 'https://z.example/v2?x=1' }, 'ZOOM_API_URL'],
  ])('%s is refused by name', (_, env, name) => {
    expect(mistakesOf(env)).toEqual([expect.stringContaining(name)]);
  });

  test('a rate limit nobody knows is told, not obeyed', () => {
    expect(readConfig({ RATE_LIMIT_CLIENT: '5' }).warnings).toEqual([
      expect.stringContaining('RATE_LIMIT_CLIENT is no'),
    ]);
  });
});

describe('callers', () => {
  test('origins are a list, or everyone', () => {
    expect(readConfig({ CORS_ORIGINS: 'https://a.example, http://localhost:5173' }).corsOrigins).toEqual([
      'https://a.example',
      'http://localhost:5173',
    ]);
    expect(readConfig({ CORS_ORIGINS: '*' }).corsOrigins).toBe('*');
  });

  test('proxies are a count, or addresses', () => {
    expect(readConfig({ TRUST_PROXY: '2' }).trustProxy).toBe(2);
    expect(readConfig({ TRUST_PROXY: '10.0.0.0/8,::1' }).trustProxy).toEqual(['10.0.0.0/8', '::1']);
  });

  test('a limit of 0 is off', () => {
    expect(readConfig({ RATE_LIMIT_ANONYMOUS_READS: '0' }).rateLimits.anonymousReads).toBe(0);
  });
});

describe('the page of clients’ links', () => {
  const OPEN = /MANAGE_URL is plain http/;
  test.each([
    ['https://practice.example/manage/', 'https://practice.example/manage', false],
    ['http://localhost:5173', 'http://localhost:5173', false],
    ['http://practice.example/manage', 'http://practice.example/manage', true],
  ])('%s', (given, kept, warned) => {
    const config = readConfig({ MANAGE_URL: given });
    expect(config.manageUrl).toBe(kept);
    expect(config.warnings.some((warning) => OPEN.test(warning))).toBe(warned);
  });

  test('has no fragment of its own: the token stands there', () => {
    expect(() => readConfig({ MANAGE_URL: 'https://practice.example/#/manage' })).toThrow('MANAGE_URL');
  });
});

describe('the sandbox', () => {
  test('an address alone does not make a provider real, but moves the emulator', () => {
    const config = readConfig({ ZOOM_API_URL: 'http://127.0.0.1:9/v2/', SMTP_URL: 'smtp://127.0.0.1:2525' });
    expect(config.sandbox).toBe(true);
    expect(config.smtpUrl?.reveal()).toBe('smtp://127.0.0.1:2525');
    expect(providerAddresses(config, EMULATORS)).toEqual({ ...EMULATORS, zoomApiUrl: 'http://127.0.0.1:9/v2' });
  });

  test('one credential anywhere ends it, and addresses are then the real ones', () => {
    const config = readConfig({ ...ZOOM, MS_GRAPH_URL: 'http://127.0.0.1:9/graph' });
    expect(config.sandbox).toBe(false);
    expect(providerAddresses(config, EMULATORS)).toEqual({
      zoomApiUrl: 'https://api.zoom.us/v2',
      zoomOAuthUrl: 'https://zoom.us/oauth',
      googleApiUrl: 'https://www.googleapis.com/calendar/v3',
      googleAccountsUrl: 'https://accounts.google.com',
      googleOAuthUrl: 'https://oauth2.googleapis.com',
      googleMeetUrl: 'https://meet.googleapis.com/v2',
      msGraphUrl: 'http://127.0.0.1:9/graph',
      msLoginUrl: 'https://login.microsoftonline.com',
      twilioApiUrl: 'https://api.twilio.com',
    });
  });

  test('a password in the SMTP address is a credential', () => {
    expect(readConfig({ SMTP_URL: 'smtp://me:word@mail.example' }).sandbox).toBe(false);
  });

  test('SANDBOX=1 keeps it although there are credentials, and says which are not used', () => {
    const config = readConfig({ ...ZOOM, SANDBOX: '1' });
    expect(config.sandbox).toBe(true);
    expect(config.warnings).toEqual([expect.stringContaining('ZOOM_ACCOUNT_ID, ZOOM_API_KEY, ZOOM_API_SECRET')]);
  });

  test('SANDBOX=0 without credentials starts, with every provider missing', () => {
    const config = readConfig({ SANDBOX: '0' });
    expect(config.sandbox).toBe(false);
    expect(Object.values(config.providers).map((provider) => provider.state)).toEqual(Array(4).fill('missing'));
  });
});

describe('providers', () => {
  test.each([
    ['zoom', { ZOOM_API_KEY: 'a', ZOOM_API_SECRET: 'b' }, 'ZOOM_ACCOUNT_ID'],
    ['microsoft', { MS_CLIENT_ID: 'a', MS_CLIENT_SECRET: 'b' }, 'MS_TENANT_ID'],
    [
      'google',
      { GOOGLE_CLIENT_ID: 'a', GOOGLE_CLIENT_SECRET: 'b' },
      'GOOGLE_SERVICE_ACCOUNT_KEY or GOOGLE_REFRESH_TOKEN',
    ],
    ['google', { GOOGLE_REFRESH_TOKEN: 'a', GOOGLE_CLIENT_ID: 'b' }, 'GOOGLE_CLIENT_SECRET'],
    ['mail', ZOOM, 'SMTP_URL'],
  ] as const)('%s, half configured, is missing by name and the start goes on', (provider, env, name) => {
    const config = readConfig(env);
    expect(config.providers[provider]).toMatchObject({ state: 'missing', missing: name });
    expect(config.warnings.join('\n')).toContain(name);
  });

  test('the contract’s VITE_ names are a fallback, with a warning; the plain name wins', () => {
    const env = { ...ZOOM, ZOOM_API_SECRET: '', VITE_ZOOM_API_SECRET: 'from-vite', VITE_ZOOM_API_KEY: 'not-this' };
    const { providers, warnings } = readConfig(env);
    expect(providers.zoom).toMatchObject({ state: 'configured', clientId: 'client' });
    expect(providers.zoom.state === 'configured' && providers.zoom.clientSecret.reveal()).toBe('from-vite');
    expect(warnings.filter((warning) => warning.startsWith('VITE_'))).toHaveLength(2);
    expect(warnings.join()).toContain('VITE_ZOOM_API_SECRET is set and read as ZOOM_API_SECRET');
  });

  test('a service account is read from JSON and from base64; a broken one is a mistake', () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const json = JSON.stringify({ client_email: 'sa@project.example', private_key: privateKey });
    for (const key of [json, Buffer.from(json).toString('base64')]) {
      const { google } = readConfig({ GOOGLE_SERVICE_ACCOUNT_KEY: key }).providers;
      expect(google).toMatchObject({ state: 'configured', kind: 'service-account', clientEmail: 'sa@project.example' });
    }
    expect(mistakesOf({ GOOGLE_SERVICE_ACCOUNT_KEY: '{"client_email":"x"}' })).toEqual([
      expect.stringContaining('lacks "private_key"'),
    ]);
    expect(mistakesOf({ GOOGLE_SERVICE_ACCOUNT_KEY: '@/nowhere/key.json' })).toEqual([
      expect.stringContaining('cannot be read'),
    ]);
    expect(mistakesOf({ GOOGLE_SERVICE_ACCOUNT_KEY: '%%%' })).toEqual([expect.stringContaining('is not JSON')]);
  });

  const KEYS = { resend: 're_123', sendgrid: 'SG.abc', postmark: '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0' };
  const WAYS: readonly [Record<string, string>, string][] = [
    ...Object.entries(KEYS).map(([service, key]): [Record<string, string>, string] => [
      { EMAIL_SERVICE_API_KEY: key },
      service,
    ]),
    [{ VITE_EMAIL_SERVICE_API_KEY: 're_123' }, 'resend'],
    [{ EMAIL_SERVICE_API_KEY: 'any', EMAIL_PROVIDER: 'Postmark' }, 'postmark'],
    [{ EMAIL_SERVICE_API_KEY: 're_1', EMAIL_PROVIDER: 'sendgrid', SMTP_URL: 'smtp://mail.example' }, 'sendgrid'],
    [{ EMAIL_SERVICE_API_KEY: 're_1', EMAIL_PROVIDER: 'smtp', SMTP_URL: 'smtp://mail.example' }, 'smtp'],
    [{ EMAIL_SERVICE_API_KEY: 're_1', SMTP_URL: 'smtp://mail.example' }, 'smtp'],
  ];
  test.each(WAYS)(
    'mail goes where EMAIL_PROVIDER says, else to SMTP_URL, else where the key is from (%o)',
    (env, via) => {
      const { providers, mailService, sandbox } = readConfig({ ...ZOOM, ...env });
      expect(providers.mail).toMatchObject({ state: 'configured', via });
      expect([mailService, sandbox]).toEqual([via === 'smtp' ? null : via, false]);
    },
  );

  test.each([
    [{ EMAIL_PROVIDER: 'resend' }, 'EMAIL_SERVICE_API_KEY'],
    [{ EMAIL_SERVICE_API_KEY: 'whose-is-it' }, 'EMAIL_PROVIDER'],
  ])('mail by a service that is half configured (%o) is missing by name', (env, name) => {
    expect(readConfig({ ...ZOOM, ...env }).providers.mail).toMatchObject({ state: 'missing', missing: name });
  });

  test('a mail service named without a key is its emulator in the sandbox', () => {
    expect(readConfig({ EMAIL_PROVIDER: 'postmark' })).toMatchObject({ sandbox: true, mailService: 'postmark' });
  });

  test.each([
    [{ EMAIL_PROVIDER: 'sendgrid', EMAIL_API_URL: 'https://api.eu.sendgrid.com' }, 'https://api.eu.sendgrid.com/v3'],
    [{ EMAIL_PROVIDER: 'sendgrid', EMAIL_API_URL: 'http://127.0.0.1:9/x/' }, 'http://127.0.0.1:9/x'],
    [{ EMAIL_PROVIDER: 'resend', EMAIL_API_URL: 'http://127.0.0.1:9' }, 'http://127.0.0.1:9'],
    [{ EMAIL_PROVIDER: 'resend' }, null],
  ])('the API is where EMAIL_API_URL says (%o)', (env, url) => {
    expect(readConfig(env).mailApiUrl).toBe(url);
  });

  test('what webhooks are believed by is read, several at once, and looked at', () => {
    const spki = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'der' });
    const { webhookSecrets } = readConfig({
      RESEND_WEBHOOK_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
      POSTMARK_WEBHOOK_CREDENTIALS: 'postmark:a-long-password-1',
      SENDGRID_WEBHOOK_KEY: spki.toString('base64'),
    });
    expect(Object.values(webhookSecrets).map((secrets) => secrets.length)).toEqual([2, 1, 1]);
    expect(
      mistakesOf({
        RESEND_WEBHOOK_SECRET: 'secret',
        POSTMARK_WEBHOOK_CREDENTIALS: 'postmark:short',
        SENDGRID_WEBHOOK_KEY: 'MFkw',
      }).map((mistake) => mistake.split(' ')[0]),
    ).toEqual(['RESEND_WEBHOOK_SECRET', 'POSTMARK_WEBHOOK_CREDENTIALS', 'SENDGRID_WEBHOOK_KEY']);
  });
});

describe('the sender', () => {
  test.each([
    ['Dr. Sarah <sarah@clinic.example>', { name: 'Dr. Sarah', address: 'sarah@clinic.example' }],
    ['"Lee, Michael" <lee@clinic.example>', { name: 'Lee, Michael', address: 'lee@clinic.example' }],
    ['lee@clinic.example', { name: 'Slotkeeper Practice', address: 'lee@clinic.example' }],
  ])('%s', (value, sender) => {
    expect(readConfig({ EMAIL_FROM: value }).emailFrom).toEqual(sender);
  });

  test('unset, it is of the public host, and that is told once mail is real', () => {
    const env = { PUBLIC_URL: 'https://book.clinic.example/', SMTP_URL: 'smtp://u:p@mail.example' };
    const config = readConfig(env);
    expect(config.publicUrl).toBe('https://book.clinic.example');
    expect(config.emailFrom.address).toBe('bookings@book.clinic.example');
    expect(config.warnings.join()).toContain('EMAIL_FROM is not set');
  });
});

test('no way of printing a config shows a secret', () => {
  const config = readConfig({
    ...ZOOM,
    DATABASE_URL: 'postgres://u:pg-very-secret@h/x',
    TOKEN_SECRET: 'token-very-secret-0123456789abcdef',
    METRICS_TOKEN: 'metrics-very-secret',
    SMTP_URL: 'smtp://u:smtp-very-secret@h',
  });
  const shown = [JSON.stringify(config), inspect(config, { depth: 9, showHidden: true }), String(config.tokenSecret)];
  expect(shown.join('\n')).not.toContain('very-secret');
  expect(config.databaseUrl?.reveal()).toBe('postgres://u:pg-very-secret@h/x');
});
