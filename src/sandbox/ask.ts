// Asks whether the sandbox already listens at an address, and for what a second process needs to use it.
import type { SandboxCredentials } from './credentials.ts';

/** A sandbox on the same machine answers within milliseconds; this only bounds a stranger that never does. */
const ASK_TIMEOUT_MS = 3_000;

export type AskedSandbox = {
  readonly sandbox: true;
  readonly smtpUrl: string;
  readonly credentials: SandboxCredentials;
};

/** Nothing listens there ('nothing'), or something that is not our sandbox does ('stranger'). */
export class NoSandbox extends Error {
  override readonly name = 'NoSandbox';
  readonly reason: 'nothing' | 'stranger';
  constructor(reason: 'nothing' | 'stranger', baseUrl: string, options?: ErrorOptions) {
    super(
      reason === 'nothing' ? `no sandbox answers at ${baseUrl}` : `what answers at ${baseUrl} is not a sandbox`,
      options,
    );
    this.reason = reason;
  }
}

/** The running sandbox's credentials and mail address. Throws NoSandbox. */
export async function askSandbox(baseUrl: string): Promise<AskedSandbox> {
  let response: Response;
  try {
    response = await fetch(`${baseUrl.replace(/\/+$/, '')}/control/credentials`, {
      signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
      redirect: 'error',
    });
  } catch (error) {
    throw new NoSandbox('nothing', baseUrl, { cause: error });
  }
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok || !isAskedSandbox(answer)) throw new NoSandbox('stranger', baseUrl);
  return { sandbox: true, smtpUrl: answer.smtpUrl, credentials: answer.credentials };
}

function isAskedSandbox(value: unknown): value is AskedSandbox {
  return (
    typeof value === 'object' &&
    value !== null &&
    'sandbox' in value &&
    value.sandbox === true &&
    'smtpUrl' in value &&
    typeof value.smtpUrl === 'string' &&
    'credentials' in value &&
    typeof value.credentials === 'object'
  );
}
