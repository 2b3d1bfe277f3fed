// What routes say of themselves for the API document: named components, and answers with their problem codes. The schemas
// themselves are the rooms'; the document as a whole is document.ts'.
import { Type, type Static, type TSchema } from 'typebox';
import { REFUSAL_CODES, type RefusalCode } from '../refusal.ts';
import { PROBLEMS, problemType } from './problem.ts';

/** Every component there is, by name: a dictionary filled while modules load, and only read after. */
const components = new Map<string, TSchema & { $id: string }>();

/** What we ask of others' servers, by name: filled while modules load, as the components are. */
const calls = new Map<string, object>();

/** Tells in the document of a call that we make (OpenAPI 3.1, webhooks): a POST of a named component. */
export function tellsOthers(
  name: string,
  call: { readonly summary: string; readonly tag: string; readonly body: string },
): void {
  const { summary, tag, body } = call;
  const content = { 'application/json': { schema: { $ref: `#/components/schemas/${body}` } } };
  calls.set(name, {
    post: {
      summary,
      tags: [tag],
      requestBody: { required: true, content },
      responses: { '2XX': { description: 'Taken. Anything else is sent again.' } },
    },
  });
}

/** All of these, for the document. */
export function callsToOthers(): object {
  return Object.fromEntries(calls);
}

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

const CodeSchema = named(
  'RefusalCode',
  Type.Enum([...REFUSAL_CODES], {
    description: [
      'Stable; decide by this. A later version may add codes: go by the status then.',
      '',
      ...REFUSAL_CODES.map((code) => `- \`${code}\` (${PROBLEMS[code].status}): ${PROBLEMS[code].title}.`),
    ].join('\n'),
  }),
);

/** Free starts near the one that could not be had (availability/find-alternatives.ts). */
const Alternative = Type.Object({
  date: Type.String({ format: 'date' }),
  time: Type.String({ description: 'Wall time of the practitioner.' }),
  start: Type.String({ format: 'date-time' }),
  end: Type.String({ format: 'date-time' }),
});

const ProblemSchema = named(
  'Problem',
  Type.Object(
    {
      type: Type.String({ description: 'urn:slotkeeper:problem:<code>' }),
      title: Type.String(),
      status: Type.Integer(),
      detail: Type.String(),
      code: CodeSchema,
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
      alternatives: Type.Optional(
        Type.Array(Alternative, { description: 'Where a time cannot be had: up to five free ones nearest to it.' }),
      ),
      reasons: Type.Optional(
        Type.Array(CodeSchema, { description: 'Where a time cannot be had: every reason; `code` is the first.' }),
      ),
      because: Type.Optional(
        Type.Array(Type.Object({ code: Type.String(), reason: CodeSchema }), {
          description:
            'Where a time cannot be had: what stands behind each reason, as availability with `explain` tells it.',
        }),
      ),
      nearest: Type.Optional(
        Type.Array(Type.Omit(Alternative, ['end']), {
          description: '`time_does_not_exist`: the last minute before the gap, and the first after it.',
        }),
      ),
      until: Type.Optional(
        Type.String({
          format: 'date-time',
          description: 'Where a window is closed: the last instant at which it was not.',
        }),
      ),
      from: Type.Optional(
        Type.String({
          format: 'date-time',
          description: '`appointment_not_begun`: the first instant at which it can be done.',
        }),
      ),
    },
    { description: 'A refusal (RFC 9457). Further members depend on the code.', additionalProperties: true },
  ),
);

/** What any route may answer. */
const ANYWHERE: readonly RefusalCode[] = [
  'invalid_request',
  'rate_limited',
  'internal_error',
  'not_ready',
  'overloaded',
];
/** What a probe or a document may answer: nobody counts it. */
const UNCOUNTED: readonly RefusalCode[] = ['invalid_request', 'internal_error'];
const GUARDED: readonly RefusalCode[] = ['unauthenticated', 'forbidden', 'issuer_unavailable'];
const WITH_BODY: readonly RefusalCode[] = ['invalid_json', 'unsupported_media_type', 'body_too_large'];

export type AnswerOptions = {
  /** False where the Authorization header is not looked at. A bad token is refused elsewhere, also where none is asked for. Default: true. */
  readonly guarded?: boolean;
  /** True where a body is read: adds what can be wrong with bodies. */
  readonly body?: boolean;
  /** False for probes and documents: no limit is counted, no database asked. Default: true. */
  readonly counted?: boolean;
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
    ...(options.counted === false ? UNCOUNTED : ANYWHERE),
    ...(options.guarded === false ? [] : GUARDED),
    ...(options.body ? WITH_BODY : []),
    ...refusals,
  ]);
  const byStatus = new Map<number, RefusalCode[]>();
  for (const code of codes) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return { ...ok, ...Object.fromEntries([...byStatus].map(([status, list]) => [status, problemAnswer(list)])) };
}

function problemAnswer(codes: readonly RefusalCode[]) {
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('; '),
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
/** What can be wrong with an Idempotency-Key. */
export const KEY_REFUSALS = ['idempotency_key_invalid', 'idempotency_key_reused'] as const;

export const IdempotencyHeaders = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({ description: 'A repeat under the same key has no second effect. Kept for 48 hours.' }),
  ),
});
