// The API document as a whole (OpenAPI 3.1): who may ask each route and how it is counted, the headers of every answer,
// and examples told once. What a route says of itself is openapi.ts'.
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { FastifyContextConfig, FastifyInstance, FastifySchema } from 'fastify';
import { callsToOthers } from './openapi.ts';

type Json = { [key: string]: unknown };
type Content = Record<string, { schema?: Json; example?: unknown; examples?: Json }>;
type Parameter = { readonly name: string; readonly required: boolean; readonly schema: Json };
type Operation = {
  responses: Record<string, { description: string; headers?: Json; content?: Content }>;
  requestBody?: { content: Content; required: boolean };
  parameters?: readonly Parameter[];
  'x-rate'?: string;
  'x-answer-headers'?: readonly string[];
};
type Document = {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json>; examples?: Json };
};

const text = (description: string, example: string) => ({ description, schema: { type: 'string' as const }, example });

/** Every header an answer can bear, and what it means. */
const HEADERS = {
  'x-request-id': text('Names the request in our log; the caller’s own, if it sent an acceptable one.', 'req-1'),
  'ratelimit-policy': text(
    'Requests (`q`) in a window of so many seconds (`w`), where there is a limit.',
    '"read";q=600;w=60',
  ),
  ratelimit: text('Requests left (`r`), and seconds to the next window (`t`).', '"read";r=599;t=42'),
  'retry-after': {
    description: 'Seconds until a repeat makes sense.',
    schema: { type: 'integer' as const, minimum: 0 },
    example: 2,
  },
  'www-authenticate': text('A bearer token is needed (RFC 6750, 3).', 'Bearer realm="slotkeeper"'),
  etag: text('The version that was read; send it in If-Match or If-None-Match.', '"7"'),
  location: text('The address of what was made.', '/api/appointments/456'),
  'cache-control': text('Who may keep the answer, and how long.', 'public, max-age=5'),
};
export type AnswerHeader = keyof typeof HEADERS;

const TAGS = [
  { name: 'Appointments', description: 'Book, look up, move, cancel.' },
  { name: 'Guests', description: 'The link by which a client manages one appointment without an account.' },
  { name: 'Availability', description: 'When a practitioner is free.' },
  { name: 'Holds', description: 'A time kept while the client fills in the form.' },
  { name: 'Waitlist and offers', description: 'Wait for a time to come free; answer what is offered.' },
  { name: 'Series', description: 'Many dates at once: weekly, fortnightly, monthly by weekday.' },
  {
    name: 'Meetings and calendar',
    description: 'The meeting or the event of an appointment. Asked again: the same one.',
  },
  { name: 'Mail', description: 'What became of letters, and addresses that are not written to any more.' },
  { name: 'Practitioners', description: 'Who can be booked, and for what.' },
  { name: 'Schedules', description: 'Weekly hours, dates that differ, time off, holidays, locations.' },
  { name: 'Connections', description: 'Practitioners’ own accounts at providers.' },
  { name: 'API keys', description: 'Keys for services, each with its scopes.' },
  { name: 'Webhooks', description: 'Events, told to your own systems or read by them.' },
  { name: 'Operations', description: 'Probes, metrics, this document.' },
];

/** Answers that say when to come back (RFC 9110, 10.2.3). */
const WAITING = new Set(['429', '503']);

const SAID: Readonly<Record<string, string>> = { '200': 'As asked.', '201': 'Made.' };
const IF_NONE_MATCH = {
  in: 'header',
  name: 'if-none-match',
  required: false,
  description: 'The ETag of an answer kept: 304 if it is still right.',
  schema: { type: 'string' },
};

/** For the plugin that gathers the routes. `url`: where the document says the server is. */
export function documentOptions(options: {
  readonly info: { readonly title: string; readonly version: string };
  readonly url?: string;
}): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: { ...options.info },
      servers: [{ url: options.url ?? '/' }],
      tags: TAGS,
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            description: 'A token (`npm run token`, or of an issuer that is set up), or an API key.',
          },
        },
        headers: HEADERS,
      },
    },
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => (json['$id'] as string) ?? `def-${i}` },
    transform: ({ schema, url, route }) => ({ url, schema: describeRoute(schema ?? {}, route.config) }),
    transformObject: (made) => {
      if (!('openapiObject' in made)) throw new TypeError('The plugin made another kind of document');
      finishAll(made.openapiObject as unknown as Document);
      Object.assign(made.openapiObject, { webhooks: callsToOthers() });
      return made.openapiObject;
    },
  };
}

