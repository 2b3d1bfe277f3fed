// npm run --silent token -- --role client --user <id> --email <address> [--practitioner <id>] [--days N]
// Prints a bearer token of this installation; also while the server runs.
import { parseArgs } from 'node:util';
import { openDatabase } from '../composition.ts';
import { readConfig } from '../config.ts';
import { ROLES, type Role } from '../identity/actor.ts';
import { issueToken } from '../identity/token.ts';
import { createLog } from '../platform/log.ts';
import { systemClock } from '../platform/time/clock.ts';
import { foundPractice } from '../practitioners/found-practice.ts';

const USAGE = `Usage: npm run --silent token -- --role <${ROLES.join('|')}> [--user <id>] [--email <address>] [--practitioner <id>] [--days <n>]
  client        --user is required; --email is the address the client books with
  practitioner  --practitioner is required
  staff, service
`;

const { values } = parseArgs({
  options: {
    role: { type: 'string' },
    user: { type: 'string' },
    email: { type: 'string' },
    practitioner: { type: 'string' },
    days: { type: 'string' },
  },
});
const role = ROLES.find((known) => known === values.role);
const fault = faultOf(role);
if (fault !== null || role === undefined) {
  process.stderr.write(`${fault ?? ''}\n${USAGE}`);
  process.exit(64);
}

const config = readConfig();
const log = createLog('warn');
const closing: (() => Promise<void>)[] = [];
try {
  const { work } = await openDatabase(config, log, closing);
  const practice = await foundPractice({ transactor: work, clock: systemClock }, { name: config.practiceName });
  const key = config.tokenSecret ? Buffer.from(config.tokenSecret.reveal()) : practice.tokenKey;
  const token = issueToken(
    key,
    {
      role,
      subject: values.user ?? (values.practitioner === undefined ? role : `practitioner-${values.practitioner}`),
      organisationId: practice.organisationId,
      email: values.email ?? null,
      practitionerId: values.practitioner === undefined ? null : Number(values.practitioner),
    },
    systemClock.now(),
    ...(values.days === undefined ? [] : [Number(values.days)]),
  );
  process.stdout.write(`${token}\n`);
} finally {
  for (const end of closing.toReversed()) await end();
}

function faultOf(asked: Role | undefined): string | null {
  if (asked === undefined) return 'Say which role: --role.';
  if (asked === 'client' && !values.user) return 'A client needs --user.';
  if (asked === 'practitioner' && !/^\d{1,15}$/.test(values.practitioner ?? ''))
    return 'A practitioner needs --practitioner with her id.';
  if (values.days !== undefined && !/^[1-9]\d{0,4}$/.test(values.days)) return '--days is a whole number of days.';
  return null;
}
