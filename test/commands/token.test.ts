// The token command: prints one token, or one sentence that says what is wrong with what it was asked.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenRequestOf } from '../../src/commands/token-request.ts';
import { createDatabase } from '../open-database.ts';
import { runCommand } from './run-command.ts';

let database: Awaited<ReturnType<typeof createDatabase>>;
let settings: Record<string, string>;
beforeAll(async () => {
  database = await createDatabase();
  settings = { DATABASE_URL: database.ownerUrl };
});
afterAll(() => database.drop());

const CLIENT = ['--role', 'client', '--user', 'u'];
const WELL = [...CLIENT, '--email', 'u@example.com'];

it('prints a client’s token, which bears the address', async () => {
  const { code, out, err } = await runCommand('token', WELL, settings);
  expect([code, err]).toEqual([0, '']);
  expect(JSON.parse(Buffer.from(out.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
    role: 'client',
    sub: 'u',
    email: 'u@example.com',
  });
});

describe('is not issued', () => {
  // Whatever is wrong is told in one way, which is proved below for all commands.
  it.each<[string, readonly string[], RegExp]>([
    ['without a role', [], /--role/],
    ['for a role nobody has', ['--role', 'root'], /--role/],
    ['for a client without an id', ['--role', 'client', '--email', 'u@example.com'], /--user/],
    ['for a client without an address', CLIENT, /--email/],
    ['for an address that is none', [...CLIENT, '--email', 'nobody'], /--email/],
    ['for an id past 128 letters', [...WELL, '--user', 'x'.repeat(129)], /--user/],
    ['for ten thousand days', [...WELL, '--days', '9999'], /--days .* 3650/],
    ['for half a day', [...WELL, '--days', '0.5'], /--days/],
    ['with an unknown option', [...WELL, '--dasy', '3'], /--dasy/],
    ['with a word too many', [...WELL, 'more'], /more/],
    ['for a practitioner without an id', ['--role', 'practitioner'], /--practitioner/],
    ['for a client who is a practitioner', [...WELL, '--practitioner', '123'], /--practitioner/],
    ['for staff with an address', ['--role', 'staff', '--email', 'a@example.com'], /--email/],
  ])('%s: the usage is told', (_what, parameters, words) => {
    const fault = tokenRequestOf(parameters);
    expect(typeof fault === 'string' ? fault.split('\n')[0] : fault).toMatch(words);
    expect(fault).not.toMatch(/\n {4}at /);
  });

  it('for a practitioner who does not exist', async () => {
    const { code, out, err } = await runCommand(
      'token',
      ['--role', 'practitioner', '--practitioner', '4711'],
      settings,
    );
    expect([code, out, err]).toEqual([64, '', 'There is no practitioner with the id 4711.\n']);
  });

  it.each<[string, Record<string, string>, RegExp, number]>([
    ['with settings that cannot be used', { DATABASE_URL: 'mysql://x' }, /^The settings cannot be used:/, 78],
    ['without a database', { DATABASE_URL: 'postgres://a:geheim@127.0.0.1:1/x' }, /DATABASE_URL right/, 1],
  ])('%s', async (_what, mistaken, words, code) => {
    const ended = await runCommand('token', WELL, mistaken);
    expect(ended.err).toMatch(words);
    expect(ended.err).not.toMatch(/geheim|\n {4}at /);
    expect(ended.code).toBe(code);
  });
});

it.each(['token', 'doctor', 'sandbox'])(
  'the %s command tells its usage where it is asked what it does not know',
  async (name) => {
    const { code, out, err } = await runCommand(name, ['--fast'], settings);
    expect([code, out]).toEqual([64, '']);
    expect(err).toMatch(/--fast[^]*Usage: npm run/);
    expect(err).not.toMatch(/\n {4}at /);
  },
);
