// Reads a failed SMTP exchange: did the message surely stay here, was it refused, or may it have been taken all the same?
// RFC 5321, 4.2.1 for the replies and 4.5.3.2.6 for the end of the data, after which silence proves nothing.
import type { OutsideFacts, Outcome } from '../../platform/outside-error.ts';

export type Failure = Pick<OutsideFacts, 'outcome' | 'status' | 'providerCode'> & {
  /** The connection failed rather than the letter: the server's address may have changed. */
  readonly connection: boolean;
};

/** No mail server is set: every letter waits until one is. */
export const NOT_CONFIGURED: Failure = { outcome: 'reconnect', providerCode: 'not_configured', connection: false };

/** Failures by which nodemailer says that the server answered this very letter. */
const LETTER_CODES: ReadonlySet<string> = new Set(['EENVELOPE', 'EMESSAGE']);
const SIGN_IN_CODES: ReadonlySet<string> = new Set(['EAUTH', 'ENOAUTH', 'EOAUTH2']);
/** RFC 4954, 6: authentication required, too weak or invalid. Not the letter's fault, and no repeat mends it. */
const SIGN_IN_REPLIES: ReadonlySet<number> = new Set([530, 534, 535, 538]);

/**
 * `began`: at least one byte of the message was handed to the connection, so the server had said 354. nodemailer reports a
 * lost connection the same way in every phase, so its error alone cannot tell.
 */
export function judgeFailure(cause: unknown, began: boolean): Failure {
  const code = field(cause, 'code', 'string');
  const reply = field(cause, 'responseCode', 'number');
  const response = field(cause, 'response', 'string');
  // RFC 3463: `5.1.1` says more than `550`, and names nobody, as the words after it may.
  const providerCode = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response ?? '')?.[1] ?? code;
  return {
    outcome: outcomeOf(code ?? '', reply, began),
    ...(reply === undefined ? {} : { status: reply }),
    ...(providerCode === undefined ? {} : { providerCode }),
    connection: reply === 421 || !(LETTER_CODES.has(code ?? '') || SIGN_IN_CODES.has(code ?? '')),
  };
}

/**
 * A no for ever to this mailbox or this message: x5z tells of them, and 521 of a host that takes no mail at all (RFC 7504). The other
 * 5yz tell of the command, the connection or the server as a whole, which may be mended while the letter waits.
 */
function isFinal(reply: number): boolean {
  return (reply >= 550 && reply <= 559) || reply === 521;
}

function outcomeOf(code: string, reply: number | undefined, began: boolean): Outcome {
  const no = reply !== undefined && reply >= 400 && reply < 600;
  const temporary = no && reply < 500;
  if (SIGN_IN_CODES.has(code)) return temporary ? 'retryable' : 'reconnect';
  if (LETTER_CODES.has(code)) {
    if (no && SIGN_IN_REPLIES.has(reply)) return 'reconnect';
    if (no) return isFinal(reply) ? 'refused' : 'retryable';
    // No reply at all before the data: nodemailer itself would not send such an address, or a mail of such a size.
    if (!began) return reply === undefined ? 'refused' : 'retryable';
  }
  // A reply that is not about this letter (a greeting, a stray line) says nothing of a letter whose data was under way.
  return began ? 'unknown' : 'retryable';
}

function field(cause: unknown, name: string, type: 'string'): string | undefined;
function field(cause: unknown, name: string, type: 'number'): number | undefined;
function field(cause: unknown, name: string, type: 'string' | 'number'): unknown {
  if (typeof cause !== 'object' || cause === null || !(name in cause)) return undefined;
  const value: unknown = Reflect.get(cause, name);
  return typeof value === type ? value : undefined;
}
