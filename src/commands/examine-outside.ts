// The doctor's look at everybody outside: one cheap question to each, for which a token must be had first. Emulators are always
// asked; those outside this machine only where it is wished.
import { openOutside } from '../composition-outside.ts';
import type { Config } from '../config.ts';
import { issuerKeys } from '../identity/issuer-keys.ts';
import { httpClient } from '../platform/http/client.ts';
import type { Log } from '../platform/log.ts';
import { OutsideError } from '../platform/outside-error.ts';
import type { Clock } from '../platform/time/clock.ts';
import type { Host } from './examine-work.ts';
import type { Tell } from './findings.ts';

const PROVIDER_TIMEOUT_MS = 10_000;
/** Bears no session's marker, so nothing is ever found. */
const NOBODYS_MARKER = 'slotkeeper:doctor';

const ADVICE: Readonly<Record<OutsideError['facts']['outcome'], string>> = {
  retryable: 'it cannot be reached, or asks to wait. Try again; look at the network in between.',
  unknown: 'it did not answer in time. Try again; look at the network in between.',
  absent: 'it takes our credentials, but has no such account. Correct the address, or open the account.',
  refused: 'it refuses. Look whether it has that account, and what the credentials may do.',
  reconnect: 'it does not take our credentials. Renew them in the settings, or let them speak for that account.',
};

type Tools = { readonly log: Log; readonly clock: Clock; readonly closing: (() => Promise<void>)[] };

export async function examineOutside(
  settings: Config,
  hosts: readonly Host[],
  tools: Tools,
  live: boolean,
  tell: Tell,
): Promise<void> {
  if (live) await examineIssuers(settings, tools, tell);
  const http = httpClient(tools);
  const outside = await openOutside(settings, { ...tools, http }, tools.closing);
  tools.closing.push(() => outside.mailer.close());
  const { sandboxUrl } = outside;
  if (sandboxUrl) tell('ok', 'sandbox', `Emulators stand in for every provider: ${sandboxUrl}`);
  const real = [
    ...(settings.issuers.some(({ signedBy }) => signedBy.kind === 'jwks') ? ['issuer'] : []),
    ...(sandboxUrl ? [] : [...outside.meetings.keys(), ...outside.calendars.keys()]),
    ...(settings.providers.mail.state === 'missing' ? [] : ['mail']),
  ];
  if (!live && real.length > 0) {
    tell('note', 'outside', `Not asked: ${real.join(', ')}. npm run doctor -- --live asks each one question.`);
  }
  const host = (calendar: string) => (hosts.find((one) => one.calendar === calendar) ?? hosts[0])?.email ?? null;
  const bounds = { timeoutMs: PROVIDER_TIMEOUT_MS };
  if (sandboxUrl || live) {
    for (const [id, { meetings }] of outside.meetings) {
      await examineCall(id, host(id), (owner) => meetings.find(owner, NOBODYS_MARKER, bounds), tell);
    }
    for (const [id, calendar] of outside.calendars) {
      await examineCall(id, host(id), (owner) => calendar.find(owner, NOBODYS_MARKER, bounds), tell);
    }
  }
  const mailIsReal = settings.providers.mail.state !== 'missing';
  if (mailIsReal ? !live : !sandboxUrl) return;
  await examineCall('mail', settings.emailFrom.address, () => outside.mailer.check(), tell);
}

/** Whether the keys of whoever issues tokens for us can be had from here. */
async function examineIssuers({ issuers }: Config, tools: Tools, tell: Tell): Promise<void> {
  for (const { issuer, signedBy } of issuers) {
    if (signedBy.kind !== 'jwks') continue;
    const keys = issuerKeys({ http: httpClient(tools), clock: tools.clock }, { issuer, url: signedBy.url });
    await keys.count().then(
      (count) => tell('ok', 'issuer', `${issuer} publishes ${count} keys.`),
      () =>
        tell('FAIL', 'issuer', `The keys of ${issuer} cannot be had: look at OIDC_ISSUER, OIDC_JWKS_URL, the network.`),
    );
  }
}

async function examineCall(
  what: string,
  owner: string | null,
  ask: (owner: string) => Promise<unknown>,
  tell: Tell,
): Promise<void> {
  if (owner === null) {
    tell('note', what, 'Not asked: there is no practitioner yet on whose behalf it could be.');
    return;
  }
  try {
    await ask(owner);
    tell('ok', what, 'Takes our credentials and answers.');
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    const { outcome, operation, status, providerCode } = error.facts;
    const said = [operation, status, providerCode].filter((part) => part !== undefined).join(' ');
    tell('FAIL', what, `Asked for ${owner}: ${ADVICE[outcome]} (${said})`);
  }
}
