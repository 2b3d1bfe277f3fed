// npm run --silent token -- --role client --user <id> --email <address> [--days N]
// Prints a bearer token of this installation; also while the server runs.
import { failureOf } from '../composition-failure.ts';
import { openDatabase } from '../composition-database.ts';
import { readConfig, type Config } from '../config.ts';
import { issueToken } from '../identity/token.ts';
import { createLog } from '../platform/log.ts';
import { systemClock } from '../platform/time/clock.ts';
import { foundPractice } from '../practitioners/found-practice.ts';
import { findPractitioner } from '../practitioners/store.ts';
import { endWith, EX_USAGE } from './options.ts';
import { EX_STOPPED, stopSignal } from './stop-signal.ts';
import { tokenRequestOf, USAGE, type TokenRequest } from './token-request.ts';

const asked = tokenRequestOf(process.argv.slice(2));
if (typeof asked === 'string') endWith(EX_USAGE, `${asked}\n${USAGE}`);

const stop = stopSignal();
let config: Config | null = null;
const closing: (() => Promise<void>)[] = [];
let token: string | null = null;
try {
  config = readConfig();
  token = await issue(config, asked);
} catch (error) {
  if (stop.aborted) process.exitCode = EX_STOPPED;
  else {
    const { sentence, exitCode } = failureOf(error, config);
    process.stderr.write(`${sentence}\n`);
    process.exitCode = exitCode;
  }
} finally {
  for (const end of closing.toReversed()) await end();
}
if (token !== null) process.stdout.write(`${token}\n`);
else process.exitCode ??= EX_USAGE;

/** Null where the practitioner does not exist, which was said. */
async function issue(
  settings: Config,
  { role, user, email, practitionerId, days }: TokenRequest,
): Promise<string | null> {
  const { work } = await openDatabase(settings, createLog('warn'), closing, stop);
  stop.throwIfAborted();
  const practice = await foundPractice({ transactor: work, clock: systemClock }, { name: settings.practiceName });
  const { organisationId } = practice;
  if (practitionerId !== null) {
    const found = await work.inOrganisation(organisationId, (tx) => findPractitioner(tx, practitionerId));
    if (!found) {
      process.stderr.write(`There is no practitioner with the id ${practitionerId}.\n`);
      return null;
    }
  }
  const subject = user ?? (practitionerId === null ? role : `practitioner-${practitionerId}`);
  return issueToken(
    settings.tokenSecret ? Buffer.from(settings.tokenSecret.reveal()) : practice.tokenKey,
    { role, subject, organisationId, email: email ?? null, practitionerId },
    systemClock.now(),
    ...(days === null ? [] : [days]),
  );
}
