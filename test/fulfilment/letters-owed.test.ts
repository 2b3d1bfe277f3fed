// Which letters are owed: by what each reader was last told, never by what was once queued.
import { describe, expect, it } from 'vitest';
import { LINK_GRACE_MS, lettersOwed, type Telling } from '../../src/fulfilment/letters-owed.ts';
import type { LetterRow } from '../../src/notifications/store.ts';

const NOW = Temporal.Instant.from('2026-12-01T08:00:00Z');
const NINE = Temporal.Instant.from('2026-12-02T09:00:00Z');
const TEN = Temporal.Instant.from('2026-12-02T10:00:00Z');
const later = (ms: number) => NOW.add({ milliseconds: ms });

const TELLING: Telling = {
  appointmentId: 1,
  revision: 1,
  live: true,
  closed: false,
  asked: null,
  declined: false,
  start: NINE,
  end: NINE.add({ hours: 1 }),
  link: { digest: 'A' },
  since: NOW,
};
const MOVED: Partial<Telling> = { revision: 2, start: TEN, end: TEN.add({ hours: 1 }) };
const CANCELLED: Partial<Telling> = { revision: 2, live: false };

const SENT: LetterRow = {
  id: 10,
  appointmentId: 1,
  recipient: 'client',
  kind: 'confirmation',
  revision: 1,
  state: 'sent',
  link: 'A',
  startsAt: NINE,
  attempts: 1,
  nextAttemptAt: null,
  sentAt: NOW,
  channel: 'email',
  leadMinutes: null,
};
const QUEUED: Partial<LetterRow> = { state: 'queued', nextAttemptAt: later(1_000) };

type Case = readonly [
  title: string,
  telling: Partial<Telling>,
  letters: readonly Partial<LetterRow>[],
  now: Temporal.Instant,
  owed: { readonly send?: string; readonly supersede?: readonly number[]; readonly againAt?: Temporal.Instant },
];

const ASKING = { practitioner: 'request', client: 'proposal' } as const;
const ASKED: Partial<Telling> = { asked: 'practitioner', link: 'none' };
const PROPOSED: Partial<Telling> = { ...MOVED, asked: 'client', link: 'none' };
const REQUEST: Partial<LetterRow> = { kind: 'request', link: null };

