// The published side of a contract: checks our calls against the providers' own OpenAPI documents, where
// PROVIDER_CONTRACTS names a folder that holds them (<document>.openapi.json).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { CallContract } from './contract.ts';

export type PublishedChecks = {
  request(call: CallContract, body: unknown): string[];
  answer(call: CallContract, status: number, body: unknown): string[];
};

type Content = { readonly content?: Readonly<Record<string, { readonly schema?: object }>> };
type Operation = { readonly requestBody?: Content; readonly responses: Readonly<Record<string, Content>> };
type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> };

/** Which document tells of an address, and what its paths begin with there. */
const WHERE: Readonly<Record<CallContract['under'], { document: string; prefix: string }>> = {
  zoomApi: { document: 'zoom-meetings', prefix: '' },
  zoomOAuth: { document: 'oauth-tokens', prefix: '/oauth' },
  googleApi: { document: 'google-calendar-v3', prefix: '' },
  googleOAuth: { document: 'oauth-tokens', prefix: '' },
  graph: { document: 'microsoft-graph-v1', prefix: '' },
  login: { document: 'oauth-tokens', prefix: '' },
  resend: { document: 'email-resend', prefix: '' },
  postmark: { document: 'email-postmark', prefix: '' },
  sendgrid: { document: 'email-sendgrid', prefix: '/v3' },
};

/** Told of in prose alone. */
const UNPUBLISHED: ReadonlySet<string> = new Set(['/revoke']);

/** Zoom's document wants 8 characters of a passcode that is read, yet takes and makes shorter ones. */
function isKnownFault(document: string, error: ErrorObject): boolean {
  return document === 'zoom-meetings' && error.instancePath === '/password' && error.keyword === 'minLength';
}

/** undefined when no folder is named. */
export function publishedChecks(folder = process.env['PROVIDER_CONTRACTS']): PublishedChecks | undefined {
  if (!folder) return undefined;
  // The documents describe more than JSON Schema knows, and are not ours to tidy.
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const documents = new Map<string, Document>();
  const validators = new Map<string, ValidateFunction>();

  function documentOf(name: string): Document {
    const have = documents.get(name);
    if (have !== undefined) return have;
    const document = JSON.parse(readFileSync(join(folder ?? '', `${name}.openapi.json`), 'utf8')) as Document;
    ajv.addSchema(document, name);
    documents.set(name, document);
    return document;
  }

  function check(
    call: CallContract,
    part: (operation: Operation) => [string[], Content] | undefined,
    body: unknown,
  ): string[] {
    const { document, prefix } = WHERE[call.under];
    if (UNPUBLISHED.has(call.path)) return [];
    // Graph takes `/me` for the path of whoever the token speaks for.
    const path = `${prefix}${call.path.replace(/^\/me\b/, '/users/{userId}')}`;
    const operation = documentOf(document).paths[path]?.[call.method.toLowerCase()];
    if (operation === undefined) return ['published: no such operation'];
    const found = part(operation);
    if (found === undefined) return ['published: no such answer'];
    const [below, content] = found;
    const [type] = Object.keys(content.content ?? {});
    if (type === undefined) return body === undefined ? [] : ['published: there is no body'];
    const steps = ['paths', path, call.method.toLowerCase(), ...below, 'content', type, 'schema'];
    const pointer = steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');
    const reference = `${document}#/${pointer}`;
    const validate = validators.get(reference) ?? ajv.compile({ $ref: reference });
    validators.set(reference, validate);
    if (validate(body)) return [];
    const errors = (validate.errors ?? []).filter((error) => !isKnownFault(document, error));
    return errors.map((error) => `published: ${error.instancePath || '/'} ${error.message}`);
  }

  return {
    request: (call, body) => check(call, (operation) => [['requestBody'], operation.requestBody ?? {}], body),
    answer: (call, status, body) => {
      if (status >= 400 && body === undefined) return [];
      const names = [String(status), `${String(status)[0]}XX`, 'default'];
      const find = (operation: Operation): [string[], Content] | undefined => {
        const name = names.find((known) => operation.responses[known] !== undefined);
        return name === undefined ? undefined : [['responses', name], operation.responses[name] ?? {}];
      };
      // An error status that a document leaves out is no news to the client.
      const faults = check(call, find, body);
      return status >= 400 && faults[0] === 'published: no such answer' ? [] : faults;
    },
  };
}
