// The API document: whole, true to the running app, of use to a generator, and the same as what is checked in.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../../src/app.ts';
import { compose, type House } from '../../src/composition.ts';
import { readConfig } from '../../src/config.ts';
import type { App } from '../../src/platform/http/server.ts';
import { FORMATS } from '../../src/platform/http/validation.ts';
import { REFUSAL_CODES } from '../../src/platform/refusal.ts';
import { captureLog } from '../http/capture-log.ts';
import { createDatabase } from '../open-database.ts';
import { routesOf } from './routes-of.ts';

type Json = { [key: string]: unknown };
type Operation = {
  operationId: string;
  summary: string;
  tags: string[];
  security: Json[];
  parameters?: { name: string; in: string; schema: Json; example?: unknown }[];
  requestBody?: { required: boolean; content: Record<string, Media> };
  responses: Record<string, { description: string; headers: Json; content?: Record<string, Media> }>;
};
type Media = { schema: Json; example?: unknown; examples?: Record<string, { $ref: string }> };
type Document = {
  openapi: string;
  servers: Json[];
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json>; examples: Record<string, { value: Json }>; securitySchemes: Json };
};

const ROOT = join(import.meta.dirname, '../..');
const text = await readFile(join(ROOT, 'docs/openapi.json'), 'utf8');
const document = JSON.parse(text) as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);
const { log } = captureLog();
let folder: string;
let database: Awaited<ReturnType<typeof createDatabase>>;
let house: House;
let app: App;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slotkeeper-document-'));
  database = await createDatabase();
  const settings = { DATABASE_URL: database.ownerUrl, DATA_DIR: folder, DEMO: '0', SANDBOX_PORT: '0' };
  house = await compose(readConfig(settings), log);
  ({ app } = await buildApp(house));
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await house.close();
  await database.drop();
  await rm(folder, { recursive: true });
});

/** Every object in the document, with where it is. */
function* walk(value: unknown, at = '#'): Generator<[string, Json]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield [at, value as Json];
  for (const [key, child] of Object.entries(value)) yield* walk(child, `${at}/${key}`);
}

function find(ref: string): unknown {
  const parts = ref.split('/').slice(1);
  return parts.reduce<unknown>((value, part) => (value as Json | undefined)?.[part], document);
}

function checker(): Ajv2020 {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
  addFormats.default(ajv);
  for (const [name, { check }] of Object.entries(FORMATS)) ajv.addFormat(name, check);
  ajv.addVocabulary(['components']);
  ajv.addSchema({ $id: 'api', components: document.components });
  return ajv;
}

const ajv = checker();
const compiled = new Map<string, ReturnType<Ajv2020['compile']>>();

/** A part of the document as a schema of its own: its references lead into the document. */
function faultsOf(schema: unknown, value: unknown): unknown {
  const rooted = JSON.stringify(schema).replaceAll('"#/components', '"api#/components');
  const validate = compiled.get(rooted) ?? ajv.compile(JSON.parse(rooted) as Json);
  compiled.set(rooted, validate);
  return validate(value) ? null : validate.errors;
}

describe('the checked-in document', () => {
  it('is what the sources say', async () => {
    const path = join(folder, 'openapi.json');
    await promisify(execFile)(process.execPath, ['src/commands/openapi.ts', path], { cwd: ROOT, env: {} });
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  it('is what the running app answers, but for where the server is', async () => {
    for (const url of ['/api/openapi.json', '/docs/json']) {
      const { servers, ...answered } = (await app.inject(url)).json<Document>();
      const { servers: usual, ...checkedIn } = document;
      expect(answered).toEqual(checkedIn);
      expect([servers, usual]).toEqual([[{ url: '/' }], [{ url: 'http://127.0.0.1:3000' }]]);
    }
  });

  it('has every route of the running app, and no other', () => {
    const ours = routesOf(app).filter((route) => route !== 'GET /' && !/ \/docs\b/.test(route));
    const told = operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    expect(told.toSorted()).toEqual(ours);
  });
});

describe('as OpenAPI 3.1', () => {
  it('has no reference that leads nowhere', () => {
    const lost = [...walk(document)].filter(([, { $ref }]) => typeof $ref === 'string' && find($ref) === undefined);
    expect(document.openapi).toBe('3.1.0');
    expect(lost).toEqual([]);
  });

  it('has only schemas that compile, formats and all', () => {
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      expect(() => faultsOf(schema, null), name).not.toThrow();
    }
  });

  it('names each operation once, by a verb, under a tag it explains', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z]+(?:[A-Z][a-z]+)+$/.test(id))).toEqual([]);
    const tags = new Set(document.tags.map(({ name }) => name));
    expect(operations.filter(({ operation }) => !operation.tags.every((tag) => tags.has(tag)))).toEqual([]);
    expect(operations.filter(({ operation }) => !operation.summary)).toEqual([]);
  });

  it('has a parameter for each part of a path that varies', () => {
    for (const { path, operation } of operations) {
      const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
    }
  });
});

