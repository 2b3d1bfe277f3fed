// npm run doctor: looks over settings, database, providers, mail and backlog as the server would meet them, changes nothing,
// and says in one line each what is well and what to do. Ends with 1 where something must be done; also while it runs.
import { join } from 'node:path';
import { wordsOf } from '../composition-failure.ts';
import { openOutside } from '../composition-outside.ts';
import { MIGRATIONS } from '../composition.ts';
import { ConfigError, readConfig, type Config } from '../config.ts';
import { countOverdue, countTroubles } from '../fulfilment/store-backlog.ts';
import { issuerKeys } from '../identity/issuer-keys.ts';
import { connect } from '../platform/database/connection.ts';
import { startEmbedded } from '../platform/database/embedded.ts';
import { inspectDatabase, inspectRole, OLDEST_SERVER } from '../platform/database/inspect.ts';
import { listMissing } from '../platform/database/migrate.ts';
import { transactor, type Transactor } from '../platform/database/transaction.ts';
import { httpClient } from '../platform/http/client.ts';
import { createLog } from '../platform/log.ts';
import { OutsideError } from '../platform/outside-error.ts';
import { systemClock } from '../platform/time/clock.ts';
import { findPractice } from '../practitioners/store-practice.ts';
import { listPractitioners } from '../practitioners/store.ts';
import { readOptions } from './options.ts';

/** A hold is removed 5 s after it expired: so far two clocks may part (see occupancy). Half of it is worth a word. */
const MOST_SKEW_MS = 5_000;
const NOTABLE_SKEW_MS = 2_500;
/** The worker looks every few seconds; what is due for longer than this, nobody works at. */
const OVERDUE_MINUTES = 5;
const PROVIDER_TIMEOUT_MS = 10_000;
/** Practitioners among whom one is looked for whose account a provider can be asked with. */
const PRACTITIONERS_SEEN = 50;
/** Bears no session's marker, so nothing is ever found. */
const NOBODYS_MARKER = 'slotkeeper:doctor';

const ADVICE: Readonly<Record<OutsideError['facts']['outcome'], string>> = {
  retryable: 'it cannot be reached, or asks to wait. Try again; look at the network in between.',
  unknown: 'it did not answer in time. Try again; look at the network in between.',
  absent: 'it takes our credentials, but has no such account. Correct the address, or open the account.',
  refused: 'it refuses. Look whether it has that account, and what the credentials may do.',
  reconnect: 'it does not take our credentials. Renew them in the settings, or let them speak for that account.',
};

readOptions({}, 'Usage: npm run doctor\n');
const tools = { log: createLog('silent'), clock: systemClock };
let failures = 0;

function tell(mark: 'ok' | 'note' | 'FAIL', what: string, says: string): void {
  if (mark === 'FAIL') failures += 1;
  process.stdout.write(`${mark.padEnd(5)} ${what.padEnd(13)} ${says.replaceAll(/\s*\n\s*/g, ' ')}\n`);
}

const closing: (() => Promise<void>)[] = [];
const config = examineSettings();
if (config) {
  const hosts = await examineDatabase(config).catch((error: unknown) => {
    tell('FAIL', 'database', wordsOf(error));
    return [];
  });
  await examineIssuers(config);
  await examineOutside(config, hosts).catch((error: unknown) => tell('FAIL', 'providers', wordsOf(error)));
  for (const end of closing.toReversed()) await end().catch(() => undefined);
}
tell(failures === 0 ? 'ok' : 'note', 'in all', failures === 0 ? 'Nothing to do.' : `${failures} to be put right.`);
process.exitCode = failures === 0 ? 0 : 1;

function examineSettings(): Config | null {
  try {
    const read = readConfig();
    tell('ok', 'settings', 'No mistakes.');
    for (const warning of read.warnings) tell('note', 'settings', warning);
    return read;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const mistake of error.mistakes) tell('FAIL', 'settings', mistake);
    return null;
  }
}

type Host = { readonly email: string; readonly calendar: string };

