// Loads the providers' published OpenAPI files, where the environment names their folder, and checks answers and
// request bodies against them. The files are the providers' and are not part of this repository.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormatsModule, { type FormatsPlugin } from 'ajv-formats';

const FILES = {
  zoom: 'zoom-meetings.openapi.json',
  google: 'google-calendar-v3.openapi.json',
  microsoft: 'microsoft-graph-v1.openapi.json',
  tokens: 'oauth-tokens.openapi.json',
  resend: 'email-resend.openapi.json',
  postmark: 'email-postmark.openapi.json',
  sendgrid: 'email-sendgrid.openapi.json',
} as const;
export type Contract = keyof typeof FILES;

export type Published = {
  /** What is wrong with `value` by a named schema (components.schemas); empty when it conforms. */
  faults(contract: Contract, schema: string, value: unknown): string[];
  /** The same for the JSON request body of an operation, for example ('zoom', 'post', '/users/{userId}/meetings', body). */
  bodyFaults(contract: Contract, method: string, path: string, value: unknown): string[];
};

/** The published contracts, or the reason why they cannot be checked here. With REQUIRE_ALL=1 a reason throws. */
export function loadPublished(): Published | { readonly skipped: string } {
  const folder = process.env['PROVIDER_CONTRACTS'];
  const skipped = !folder
    ? 'PROVIDER_CONTRACTS names no folder with the published OpenAPI files'
    : Object.values(FILES).every((file) => existsSync(join(folder, file)))
      ? undefined
      : `the folder of PROVIDER_CONTRACTS lacks some of ${Object.values(FILES).join(', ')}`;
  if (!folder || skipped !== undefined) {
    if (process.env['REQUIRE_ALL'] === '1') throw new Error(`REQUIRE_ALL=1, but ${skipped}`);
    return { skipped: skipped ?? '' };
  }
  return publishedIn(folder);
}

function publishedIn(folder: string): Published {
  const addFormats = addFormatsModule as unknown as FormatsPlugin;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  const loaded = new Set<Contract>();
  const compiled = new Map<string, ValidateFunction>();
  const check = (contract: Contract, pointer: string, value: unknown): string[] => {
    if (!loaded.has(contract)) {
      ajv.addSchema(JSON.parse(readFileSync(join(folder, FILES[contract]), 'utf8')) as object, contract);
      loaded.add(contract);
    }
    const reference = `${contract}#${pointer}`;
    const validate = compiled.get(reference) ?? ajv.compile({ $ref: reference });
    compiled.set(reference, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      (error) => `${error.instancePath} ${error.message ?? ''} ${JSON.stringify(error.params)}`,
    );
  };
  return {
    faults: (contract, schema, value) => check(contract, `/components/schemas/${schema}`, value),
    bodyFaults: (contract, method, path, value) => {
      const escaped = path.replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D');
      return check(contract, `/paths/${escaped}/${method}/requestBody/content/application~1json/schema`, value);
    },
  };
}
