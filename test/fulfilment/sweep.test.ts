// The sweep's rules, without a database: what is worth a look, and what is done about what a look has found.
import { describe, expect, it } from 'vitest';
import {
  sessionMarked,
  suspectsOf,
  verdictOf,
  type Believed,
  type Finding,
  type Task,
} from '../../src/fulfilment/sweep.ts';
import type { Listed } from '../../src/meetings/provider.ts';

const START = Temporal.Instant.from('2030-01-14T15:00:00Z');
const believed = (sessionId: number): Believed => ({
  sessionId,
  start: START.add({ hours: sessionId }),
  end: START.add({ hours: sessionId + 1 }),
  providerId: `id-${sessionId}`,
  title: 'A talk',
});
const listed = (sessionId: number, over: Partial<Listed> = {}): Listed => ({
  id: `id-${sessionId}`,
  marker: `sk:abc:${sessionId}`,
  start: START.add({ hours: sessionId }),
  end: START.add({ hours: sessionId + 1 }),
  title: null,
  changedAt: START.subtract({ hours: 48 }),
  ...over,
});
const since = START.subtract({ hours: 24 });
const suspects = (mine: Believed[], theirs: Listed[], from: Temporal.Instant | null = since, tasks: Task[] = []) =>
  suspectsOf({ believed: mine, listed: theirs, tasks }, 'abc', from).map(({ own, sessionId, id }) => [
    own ? 'own' : 'other',
    sessionId,
    id,
  ]);

const task = (kind: Task['kind'], sessionId: number, providerId: string): Task => ({
  kind,
  sessionId,
  providerId,
  at: START.add({ hours: sessionId }),
});

describe('a marker', () => {
  it.each([
    ['sk:abc:7', 7],
    ['sk:abc:0', null],
    ['sk:abc:07', null],
    ['sk:abc:7x', null],
    ['sk:abc:', null],
    ['sk:abd:7', null],
    ['sk:abcd:7', null],
    ['xsk:abc:7', null],
    ['sk:abc:99999999999999999999', null],
  ])('%s names %s', (marker, session) => {
    expect(sessionMarked(marker, 'abc')).toBe(session);
  });
});

describe('suspicion', () => {
  it('falls on nothing that agrees', () => {
    expect(suspects([believed(1), believed(2)], [listed(2), listed(1, { title: 'A talk' })])).toEqual([]);
  });

  it('falls on what is not listed, elsewhere in time, otherwise named, or changed since, in the order of time', () => {
    const mine = [1, 2, 3, 4, 5].map(believed);
    const theirs = [
      listed(5, { changedAt: START.subtract({ hours: 23 }) }),
      listed(4, { title: 'My talk' }),
      listed(2, { start: START }),
      listed(3),
    ];
    expect(suspects(mine, theirs)).toEqual([1, 2, 4, 5].map((n) => ['own', n, `id-${n}`]));
  });

  it('falls on every own thing in the first round, where the list tells no words', () => {
    expect(suspects([believed(1)], [listed(1)], null)).toEqual([['own', 1, 'id-1']]);
  });

  it('falls on what waits for a person, whatever the list shows, once', () => {
    const tasks = [
      task('changed', 1, 'id-1'),
      task('moved', 1, 'id-1'),
      task('missing', 2, 'id-2'),
      task('unknown', 9, 'gone'),
      task('duplicate', 3, 'copy'),
    ];
    const theirs = [listed(1), listed(3), listed(3, { id: 'copy' })];
    expect(suspects([believed(1), believed(2), believed(3)], theirs, since, tasks)).toEqual([
      ['own', 1, 'id-1'],
      ['own', 2, 'id-2'],
      ['other', 3, 'copy'],
      ['other', 9, 'gone'],
    ]);
  });

  it('falls on every other thing that bears a marker of ours, and on none that does not', () => {
    const theirs = [
      listed(1),
      listed(1, { id: 'copy' }),
      listed(9, { id: 'nobody' }),
      listed(9, { id: 'another', marker: 'sk:xyz:9' }),
      listed(2, { id: 'id-1', marker: 'sk:abc:2' }),
    ];
    expect(suspects([believed(1)], theirs)).toEqual([
      ['other', 1, 'copy'],
      ['other', 2, 'id-1'],
      ['other', 9, 'nobody'],
    ]);
  });
});

const finding = (over: Partial<Finding> = {}): Finding => ({
  kind: 'missing',
  sessionId: 1,
  providerId: 'id-1',
  at: START,
  revision: 1,
  proved: true,
  ...over,
});

describe('the verdict', () => {
  const NEW = { state: null, mends: 0, unchanged: false } as const;

  it('is to put right, once', () => {
    expect(verdictOf(finding(), NEW, false)).toEqual({ act: 'mend' });
    const again = { state: 'mending', mends: 1, unchanged: true } as const;
    expect(verdictOf(finding(), again, false)).toEqual({ act: 'tell', reason: 'mended_before' });
  });

  it('is to tell alone while only reports are wished, and to put right after', () => {
    expect(verdictOf(finding(), NEW, true)).toEqual({ act: 'tell', reason: 'report_only' });
    expect(verdictOf(finding(), { state: 'open', mends: 0, unchanged: true }, false)).toEqual({ act: 'mend' });
  });

  it('never touches what is unknown, or not proved to be ours', () => {
    for (const reportOnly of [true, false]) {
      const told = { act: 'tell', reason: 'not_proved' };
      expect(verdictOf(finding({ kind: 'unknown' }), NEW, reportOnly)).toEqual(told);
      expect(verdictOf(finding({ kind: 'duplicate', proved: false }), NEW, reportOnly)).toEqual(told);
    }
  });

  it('leaves what a person has decided, until the appointment changes', () => {
    expect(verdictOf(finding(), { state: 'ignored', mends: 1, unchanged: true }, false)).toEqual({ act: 'leave' });
    expect(verdictOf(finding(), { state: 'ignored', mends: 0, unchanged: false }, false)).toEqual({ act: 'mend' });
    expect(verdictOf(finding(), { state: 'removing', mends: 0, unchanged: true }, false)).toEqual({ act: 'leave' });
  });
});
