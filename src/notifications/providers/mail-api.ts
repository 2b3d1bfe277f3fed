// What the mail services with an HTTP API share: one letter out under a deadline, what a status says of it, and an end that
// waits for letters under way. Fields, headers and error bodies are each service's own.
import { clipText } from '../../platform/clip-text.ts';
import type { Explanation, HttpClient } from '../../platform/http/client.ts';
import type { Log } from '../../platform/log.ts';
import { OutsideError, type Outcome } from '../../platform/outside-error.ts';
import type { Mail, Mailer, Sending } from '../mailer.ts';
import { isAddress, oneLine } from './smtp-message.ts';

export type MailApiOptions = {
  readonly http: HttpClient;
  readonly log: Log;
  /** With its path prefix. */
  readonly apiUrl: string;
  readonly apiKey: string;
  readonly from: { readonly name: string; readonly address: string };
};

/** One service: how it takes a letter, and a question that tells whether it takes our key. */
export type MailService = {
  readonly name: string;
  readonly repeatsSafely: boolean;
  post(mail: Mail, sending: Sending, signal: AbortSignal): Promise<string | null>;
  check(signal: AbortSignal): Promise<void>;
};

/** Services answer within a second or two. */
const CHECK_TIMEOUT_MS = 10_000;

export function apiMailer({ from, log }: Pick<MailApiOptions, 'from' | 'log'>, service: MailService): Mailer {
  const underWay = new Set<Promise<unknown>>();

  async function sendOne(mail: Mail, timeoutMs: number, sending: Sending): Promise<string | null> {
    const began = performance.now();
    const report = () => ({ messageId: mail.messageId, durationMs: Math.round(performance.now() - began) });
    try {
      if (!isAddress(mail.to.address)) throw sendError('refused', 'not_an_address');
      const id = await service.post(mail, sending, AbortSignal.timeout(timeoutMs));
      log.info({ ...report(), outcome: 'sent' }, 'mail sent');
      return id;
    } catch (error) {
      if (!(error instanceof OutsideError)) throw error;
      const { outcome, status, providerCode } = error.facts;
      log.warn({ ...report(), outcome, status, providerCode }, 'mail not sent');
      throw error;
    }
  }

  return {
    from,
    repeatsSafely: service.repeatsSafely,
    service: service.name,
    async send(mail, timeoutMs, sending) {
      const letter = sendOne(mail, timeoutMs, sending);
      underWay.add(letter);
      try {
        return await letter;
      } finally {
        underWay.delete(letter);
      }
    },
    check: () => service.check(AbortSignal.timeout(CHECK_TIMEOUT_MS)),
    async close() {
      await Promise.allSettled(underWay);
    },
  };
}

export function sendError(outcome: Outcome, providerCode: string): OutsideError {
  return new OutsideError({ provider: 'mail', operation: 'send', outcome, providerCode });
}

/**
 * What a status says of a letter: refused is said of the letter alone (400, 413, 422). What is wrong with key, sender domain,
 * account or address of the API is no letter's fault, and waits for a person. 503 is said before the work (RFC 9110, 15.6.4).
 */
export function explainStatus(status: number, code?: string): Explanation {
  return { code, outcome: outcomeOf(status) };
}

function outcomeOf(status: number): Outcome {
  if (status === 409 || status === 425 || status === 429 || status === 503) return 'retryable';
  if (status === 408 || status >= 500) return 'unknown';
  return status === 400 || status === 413 || status === 422 ? 'refused' : 'reconnect';
}

/** Services bound a name, each in its own way; so much says who it is. */
const MOST_NAME_CHARACTERS = 120;

/** A name as a service takes it; undefined for one that says nothing. */
export function shownName(name: string): string | undefined {
  return clipText(oneLine(name), MOST_NAME_CHARACTERS).trim() || undefined;
}

/** `"Name" <address>` for services that take both as one text. A quote or backslash in a name is not worth a lost letter. */
export function mailbox({ name, address }: { readonly name: string; readonly address: string }): string {
  const plain = shownName(name.replace(/[\\<>]+/g, ' ').replaceAll('"', "'"));
  return plain === undefined ? address : `"${plain}" <${address}>`;
}

export function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
