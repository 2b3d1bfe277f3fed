// What is written down of an error: enough to find it, and no value that somebody sent.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loggable } from '../../src/platform/log.ts';
import { openDatabase, type TestDatabase } from '../open-database.ts';

let house: TestDatabase;
beforeAll(async () => {
  house = await openDatabase({ empty: true });
});
afterAll(() => house.close());

const SECRET = 'ada@example.com';

async function failureOf(text: string, values: unknown[] = []): Promise<unknown> {
  return await house.connection.pool.query(text, values).catch((error: unknown) => error);
}

describe('of an error of the database', () => {
  test.each([
    ['a time', 'select $1::text::timestamptz', '22007'],
    ['a number', 'select $1::text::bigint', '22P02'],
    ['JSON', 'select $1::text::jsonb', '22P02'],
    ['a range', 'select $1::text::tstzrange', '22P02'],
  ])('that quotes %s, its code and where it arose are kept, its words are not', async (_what, text, code) => {
    const error = await failureOf(text, [SECRET]);
    const kept = loggable(error);
    expect(kept).toMatchObject({ type: 'error', code, routine: expect.any(String) as string });
    expect(JSON.stringify(kept)).not.toContain('ada');
    const above = loggable(new Error('it failed', { cause: error }));
    expect(above).toMatchObject({ message: 'it failed', cause: { code } });
    expect(JSON.stringify(above)).not.toContain('ada');
  });

  test('that quotes nothing, the words are kept', async () => {
    const kept = loggable(await failureOf('select * from nowhere'));
    expect(kept).toMatchObject({ code: '42P01', message: 'relation "nowhere" does not exist' });
  });
});

test('of what is no error, its kind alone is kept', () => {
  expect(loggable(SECRET)).toEqual({ type: 'string' });
});

test('of an error of ours, its words and its place are kept, and nothing that was hung on it', () => {
  const kept = loggable(Object.assign(new TypeError('a bug'), { request: SECRET }));
  expect(kept).toMatchObject({ type: 'TypeError', message: 'a bug' });
  expect(JSON.stringify(kept)).toContain('loggable.test.ts');
  expect(JSON.stringify(kept)).not.toContain(SECRET);
});
