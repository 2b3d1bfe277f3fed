// Whether what came from outside has the shape we count on: a provider's answer, a cursor that comes back.
import { Ajv, type ValidateFunction } from 'ajv';
import type { Static, TSchema } from 'typebox';
import { addFormatsTo } from './validation.ts';

// Nothing is told of what does not match, so the first fault is enough; a shape is compiled when something first comes in it.
// Of draft 7, in which TypeBox writes tuples.
const ajv = addFormatsTo(new Ajv({ strict: true, allowUnionTypes: true, meta: false, validateSchema: false }));
/** Shapes are constants: Ajv keeps what it has compiled. */
const compiled = new Map<TSchema, ValidateFunction>();

/** The value is left as it is: no coercion, no defaults. */
export function matches<T extends TSchema>(shape: T, value: unknown): value is Static<T> {
  let check = compiled.get(shape);
  if (!check) compiled.set(shape, (check = ajv.compile(shape)));
  return check(value);
}