describe('examples', () => {
  const media = operations.flatMap(({ path, method, operation }) =>
    [operation.requestBody, ...Object.values(operation.responses)].flatMap((part) =>
      Object.values(part?.content ?? {}).map((one) => ({ ...one, at: `${method} ${path}` })),
    ),
  );

  it('stand beside every JSON body that is asked or answered', () => {
    const bare = operations.flatMap(({ operation }) =>
      [operation.requestBody, ...Object.values(operation.responses)].flatMap((part) =>
        Object.entries(part?.content ?? {})
          .filter(([type, one]) => type.includes('json') && one.example === undefined && one.examples === undefined)
          .map(() => operation.operationId),
      ),
    );
    expect(bare).toEqual(['getDocument']);
  });

  it('keep to their schemas', () => {
    const shown = media.flatMap(({ schema, example, examples, at }) => [
      { at, schema, example },
      ...Object.values(examples ?? {}).map(({ $ref }) => ({
        at: `${at} ${$ref}`,
        schema,
        example: (find($ref) as { value: unknown }).value,
      })),
    ]);
    const nested = [...walk(document.components.schemas)].flatMap(([at, schema]) =>
      Array.isArray(schema['examples']) ? schema['examples'].map((example: unknown) => ({ at, schema, example })) : [],
    );
    const parameters = operations.flatMap(({ path, operation }) =>
      (operation.parameters ?? []).map(({ schema, example, name }) => ({ at: `${path} ${name}`, schema, example })),
    );
    const all = [...shown, ...nested, ...parameters].filter(({ example }) => example !== undefined);
    expect(all.length).toBeGreaterThan(200);
    for (const { at, schema, example } of all) expect(faultsOf(schema, example), at).toBeNull();
  });

  it('speak of times to come', () => {
    const dates = [...text.matchAll(/"(20\d\d)-\d\d-\d\d/g)].map(([, year]) => Number(year));
    expect(Math.min(...dates)).toBeGreaterThanOrEqual(2030);
  });
});

describe('guards, limits and repeats', () => {
  it('ask a token where one is needed, and nowhere else', () => {
    const open = operations.filter(({ operation }) => !operation.security.some((one) => 'token' in one));
    const optional = operations.filter(({ operation }) => operation.security.length === 2);
    expect(open.map(({ path }) => path)).toEqual([
      '/api/openapi.json',
      '/health/live',
      '/health/ready',
      '/metrics',
      // By the signature of who posts.
      '/api/webhooks/mail/{service}',
      '/api/webhooks/meetings/{provider}',
    ]);
    expect(optional.every(({ method }) => method === 'get')).toBe(true);
    // A bad token is refused where none is needed, too, and a key that was not made for it.
    const guarded = operations.filter(({ operation }) => operation.security.length > 0);
    expect(guarded.filter(({ operation }) => !operation.responses['401'] || !operation.responses['403'])).toEqual([]);
    expect(document.components.securitySchemes).toHaveProperty('token.scheme', 'bearer');
  });

  it('say the limits on every answer that is counted, and when to come back', () => {
    for (const { path, operation } of operations.filter(({ operation: { security } }) => security.length > 0)) {
      for (const [status, { headers }] of Object.entries(operation.responses)) {
        const names = Object.keys(headers);
        expect(names, `${path} ${status}`).toEqual(
          expect.arrayContaining(['x-request-id', 'ratelimit', 'ratelimit-policy']),
        );
        expect(names.includes('retry-after'), `${path} ${status}`).toBe(status === '429' || status === '503');
      }
    }
  });

  it('take an Idempotency-Key on every call that changes something', () => {
    const without = operations
      .filter(({ method }) => method !== 'get')
      // Posted by services that know no such header; told twice, it comes to the same.
      .filter(({ path }) => !path.startsWith('/api/webhooks/mail/') && !path.startsWith('/api/webhooks/meetings/'))
      .filter(({ operation }) => !operation.parameters?.some(({ name }) => name === 'idempotency-key'));
    expect(without).toEqual([]);
  });

  it('take If-Match where an ETag was given before', () => {
    const versioned = operations.filter(({ operation }) =>
      operation.parameters?.some(({ name }) => name === 'if-match'),
    );
    expect(versioned.map(({ operation }) => operation.operationId).toSorted()).toEqual([
      'acceptProposal',
      'addHoursPlan',
      'approveRequest',
      'cancelAppointment',
      'changeLocation',
      'changePractitioner',
      'changeResource',
      'changeSessionType',
      'completeAppointment',
      'declineRequest',
      'markNoShow',
      'proposeTime',
      'refuseProposal',
      'removeDateOverride',
      'removeHoursPlan',
      'removeLocation',
      'removeTimeOff',
      'reopenAppointment',
      'rescheduleAppointment',
      'setDateOverride',
      'setHolidays',
      'setHoursPlan',
      'setTimeOff',
      'setWeeklyHours',
      'takeTimeOff',
    ]);
    const bare = versioned.filter(({ operation: { responses } }) => {
      const answer = responses['200'] ?? responses['201'];
      return !answer?.headers['etag'];
    });
    // What is gone has no version; the contract's answers are short: an appointment's is read with it.
    expect(bare.map(({ operation }) => operation.operationId)).toEqual([
      'removeLocation',
      'cancelAppointment',
      'rescheduleAppointment',
    ]);
  });

  it('need no body to cancel, to decline or to accept what is offered', () => {
    const optional = operations.filter(({ operation }) => operation.requestBody?.required === false);
    expect(new Set(optional.map(({ operation }) => operation.operationId))).toEqual(
      new Set(['cancelAppointment', 'declineRequest', 'acceptOffer', 'offerAlternatives']),
    );
  });
});

describe('the calls we make to others', () => {
  it('are told with their document, one for each type of event', () => {
    const webhooks = (document as unknown as { webhooks: Record<string, Record<string, Operation>> }).webhooks;
    expect(Object.keys(webhooks)).toEqual(document.components.schemas['EventType']?.['enum']);
    const bodies = Object.values(webhooks).map(({ post }) => post?.requestBody?.content['application/json']?.schema);
    expect(new Set(bodies.map((schema) => JSON.stringify(schema)))).toEqual(
      new Set(['{"$ref":"#/components/schemas/Event"}']),
    );
  });
});

describe('refusals', () => {
  it('are published, every code', () => {
    expect(document.components.schemas['RefusalCode']?.['enum']).toEqual(REFUSAL_CODES);
    for (const code of REFUSAL_CODES) {
      expect(document.components.schemas['RefusalCode']?.['description']).toContain(`\`${code}\``);
    }
  });

  it('stand at the routes that can answer them, but for those that belong to none', () => {
    const never = REFUSAL_CODES.filter((code) => !(code in document.components.examples));
    // Found before there is a route.
    expect(never).toEqual(['method_not_allowed', 'header_too_large', 'request_timeout']);
  });
});

describe('/docs', () => {
  it('asks nobody outside', async () => {
    const page = await app.inject('/docs/');
    const found = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url ?? '');
    expect(page.statusCode).toBe(200);
    expect(found.length).toBeGreaterThan(3);
    expect(found.filter((url) => !url.startsWith('./') && !url.startsWith('/docs/'))).toEqual([]);
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'self'; img-src 'self' data:;/);
    const bodies = new Map<string, string>();
    for (const url of found) {
      const part = await app.inject(new URL(url, 'http://x/docs/').pathname);
      expect(part.statusCode, url).toBe(200);
      bodies.set(url, part.body);
    }
    const those = (name: string) => [...bodies].flatMap(([url, body]) => (url.includes(name) ? [body] : [])).join('\n');
    expect(those('.css')).not.toMatch(/url\(\s*['"]?(?:https?:)?\/\/|@import/);
    // The bundles name many addresses and ask none by themselves; the page's own script sets what they ask.
    expect(those('initializer')).toContain('validatorUrl: null');
    expect(those('initializer')).toContain("url: resolveUrl('./json')");
  });
});
