// What a caller is told of a body that does not fit one of several shapes: what it got wrong, not what else there is.
import { Type } from 'typebox';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { faultsOf, formText } from '../../src/platform/http/validation.ts';

const check = new Ajv2020({ allErrors: true }).compile(
  Type.Object({
    leads: Type.Optional(Type.Union([Type.Object({ minutes: Type.Integer({ minimum: 5 }) }), Type.Null()])),
  }),
);
const faults = (value: unknown, checked: ValidateFunction = check) => {
  checked(value);
  return faultsOf((checked.errors ?? []) as Parameters<typeof faultsOf>[0], 'body');
};

test('where null is allowed as well, a fault inside is told alone', () => {
  expect(faults({ leads: { minutes: 1 } })).toEqual([{ pointer: '/leads/minutes', message: 'must be at least 5' }]);
  expect(faults({ leads: {} })).toEqual([{ pointer: '/leads/minutes', message: 'is required' }]);
  expect(faults({ leads: 'soon' })).toEqual([{ pointer: '/leads', message: 'must be an object' }]);
  expect(faults({ leads: null })).toEqual([]);
});

test('what is wrong is said in words, and of a form its example', () => {
  const bounded = new Ajv2020({ allErrors: true }).compile(
    Type.Object(
      {
        name: Type.Optional(Type.String({ minLength: 1, maxLength: 3 })),
        ids: Type.Optional(formText('^\\d+(?:,\\d+)*$', '123,789')),
        days: Type.Optional(Type.Array(Type.Integer(), { minItems: 1, maxItems: 2, uniqueItems: true })),
        most: Type.Optional(Type.Integer({ maximum: 9 })),
      },
      { minProperties: 1 },
    ),
  );
  const said = (value: unknown) => faults(value, bounded).map(({ message }) => message);
  expect(said({})).toEqual(['must have at least 1 field']);
  expect(said([])).toEqual(['must be an object']);
  expect(said({ name: '' })).toEqual(['must have at least 1 character']);
  expect(said({ name: 'long' })).toEqual(['must have at most 3 characters']);
  expect(said({ name: 1, most: '1' })).toEqual(['must be a text', 'must be a whole number']);
  expect(said({ ids: 'x' })).toEqual(['must have the form of 123,789']);
  expect(said({ days: [] })).toEqual(['must have at least 1 entry']);
  expect(said({ days: [1, 1] })).toEqual(['must not have the same twice']);
  expect(said({ most: 10 })).toEqual(['must be at most 9']);
});

test('of several forms that one is told which was meant; where none was, which there are', () => {
  const closed = { additionalProperties: false };
  const forms = new Ajv2020({ allErrors: true }).compile(
    Type.Union(
      [
        Type.Object({ eventId: Type.String() }, closed),
        Type.Object({ dead: Type.Literal(true) }, closed),
        Type.Object({ from: Type.String(), to: Type.String() }, closed),
      ],
      { type: 'object', minProperties: 1 },
    ),
  );
  expect(faults({}, forms)).toEqual([{ pointer: '', message: 'must have eventId, or dead, or from and to' }]);
  expect(faults({ from: 'x' }, forms)).toEqual([{ pointer: '/to', message: 'is required' }]);
  expect(faults({ dead: false }, forms)).toEqual([{ pointer: '/dead', message: 'must be true' }]);
  expect(faults({ eventId: 5 }, forms)).toEqual([{ pointer: '/eventId', message: 'must be a text' }]);
  expect(faults({ dead: true, eventId: 'x' }, forms)).toEqual([
    { pointer: '', message: 'has fields that do not go together' },
  ]);
  expect(faults({ from: 'x', to: 'y', more: 1 }, forms)).toEqual([
    { pointer: '/more', message: 'is not a known field' },
  ]);
  expect(faults([], forms)).toEqual([{ pointer: '', message: 'must be an object' }]);
});