const CASES: readonly Case[] = [
  ['a request: that it is one', ASKED, [], NOW, { send: 'request 1' }],
  ['a request that was told: nothing', ASKED, [REQUEST], NOW, {}],
  [
    'a request moved by its client: the request at its new time',
    { ...ASKED, ...MOVED, link: 'none' },
    [REQUEST],
    NOW,
    { send: 'request 2' },
  ],
  ['another time proposed: the proposal', PROPOSED, [REQUEST], NOW, { send: 'proposal 2' }],
  [
    'another time proposed while the request is queued: the proposal alone',
    PROPOSED,
    [{ ...REQUEST, ...QUEUED }],
    NOW,
    { send: 'proposal 2', supersede: [10] },
  ],
  ['a request approved: the confirmation', { revision: 2 }, [REQUEST], NOW, { send: 'confirmation 2 with link' }],
  [
    'a request approved while it is queued: one confirmation',
    { revision: 2 },
    [{ ...REQUEST, ...QUEUED }],
    NOW,
    { send: 'confirmation 2 with link', supersede: [10] },
  ],
  [
    'a request declined: that it will not be',
    { ...CANCELLED, declined: true },
    [REQUEST],
    NOW,
    { send: 'declined 2 with link' },
  ],
  ['a request declined, and told: nothing', { ...CANCELLED, declined: true }, [{ kind: 'declined' }], NOW, {}],
  ['a request cancelled: the cancellation', CANCELLED, [REQUEST], NOW, { send: 'cancellation 2 with link' }],
  ['a booking with its link: a confirmation', {}, [], NOW, { send: 'confirmation 1 with link' }],
  ['a booking without a meeting: a confirmation', { link: 'none' }, [], NOW, { send: 'confirmation 1' }],
  ['an outcome on record: nothing more', { closed: true }, [], NOW, {}],
  ['an outcome on record, a new time untold: nothing more', { ...MOVED, closed: true }, [{}], NOW, {}],
  ['an outcome on record: what waits is overtaken', { closed: true }, [QUEUED], NOW, { supersede: [10] }],
  ['a link on its way: wait for it', { link: 'awaited' }, [], NOW, { againAt: later(LINK_GRACE_MS) }],
  [
    'a link too long on its way: do not wait',
    { link: 'awaited' },
    [],
    later(LINK_GRACE_MS),
    { send: 'confirmation 1' },
  ],
  ['a link that comes later: the link', {}, [{ link: null }], NOW, { send: 'link 1 with link' }],
  ['another link than the one told: the link', { link: { digest: 'B' } }, [{}], NOW, { send: 'link 1 with link B' }],
  [
    'another link once more: the link',
    { link: { digest: 'C' } },
    [{}, { id: 11, kind: 'link', link: 'B' }],
    NOW,
    { send: 'link 1 with link C' },
  ],
  [
    'another link while one is queued: that one alone',
    { link: { digest: 'C' } },
    [{}, { id: 11, kind: 'link', link: 'B', ...QUEUED }],
    NOW,
    { send: 'link 1 with link C', supersede: [11] },
  ],
  [
    'another link while one is in doubt: that one, as a letter of its own',
    { link: { digest: 'C' } },
    [{}, { id: 11, kind: 'link', link: 'B', state: 'unknown', nextAttemptAt: NOW }],
    NOW,
    { send: 'link 1 with link C' },
  ],
  ['the link gone, and awaited anew: nothing yet', { link: 'awaited' }, [{}], NOW, {}],
  ['all told: nothing', {}, [{}], NOW, {}],
  [
    'overtaken in doubt by a change that was taken back before it left: a confirmation',
    { revision: 3 },
    [{ state: 'overtaken' }, { id: 11, revision: 2, kind: 'change', startsAt: TEN, state: 'superseded' }],
    NOW,
    { send: 'confirmation 3 with link' },
  ],
  ['moved: a change', MOVED, [{}], NOW, { send: 'change 2 with link' }],
  ['moved, the link on its way: wait', { ...MOVED, link: 'awaited' }, [{}], NOW, { againAt: later(LINK_GRACE_MS) }],
  [
    'moved while the confirmation is queued: one confirmation',
    MOVED,
    [QUEUED],
    NOW,
    { send: 'confirmation 2 with link', supersede: [10] },
  ],
  [
    'moved there and back before anybody was told: nothing new',
    { revision: 3 },
    [{}, { id: 11, revision: 2, kind: 'change', startsAt: TEN, ...QUEUED }],
    NOW,
    { supersede: [11] },
  ],
  [
    'moved there and back, both told: a change',
    { revision: 3 },
    [{}, { id: 11, revision: 2, kind: 'change', startsAt: TEN }],
    NOW,
    { send: 'change 3 with link' },
  ],
  [
    'moved while a sending was cut off: a change, never the old one',
    MOVED,
    [{ state: 'sending' }],
    NOW,
    { send: 'change 2 with link' },
  ],
  ['cancelled: a cancellation', CANCELLED, [{}], NOW, { send: 'cancellation 2 with link' }],
  [
    'cancelled with the confirmation queued: only the cancellation',
    CANCELLED,
    [QUEUED],
    NOW,
    { send: 'cancellation 2 with link', supersede: [10] },
  ],
  ['cancelled, the link not made: at once', { ...CANCELLED, link: 'awaited' }, [], NOW, { send: 'cancellation 2' }],
  ['cancelled and told: nothing', CANCELLED, [{}, { id: 11, revision: 2, kind: 'cancellation' }], NOW, {}],
  ['queued, not due yet: later', {}, [QUEUED], NOW, { againAt: later(1_000) }],
  ['queued and due: the same letter', {}, [QUEUED], later(1_000), { send: 'confirmation 1 with link' }],
  [
    'queued often, the mail server being down: still',
    {},
    [{ ...QUEUED, attempts: 40 }],
    later(1_000),
    { send: 'confirmation 1 with link' },
  ],
  [
    'in doubt for the first time: once more, later',
    {},
    [{ state: 'unknown', nextAttemptAt: later(1_000) }],
    NOW,
    { againAt: later(1_000) },
  ],
  [
    'in doubt for the first time and due: the same letter',
    {},
    [{ state: 'unknown', nextAttemptAt: NOW }],
    NOW,
    { send: 'confirmation 1 with link' },
  ],
  ['in doubt twice: told', {}, [{ state: 'unknown', attempts: 2 }], NOW, {}],
  [
    'cut off while being sent: the same letter',
    {},
    [{ state: 'sending', attempts: 9 }],
    NOW,
    { send: 'confirmation 1 with link' },
  ],
  ['refused: told, as far as we can', {}, [{ state: 'refused' }], NOW, {}],
  [
    'a link letter queued, the link gone again: not that one',
    { link: 'awaited', since: NOW.subtract({ hours: 1 }) },
    [{ link: null }, { id: 11, kind: 'link', ...QUEUED }],
    NOW,
    { supersede: [11] },
  ],
  ['over: nothing, and nothing of what was queued', {}, [QUEUED], NINE.add({ hours: 1 }), { supersede: [10] }],
  ['over before the cancellation left: nothing', CANCELLED, [{}], NINE.add({ hours: 1 }), {}],
  ['begun but not over: still', {}, [], NINE.add({ minutes: 30 }), { send: 'confirmation 1 with link' }],
];

