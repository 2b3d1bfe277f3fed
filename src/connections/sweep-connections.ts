// Attends to connections that are due: tells of trouble, tells the provider of an end, and now and then tries a quiet one
// out, since a grant that is never used dies unseen.
import type { Mailer } from '../notifications/mailer.ts';
import type { Transactor } from '../platform/database/transaction.ts';
import { OutsideError } from '../platform/outside-error.ts';
import { troubleSaid } from './connection.ts';
import { tryConnection } from './check-connection.ts';
import type { ConnectionTools } from './connect-account.ts';
import { revokeGrant } from './end-connection.ts';
import { claimAttention, noteTold, readAttended, settleAttention, type Attended, type Due } from './store-attend.ts';
import { forgetTokens } from './store-tokens.ts';
import { writeTroubleLetter } from './trouble-letter.ts';

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
const MOST_REVOCATIONS = 16;
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
      if (tools.keyring) await tryConnection(tools, organisationId, one);
      return;
    case 'needs_reconnect':
    case 'missing_scopes':
      await tell(tools, due, one);
      return;
    case 'disconnected':
      if ((await revokeGrant(tools, { organisationId, id, provider: one.provider })) !== 'pending') return;
      if (due.attempts < MOST_REVOCATIONS) return;
      await tools.transactor.inOrganisation(organisationId, (tx) => forgetTokens(tx, id, 'not_revoked'));
  }
}

type Reader = { readonly as: 'practitioner' | 'staff'; readonly name: string; readonly address: string };

async function tell(tools: SweepTools, due: Due, one: Attended): Promise<void> {
  const readers: Reader[] = [{ as: 'practitioner', name: one.name, address: one.email }];
  if (tools.staffEmail !== null) readers.push({ as: 'staff', name: one.practice, address: tools.staffEmail });
  let left = false;
  for (const reader of readers) {
    if (one.told.includes(reader.as)) continue;
    if (await write(tools, due, one, reader)) {
      await tools.transactor.inOrganisation(due.organisationId, (tx) => noteTold(tx, one.id, one.episode, reader.as));
    } else left = true;
  }
  if (left) return;
  await tools.transactor.inOrganisation(due.organisationId, (tx) => settleAttention(tx, one.id, one.episode));
}

/** Whether there is nothing more to send: it left, or it may have and was repeated, or it never will. */
async function write(tools: SweepTools, due: Due, one: Attended, reader: Reader): Promise<boolean> {
  const domain = tools.mailer.from.address.split('@')[1] ?? 'slotkeeper.invalid';
  const mail = writeTroubleLetter({
    to: reader,
    practitioner: one.name,
    forStaff: reader.as === 'staff',
    providerName: tools.grants.get(one.provider)?.name ?? one.provider,
    accountAddress: one.accountAddress,
    trouble: troubleSaid(one.lastError) ?? '',
    page: tools.connectionsPage,
    practice: one.practice,
    sandbox: tools.sandbox,
    // The same at each try, so that a receiver can drop a double.
    messageId: `connection-${one.id}.${one.episode}.${reader.as}.${tools.installation}@${domain}`,
  });
  const name = `${tools.installation}-connection-${one.id}-${one.episode}-${reader.as}`;
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
