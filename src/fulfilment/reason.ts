// What a stored error means, in words for whoever looks after the practice, and what to do. An error is kept as facts, in one
// line: the outcome, then provider, operation, status and the provider's own code (see align-object, steps/notification).
import type { Outcome } from '../platform/outside-error.ts';
import { isWaiting, type WhyHeld } from './held.ts';

const OF_PROVIDERS: Readonly<Record<Outcome, string>> = {
  retryable: 'The provider cannot be reached, or asks to wait. It is tried again by itself.',
  unknown: 'The provider did not answer in time. What it did is looked up before it is tried again.',
  absent: 'The provider has no such account. Correct the practitioner’s address, or open the account; then retry.',
  refused: 'The provider refuses it. Look at what the account and the credentials may do; then retry.',
  reconnect:
    'The provider does not take our credentials, or not for this practitioner. Renew them, or correct the address; then retry.',
};
/** She can retry nothing and has seen no credentials; of these alone she is told (see meetings/meeting, `isStuck`). */
const TO_HER = {
  absent:
    'The video provider has no account with your address. Please ask your practice to open one there, or to correct your address here.',
  refused: 'The video provider refuses to make it. Please ask your practice what its account there may do.',
  reconnect: 'The video provider does not take your practice’s sign-in any more. Please tell your practice.',
  link: 'The video provider gives it no link. Please ask your practice whether your account there may hold video meetings.',
  configured: 'Your practice is not signed in at this video provider. Please tell your practice.',
  connection: 'Your own account at the video provider has to be connected again.',
  key: 'Your own account at the video provider cannot be used just now. Please tell your practice, or connect it again.',
} as const;
const OF_MAIL: Readonly<Record<Outcome, string>> = {
  retryable: 'The mail service cannot be reached, or asks to wait. It is tried again by itself.',
  unknown: 'The mail service did not answer in time: it may have arrived. To send it again may give a second one.',
  absent: 'The mail service does not take this address. Correct it; then retry.',
  refused: 'The mail service will not take it. Look at the address and at what the sender may do; then retry.',
  reconnect: 'The mail service does not take our credentials. Renew them; then retry.',
};
const ADDRESS_STOPPED =
  'Mail to this address came back or was complained about before, so none is sent there. Correct the address, or let mail ' +
  'through to it again; then retry.';
const NOT_CONFIGURED = 'This deployment has no credentials for the place where it stands. Set them; then retry.';
/** The codes of connections' own tokens, which no provider said (connections/refresh-token.ts). */
const OF_CONNECTION: Readonly<Record<string, string>> = {
  needs_reconnect: 'The practitioner’s account has to be connected again; then it is made by itself.',
  missing_scopes: 'The practitioner’s account granted too little. Connect it again; then it is made by itself.',
  disconnected: 'It was made with an account that is disconnected by now.',
  key_missing:
    'ENCRYPTION_KEYS do not open what the practitioner’s account granted. Put the key back, or connect it again.',
};
/** What waits for an account, and nothing was tried (see held). */
const OF_WAITING: Readonly<Record<WhyHeld, string>> = {
  circuit_open:
    'The account did not answer several times, so it is only looked at now and then. All that waits is made once it answers. To look at once, retry.',
  account_slow: 'The account leaves calls unanswered, so no more are made just now. It is tried again by itself.',
  mailbox_full: 'As many calls to this mailbox are under way as its provider allows. It is tried again by itself.',
  budget_spent:
    'The provider allows this host no more new or moved meetings today. It goes on after midnight UTC, sooner sessions first.',
};
const LINK_MISSING =
  'The provider has made it, but gives it no link. Look at whether the account may hold video meetings; it is asked for again by itself.';
const OURS = 'A fault of our own: the log has more ("a pass of fulfilment failed").';

/** `error`: of a meeting, an event or a session's pass. */
export function reasonOf(error: string): string {
  if (error.endsWith('not_configured')) return NOT_CONFIGURED;
  if (error.endsWith('link_missing')) return LINK_MISSING;
  const ofConnection = /^reconnect \S+ token (\w+)$/.exec(error)?.[1] ?? '';
  if (Object.hasOwn(OF_CONNECTION, ofConnection)) return OF_CONNECTION[ofConnection] ?? OURS;
  if (isNobody(error)) return OF_PROVIDERS.absent;
  if (isWaiting(error)) {
    return Object.entries(OF_WAITING).find(([why]) => error.endsWith(why))?.[1] ?? OURS;
  }
  return said(OF_PROVIDERS, error);
}

/** The same for the practitioner whose meeting cannot be made: what she herself can do, or whom to ask. */
export function reasonToHer(error: string): string {
  if (error.endsWith('not_configured')) return TO_HER.configured;
  if (error.endsWith('link_missing')) return TO_HER.link;
  if (isNobody(error)) return TO_HER.absent;
  const ofConnection = /^reconnect \S+ token (\w+)$/.exec(error)?.[1] ?? '';
  if (ofConnection === 'key_missing') return TO_HER.key;
  if (Object.hasOwn(OF_CONNECTION, ofConnection)) return TO_HER.connection;
  return error.startsWith('reconnect') ? TO_HER.reconnect : TO_HER.refused;
}

/** Nothing of ours is named in a creation but whose it is to be. */
const isNobody = (error: string) => /^refused \S+ create 404\b/.test(error);

/** `error`: of a letter. */
export function reasonOfLetter(error: string): string {
  if (error.startsWith('address_')) return ADDRESS_STOPPED;
  return said(OF_MAIL, error);
}

function said(words: Readonly<Record<Outcome, string>>, error: string): string {
  const outcome = error.split(' ', 1)[0] ?? '';
  return Object.entries(words).find(([name]) => name === outcome)?.[1] ?? OURS;
}
