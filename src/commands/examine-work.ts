// The doctor's look at the work of the practice: what is late, what failed, who holds on to it, and whether agreed times are
// still what was agreed.
import { listAgreedTimes, type AgreedTime } from '../appointments/store-agreed.ts';
import { listOpenCircuits } from '../fulfilment/store-accounts.ts';
import { countLeases, countOverdue, countTroubles, findOldestUnsent } from '../fulfilment/store-backlog.ts';
import { transactor, type Transactor } from '../platform/database/transaction.ts';
import type { Connection } from '../platform/database/connection.ts';
import type { Clock } from '../platform/time/clock.ts';
import { isZone } from '../platform/time/zone-table.ts';
import { findPractice, findRestoration } from '../practitioners/store-practice.ts';
import { listPractitioners } from '../practitioners/store.ts';
import type { Tell } from './findings.ts';

/** The worker looks every few seconds; what is due for longer than this, nobody works at. */
const OVERDUE_MINUTES = 5;
/** A lease is for half a minute. One that ended so long ago, nobody takes over; one so far ahead, a wrong clock gave. */
const LEASE_MINUTES = 5;
/** Practitioners among whom one is looked for whose account a provider can be asked with. */
const PRACTITIONERS_SEEN = 50;
/** More are one trouble. */
const ACCOUNTS_SEEN = 10;
/** Some months of a busy practice: what is nearest matters first. */
const AGREED_TIMES_SEEN = 5_000;
/** For so long somebody may wonder why the world outside differs. */
const RESTORED_DAYS = 30;

export type Host = { readonly email: string; readonly calendar: string };

/** Answers those on whose behalf providers can be asked. */
export async function examineWork(connection: Connection, clock: Clock, tell: Tell): Promise<readonly Host[]> {
  const work = transactor(connection);
  const practice = await work.unscoped(findPractice, { readOnly: true });
  if (practice === null) {
    tell('note', 'practice', 'None yet: npm start founds one.');
    return [];
  }
  await examineBacklog(work, practice, clock, tell);
  await examineLeases(work, clock, tell);
  await examineAccounts(work, practice, tell);
  const now = clock.now();
  const restored = await work.inOrganisation(practice, findRestoration, { readOnly: true });
  if (restored && now.since(restored.at).total('hours') < RESTORED_DAYS * 24) {
    const { at, takenAt } = restored;
    const says = `Brought back at ${at.round('second').toString()} from a backup of ${takenAt}`;
    tell(
      'note',
      'restored',
      `${says}: what changed outside between is not known here (docs/operating.md, Restore day).`,
    );
  }
  const hosts = await work.inOrganisation(
    practice,
    (tx) => listPractitioners(tx, { after: 0, limit: PRACTITIONERS_SEEN, inactiveToo: false }),
    { readOnly: true },
  );
  const agreed = await work.inOrganisation(practice, (tx) => listAgreedTimes(tx, now, AGREED_TIMES_SEEN), {
    readOnly: true,
  });
  examineZones(agreed, tell);
  return hosts;
}

async function examineBacklog(work: Transactor, practice: number, clock: Clock, tell: Tell): Promise<void> {
  const dueBefore = clock.now().subtract({ minutes: OVERDUE_MINUTES });
  const overdue = await work.scan('fulfilment', (tx) => countOverdue(tx, dueBefore), { readOnly: true });
  const troubles = await work.inOrganisation(practice, countTroubles, { readOnly: true });
  const { sessions, oldest } = overdue;
  if (sessions === 0) tell('ok', 'backlog', `Nothing is due for more than ${OVERDUE_MINUTES} minutes.`);
  else {
    const says = `${sessions} sessions are overdue, one since ${oldest?.round('second').toString() ?? ''}`;
    tell('FAIL', 'backlog', `${says}: is a worker running (PROCESS=all or worker)?`);
  }
  if (troubles.objects > 0) {
    const says = `${troubles.objects} meetings or events are in error: ${troubles.objectErrors.join('; ')}`;
    tell('FAIL', 'backlog', `${says}. Which ones and why: GET /api/operations/fulfilments.`);
  }
  if (troubles.refusedLetters > 0) {
    const says = `${troubles.refusedLetters} letters were refused`;
    tell('FAIL', 'backlog', `${says}. Which ones and why: GET /api/operations/letters.`);
  }
  const unsent = await work.inOrganisation(practice, findOldestUnsent, { readOnly: true });
  if (unsent && Temporal.Instant.compare(unsent, dueBefore) < 0) {
    tell(
      'FAIL',
      'letters',
      `One is owed since ${unsent.round('second').toString()} and not sent: look at the mail below.`,
    );
  }
}

async function examineAccounts(work: Transactor, practice: number, tell: Tell): Promise<void> {
  const open = await work.inOrganisation(practice, (tx) => listOpenCircuits(tx, ACCOUNTS_SEEN), { readOnly: true });
  for (const { provider, connectionId, openedAt, lastError } of open) {
    const whose = connectionId === null ? "the deployment's own account" : `connection ${connectionId}`;
    const says = `${provider}, ${whose}, is not asked since ${openedAt?.round('second').toString() ?? ''}: ${lastError ?? ''}`;
    tell('FAIL', 'accounts', `${says}. It is tried by itself; what waits for it: GET /api/operations/accounts.`);
  }
}

async function examineLeases(work: Transactor, clock: Clock, tell: Tell): Promise<void> {
  const now = clock.now();
  const bounds = {
    endedBefore: now.subtract({ minutes: LEASE_MINUTES }),
    beyond: now.add({ minutes: LEASE_MINUTES }),
  };
  const { stuck, ahead } = await work.scan('fulfilment', (tx) => countLeases(tx, bounds), { readOnly: true });
  if (stuck > 0)
    tell('FAIL', 'leases', `${stuck} sessions were left in the middle, and no worker takes them over: start one.`);
  if (ahead > 0) {
    const says = `${ahead} sessions are held far into the future: a worker's clock was wrong. Set it by NTP`;
    tell('FAIL', 'leases', `${says}; they are taken up again once that time has come.`);
  }
}

function examineZones(agreed: readonly AgreedTime[], tell: Tell): void {
  const unknown = new Set(agreed.map(({ zone }) => zone).filter((zone) => !isZone(zone)));
  const moved = agreed.filter(({ zone, wall, start }) => {
    if (unknown.has(zone)) return false;
    return !start.toZonedDateTimeISO(zone).toPlainDateTime().equals(Temporal.PlainDateTime.from(wall));
  });
  const rules = `Time zones as of ${process.versions['tz'] ?? 'an unknown date'}`;
  if (unknown.size > 0)
    tell('FAIL', 'time zones', `${rules} do not know ${[...unknown].join(', ')}: use a newer Node.`);
  if (moved.length > 0) {
    const zones = [...new Set(moved.map(({ zone }) => zone))].join(', ');
    const says = `${rules}: ${moved.length} agreed times in ${zones} are another wall time by now, the first that of session`;
    tell('FAIL', 'time zones', `${says} ${moved[0]?.sessionId ?? ''}. Ask those people, and move the appointments.`);
  }
  if (unknown.size + moved.length === 0) {
    tell('ok', 'time zones', `${rules}; ${agreed.length} agreed times to come are what was agreed.`);
  }
}
