// What can be called, as types: each operation of the API document as a function of its fields, wherever they travel. The
// operations themselves are the generated file's.
import type { components, operations } from './api.gen.ts';

/** Every shape the API document names, for example `Schemas['Appointment']`. */
export type Schemas = components['schemas'];

/** The `operationId` of the document, for example `bookAppointment`. */
export type Operation = keyof operations;

type Parts<O extends Operation> = operations[O]['parameters'];
type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : never;
/** A part that an operation has not adds no field. */
type Fields<T> = [T] extends [never] ? unknown : T;
type Flat<T> = T extends unknown ? { [K in keyof T]: T[K] } : never;

/** The fields of an operation: those of its path, its query and its body, side by side. */
export type Input<O extends Operation> = Flat<
  Fields<NonNullable<Parts<O>['path']>> &
    Fields<NonNullable<Parts<O>['query']>> &
    Fields<Json<NonNullable<operations[O]['requestBody']>>>
>;

type Responses<O extends Operation> = operations[O]['responses'];
/** What an operation resolves to; undefined where it answers nothing. A refusal is thrown. */
export type Answer<O extends Operation> = {
  [Status in keyof Responses<O>]: [Json<Responses<O>[Status]>] extends [never] ? undefined : Json<Responses<O>[Status]>;
}[keyof Responses<O>];

export type CallOptions = {
  /** Ends the call, its waiting and its retries; the promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * For operations that change something. Left out, one is made for the call and kept over its retries. Give your own
   * where a call must outlive the page or the process: sent again with it within two days, it has no second effect.
   */
  readonly idempotencyKey?: string;
  /** The `revision` or `version` that was read: refused as `version_mismatch` if it is another by now. */
  readonly ifVersion?: number;
  /** Milliseconds for this call with all its retries, instead of the client's. */
  readonly timeoutMs?: number;
};

export type Call<O extends Operation> =
  Partial<Input<O>> extends Input<O>
    ? (input?: Input<O>, options?: CallOptions) => Promise<Answer<O>>
    : (input: Input<O>, options?: CallOptions) => Promise<Answer<O>>;

/** Operations that answer page by page. */
export type Listing = { [O in Operation]: Answer<O> extends { nextCursor: string | null } ? O : never }[Operation];

/** One item of a list: the answer has exactly one array, its items. */
export type Item<O extends Listing> = {
  [K in keyof Answer<O>]: Answer<O>[K] extends readonly (infer One)[] ? One : never;
}[keyof Answer<O>];

/** The fields of a list, without those that page it; `limit` is how many are fetched at once. */
export type Listed<O extends Listing> = Flat<Omit<Input<O>, 'cursor'>>;

export type Each = <O extends Listing>(
  operation: O,
  ...input: Partial<Listed<O>> extends Listed<O>
    ? [input?: Listed<O>, options?: CallOptions]
    : [input: Listed<O>, options?: CallOptions]
) => AsyncGenerator<Item<O>, void, undefined>;

export type Slotkeeper = { readonly [O in Operation]: Call<O> } & {
  /** Every item of a list, page after page as they are asked for: `for await (const one of slotkeeper.each(...))`. */
  readonly each: Each;
};
