// What a command says when it cannot go on, in words for an operator.
import { expect, test } from 'vitest';
import { wordsOf } from '../../src/composition-failure.ts';

test('a file that is not there is not taken for a database that does not answer', () => {
  const file = Object.assign(new Error('ENOENT: no such file or directory'), { code: 'ENOENT', path: '/backups/a' });
  expect(wordsOf(file)).toBe('ENOENT: no such file or directory.');
  const network = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });
  expect(wordsOf(network)).toBe('connect ECONNREFUSED 127.0.0.1:5432. Is DATABASE_URL right, and the server up?');
});
