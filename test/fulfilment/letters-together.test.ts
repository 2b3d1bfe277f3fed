// Which letters about dates of one series are told in one: who leads, who holds back, and what happens when somebody dies on the
// way. No database.
import { describe, expect, test } from 'vitest';
import { lettersOwed, type Telling } from '../../src/fulfilment/letters-owed.ts';
import {
  LATE_LINKS_MINUTES,
  lettersTogether,
  LINKS_GRACE_SECONDS,
  type Mate,
} from '../../src/fulfilment/letters-together.ts';
import type { LetterRow } from '../../src/notifications/store.ts';

const AT = Temporal.Instant.from('2030-01-07T14:00:00Z');
const later = (seconds: number) => AT.add({ seconds });

const telling = (n: number, over: Partial<Telling> = {}): Telling => ({
  appointmentId: 100 + n,
  revision: 1,
  live: true,
  closed: false,
  asked: null,
  declined: false,
  start: AT.add({ hours: 24 * 7 * n }),
  end: AT.add({ hours: 24 * 7 * n + 1 }),
  link: { digest: `link-${n}` },
  since: AT,
  together: true,
  ...over,
});
const row = (n: number, over: Partial<LetterRow> = {}): LetterRow => ({
  id: n,
  appointmentId: 100 + n,
  recipient: 'client',
  kind: 'confirmation',
  revision: 1,
  state: 'sent',
  link: `link-${n}`,
  startsAt: AT.add({ hours: 24 * 7 * n }),
  attempts: 1,
  nextAttemptAt: null,
  sentAt: AT,
  channel: 'email',
  leadMinutes: null,
  ...over,
});
const mate = (n: number, letters: readonly LetterRow[] = [], over: Partial<Telling> = {}): Mate => ({
  position: n,
  sessionId: n,
  telling: telling(n, over),
  letters,
});
/** What each date's own pass sends to the client: `2+3` is the second telling the third with it. */
const sent = (batch: readonly Mate[], now = later(1), reader = 'client') =>
  batch.flatMap((me) => {
    const own = lettersOwed(me.telling, me.letters, now);
    const together = lettersTogether(own, me.sessionId, batch, now);
    return together.send
      .filter(({ recipient }) => recipient === reader)
      .map(({ kind, covers }) => `${kind} ${[me.position, ...covers.map(({ position }) => position)].join('+')}`);
  });

const told = (n: number) => row(n, { link: null, ...(n === 1 ? {} : { toldWith: 1 }) });

