// The log as a process writes it: whole lines, in their order, whatever ends the process; and nothing in them that a library
// put there by itself.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const LOG = JSON.stringify(join(import.meta.dirname, '../../src/platform/log.ts'));

function written(script: string): Record<string, unknown>[] {
  const args = [
    '--input-type=module',
    '--eval',
    `import { createLog } from ${LOG}; const log = createLog('info'); ${script}`,
  ];
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(stdout.endsWith('\n')).toBe(true);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test.each([
  ['comes to its end', ''],
  ['is ended', 'process.exit(0);'],
  ['fails', 'throw new Error("a bug");'],
])('a process that %s has written every line, though they are gathered', (_how, end) => {
  const lines = written(`for (let at = 0; at < 3_000; at += 1) log.info({ at, who: 'Zoë 😀' }, 'line'); ${end}`);
  expect(lines.map(({ at }) => at)).toEqual(Array.from({ length: 3_000 }, (_, at) => at));
  expect(new Set(lines.map(({ who }) => who))).toEqual(new Set(['Zoë 😀']));
});

test('lines are written a moment later, and where there are none nothing is', () => {
  const [before, after] = written(`
    import fs from 'node:fs';
    const { write } = fs;
    let writes = 0;
    fs.write = (...given) => ((writes += 1), write(...given));
    const moments = () => new Promise((later) => setTimeout(later, 500));
    await moments();
    log.info({ writes }, 'line');
    log.info('and another');
    await moments();
    log.info({ writes }, 'line');`).filter(({ writes }) => writes !== undefined);
  expect([before?.['writes'], after?.['writes']]).toEqual([0, 1]);
});

test('a line that comes while an earlier one is slowly being written is out a moment later, whatever ends the process', () => {
  const lines = written(`
    import fs from 'node:fs';
    const { write } = fs;
    fs.write = (...given) => void setTimeout(() => write(...given), 300);
    const later = (ms) => new Promise((moment) => setTimeout(moment, ms));
    log.info('one');
    await later(150);
    log.info('two');
    await later(2_000);
    process.kill(process.pid, 'SIGKILL');`);
  expect(lines.map(({ msg }) => msg)).toEqual(['one', 'two']);
});

test('a line says when it was written', () => {
  const before = Date.now();
  const [line] = written(`await new Promise((later) => setTimeout(later, 20)); log.info('line');`);
  expect(line?.['time']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(Date.parse(String(line?.['time']))).toBeGreaterThanOrEqual(before);
  expect(Date.parse(String(line?.['time']))).toBeLessThanOrEqual(Date.now());
});

test('lines of one second differ in their last digits alone', () => {
  const lines = written(`
    const at = [1_800_000_000_000, 1_800_000_000_007, 1_800_000_000_999, 1_800_000_001_000, 1_799_999_999_999];
    Date.now = () => at.shift();
    for (const _ of [...at]) log.info('line');`);
  expect(lines.map(({ time }) => time)).toEqual([
    '2027-01-15T08:00:00.000Z',
    '2027-01-15T08:00:00.007Z',
    '2027-01-15T08:00:00.999Z',
    '2027-01-15T08:00:01.000Z',
    '2027-01-15T07:59:59.999Z',
  ]);
});

test('secrets that a library puts there are struck out', () => {
  const [line] = written(
    `log.child({ route: '/x' }).info({ token: 'secret', req: { headers: { authorization: 'secret' } } });`,
  );
  expect(line).toMatchObject({ route: '/x', token: '[removed]', req: { headers: { authorization: '[removed]' } } });
});
