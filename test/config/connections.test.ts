// The settings of practitioners' own accounts: keys that are keys, clients that are whole.
import { expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';

const KEY = Buffer.alloc(32, 5).toString('base64');

function mistakesOf(settings: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConfig(settings);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
}

test('the first of the keys is the current one', () => {
  const { connecting } = readConfig({ ENCRYPTION_KEYS: `b:${KEY}, a:${KEY}` });
  expect(connecting.encryptionKeys.map(({ id }) => id)).toEqual(['b', 'a']);
});

test.each([
  ['a key of the wrong length', `a:${Buffer.alloc(16).toString('base64')}`, /entry 1/],
  ['a key without an id', KEY, /entry 1/],
  ['something after a key', `a:${KEY},nonsense`, /entry 2/],
  ['an id of our own', `token-secret:${KEY}`, /token-secret is taken/],
  ['one id twice', `a:${KEY},a:${KEY}`, /twice/],
])('%s is named, and not shown', (_what, given, said) => {
  const mistakes = mistakesOf({ ENCRYPTION_KEYS: given });
  expect(mistakes.join()).toMatch(said);
  expect(mistakes.join()).not.toContain(given.slice(-20));
});

test('half a client, a page that is none and a list of addresses are refused', () => {
  const mistakes = mistakesOf({
    SANDBOX: '1',
    ZOOM_CLIENT_ID: 'x',
    CONNECTIONS_PAGE: 'javascript:alert(1)',
    STAFF_EMAIL: 'a@example.com, b@example.com',
  });
  expect(mistakes.map((one) => one.split(' ')[0])).toEqual(['ZOOM_CLIENT_ID', 'CONNECTIONS_PAGE', 'STAFF_EMAIL']);
});

test('a client without keys is used for nothing, and the start says so', () => {
  const { warnings } = readConfig({ ZOOM_CLIENT_ID: 'x', ZOOM_CLIENT_SECRET: 'y' });
  expect(warnings.join()).toMatch(/ENCRYPTION_KEYS/);
});
