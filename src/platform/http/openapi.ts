// The API document: named components, the answers of a route with its problem codes, and the document as a value. The
// schemas themselves are the rooms'.
import type { FastifyInstance } from 'fastify';
import { Type, type Static, type TSchema } from 'typebox';
import type { RefusalCode } from '../refusal.ts';
import { PROBLEMS, problemType } from './problem.ts';

/** Every component there is, by name: a dictionary filled while modules load, and only read after. */
const components = new Map<string, TSchema & { $id: string }>();

/** Names a schema, so that the document shows it once, under `components`. The answer is used in place of the schema. */
export function named<T extends TSchema>(id: string, schema: T) {
  if (components.has(id)) throw new Error(`Two schemas are named ${id}`);
  components.set(id, { ...schema, $id: id });
  return Type.Unsafe<Static<T>>(Type.Ref(`${id}#`));
}

/** The components a schema leads to, itself and through others. */
export function componentsOf(schema: unknown, found = new Map<string, TSchema & { $id: string }>()) {
  if (typeof schema !== 'object' || schema === null) return found;
  for (const [key, value] of Object.entries(schema)) {
    if (key !== '$ref' || typeof value !== 'string') componentsOf(value, found);
    else {
      const component = components.get(value.replace(/#$/, ''));
      if (component && !found.has(component.$id)) {
        found.set(component.$id, component);
        componentsOf(component, found);
      }
    }
  }
  return found;
}

const ProblemSchema = named(
  'Problem',
  Type.Object(
    {
      type: Type.String({ description: 'urn:slotkeeper:problem:<code>' }),
      title: Type.String(),
      status: Type.Integer(),
      detail: Type.String(),
      code: Type.String({ description: 'Stable; decide by this.' }),
      success: Type.Literal(false),
      message: Type.String({ description: 'For people: what is wrong and what to do next.' }),
      requestId: Type.String(),
      errors: Type.Optional(
        Type.Array(
          Type.Object({
            pointer: Type.String({ description: 'JSON Pointer into the body, or query/, path/, header/ and a name' }),
            message: Type.String(),
          }),
        ),
      ),
    },
    { description: 'A refusal (RFC 9457). Further members depend on the code.', additionalProperties: true },
  ),
);

/** What any route may answer. */
const ANYWHERE: readonly RefusalCode[] = ['invalid_request', 'rate_limited'];
const GUARDED: readonly RefusalCode[] = ['unauthenticated', 'forbidden'];
const WITH_BODY: readonly RefusalCode[] = ['invalid_json', 'unsupported_media_type', 'body_too_large'];

/** Answers that say when to come back (RFC 9110, 10.2.3). */
const WAITING = new Set([429, 503]);
const RETRY_AFTER = { 'retry-after': { type: 'integer', description: 'Seconds until a repeat makes sense.' } };

export type AnswerOptions = {
  /** False for what is open to all. Default: true. */
  readonly guarded?: boolean;
  /** True where a body is read: adds what can be wrong with bodies. */
  readonly body?: boolean;
};

/**
 * The `response` of a route: its own answers by status, and the refusals it knows, each with an example. Typed as the
 * answers alone: refusals are thrown, never sent.
 */
export function answers<const T extends Readonly<Record<number, TSchema>>>(
  ok: T,
  refusals: readonly RefusalCode[] = [],
  options: AnswerOptions = {},
): T {
  const codes = new Set<RefusalCode>([
    ...ANYWHERE,
    ...(options.guarded === false ? [] : GUARDED),
    ...(options.body ? WITH_BODY : []),
    ...refusals,
  ]);
  const byStatus = new Map<number, RefusalCode[]>();
  for (const code of codes) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return { ...ok, ...Object.fromEntries([...byStatus].map(([status, list]) => [status, problemAnswer(status, list)])) };
}

function problemAnswer(status: number, codes: readonly RefusalCode[]) {
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('; '),
    ...(WAITING.has(status) ? { headers: RETRY_AFTER } : {}),
    content: {
      'application/problem+json': {
        schema: ProblemSchema,
        examples: Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code) }])),
      },
    },
  };
}

function exampleOf(code: RefusalCode) {
  const { status, title } = PROBLEMS[code];
  const said = { detail: title, code, success: false, message: title, requestId: 'req-1' };
  return { type: problemType(code), title, status, ...said };
}

/** The header of mutating calls (see idempotency.ts), for `schema.headers`. */
export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({ description: 'A repeat under the same key has no second effect. Kept for 48 hours.' }),
  ),
});

/** The document, once the app is ready. */
export function buildDocument(app: FastifyInstance): object {
  return app.swagger();
}
