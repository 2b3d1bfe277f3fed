// What is open or has failed, as staff list it and set it going again: ids, counts and what was said, never who. Sessions that
// are open are few, and an index holds them alone; letters that failed have one too.
import type { OutsideKind } from '../meetings/meeting.ts';
import type { OutsideProvider, Platform } from '../meetings/provider.ts';
import type { LoggedKind } from '../notifications/letter.ts';
import type { LetterState, Recipient } from '../notifications/store.ts';
import type { Transaction } from '../platform/database/transaction.ts';

export const FULFILMENT_STATES = ['failing', 'overdue', 'open'] as const;
export type FulfilmentState = (typeof FULFILMENT_STATES)[number];

export type OpenStep = {
  readonly kind: OutsideKind;
  readonly provider: OutsideProvider;
  readonly platform: Platform | null;
  readonly state: string;
  readonly attempts: number;
  readonly nextAttemptAt: string | null;
  readonly error: string | null;
};

export type OpenFulfilment = {
  readonly sessionId: number;
  /** Null: all have moved to other sessions. */
  readonly appointmentId: number | null;
  readonly wantedRevision: number;
  readonly doneRevision: number;
  readonly wantedAt: Temporal.Instant;
  readonly dueAt: Temporal.Instant;
  readonly leaseUntil: Temporal.Instant | null;
  readonly attempts: number;
  readonly error: string | null;
  readonly steps: readonly OpenStep[];
};

/** Of a group one of those who have a seat, or had one; none where all have moved away. */
const ONE_OF_ITS = `select * from appointment where organisation_id = $1 and session_id = f.session_id
                     order by state = 'cancelled', seat_no limit 1`;

type Page = { readonly after: number; readonly limit: number };

/** By session id. `overdue`: due before `dueBefore`, and in nobody's hands. */
export async function listOpenFulfilments(
  tx: Transaction,
  state: FulfilmentState,
  now: Temporal.Instant,
  dueBefore: Temporal.Instant,
  page: Page,
): Promise<OpenFulfilment[]> {
  return await tx.query<OpenFulfilment>({
    name: `fulfilments_${state}`,
    // Materialised, so that what is open is found by its own index, and not by looking through all that is done.
    text: `with open as materialized (
             select * from fulfilment where organisation_id = $1 and done_revision < wanted_revision
           )
           select ${COLUMNS} from open f
             left join lateral (${ONE_OF_ITS}) a on true
            where f.session_id > $2 and ${CONDITIONS[state]}
            order by f.session_id limit $3`,
    values: [tx.organisationId, page.after, page.limit, ...(state === 'overdue' ? [now, dueBefore].map(String) : [])],
  });
}

/** One that is open, locked; null where there is none. */
export async function lockOpenFulfilment(tx: Transaction, sessionId: number): Promise<OpenFulfilment | null> {
  const [row] = await tx.query<OpenFulfilment>({
    name: 'fulfilment_lock_open',
    text: `select ${COLUMNS} from fulfilment f
             left join lateral (${ONE_OF_ITS}) a on true
            where f.organisation_id = $1 and f.session_id = $2 and f.done_revision < f.wanted_revision
              for update of f`,
    values: [tx.organisationId, sessionId],
  });
  return row ?? null;
}

export async function existsFulfilment(tx: Transaction, sessionId: number): Promise<boolean> {
  const rows = await tx.query({
    name: 'fulfilment_exists',
    text: 'select 1 as there from fulfilment where organisation_id = $1 and session_id = $2',
    values: [tx.organisationId, sessionId],
  });
  return rows.length > 0;
}

/**
 * Due now, as if it had never been tried; `reopen` also where it was done. What a provider asked us to wait for (429) stays
 * put off. The caller holds the row's lock, and nobody the lease.
 */
export async function updateToRetry(
  tx: Transaction,
  sessionId: number,
  now: Temporal.Instant,
  { reopen }: { readonly reopen: boolean },
): Promise<void> {
  await tx.query({
    name: 'fulfilment_retry',
    text: `update fulfilment set due_at = $3::timestamptz, attempts = 0,
                  done_revision = case when $4 then least(done_revision, wanted_revision - 1) else done_revision end
            where organisation_id = $1 and session_id = $2`,
    values: [tx.organisationId, sessionId, now.toString(), reopen],
  });
  await tx.query({
    name: 'outside_objects_retry',
    text: `update outside_object set attempts = 0, next_attempt_at = null
            where organisation_id = $1 and session_id = $2 and coalesce(last_error, '') !~ '\\m429\\M'`,
    values: [tx.organisationId, sessionId],
  });
}

/** Due now, its tries counted on. The caller holds the row's lock, and nobody the lease. */
export async function updateToHasten(
  tx: Transaction,
  sessionId: number,
  kind: OutsideKind,
  now: Temporal.Instant,
): Promise<void> {
  await tx.query({
    name: 'fulfilment_hasten',
    text: `update fulfilment set due_at = $3::timestamptz, attempts = 0 where organisation_id = $1 and session_id = $2`,
    values: [tx.organisationId, sessionId, now.toString()],
  });
  await tx.query({
    name: 'outside_object_hasten',
    text: `update outside_object set next_attempt_at = null where organisation_id = $1 and session_id = $2 and kind = $3`,
    values: [tx.organisationId, sessionId, kind],
  });
}