/** The document, once the app is ready. */
export function buildDocument(app: FastifyInstance): object {
  return app.swagger();
}

/** Guards, counting and headers stand in the route's config, which the plugin does not read. */
function describeRoute(schema: FastifySchema, config: FastifyContextConfig = {}): FastifySchema {
  const { access, rate, scope, answerHeaders } = config;
  const asked = Array.isArray(access) ? `For: ${access.join(', ')}.` : null;
  const scoped = scope === undefined ? null : `An API key needs the scope \`${scope}\`.`;
  const counted = rate === 'booking' ? 'Counts against the limit of bookings.' : null;
  const description = [schema.description, asked, scoped, counted].filter((part) => part != null).join(' ');
  const open = access === 'unguarded' ? [] : [{}, { token: [] }];
  return {
    ...schema,
    ...(description === '' ? {} : { description }),
    security: Array.isArray(access) ? [{ token: [] }] : open,
    'x-rate': rate,
    'x-answer-headers': answerHeaders,
  } as FastifySchema;
}

function finishAll({ paths, components }: Document): void {
  const examples: Json = {};
  for (const operation of Object.values(paths).flatMap(Object.values<Operation>)) {
    finish(operation, components.schemas, examples);
  }
  components.examples = examples;
}

function finish(operation: Operation, schemas: Record<string, Json>, examples: Json): void {
  const { 'x-rate': rate, 'x-answer-headers': own = [] } = operation;
  delete operation['x-rate'];
  delete operation['x-answer-headers'];
  for (const [status, answer] of Object.entries(operation.responses)) {
    const names: readonly AnswerHeader[] = [
      'x-request-id',
      ...(rate === 'none' ? [] : (['ratelimit', 'ratelimit-policy'] as const)),
      ...(Number(status) < 400 ? (own as readonly AnswerHeader[]) : []),
      ...(status === '401' ? (['www-authenticate'] as const) : []),
      ...(WAITING.has(status) ? (['retry-after'] as const) : []),
    ];
    answer.headers = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
    if (answer.description === 'Default Response') answer.description = SAID[status] ?? 'Done.';
    showExamples(answer.content ?? {}, schemas, examples);
  }
  // What the server fills in itself nobody has to send.
  const parameters = operation.parameters?.map((one) => ('default' in one.schema ? { ...one, required: false } : one));
  if (parameters) operation.parameters = parameters;
  if ('304' in operation.responses) operation.parameters = [...(operation.parameters ?? []), IF_NONE_MATCH];
  if (!operation.requestBody) return;
  showExamples(operation.requestBody.content, schemas, examples);
  // Where nothing in a body is needed, none is.
  const bodies = Object.values(operation.requestBody.content).map(({ schema }) => known(schema, schemas));
  operation.requestBody.required = !bodies.every((body) => !body?.['required'] && !body?.['minProperties']);
}

/** Problems' examples become components, since most routes share them; the others are shown where they are sent. */
function showExamples(content: Content, schemas: Record<string, Json>, examples: Json): void {
  for (const media of Object.values(content)) {
    if (media.examples) {
      Object.assign(examples, media.examples);
      const names = Object.keys(media.examples);
      media.examples = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/examples/${name}` }]));
      continue;
    }
    const [first] = (known(media.schema, schemas)?.['examples'] as unknown[] | undefined) ?? [];
    if (first !== undefined) media.example = first;
  }
}

function known(schema: Json | undefined, schemas: Record<string, Json>): Json | undefined {
  const name = typeof schema?.['$ref'] === 'string' ? schema['$ref'].split('/').at(-1) : undefined;
  return name === undefined ? schema : schemas[name];
}
