// How a contract of one outside call is written down: what we may send, strictly, and what of the answer we rely on.

export type Schema = Readonly<Record<string, unknown>>;

export type CallContract = {
  /** Which base address it stands under, and the published document that tells of it. */
  readonly under:
    | 'zoomApi'
    | 'zoomOAuth'
    | 'googleApi'
    | 'googleOAuth'
    | 'graph'
    | 'login'
    | 'resend'
    | 'postmark'
    | 'sendgrid';
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** With {parameters}, as the published document spells it. */
  readonly path: string;
  /** Every query parameter that we send, with a pattern for its value; others are violations. */
  readonly query?: Readonly<Record<string, RegExp>>;
  /** Query parameters that must be there. */
  readonly needs?: readonly string[];
  /** What query and body must be to each other: a fault, or null. */
  readonly together?: (query: URLSearchParams, body: unknown) => string | null;
  /** Headers that must be there, in lower case. */
  readonly headers: Readonly<Record<string, RegExp>>;
  readonly request?: { readonly as: 'json' | 'form'; readonly schema: Schema };
  /** By status: the schema of the parts we rely on, or null where there is no body. Other statuses below 400 are violations. */
  readonly answers: Readonly<Record<number, Schema | null>>;
  /** The body of a JSON answer of 400 and above. */
  readonly error: Schema;
};

export const BEARER = { authorization: /^Bearer \S+$/ };

/** An object with these members and no others; all needed but those named. */
export function strict(properties: Schema, optional: readonly string[] = []): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

/** An object with at least these members; all needed but those named. */
export function atLeast(properties: Schema, optional: readonly string[] = []): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required };
}

export const text = (maxLength: number, minLength = 0): Schema => ({ type: 'string', minLength, maxLength });

export const TOKEN: Schema = atLeast({
  access_token: text(8192, 1),
  token_type: { type: 'string', pattern: '^[Bb]earer$' },
  expires_in: { type: 'integer', minimum: 1 },
});
