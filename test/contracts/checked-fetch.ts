// A fetch that lets every provider call through and notes where a request or an answer breaks its contract: ours, written
// strictly in this folder, and the published one where PROVIDER_CONTRACTS names a folder.
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { SandboxAddresses } from '../../src/sandbox/addresses.ts';
import type { CallContract, Schema } from './contract.ts';
import { GOOGLE_CALLS } from './google.ts';
import { MAIL_CALLS } from './mail.ts';
import { MICROSOFT_CALLS } from './microsoft.ts';
import { publishedChecks } from './published-calls.ts';
import { ZOOM_CALLS } from './zoom.ts';

/** The base addresses in use, with their prefixes; calls to any other address pass unchecked. */
export type ProviderAddresses = Readonly<Record<CallContract['under'], string>>;

/** The emulators' addresses under their contracts. */
export function sandboxContracts(addresses: SandboxAddresses): ProviderAddresses {
  return {
    zoomApi: addresses.zoomApiUrl,
    zoomOAuth: addresses.zoomOAuthUrl,
    googleApi: addresses.googleApiUrl,
    googleOAuth: addresses.googleOAuthUrl,
    graph: addresses.msGraphUrl,
    login: addresses.msLoginUrl,
    ...addresses.mailApiUrls,
  };
}

export type CheckedFetch = {
  readonly fetch: typeof globalThis.fetch;
  /** What broke a contract so far; `expect(checked.violations).toEqual([])` at the end of each test. */
  readonly violations: string[];
  /** How often each call was made: "zoomApi POST /users/{userId}/meetings" -> 2. */
  readonly made: Map<string, number>;
};

const CALLS = [...ZOOM_CALLS, ...GOOGLE_CALLS, ...MICROSOFT_CALLS, ...MAIL_CALLS];

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
const compiled = new Map<Schema, ValidateFunction>();

/** `calls`: what may be called; the deployment's own calls unless given. */
export function checkedFetch(
  fetch: typeof globalThis.fetch,
  addresses: ProviderAddresses,
  calls: readonly CallContract[] = CALLS,
): CheckedFetch {
  const violations: string[] = [];
  const made = new Map<string, number>();
  const published = publishedChecks();

  const checked: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const found = findCall(calls, request, addresses);
    if (found === 'elsewhere') return fetch(input, init);
    if (found === 'unknown') {
      violations.push(`${request.method} ${new URL(request.url).pathname}: no contract allows this call`);
      return fetch(input, init);
    }
    const name = `${found.under} ${found.method} ${found.path}`;
    made.set(name, (made.get(name) ?? 0) + 1);
    const body = await bodyOf(found, request);
    const wrong = [...requestFaults(found, request, body), ...(published?.request(found, body) ?? [])];
    violations.push(...wrong.map((fault) => `${name}: request: ${fault}`));
    const response = await fetch(input, init);
    // A page of HTML is no provider's answer but somebody's on the way, ordered as a fault; the client has to survive it.
    if (response.headers.get('content-type')?.startsWith('text/html')) return response;
    const copy = await jsonOf(response.clone());
    const bad = [...answerFaults(found, response, copy), ...(published?.answer(found, response.status, copy) ?? [])];
    violations.push(...bad.map((fault) => `${name}: answer ${response.status}: ${fault}`));
    return response;
  };
  return { fetch: checked, violations, made };
}

function findCall(
  calls: readonly CallContract[],
  request: Request,
  addresses: ProviderAddresses,
): CallContract | 'elsewhere' | 'unknown' {
  const address = request.url.replace(/[?#].*$/, '');
  let ours = false;
  for (const call of calls) {
    const base = addresses[call.under].replace(/\/+$/, '');
    if (!address.startsWith(`${base}/`)) continue;
    ours = true;
    const pattern = new RegExp(`^${call.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    if (request.method === call.method && pattern.test(address.slice(base.length))) return call;
  }
  return ours ? 'unknown' : 'elsewhere';
}

async function bodyOf(call: CallContract, request: Request): Promise<unknown> {
  const text = await request.clone().text();
  if (text === '') return undefined;
  if (call.request?.as === 'form') return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function requestFaults(call: CallContract, request: Request, body: unknown): string[] {
  const faults: string[] = [];
  const query = new URL(request.url).searchParams;
  for (const [name, value] of query) {
    if (!call.query?.[name]?.test(value)) faults.push(`query ${name}=${value} is not in the contract`);
  }
  for (const name of call.needs ?? []) if (!query.has(name)) faults.push(`query ${name} is missing`);
  for (const [name, pattern] of Object.entries(call.headers)) {
    if (!pattern.test(request.headers.get(name) ?? '')) faults.push(`header ${name} is missing or wrong`);
  }
  const apart = call.together?.(query, body) ?? null;
  if (apart !== null) faults.push(apart);
  if (call.request === undefined) return body === undefined ? faults : [...faults, 'has a body'];
  const type = call.request.as === 'json' ? 'application/json' : 'application/x-www-form-urlencoded';
  if (!request.headers.get('content-type')?.startsWith(type)) faults.push(`content-type is not ${type}`);
  return [...faults, ...schemaFaults(call.request.schema, body)];
}

function answerFaults(call: CallContract, response: Response, body: unknown): string[] {
  // A fault on the way may answer in anything but JSON; that is for the client to survive.
  if (response.status >= 400) return body === undefined ? [] : schemaFaults(call.error, body);
  const schema = call.answers[response.status];
  if (schema === undefined) return ['the contract knows no such status'];
  if (schema === null) return body === undefined ? [] : ['has a body'];
  return schemaFaults(schema, body);
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return (await response.json()) as unknown;
  } catch {
    return undefined;
  }
}

function schemaFaults(schema: Schema, value: unknown): string[] {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    validate = ajv.compile(schema);
    compiled.set(schema, validate);
  }
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    (error) => `${error.instancePath || '/'} ${error.message} ${JSON.stringify(error.params)}`,
  );
}
