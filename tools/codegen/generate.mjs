// Writes the typed client's generated file from the API document: the types by openapi-typescript, and beside them a table
// of the operations, since types alone do not know which method and path a name stands for. The same document always
// gives the same bytes. `--check` writes nothing and fails where the file is stale.
import { readFile, writeFile } from 'node:fs/promises';
import { argv, exit, stderr } from 'node:process';
import { URL } from 'node:url';

const DOCUMENT = new URL('../../docs/openapi.json', import.meta.url);
const TARGET = new URL('../../clients/typescript/src/api.gen.ts', import.meta.url);
const HEADER = '// Generated from docs/openapi.json by `npm run openapi`: change the routes, not this file.\n\n';

/** Null where only a part of the workspaces is installed: the document can be written without it. */
async function findGenerator() {
  try {
    return await import('openapi-typescript');
  } catch (error) {
    if (error?.code === 'ERR_MODULE_NOT_FOUND' && String(error.message).includes("'openapi-typescript'")) return null;
    throw error;
  }
}

const isJson = (content) => content !== undefined && 'application/json' in content;
const resolve = (document, schema) =>
  typeof schema?.$ref === 'string' ? document.components.schemas[schema.$ref.split('/').at(-1)] : schema;

/**
 * What a program calls: answers JSON or nothing, and is neither a probe nor the document itself. A change must take an
 * Idempotency-Key, since the client repeats it where an answer was lost; what a provider's webhook calls takes none.
 */
function isCalled(path, method, { responses, parameters = [] }) {
  if (!path.startsWith('/api/') || path === '/api/openapi.json') return false;
  if (method !== 'get' && !parameters.some(({ name }) => name === 'idempotency-key')) return false;
  const good = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  return good.some(([status, { content }]) => status === '204' || isJson(content));
}

/** Every field of a call has one name, wherever it travels: a name used twice could not be told apart. */
function namesOf(document, path, { operationId, parameters = [], requestBody }) {
  const schema = resolve(document, requestBody?.content['application/json']?.schema);
  const parts = [schema, ...(schema?.anyOf ?? []), ...(schema?.oneOf ?? [])].map((part) => resolve(document, part));
  const body = [...new Set(parts.flatMap((part) => Object.keys(part?.properties ?? {})))];
  const inQuery = parameters.filter((one) => one.in === 'query').map(({ name }) => name);
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const all = [...inPath, ...inQuery, ...body];
  const twice = all.filter((name, i) => all.indexOf(name) !== i);
  if (twice.length > 0) throw new Error(`${operationId} has two fields named ${twice.join(', ')}: rename one`);
  return { inPath, inQuery };
}

/** The document as the client needs it: no examples, no headers, good answers only (all refusals are one `Problem`). */
function trimmed(document) {
  const paths = {};
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (!isCalled(path, method, operation)) continue;
      const { operationId, summary, description, requestBody } = operation;
      const parameters = operation.parameters
        ?.filter((one) => one.in !== 'header')
        .map(({ example: _, ...one }) => one);
      const responses = Object.fromEntries(
        Object.entries(operation.responses)
          .filter(([status]) => status.startsWith('2'))
          .map(([status, { content, description: said }]) => [status, { description: said, content }]),
      );
      paths[path] ??= {};
      paths[path][method] = { operationId, summary, description, parameters, requestBody, responses };
    }
  }
  const bare = (value) => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(bare);
    const isData = (key, inner) => (key === 'examples' ? Array.isArray(inner) : key === 'example');
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, inner]) => (isData(key, inner) ? [] : [[key, bare(inner)]])),
    );
  };
  const { openapi, info, components } = document;
  return bare({ openapi, info, paths, components: { schemas: components.schemas } });
}

function tableOf(document) {
  const lines = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const { inPath, inQuery } = namesOf(document, path, operation);
      const list = (names) => `[${names.map((name) => `'${name}'`).join(', ')}]`;
      const where = `method: '${method.toUpperCase()}', path: '${path}'`;
      return `  ${operation.operationId}: { ${where}, inPath: ${list(inPath)}, inQuery: ${list(inQuery)} },`;
    }),
  );
  const says = '/** Where each operation is, and which of its fields travel in the path and in the query. */';
  return `${says}\nexport const OPERATIONS = {\n${lines.join('\n')}\n} as const;\n`;
}

const generator = await findGenerator();
if (generator === null) {
  stderr.write('Skipped: the types of clients/typescript. openapi-typescript is not installed (npm ci installs it).\n');
  exit(0);
}
const { default: openapiTS, astToString } = generator;
const document = trimmed(JSON.parse(await readFile(DOCUMENT, 'utf8')));
const types = astToString(await openapiTS(document, { defaultNonNullable: false, alphabetize: false }));
const text = `${HEADER}${types}\n${tableOf(document)}`;
if (!argv.includes('--check')) await writeFile(TARGET, text);
else if ((await readFile(TARGET, 'utf8').catch(() => '')) !== text) {
  stderr.write('clients/typescript/src/api.gen.ts is stale: run `npm run openapi`.\n');
  exit(1);
}
