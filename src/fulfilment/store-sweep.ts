// How far the comparison of each account's calendars and hosts has come: rows claimed across organisations under a lease, whose
// number guards every write; and whether an organisation's sweep may mend or only report.
import type { ConnectionInForce } from '../connections/connection.ts';
import type { OutsideProvider } from '../meetings/provider.ts';
import type { Transaction, UnscopedTransaction } from '../platform/database/transaction.ts';

/** A place that is compared. `connectionId` 0: the deployment's own account. */
export type SweptPlace = {
  readonly provider: OutsideProvider;
  readonly connectionId: number;
  readonly host: string;
};

export type SweepClaim = SweptPlace & {
  readonly organisationId: number;
  readonly practitionerId: number;
  readonly leaseNo: number;
  readonly attempts: number;
  /** The round under way; null: a new one is due. */
  readonly beganAt: Temporal.Instant | null;
  readonly cursorAt: Temporal.Instant | null;
  readonly untilAt: Temporal.Instant | null;
  readonly found: number;
  readonly sweptAt: Temporal.Instant | null;
  readonly cleanAt: Temporal.Instant | null;
};

/** Another worker sweeps here by now: stop, write nothing. */
export class SweepLost extends Error {
  override readonly name = 'SweepLost';
  constructor() {
    super('The lease of this sweep is held by another worker');
  }
}

/** Every place where something of a session to come was made gets a row; the first rounds are spread over `withinSeconds`. */
export async function insertPlaces(tx: Transaction, now: Temporal.Instant, withinSeconds: number): Promise<void> {
  await tx.query({
    name: 'sweep_places',
    text: `insert into sweep (organisation_id, provider, connection_id, host, practitioner_id, placed_at, due_at)
           select $1, o.provider, coalesce(o.connection_id, 0), o.host, min(s.practitioner_id), $2::timestamptz,
                  $2::timestamptz + make_interval(secs => abs(hashtext(o.provider || o.host) % $3::int))
             from practitioner p
             join session s on s.organisation_id = $1 and s.practitioner_id = p.id and s.starts_at >= $2::timestamptz
             join outside_object o on o.organisation_id = $1 and o.session_id = s.id
            where p.organisation_id = $1
            group by o.provider, coalesce(o.connection_id, 0), o.host
           on conflict do nothing`,
    values: [tx.organisationId, now.toString(), withinSeconds],
  });
}

/** The place that has been due for longest and is nobody's, for `leaseMs`. Call inside a scan for 'sweep'. */
export async function claimPlace(
  tx: UnscopedTransaction,
  now: Temporal.Instant,
  leaseMs: number,
): Promise<SweepClaim | null> {
  const [row] = await tx.query<SweepClaim>({
    name: 'sweep_claim',
    text: `with due as (
             select organisation_id, provider, connection_id, host from sweep
              where due_at <= $1::timestamptz and (lease_until is null or lease_until <= $1::timestamptz)
              order by due_at limit 1 for update skip locked
           )
           update sweep w set lease_until = $2::timestamptz, lease_no = w.lease_no + 1, attempts = w.attempts + 1
             from due
            where w.organisation_id = due.organisation_id and w.provider = due.provider
              and w.connection_id = due.connection_id and w.host = due.host
           returning w.organisation_id as "organisationId", w.provider, w.connection_id as "connectionId", w.host,
                     w.practitioner_id as "practitionerId", w.lease_no as "leaseNo", w.attempts,
                     w.began_at as "beganAt", w.cursor_at as "cursorAt", w.until_at as "untilAt", w.found,
                     w.swept_at as "sweptAt", w.clean_at as "cleanAt"`,
    values: [now.toString(), now.add({ milliseconds: leaseMs }).toString()],
  });
  return row ?? null;
}

const OF_CLAIM = 'organisation_id = $1 and provider = $2 and connection_id = $3 and host = $4 and lease_no = $5';

function claimed(tx: Transaction, { provider, connectionId, host, leaseNo }: SweepClaim): unknown[] {
  return [tx.organisationId, provider, connectionId, host, leaseNo];
}

/** Holds the place on. Throws where the lease was lost. */
export async function prolongSweep(tx: Transaction, claim: SweepClaim, until: Temporal.Instant): Promise<void> {
  const rows = await tx.query<{ held: true }>({
    name: 'sweep_prolong',
    text: `update sweep set lease_until = $6::timestamptz where ${OF_CLAIM} returning true as held`,
    values: [...claimed(tx, claim), until.toString()],
  });
  if (rows.length === 0) throw new SweepLost();
}

/** Gives it back with the round as far as it has come; due again at `dueAt`. */
export async function updateRound(
  tx: Transaction,
  claim: SweepClaim,
  round: { beganAt: Temporal.Instant; cursorAt: Temporal.Instant; untilAt: Temporal.Instant; found: number },
  dueAt: Temporal.Instant,
): Promise<void> {
  const rows = await tx.query<{ held: true }>({
    name: 'sweep_round',
    text: `update sweep set began_at = $6::timestamptz, cursor_at = $7::timestamptz, until_at = $8::timestamptz, found = $9,
                  due_at = $10::timestamptz, attempts = 0, lease_until = null, last_error = null
            where ${OF_CLAIM} returning true as held`,
    values: [
      ...claimed(tx, claim),
      ...[round.beganAt, round.cursorAt, round.untilAt].map(String),
      round.found,
      dueAt.toString(),
    ],
  });
  if (rows.length === 0) throw new SweepLost();
}