/** What is owed where the practitioner got these letters, the client a confirmation, and the meeting cannot be made. */
const missing = (letters: readonly Partial<LetterRow>[], telling: Partial<Telling> = {}) => {
  const rows = letters.map((letter): LetterRow => ({ ...SENT, link: null, recipient: 'practitioner', ...letter }));
  const client = { ...SENT, id: 99, link: null };
  const { send, supersede } = lettersOwed({ ...TELLING, link: 'missing', ...telling }, [...rows, client], NOW);
  return [...send.map(({ recipient, kind }) => `${recipient} ${kind}`), ...supersede];
};

describe('a reader is told', () => {
  it.each(CASES)('%s', (_title, telling, letters, now, owed) => {
    const rows = letters.map((letter) => ({ ...SENT, ...letter }));
    // The practitioner has been told all there is.
    const told = { ...TELLING, ...telling };
    const other: LetterRow = {
      ...SENT,
      id: 99,
      recipient: 'practitioner',
      kind: told.asked ? ASKING[told.asked] : told.live ? 'confirmation' : 'cancellation',
      startsAt: told.start,
      link: typeof told.link === 'string' ? null : told.link.digest,
    };
    const result = lettersOwed(told, [...rows, other], now);
    const sent = result.send.map(({ recipient, kind, revision, link }) => {
      expect(recipient).toBe('client');
      return `${kind} ${revision}${link === null ? '' : link === 'A' ? ' with link' : ` with link ${link}`}`;
    });
    expect(sent).toEqual(owed.send === undefined ? [] : [owed.send]);
    expect(result.supersede).toEqual(owed.supersede ?? []);
    expect(result.againAt?.toString()).toBe(owed.againAt?.toString());
  });

  it('both readers, each by what that one was told', () => {
    const { send } = lettersOwed({ ...TELLING, ...MOVED }, [SENT], NOW);
    expect(send.map(({ recipient, kind }) => `${recipient} ${kind}`)).toEqual([
      'client change',
      'practitioner confirmation',
    ]);
  });

  it('that a link is missing: the practitioner alone, once she knows of the time, and once a revision', () => {
    expect(missing([{ kind: 'request' }], { asked: 'practitioner' })).toEqual(['client request']);
    expect(missing([])).toEqual(['practitioner confirmation']);
    expect(missing([{ ...QUEUED, nextAttemptAt: NOW }])).toEqual(['practitioner confirmation']);
    expect(missing([{}])).toEqual(['practitioner link_missing']);
    const know = { id: 11, kind: 'link_missing' } as const;
    for (const state of ['sent', 'refused', 'overtaken'] as const)
      expect(missing([{}, { ...know, state }])).toEqual([]);
    expect(missing([{}, { ...know, ...QUEUED, nextAttemptAt: NOW }])).toEqual(['practitioner link_missing']);
    expect(missing([{}, know, { id: 12, kind: 'link', link: 'A' }])).toEqual([]);
    expect(missing([{}, know], { revision: 2 })).toEqual(['practitioner link_missing']);
    expect(missing([{}, know], { live: false, revision: 2 })).toEqual([
      'client cancellation',
      'practitioner cancellation',
    ]);
  });

  it('of a link that came after all, and not any more that it is missing', () => {
    expect(missing([{}, { id: 11, kind: 'link_missing' }], { link: { digest: 'A' } })).toEqual([
      'client link',
      'practitioner link',
    ]);
    expect(missing([{}, { id: 11, kind: 'link_missing', ...QUEUED }], { link: { digest: 'A' } })).toEqual([
      'client link',
      'practitioner link',
      11,
    ]);
  });

  it('of the time that is true now, in every letter', () => {
    const { send } = lettersOwed(
      { ...TELLING, ...MOVED },
      [SENT, { ...SENT, ...QUEUED, id: 11, recipient: 'practitioner' }],
      NOW,
    );
    expect(send.map(({ startsAt }) => startsAt.toString())).toEqual([TEN.toString(), TEN.toString()]);
  });
});
