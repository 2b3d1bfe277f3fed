// docs/operating.md says what is true: its settings are those of the table, its commands and metrics exist.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settingsReference } from '../../src/config-reference.ts';
import { walk } from '../house/source.ts';

const ROOT = join(import.meta.dirname, '../..');
const text = await readFile(join(ROOT, 'docs/operating.md'), 'utf8');

test('the settings in docs/operating.md are those of the table (npm run settings writes them)', () => {
  expect(text).toBe(settingsReference(text));
});

test('every command and metric that docs/operating.md names exists', async () => {
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
  const commands = [...text.matchAll(/npm run (?:--silent )?([a-z]+(?:-[a-z]+)*)/g)].map(([, name = '']) => name);
  expect(commands.length).toBeGreaterThan(5);
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(commands));
  const source = walk('src', '.ts')
    .map((file) => file.text)
    .join('\n');
  const metrics = [...text.matchAll(/`(slotkeeper_[a-z_]+)/g)].map(([, name = '']) => name);
  expect(metrics.length).toBeGreaterThan(3);
  for (const name of metrics) expect(source, name).toContain(name.replace(/_(?:bucket|count|sum)$/, ''));
});
