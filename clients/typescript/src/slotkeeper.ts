// The front door of the package: what it promises to keep, named. Everything else may change.
export { createClient, type ClientOptions } from './create-client.ts';
export type { Answer, Call, CallOptions, Input, Item, Listing, Operation, Schemas, Slotkeeper } from './calls.ts';
export {
  isProblem,
  SlotkeeperNoAnswer,
  SlotkeeperProblem,
  type Alternative,
  type FieldFault,
  type NearestTime,
  type Problem,
  type ProblemCode,
} from './problem.ts';
