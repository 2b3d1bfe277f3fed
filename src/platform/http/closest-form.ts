// Of a body that may have one of several forms: the faults in the form that was meant. Those of the others would ask for fields
// that do not go with it, and call unknown what is known.
import type { FastifySchemaValidationError } from 'fastify';
import type { FieldFault } from '../refusal.ts';

/** Each form is held against all faults: of a body with more, nobody asks which form was meant. */
const MOST_FAULTS = 200;

/** Takes the faults of forms that were not meant out; where none was, `said` has in their place which forms there are. */
export function closestForm(errors: readonly FastifySchemaValidationError[]): {
  readonly left: readonly FastifySchemaValidationError[];
  readonly said: readonly FieldFault[];
} {
  let left = errors;
  if (errors.length > MOST_FAULTS) return { left, said: [] };
  const said: FieldFault[] = [];
  for (const { keyword, schemaPath, instancePath } of errors) {
    if (keyword !== 'anyOf') continue;
    const forms = formsOf(left, `${schemaPath}/`, instancePath);
    if (forms.length < 2) continue;
    const least = Math.min(...forms.map((form) => strangers(form, instancePath)));
    const meant = forms.filter((form) => strangers(form, instancePath) === least);
    const isOpen = meant.length > 1 && meant.flat().every((error) => error.instancePath === instancePath);
    const gone = new Set((isOpen ? forms : forms.filter((form) => !meant.includes(form))).flat());
    left = left.filter((error) => !gone.has(error));
    if (isOpen) said.push({ pointer: instancePath, message: least > 0 ? TOGETHER : choiceOf(meant) });
  }
  return { left, said };
}

const TOGETHER = 'has fields that do not go together';

/** The faults of each form, where these are objects that differ by their fields. */
function formsOf(errors: readonly FastifySchemaValidationError[], under: string, at: string) {
  const forms = Map.groupBy(
    errors.filter((error) => error.schemaPath.startsWith(under)),
    ({ schemaPath }) => schemaPath.slice(under.length).split('/', 1)[0],
  );
  return [...forms.values()].filter((form) =>
    form.every(({ keyword, instancePath }) => instancePath !== at || keyword in FIELDS),
  );
}

const FIELDS = { required: true, additionalProperties: true };

const strangers = (form: readonly FastifySchemaValidationError[], at: string) =>
  form.filter(({ keyword, instancePath }) => keyword === 'additionalProperties' && instancePath === at).length;

const choiceOf = (forms: readonly (readonly FastifySchemaValidationError[])[]) =>
  `must have ${forms.map((form) => form.map(({ params }) => String(params['missingProperty'])).join(' and ')).join(', or ')}`;