/** Gives it back, the round at its end; `clean`: nothing was wrong in it. */
export async function endRound(
  tx: Transaction,
  claim: SweepClaim,
  round: { readonly beganAt: Temporal.Instant; readonly clean: boolean },
  dueAt: Temporal.Instant,
): Promise<void> {
  const rows = await tx.query<{ held: true }>({
    name: 'sweep_end_round',
    text: `update sweep set began_at = null, cursor_at = null, until_at = null, found = 0, swept_at = $6::timestamptz,
                  clean_at = case when $7 then $6::timestamptz else clean_at end,
                  due_at = $8::timestamptz, attempts = 0, lease_until = null, last_error = null
            where ${OF_CLAIM} returning true as held`,
    values: [...claimed(tx, claim), round.beganAt.toString(), round.clean, dueAt.toString()],
  });
  if (rows.length === 0) throw new SweepLost();
}

/** Gives it back as it was, with what stood in the way. */
export async function putOffSweep(
  tx: Transaction,
  claim: SweepClaim,
  dueAt: Temporal.Instant,
  error: string | null,
): Promise<void> {
  await tx.query({
    name: 'sweep_put_off',
    text: `update sweep set due_at = $6::timestamptz, lease_until = null, last_error = $7 where ${OF_CLAIM}`,
    values: [...claimed(tx, claim), dueAt.toString(), error],
  });
}

/** Nobody can look there any more. */
export async function deletePlace(tx: Transaction, claim: SweepClaim): Promise<void> {
  await tx.query({ name: 'sweep_delete', text: `delete from sweep where ${OF_CLAIM}`, values: claimed(tx, claim) });
}

/** The place is due now, its round goes on. */
export async function hurrySweep(tx: Transaction, now: Temporal.Instant, place: SweptPlace): Promise<void> {
  await tx.query({
    name: 'sweep_hurry',
    text: `update sweep set due_at = least(due_at, $2::timestamptz)
            where organisation_id = $1 and provider = $3 and connection_id = $4 and host = $5`,
    values: [tx.organisationId, now.toString(), place.provider, place.connectionId, place.host],
  });
}

/** Every place of the organisation begins a round now; whoever is at one, by what held before, loses it. */
export async function restartSweep(tx: Transaction, now: Temporal.Instant): Promise<void> {
  await tx.query({
    name: 'sweep_restart',
    text: `update sweep set due_at = least(due_at, $2::timestamptz), began_at = null, cursor_at = null, until_at = null, found = 0,
                  lease_until = null, lease_no = lease_no + 1
            where organisation_id = $1`,
    values: [tx.organisationId, now.toString()],
  });
}

export const SWEEP_MODES = ['mend', 'report'] as const;
export type SweepMode = (typeof SWEEP_MODES)[number];

/** As somebody set it, or as a restoration did; `set` null: nobody ever did, and it mends. */
export type SweepModeRead = {
  readonly mode: SweepMode;
  readonly set: { readonly by: 'staff' | 'restoration'; readonly at: Temporal.Instant } | null;
};

export async function readSweepMode(tx: Transaction): Promise<SweepModeRead> {
  const [row] = await tx.query<{ event: string; mode: SweepMode | null; at: Temporal.Instant }>({
    name: 'sweep_mode',
    text: `select event, facts->>'mode' as mode, at from journal
            where organisation_id = $1 and subject_kind = 'organisation' and subject_id = $1
              and event in ('practice.restored', 'sweep.mode_set')
            order by id desc limit 1`,
    values: [tx.organisationId],
  });
  if (!row) return { mode: 'mend', set: null };
  const restored = row.event === 'practice.restored';
  const mode = restored ? 'report' : (row.mode ?? 'mend');
  return { mode, set: { by: restored ? 'restoration' : 'staff', at: row.at } };
}

export type SweepBacklog = { readonly places: number; readonly late: number };

/** Places whose last whole round began before the instant. Inside a scan for 'sweep', or one organisation. */
export async function countLatePlaces(
  tx: Pick<Transaction, 'query'>,
  sweptBefore: Temporal.Instant,
): Promise<SweepBacklog> {
  const [row] = await tx.query<SweepBacklog>({
    name: 'sweep_late',
    text: `select count(*)::int as places,
                  (count(*) filter (where coalesce(swept_at, placed_at) < $1::timestamptz))::int as late from sweep`,
    values: [sweptBefore.toString()],
  });
  return row ?? { places: 0, late: 0 };
}

/** The connection a place is reached with, and how it stands; null: there is none. */
export async function findSweptConnection(tx: Transaction, id: number): Promise<ConnectionInForce | null> {
  const [row] = await tx.query<ConnectionInForce>({
    name: 'sweep_connection',
    text: 'select id, provider, state from connection where organisation_id = $1 and id = $2',
    values: [tx.organisationId, id],
  });
  return row ?? null;
}
