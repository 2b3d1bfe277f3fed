// Attends to connections that are due: tells people of new ones and of trouble, tells the provider of an end, and now and then
// tries a quiet one out, since a grant that is never used dies unseen.
import { writeConnectedLetter, writeTroubleLetter } from './account-letter.ts';
import type { Mail, Mailer } from '../notifications/mailer.ts';
import type { Transactor } from '../platform/database/transaction.ts';
import { OutsideError } from '../platform/outside-error.ts';
import { ATTEND_AGAIN_DAYS, troubleSaid } from './connection.ts';
import { tryConnection } from './check-connection.ts';
import type { ConnectionTools } from './connect-account.ts';
import { revokeGrant } from './end-connection.ts';
import {
  claimAttention,
  noteAnnounced,
  noteTold,
  readAttended,
  settleAttention,
  type Attended,
  type Due,
} from './store-attend.ts';
import { TOLD_CONNECTED } from './store.ts';
import { forgetTokens } from './store-tokens.ts';

export type SweepTools = ConnectionTools & {
  readonly transactor: Pick<Transactor, 'inOrganisation' | 'scan'>;
  readonly mailer: Mailer;
  readonly installation: string;
  readonly sandbox: boolean;
  /** Told of every connection in trouble, beside the practitioner; null: nobody. */
  readonly staffEmail: string | null;
  /** The page where accounts are connected, for the letters. */
  readonly connectionsPage: string | null;
};

/** At a time: each may take some seconds of a provider's. */
const AT_ONCE = 4;
const MAIL_TIMEOUT_MS = 10_000;
/** With its pauses, over half a day; then she is asked to remove the app by hand. */
const MOST_REVOCATIONS = 19;
/** With its pauses, about a week. */
const MOST_LETTERS = 170;

/** One round; answers how many were due. */
export async function sweepConnections(tools: SweepTools): Promise<number> {
  const due = await tools.transactor.scan('connection', (tx) => claimAttention(tx, tools.clock.now(), AT_ONCE));
  await Promise.all(
    due.map((one) =>
      attendTo(tools, one).catch((error: unknown) => {
        tools.log.error({ err: error, connectionId: one.id }, 'a connection could not be attended to');
      }),
    ),
  );
  return due.length;
}

async function attendTo(tools: SweepTools, due: Due): Promise<void> {
  const { organisationId, id } = due;
  const one = await tools.transactor.inOrganisation(organisationId, (tx) => readAttended(tx, id));
  if (!one) return;
  switch (one.state) {
    case 'connected':
      if (!one.announced) await announce(tools, due, one);
      else if (tools.keyring) await tryConnection(tools, organisationId, one);
      return;
    case 'needs_reconnect':
    case 'missing_scopes':
      await tellOfTrouble(tools, due, one);
      return;
    case 'disconnected':
      if ((await revokeGrant(tools, { organisationId, id, provider: one.provider })) !== 'pending') return;
      if (due.attempts < MOST_REVOCATIONS) return;
      await tools.transactor.inOrganisation(organisationId, (tx) => forgetTokens(tx, id, 'not_revoked'));
  }
}

type Reader = { readonly as: 'practitioner' | 'staff' | 'owner'; readonly name: string; readonly address: string };
/** `about`: what is noted, and told to the mail service, of each reader who has had it. */
type Letter = { readonly about: '' | typeof TOLD_CONNECTED; write(to: Reader): Mail };

async function tellOfTrouble(tools: SweepTools, due: Due, one: Attended): Promise<void> {
  const readers: Reader[] = [{ as: 'practitioner', name: one.name, address: one.email }];
  if (tools.staffEmail !== null) readers.push({ as: 'staff', name: one.practice, address: tools.staffEmail });
  const letter: Letter = {
    about: '',
    write: (to) =>
      writeTroubleLetter({
        ...factsOf(tools, one, to, ''),
        forStaff: to.as === 'staff',
        trouble: troubleSaid(one.lastError) ?? '',
        page: tools.connectionsPage,
      }),
  };
  if (!(await tellAll(tools, due, one, readers, letter))) return;
  await tools.transactor.inOrganisation(due.organisationId, (tx) => settleAttention(tx, one.id, one.episode));
}

/** Whoever was sent the link may have been led to it, or have signed in with another account than was meant. */
async function announce(tools: SweepTools, due: Due, one: Attended): Promise<void> {
  const readers: Reader[] = [{ as: 'practitioner', name: one.name, address: one.email }];
  // As the provider gave it, which is nearly always an address. One letter to one address is enough.
  const isAnothers = one.accountAddress.toLowerCase() !== one.email.toLowerCase();
  if (isAnothers && one.accountAddress.includes('@')) {
    readers.unshift({ as: 'owner', name: '', address: one.accountAddress });
  }
  const provider = tools.grants.get(one.provider);
  const letter: Letter = {
    about: TOLD_CONNECTED,
    write: (to) =>
      writeConnectedLetter({
        ...factsOf(tools, one, to, TOLD_CONNECTED),
        forOwner: to.as === 'owner',
        hasCalendar: provider?.hasCalendar ?? false,
        endAt: to.as === 'owner' ? (provider?.removeAt ?? null) : tools.connectionsPage,
      }),
  };
  if (!(await tellAll(tools, due, one, readers, letter))) return;
  const attendAt = tools.clock.now().add({ hours: ATTEND_AGAIN_DAYS * 24 });
  await tools.transactor.inOrganisation(due.organisationId, (tx) => noteAnnounced(tx, one.id, one.episode, attendAt));
}

function factsOf(tools: SweepTools, one: Attended, to: Reader, about: Letter['about']) {
  const domain = tools.mailer.from.address.split('@')[1] ?? 'slotkeeper.invalid';
  return {
    to,
    practitioner: one.name,
    providerName: tools.grants.get(one.provider)?.name ?? one.provider,
    accountAddress: one.accountAddress,
    practice: one.practice,
    sandbox: tools.sandbox,
    // The same at each try, so that a receiver can drop a double.
    messageId: `connection-${one.id}.${one.episode}.${about}${to.as}.${tools.installation}@${domain}`,
  };
}

/** Whether nobody is left who is still to be told. */
async function tellAll(
  tools: SweepTools,
  due: Due,
  one: Attended,
  readers: readonly Reader[],
  letter: Letter,
): Promise<boolean> {
  let left = false;
  for (const reader of readers) {
    const name = `${letter.about}${reader.as}`;
    if (one.told.includes(name)) continue;
    if (await send(tools, due, one, name, letter.write(reader))) {
      await tools.transactor.inOrganisation(due.organisationId, (tx) => noteTold(tx, one.id, one.episode, name));
    } else left = true;
  }
  return !left;
}

/** Whether there is nothing more to send: it left, or it may have and was repeated, or it never will. */
async function send(tools: SweepTools, due: Due, one: Attended, reader: string, mail: Mail): Promise<boolean> {
  const name = `${tools.installation}-connection-${one.id}-${one.episode}-${reader}`;
  try {
    await tools.mailer.send(mail, MAIL_TIMEOUT_MS, { reference: name, onceKey: name, repeated: due.attempts > 1 });
    return true;
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    const { outcome } = error.facts;
    tools.log.warn({ connectionId: one.id, outcome }, 'a letter about a connection did not leave');
    if (outcome === 'refused' || outcome === 'absent') return true;
    return due.attempts >= (outcome === 'unknown' ? 2 : MOST_LETTERS);
  }
}
