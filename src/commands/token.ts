// npm run --silent token -- --role client --user <id> --email <address> [--days N]
// Prints a bearer token of this installation; also while the server runs.
import { failureOf } from '../composition-failure.ts';
import { openDatabase } from '../composition-database.ts';
import { readConfig, type Config } from '../config.ts';
import { ROLES, type Role } from '../identity/actor.ts';
import { issueToken, MAX_DAYS, MAX_SUBJECT_LENGTH } from '../identity/token.ts';
import { FORMATS } from '../platform/http/validation.ts';
import { createLog } from '../platform/log.ts';
import { systemClock } from '../platform/time/clock.ts';
import { foundPractice } from '../practitioners/found-practice.ts';
import { findPractitioner } from '../practitioners/store.ts';
import { endWith, EX_USAGE, readOptions } from './options.ts';
import { EX_STOPPED, stopSignal } from './stop-signal.ts';

const USAGE = `Usage: npm run --silent token -- --role <${ROLES.join('|')}> [--user <id>] [--days <n>] ...
  client        --user and --email are required: whom it books for, and the address our mail goes to
  practitioner  --practitioner is required: her id
  staff, service
`;

const values = readOptions(
  {
    role: { type: 'string' },
    user: { type: 'string' },
    email: { type: 'string' },
    practitioner: { type: 'string' },
    days: { type: 'string' },
  },
  USAGE,
);
const role = ROLES.find((known) => known === values.role);
const fault = faultOf(role);
if (fault !== null || role === undefined) endWith(EX_USAGE, `${fault ?? ''}\n${USAGE}`);

const stop = stopSignal();
let config: Config | null = null;
const closing: (() => Promise<void>)[] = [];
let token: string | null = null;
try {
  config = readConfig();
  token = await issue(config, role);
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
async function issue(settings: Config, asked: Role): Promise<string | null> {
  const { work } = await openDatabase(settings, createLog('warn'), closing, stop);
  stop.throwIfAborted();
  const practice = await foundPractice({ transactor: work, clock: systemClock }, { name: settings.practiceName });
  const { organisationId } = practice;
  const practitionerId = values.practitioner === undefined ? null : Number(values.practitioner);
  if (practitionerId !== null) {
    const found = await work.inOrganisation(organisationId, (tx) => findPractitioner(tx, practitionerId));
    if (!found) {
      process.stderr.write(`There is no practitioner with the id ${practitionerId}.\n`);
      return null;
    }
  }
  const subject = values.user ?? (practitionerId === null ? asked : `practitioner-${practitionerId}`);
  return issueToken(
    settings.tokenSecret ? Buffer.from(settings.tokenSecret.reveal()) : practice.tokenKey,
    { role: asked, subject, organisationId, email: values.email ?? null, practitionerId },
    systemClock.now(),
    ...(values.days === undefined ? [] : [Number(values.days)]),
  );
}

function faultOf(asked: Role | undefined): string | null {
  const { user, email, practitioner, days } = values;
  if (asked === undefined) return `Say which role: --role ${ROLES.join(', ')}.`;
  if (asked === 'client' && !user) return 'A client needs --user.';
  if (asked === 'client' && !email) return 'A client needs --email: our mail goes there, and it books with no other.';
  if (asked !== 'client' && email !== undefined) return `A ${asked} has no --email: it is for clients.`;
  if (asked === 'practitioner' && !/^[1-9]\d{0,14}$/.test(practitioner ?? ''))
    return 'A practitioner needs --practitioner with her id.';
  if (asked !== 'practitioner' && practitioner !== undefined)
    return `A ${asked} has no --practitioner: it is for practitioners.`;
  if (email !== undefined && !FORMATS['e-mail']?.check(email)) return '--email must be an e-mail address.';
  if (user !== undefined && !(FORMATS['plain-text']?.check(user) && Array.from(user).length <= MAX_SUBJECT_LENGTH))
    return `--user must be 1 to ${MAX_SUBJECT_LENGTH} characters on one line.`;
  if (days !== undefined && !(/^[1-9]\d{0,4}$/.test(days) && Number(days) <= MAX_DAYS))
    return `--days must be a whole number from 1 to ${MAX_DAYS}.`;
  return null;
}
