// What can go wrong, as errors: Slotkeeper said no, for a reason with a stable code, or nobody who speaks for it answered.
// When a call is given up is persist.ts'.
import type { Schemas } from './calls.ts';

/** The problem document (RFC 9457) of a refusal. */
export type Problem = Schemas['Problem'];

/** Every code the API document knew when this was published. A later server may send others: go by `status` then. */
export type ProblemCode = Schemas['RefusalCode'];

export type Alternative = NonNullable<Problem['alternatives']>[number];
export type NearestTime = NonNullable<Problem['nearest']>[number];
export type FieldFault = NonNullable<Problem['errors']>[number];

/** Slotkeeper refused. `message` is written for people; decide by `code`. */
export class SlotkeeperProblem<Code extends ProblemCode = ProblemCode> extends Error {
  override readonly name = 'SlotkeeperProblem';
  readonly code: Code;
  readonly status: number;
  /** Where a time cannot be had: free ones nearest to it, at most five. */
  readonly alternatives: readonly Alternative[];
  /** Where a time cannot be had: every reason. */
  readonly reasons: readonly ProblemCode[];
  /** `time_does_not_exist`: the times on either side of the gap. */
  readonly nearest: readonly NearestTime[];
  /** The fields at fault. */
  readonly errors: readonly FieldFault[];
  /** Names the request in the server's log. */
  readonly requestId: string;
  /** Milliseconds the server asked to wait, where it did. */
  readonly retryAfterMs: number | null;
  /** The whole document, members of single codes included. */
  readonly problem: Problem;

  constructor(problem: Problem & { code: Code }, retryAfterMs: number | null = null) {
    super(problem.message);
    this.code = problem.code;
    this.status = problem.status;
    this.alternatives = problem.alternatives ?? [];
    this.reasons = problem.reasons ?? [];
    this.nearest = problem.nearest ?? [];
    this.errors = problem.errors ?? [];
    this.requestId = problem.requestId;
    this.retryAfterMs = retryAfterMs;
    this.problem = problem;
  }
}

/** No answer of Slotkeeper's: the network failed, time ran out, or something in between spoke in its place. */
export class SlotkeeperNoAnswer extends Error {
  override readonly name = 'SlotkeeperNoAnswer';
  /** What was sent as Idempotency-Key: call again with it, and what happened already does not happen twice. */
  readonly idempotencyKey: string | null;
  readonly attempts: number;
  /** Of whoever answered in its place; null where nobody did. */
  readonly status: number | null;

  constructor(
    message: string,
    about: { idempotencyKey: string | null; attempts: number; status: number | null; cause?: unknown },
  ) {
    super(message, { cause: about.cause });
    this.idempotencyKey = about.idempotencyKey;
    this.attempts = about.attempts;
    this.status = about.status;
  }
}

/** Whether this is a refusal of Slotkeeper's, with one of the codes where some are named. */
export function isProblem<Code extends ProblemCode = ProblemCode>(
  error: unknown,
  ...codes: readonly Code[]
): error is SlotkeeperProblem<Code> {
  if (!(error instanceof SlotkeeperProblem)) return false;
  const known: readonly ProblemCode[] = codes;
  return known.length === 0 || known.includes(error.code);
}

/** The document in the body of a refusal; null where it is none, as when a proxy answers. */
export function problemIn(body: unknown): Problem | null {
  if (typeof body !== 'object' || body === null) return null;
  const { code, message, status } = body as Partial<Problem>;
  const whole = typeof code === 'string' && typeof message === 'string' && typeof status === 'number';
  return whole ? (body as Problem) : null;
}