export const LETTER_STATES = ['refused', 'unknown'] as const;
export type FailedLetterState = (typeof LETTER_STATES)[number];

export type FailedLetter = {
  readonly id: number;
  /** null, with the appointment: of an offer. */
  readonly sessionId: number | null;
  readonly appointmentId: number | null;
  readonly offerId: number | null;
  readonly recipient: Recipient;
  readonly kind: LoggedKind;
  readonly revision: number;
  readonly state: LetterState;
  readonly startsAt: Temporal.Instant;
  readonly attempts: number;
  readonly nextAttemptAt: Temporal.Instant | null;
  readonly error: string | null;
};

/** By id. */
export async function listFailedLetters(
  tx: Transaction,
  state: FailedLetterState,
  page: Page,
): Promise<FailedLetter[]> {
  return await tx.query<FailedLetter>({
    name: `letters_${state}`,
    // The index's own condition, so that it is used; the state beside it.
    text: `select ${LETTER_COLUMNS} from letter l
            where l.organisation_id = $1 and l.state in ('refused', 'unknown') and l.state = '${state}' and l.id > $2
            order by l.id limit $3`,
    values: [tx.organisationId, page.after, page.limit],
  });
}

export type LetterToRetry = FailedLetter & {
  readonly sessionId: number;
  readonly endsAt: Temporal.Instant;
  readonly leaseUntil: Temporal.Instant | null;
  /** It tells of a time the session no longer has, or its reader was written to again since, of the same matter. */
  readonly overtaken: boolean;
};

/** Locks its session's row of fulfilment, so that no runner takes it up meanwhile; null where there is no such letter. */
export async function lockLetter(tx: Transaction, letterId: number): Promise<LetterToRetry | null> {
  await tx.query({
    name: 'letter_lock_session',
    text: `select 1 as held from fulfilment f join letter l on l.organisation_id = $1 and l.session_id = f.session_id
            where f.organisation_id = $1 and l.id = $2 for update of f`,
    values: [tx.organisationId, letterId],
  });
  const [row] = await tx.query<LetterToRetry>({
    name: 'letter_read_to_retry',
    text: `select ${LETTER_COLUMNS}, s.ends_at as "endsAt", f.lease_until as "leaseUntil",
                  l.starts_at <> s.starts_at
                    or exists (select from letter o where o.organisation_id = $1 and o.session_id = l.session_id and o.id > l.id
                             and o.appointment_id = l.appointment_id and o.recipient = l.recipient
                             and (o.kind = 'reminder') = (l.kind = 'reminder') and o.channel = l.channel
                             and o.state <> 'superseded') as overtaken
             from letter l
             join session s on s.organisation_id = $1 and s.id = l.session_id
             join fulfilment f on f.organisation_id = $1 and f.session_id = l.session_id
            where l.organisation_id = $1 and l.id = $2`,
    values: [tx.organisationId, letterId],
  });
  return row ?? null;
}

/** As if it had never left. */
export async function requeueLetter(tx: Transaction, letterId: number): Promise<void> {
  await tx.query({
    name: 'letter_requeue',
    text: `update letter set state = 'queued', next_attempt_at = null, last_error = null, told_with = null
            where organisation_id = $1 and id = $2`,
    values: [tx.organisationId, letterId],
  });
}

const STEPS = `(select coalesce(json_agg(json_build_object('kind', o.kind, 'provider', o.provider, 'platform', o.platform,
                    'state', o.state, 'attempts', o.attempts, 'nextAttemptAt', o.next_attempt_at, 'error', o.last_error)
                    order by o.kind desc), '[]')
             from outside_object o where o.organisation_id = $1 and o.session_id = f.session_id)`;
const COLUMNS = `f.session_id as "sessionId", a.id as "appointmentId", f.wanted_revision as "wantedRevision",
           f.done_revision as "doneRevision", f.wanted_at as "wantedAt", f.due_at as "dueAt",
           f.lease_until as "leaseUntil", f.attempts, f.last_error as error, ${STEPS} as steps`;
const CONDITIONS: Readonly<Record<FulfilmentState, string>> = {
  failing: `(f.last_error is not null or exists (select from outside_object o
               where o.organisation_id = $1 and o.session_id = f.session_id and o.last_error is not null))`,
  overdue: `(f.lease_until is null or f.lease_until <= $4::timestamptz) and f.due_at < $5::timestamptz`,
  open: 'true',
};
const LETTER_COLUMNS = `l.id, l.session_id as "sessionId", l.appointment_id as "appointmentId",
           (select o.id from offer o where o.organisation_id = $1 and o.letter_id = l.id) as "offerId", l.recipient, l.kind, l.revision,
           l.state, l.starts_at as "startsAt", l.attempts, l.next_attempt_at as "nextAttemptAt", l.last_error as error`;
