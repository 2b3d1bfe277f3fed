// Sessions whose letters or texts wait for the mail or the SMS service, as their rows of fulfilment say: let go when that answers
// again. What waits for meetings and calendars is store-accounts.ts'.
import type { Transaction } from '../platform/database/transaction.ts';
import type { Account } from './circuit.ts';
import { MOST_RELEASED, RELEASED_APART_MS } from './store-accounts.ts';

export type PostProvider = 'mail' | 'sms';
export type PostAccount = Account & { readonly provider: PostProvider };

/** What the letters of a service are marked by in the delivery log. */
const CHANNEL = { mail: 'email', sms: 'sms' } as const satisfies Record<PostProvider, string>;

export function isPost(account: Account): account is PostAccount {
  return account.provider === 'mail' || account.provider === 'sms';
}

/**
 * Lets those come that waited for it, the soonest session first, one after the other. What the service itself has put off (429)
 * stays so, and a text in doubt: it is not in the service's list before some seconds are over. Answers how many.
 */
export async function releasePostAwaited(
  tx: Transaction,
  { provider }: PostAccount,
  now: Temporal.Instant,
): Promise<number> {
  const [row] = await tx.query<{ released: number }>({
    name: 'circuit_release_post',
    text: `with waiting as (
             select f.session_id, s.starts_at from fulfilment f
               join session s on s.organisation_id = $1 and s.id = f.session_id
              where f.organisation_id = $1 and f.waits_for is not null and $2 = any(f.waits_for)
                and (f.lease_until is null or f.lease_until <= $4::timestamptz)
              order by s.starts_at, s.id limit ${MOST_RELEASED} for update of f skip locked
           ), paced as (
             select session_id,
                    $4::timestamptz + ((row_number() over (order by starts_at, session_id) - 1) * $5::float8) * interval '1 ms' as at
               from waiting
           ), letters as (
             update letter l set next_attempt_at = p.at
               from paced p
              where l.organisation_id = $1 and l.session_id = p.session_id and l.channel = $3 and l.next_attempt_at > p.at
                and (l.state = 'queued' or (l.state = 'unknown' and l.channel = 'email'))
                and l.last_error ~ '^(retryable|unknown|reconnect)\\M' and l.last_error !~ '\\m429\\M'
           ), rows as (
             update fulfilment f
                set due_at = case when f.done_revision < f.wanted_revision then least(f.due_at, p.at) else f.due_at end,
                    look_again_at = case when f.done_revision = f.wanted_revision then least(f.look_again_at, p.at)
                                         else f.look_again_at end
               from paced p where f.organisation_id = $1 and f.session_id = p.session_id
             returning f.session_id
           )
           select (select count(*)::int from rows) as released`,
    values: [tx.organisationId, provider, CHANNEL[provider], now.toString(), RELEASED_APART_MS],
  });
  return row?.released ?? 0;
}

/** Who comes for the next probe: another that waits, so that one letter does not stand for the whole service. */
export async function passPostProbeOn(
  tx: Transaction,
  { provider }: PostAccount,
  now: Temporal.Instant,
): Promise<void> {
  await tx.query({
    name: 'circuit_pass_post_probe_on',
    text: `with next as (
             select f.session_id, c.probe_at from circuit c, fulfilment f
              where c.organisation_id = $1 and c.provider = $2 and c.connection_id = 0 and c.opened_at is not null
                and f.organisation_id = $1 and f.waits_for is not null and $2 = any(f.waits_for)
                and f.session_id <> c.probe_session_id and (f.lease_until is null or f.lease_until <= $3::timestamptz)
              -- One that is not yet due to be tried again would come for nothing.
              order by exists (select from letter l where l.organisation_id = $1 and l.session_id = f.session_id
                                  and l.channel = $4 and l.next_attempt_at > c.probe_at),
                       hashint8extended(f.session_id - c.probe_session_id, c.failures)
              limit 1 for update of f skip locked
           ), row as (
             update fulfilment f
                set due_at = case when f.done_revision < f.wanted_revision then least(f.due_at, next.probe_at) else f.due_at end,
                    look_again_at = case when f.done_revision = f.wanted_revision then least(f.look_again_at, next.probe_at)
                                         else f.look_again_at end
               from next where f.organisation_id = $1 and f.session_id = next.session_id
           )
           update circuit c set probe_session_id = next.session_id
             from next where c.organisation_id = $1 and c.provider = $2 and c.connection_id = 0`,
    values: [tx.organisationId, provider, now.toString(), CHANNEL[provider]],
  });
}