async function examineDatabase(settings: Config): Promise<readonly Host[]> {
  const { ownerUrl, appUrl } = await reachDatabase(settings);
  const found = await inspectDatabase(ownerUrl);
  const nowMs = tools.clock.now().epochMilliseconds;
  if (found.serverNumber < OLDEST_SERVER) {
    tell('FAIL', 'database', `PostgreSQL ${found.serverVersion} is too old: use version 15 or newer.`);
    return [];
  }
  tell('ok', 'database', `PostgreSQL ${found.serverVersion} answers.`);
  const skewMs = Math.round(found.nowMs - nowMs);
  const apart = `The clocks of this machine and the database are ${Math.abs(skewMs)} ms apart`;
  if (Math.abs(skewMs) <= NOTABLE_SKEW_MS) tell('ok', 'clock', `${apart}.`);
  else tell(Math.abs(skewMs) > MOST_SKEW_MS ? 'FAIL' : 'note', 'clock', `${apart}: set both by NTP.`);

  const { applied, missing } = await listMissing({ ownerUrl, folder: MIGRATIONS, log: tools.log });
  if (missing.length > 0) {
    tell('note', 'migrations', `${applied} applied; the next start applies ${missing.join(', ')}.`);
    if (applied === 0) return [];
  } else tell('ok', 'migrations', `All ${applied} applied.`);

  if (found.unguarded.length === 0) {
    tell('ok', 'isolation', `Row-level security holds all ${found.tenantTables} tables of organisations.`);
  } else {
    const tables = found.unguarded.join(', ');
    tell(
      'FAIL',
      'isolation',
      `Row-level security is not forced on ${tables}: alter table ... force row level security.`,
    );
  }
  const connection = await connect({ url: appUrl, max: 1, log: tools.log, applicationName: 'slotkeeper doctor' });
  closing.push(() => connection.close());
  const { role, passes } = await inspectRole(connection);
  if (passes)
    tell('FAIL', 'isolation', `Requests run as "${role}", which passes row-level security: use another login.`);
  else tell('ok', 'isolation', `Requests run as "${role}", neither superuser nor BYPASSRLS.`);
  return await examinePractice(transactor(connection));
}

async function reachDatabase(settings: Config): Promise<{ ownerUrl: string; appUrl: string }> {
  const given = settings.databaseUrl?.reveal();
  if (given !== undefined) return { ownerUrl: given, appUrl: given };
  const embedded = await startEmbedded({ folder: join(settings.dataDir, 'postgres'), log: tools.log });
  closing.push(() => embedded.stop());
  const { adopted, pid, folder } = embedded;
  if (adopted)
    tell('ok', 'database', `Our own runs in ${folder}. Once no Slotkeeper uses it: kill -INT ${pid} ends it.`);
  return embedded;
}

async function examinePractice(work: Transactor): Promise<readonly Host[]> {
  const practice = await work.unscoped(findPractice, { readOnly: true });
  if (practice === null) {
    tell('note', 'practice', 'None yet: npm start founds one.');
    return [];
  }
  const dueBefore = tools.clock.now().subtract({ minutes: OVERDUE_MINUTES });
  const overdue = await work.scan('fulfilment', (tx) => countOverdue(tx, dueBefore), { readOnly: true });
  const troubles = await work.inOrganisation(practice, countTroubles, { readOnly: true });
  const { sessions, oldest } = overdue;
  if (sessions === 0) tell('ok', 'backlog', `Nothing is due for more than ${OVERDUE_MINUTES} minutes.`);
  else {
    const since = oldest?.round('second').toString() ?? '';
    tell(
      'FAIL',
      'backlog',
      `${sessions} sessions are overdue, one since ${since}: is a worker running (PROCESS=all or worker)?`,
    );
  }
  if (troubles.objects > 0) {
    const errors = troubles.objectErrors.join('; ');
    tell('FAIL', 'backlog', `${troubles.objects} meetings or events are in error: ${errors}. See the providers below.`);
  }
  if (troubles.refusedLetters > 0) {
    tell('FAIL', 'backlog', `${troubles.refusedLetters} letters were refused: look for "mail not sent" in the log.`);
  }
  return await work.inOrganisation(
    practice,
    (tx) => listPractitioners(tx, { after: 0, limit: PRACTITIONERS_SEEN, inactiveToo: false }),
    { readOnly: true },
  );
}

/** Whether the keys of whoever issues tokens for us can be had from here. */
async function examineIssuers({ issuers }: Config): Promise<void> {
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

async function examineOutside(settings: Config, hosts: readonly Host[]): Promise<void> {
  const outside = await openOutside(settings, { ...tools, http: httpClient(tools) }, closing);
  closing.push(() => outside.mailer.close());
  if (outside.sandboxUrl) tell('ok', 'sandbox', `Emulators stand in for every provider: ${outside.sandboxUrl}`);
  const host = (calendar: string) => (hosts.find((one) => one.calendar === calendar) ?? hosts[0])?.email ?? null;
  const bounds = { timeoutMs: PROVIDER_TIMEOUT_MS };
  for (const [id, { meetings }] of outside.meetings) {
    await examineCall(id, host(id), (owner) => meetings.find(owner, NOBODYS_MARKER, bounds));
  }
  for (const [id, calendar] of outside.calendars) {
    await examineCall(id, host(id), (owner) => calendar.find(owner, NOBODYS_MARKER, bounds));
  }
  if (!outside.sandboxUrl && settings.providers.mail.state === 'missing') return;
  await examineCall('mail', settings.emailFrom.address, () => outside.mailer.check());
}

/** One cheap question, for which a token must be had first. */
async function examineCall(
  what: string,
  owner: string | null,
  ask: (owner: string) => Promise<unknown>,
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
