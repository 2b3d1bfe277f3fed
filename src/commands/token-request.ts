// What the token command is asked for, and what may be wrong with it. Who exists, and the token itself, are token.ts'.
import { ROLES, type Role } from '../identity/actor.ts';
import { MAX_DAYS, MAX_SUBJECT_LENGTH } from '../identity/token.ts';
import { FORMATS } from '../platform/http/validation.ts';
import { optionsIn } from './options.ts';

export const USAGE = `Usage: npm run --silent token -- --role <${ROLES.join('|')}> [--user <id>] [--days <n>] ...
  client        --user and --email are required: whom it books for, and the address our mail goes to
  practitioner  --practitioner is required: her id
  staff, service
`;

export type TokenRequest = {
  readonly role: Role;
  readonly user: string | undefined;
  readonly email: string | undefined;
  readonly practitionerId: number | null;
  /** Null: the usual. */
  readonly days: number | null;
};

const OPTIONS = {
  role: { type: 'string' },
  user: { type: 'string' },
  email: { type: 'string' },
  practitioner: { type: 'string' },
  days: { type: 'string' },
} as const;

type Values = Exclude<ReturnType<typeof optionsIn<typeof OPTIONS>>, string>;

/** What is asked for; else, in a sentence, what is wrong with it. */
export function tokenRequestOf(args: readonly string[]): TokenRequest | string {
  const values = optionsIn(args, OPTIONS);
  if (typeof values === 'string') return values;
  const role = ROLES.find((known) => known === values.role);
  if (role === undefined) return `Say which role: --role ${ROLES.join(', ')}.`;
  const { user, email, practitioner, days } = values;
  return (
    faultOf(role, values) ?? {
      role,
      user,
      email,
      practitionerId: practitioner === undefined ? null : Number(practitioner),
      days: days === undefined ? null : Number(days),
    }
  );
}

function faultOf(asked: Role, { user, email, practitioner, days }: Values): string | null {
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
