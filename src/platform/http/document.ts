// The API document as a whole (OpenAPI 3.1): who may ask each route and how it is counted, the headers of every answer,
// and examples told once. What a route says of itself is openapi.ts'.
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { FastifyContextConfig, FastifyInstance, FastifySchema } from 'fastify';

type Json = { [key: string]: unknown };
type Content = Record<string, { schema?: Json; example?: unknown; examples?: Json }>;
type Operation = {
  responses: Record<string, { headers?: Json; content?: Content }>;
  requestBody?: { content: Content };
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
  { name: 'Availability', description: 'When a practitioner is free.' },
  {
    name: 'Meetings and calendar',
    description: 'The meeting or the event of an appointment. Asked again: the same one.',
  },
  { name: 'Practitioners', description: 'Who can be booked, and for what.' },
  { name: 'Schedules', description: 'Weekly hours.' },
  { name: 'Operations', description: 'Probes, metrics, this document.' },
];

/** Answers that say when to come back (RFC 9110, 10.2.3). */
const WAITING = new Set(['429', '503']);

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
          token: { type: 'http', scheme: 'bearer', description: 'Issued by the server: `npm run token`.' },
        },
        headers: HEADERS,
      },
    },
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => (json['$id'] as string) ?? `def-${i}` },
    transform: ({ schema, url, route }) => ({ url, schema: describeRoute(schema ?? {}, route.config) }),
  };
}

/** The document, once the app is ready. */
export function buildDocument(app: FastifyInstance): object {
  const document = structuredClone(app.swagger()) as unknown as Document;
  const { schemas } = document.components;
  const examples: Json = {};
  for (const operation of Object.values(document.paths).flatMap(Object.values<Operation>)) {
    finish(operation, schemas, examples);
  }
  document.components.examples = examples;
  return document;
}

/** Guards, counting and headers stand in the route's config, which the plugin does not read. */
function describeRoute(schema: FastifySchema, config: FastifyContextConfig = {}): FastifySchema {
  const { access, rate, answerHeaders } = config;
  const asked = Array.isArray(access) ? `For: ${access.join(', ')}.` : null;
  const counted = rate === 'booking' ? 'Counts against the limit of bookings.' : null;
  const description = [schema.description, asked, counted].filter((part) => part != null).join(' ');
  const open = access === 'unguarded' ? [] : [{}, { token: [] }];
  return {
    ...schema,
    ...(description === '' ? {} : { description }),
    security: Array.isArray(access) ? [{ token: [] }] : open,
    'x-rate': rate,
    'x-answer-headers': answerHeaders,
  } as FastifySchema;
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
    showExamples(answer.content ?? {}, schemas, examples);
  }
  showExamples(operation.requestBody?.content ?? {}, schemas, examples);
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
    const { schema = {} } = media;
    const known = typeof schema['$ref'] === 'string' ? schemas[schema['$ref'].split('/').at(-1) ?? ''] : schema;
    const [first] = (known?.['examples'] as unknown[] | undefined) ?? [];
    if (first !== undefined) media.example = first;
  }
}