describe('of dates that one act has changed', () => {
  test('the first tells all, and the others hold back and look again', () => {
    const batch = [mate(1), mate(2), mate(3)];
    expect(sent(batch)).toEqual(['confirmation 1+2+3']);
    const own = lettersOwed(batch[1]!.telling, [], later(1));
    expect(lettersTogether(own, 2, batch, later(1))).toMatchObject({ send: [], nextAt: expect.anything() });
  });

  test('one that is left alone, or is of no batch, tells itself', () => {
    expect(sent([mate(2)])).toEqual(['confirmation 2']);
    const own = lettersOwed(telling(5), [], later(1));
    expect(lettersTogether(own, 5, [mate(1), mate(2)], later(1)).send.map(({ covers }) => covers)).toEqual([[], []]);
  });

  test('those that owe another letter, were told, or are over, are not in it', () => {
    const over = { start: AT.subtract({ hours: 2 }), end: AT.subtract({ hours: 1 }) };
    const cancelled = mate(3, [row(3)], { live: false });
    expect(sent([mate(1, [], over), mate(2), cancelled, mate(4, [row(4)]), mate(5)])).toEqual([
      'confirmation 2+5',
      'cancellation 3',
    ]);
  });

  test('what the leader has told since a pass was read is not told again', () => {
    const own = lettersOwed(telling(2), [], later(1));
    const batch = [1, 2, 3].map((n) =>
      mate(
        n,
        (['client', 'practitioner'] as const).map((recipient) => row(n, { recipient })),
      ),
    );
    expect(lettersTogether(own, 2, batch, later(1))).toEqual({ send: [], nextAt: null });
  });

  test('where something else is owed since a pass was read, it looks again', () => {
    // The confirmation that its leader was sending has left meanwhile, about the time that this act has changed.
    const moved = { revision: 2, start: AT.add({ hours: 24 * 14 + 1 }), end: AT.add({ hours: 24 * 14 + 2 }) };
    const sending = row(2, { link: null, state: 'sending', toldWith: 1 });
    const own = lettersOwed(telling(2, moved), [sending], later(1));
    expect(own.send.map(({ kind }) => kind)).toEqual(['confirmation', 'confirmation']);
    const now = [mate(2, [{ ...sending, state: 'sent' }], moved), mate(3, [told(3)], moved)];
    expect(lettersTogether({ send: own.send.slice(0, 1) }, 2, now, later(1))).toEqual({
      send: [],
      nextAt: later(6),
    });
    // By the next pass it leads, and tells it.
    expect(sent(now)).toEqual(['change 2+3']);
  });

  test('the letter waits a while for the links of all, and no longer', () => {
    const batch = [mate(1), mate(2, [], { link: 'awaited' }), mate(3)];
    expect(sent(batch, later(LINKS_GRACE_SECONDS - 1))).toEqual([]);
    expect(sent(batch, later(LINKS_GRACE_SECONDS + 1))).toEqual(['confirmation 1+2+3']);
  });

  test('links that come later are told together, and one by one after hours', () => {
    const waiting = [mate(1, [told(1)]), mate(2, [told(2)], { link: 'awaited' }), mate(3, [told(3)])];
    expect(sent(waiting, later(600))).toEqual([]);
    expect(sent([mate(1, [told(1)]), mate(2, [told(2)]), mate(3, [told(3)])], later(600))).toEqual(['link 1+2+3']);
    expect(sent(waiting, later(LATE_LINKS_MINUTES * 60 + 1))).toEqual(['link 1', 'link 3']);
  });

  test('that links are missing is told once, when what becomes of all is known', () => {
    const known = (n: number) => row(n, { link: null, recipient: 'practitioner' });
    const [first, third] = [mate(1, [known(1)], { link: 'missing' }), mate(3, [known(3)], { link: 'missing' })];
    const waiting = [first, mate(2, [known(2)], { link: 'awaited' }), third];
    expect(sent(waiting, later(60), 'practitioner')).toEqual([]);
    expect(sent(waiting, later(180), 'practitioner')).toEqual(['link_missing 1+3']);
    const settled = [first, mate(2, [row(2, { recipient: 'practitioner' })]), third];
    expect(sent(settled, later(60), 'practitioner')).toEqual(['link_missing 1+3']);
  });

  test('a letter in doubt is repeated as it was, by its leader alone', () => {
    const doubt = row(1, { state: 'unknown', nextAttemptAt: later(10) });
    const covered = [2, 3].map((n) => mate(n, [row(n, { state: 'unknown', toldWith: 1 })]));
    expect(sent([mate(1, [doubt]), ...covered], later(11))).toEqual(['confirmation 1+2+3']);
    expect(sent([mate(1, [doubt]), ...covered], later(5))).toEqual([]);
  });

  test('one that surely did not leave is owed anew, by all of them', () => {
    const queued = row(1, { state: 'queued', nextAttemptAt: later(10) });
    const covered = [2, 3].map((n) => mate(n, [row(n, { state: 'superseded', toldWith: 1 })]));
    expect(sent([mate(1, [queued]), ...covered], later(5))).toEqual([]);
    expect(sent([mate(1, [queued]), ...covered], later(11))).toEqual(['confirmation 1+2+3']);
  });

  test('where the leader was cut off it repeats; where it has been changed by itself the next one leads', () => {
    const cut = mate(1, [row(1, { state: 'sending', link: null })]);
    const covered = [2, 3].map((n) => mate(n, [row(n, { state: 'sending', toldWith: 1 })]));
    expect(sent([cut, ...covered])).toEqual(['confirmation 1+2+3']);
    expect(sent(covered)).toEqual(['confirmation 2+3']);
    // One of them that is changed by itself meanwhile was told, for all that anybody knows.
    const moved = telling(2, {
      together: false,
      revision: 2,
      start: AT.add({ hours: 400 }),
      end: AT.add({ hours: 401 }),
    });
    const own = lettersOwed(moved, covered[0]!.letters, later(1));
    expect(own.send.flatMap(({ recipient, kind }) => (recipient === 'client' ? [kind] : []))).toEqual(['change']);
  });
});
