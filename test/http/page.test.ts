// Pages: every item once, in order, and a cursor that is only good where it was given.
import fc from 'fast-check';
import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { cursorOf, pageOf } from '../../src/platform/http/page.ts';

const place = Type.Object({ at: Type.String(), id: Type.Integer() }, { additionalProperties: false });
const cursor = cursorOf('appointments', place);

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a cursor', () => {
  it('leads through a whole list, each item once', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.integer({ min: 1, max: 20 }), (length, limit) => {
        const all = Array.from({ length }, (_, i) => ({ at: `t${i}`, id: i }));
        const seen: number[] = [];
        let next: string | undefined;
        for (let pages = 0; pages <= length; pages += 1) {
          const after = cursor.decode(next)?.id ?? -1;
          const read = all.filter(({ id }) => id > after).slice(0, limit + 1);
          const page = pageOf(read, limit, cursor, (item) => item);
          seen.push(...page.items.map(({ id }) => id));
          if (page.nextCursor === null) break;
          next = page.nextCursor;
        }
        expect(seen).toEqual(all.map(({ id }) => id));
      }),
    );
  });

  it.each([
    ['', ''],
    ['words', 'not a cursor'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['another list', cursorOf('sessions', place).encode({ at: 'x', id: 1 })],
    ['another shape', encoded(['appointments', { at: 1, id: 1 }])],
    ['too many members', encoded(['appointments', { at: 'x', id: 1, more: 1 }])],
    ['null', encoded(null)],
    ['a long one', 'A'.repeat(5_000)],
  ])('that is %s is refused, with a pointer', (_what, text) => {
    expect(() => cursor.decode(text)).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        details: { errors: [{ pointer: 'query/cursor', message: expect.any(String) as string }] },
      }),
    );
  });
});
