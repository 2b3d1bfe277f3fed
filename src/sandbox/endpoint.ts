// What an emulated endpoint is: a function from a call to an answer that never waits. Latency, lost answers and other
// faults are put around it in one place by the server.
import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '../platform/time/clock.ts';
import type { SandboxCredentials } from './credentials.ts';
import type { Grants } from './grants.ts';
import type { People } from './people.ts';
import type { State } from './state.ts';
import type { SwitchBoard } from './switches.ts';
import type { Tokens } from './tokens.ts';
import type { ZoomEvents } from './zoom/events.ts';
import type { Visits } from './zoom/visits.ts';

export const PROVIDERS = ['zoom', 'google', 'microsoft', 'mail', 'twilio'] as const;
export type Provider = (typeof PROVIDERS)[number];
export const OPERATIONS = ['create', 'read', 'update', 'delete', 'list', 'token', 'send'] as const;
export type Operation = (typeof OPERATIONS)[number];

export type Json = Record<string, unknown>;

export type Call = {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The body as it came; each provider refuses a broken one in its own words. */
  readonly body: string;
};

export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or nothing. */
  readonly body?: unknown;
  /** HTML in its place, which no provider means to send. */
  readonly page?: string;
};

export type Endpoint = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the provider's prefix, for example /v2/meetings/:meetingId */
  readonly path: string;
  readonly operation: Operation;
  handle(call: Call): Answer;
  /** Whether it keeps a mailbox busy, where the provider limits what runs at the same time. */
  readonly mailbox?: boolean;
};

/** One emulated provider: its endpoints and how it words a failure. */
export type Emulator = {
  readonly provider: Provider;
  readonly prefix: string;
  readonly endpoints: readonly Endpoint[];
  /** The provider's own error for a status, used for faults, unknown paths and bugs. `code`: another than the usual. */
  fail(status: number, operation?: Operation, code?: string): Answer;
  /** Whose host, calendar or mailbox a call is about, or who gets what it sends; in lower case. Never refuses. */
  accountsOf(call: Call): readonly string[];
};

/** Everything an emulator stands on. `url` is the sandbox's own address, known once it listens. */
export type World = {
  readonly state: State;
  readonly clock: Clock;
  readonly tokens: Tokens;
  readonly grants: Grants;
  readonly people: People;
  readonly switches: SwitchBoard;
  /** What Zoom posts of its meetings. */
  readonly zoomEvents: ZoomEvents;
  readonly zoomVisits: Visits;
  url(): string;
  credentials(): SandboxCredentials;
};

/** Thrown by an emulator to answer with an error and undo what the call did so far. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(`answered ${answer.status}`);
    this.answer = answer;
  }
}

/** The body as a JSON object, or undefined if it is anything else. */
export function jsonObject(body: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isJson(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function saysJson(call: Pick<Call, 'headers'>): boolean {
  return /\bjson\b/i.test(call.headers['content-type'] ?? '');
}

/** JSON in base64url: page marks that are opaque to the caller, and the parts of a JWT. */
export function packed(mark: Json): string {
  return Buffer.from(JSON.stringify(mark)).toString('base64url');
}

export function unpacked(token: string): Json | undefined {
  return jsonObject(Buffer.from(token, 'base64url').toString('utf8'));
}

/** The value if it is text, else what is said instead. */
export function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
