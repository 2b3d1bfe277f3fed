// What a caller is told of a body that does not fit one of several shapes: what it got wrong, not what else there is.
import { Type } from 'typebox';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { faultsOf } from '../../src/platform/http/validation.ts';

const check = new Ajv2020({ allErrors: true }).compile(
  Type.Object({
    leads: Type.Optional(Type.Union([Type.Object({ minutes: Type.Integer({ minimum: 5 }) }), Type.Null()])),
  }),
);
const faults = (value: unknown) => {
  check(value);
  return faultsOf((check.errors ?? []) as Parameters<typeof faultsOf>[0], 'body');
};

test('where null is allowed as well, a fault inside is told alone', () => {
  expect(faults({ leads: { minutes: 1 } })).toEqual([{ pointer: '/leads/minutes', message: 'must be >= 5' }]);
  expect(faults({ leads: {} })).toEqual([{ pointer: '/leads/minutes', message: 'is required' }]);
  expect(faults({ leads: 'soon' })).toEqual([{ pointer: '/leads', message: 'must be object' }]);
  expect(faults({ leads: null })).toEqual([]);
});
