// What must be true of time in the database after any storm, asked of the rows themselves.
import type { Transaction, Transactor } from '../../src/platform/database/transaction.ts';

type Work = Pick<Transactor, 'inOrganisation'>;

/** Each row is a breach, in words; none is right. Sessions that override may lie over others. */
const BREACHES = `
  select 'sessions ' || a.id || ' and ' || b.id || ' overlap' as breach
    from session a join session b on b.organisation_id = a.organisation_id and b.practitioner_id = a.practitioner_id
                                 and b.id > a.id and b.occupied && a.occupied
   where a.live and b.live and not a.overriding and not b.overriding
  union all
  select 'occupancy ' || a.id || ' and ' || b.id || ' overlap'
    from occupancy a join occupancy b on b.organisation_id = a.organisation_id and b.resource_id = a.resource_id
                                     and b.id > a.id and b.during && a.during
  union all
  select 'session ' || s.id || ' does not own just its time'
    from session s
   where s.live and not s.overriding
     and (select coalesce(array_agg((o.resource_id, o.during)::text), '{}') from occupancy o
           where o.session_id = s.id and o.resource_id = s.practitioner_id)
         <> array[(s.practitioner_id, s.occupied)::text]
  union all
  select 'session ' || s.id || ' is dead and owns time' from session s
   where not s.live and exists (select from occupancy o where o.session_id = s.id)
  union all
  select 'appointment ' || a.id || ' is ' || a.state || ', its session ' || case when s.live then 'live' else 'dead' end
    from appointment a join session s on s.id = a.session_id
   where s.live <> (a.state in ('confirmed', 'pending')) and not (s.live and coalesce(s.capacity, 1) > 1 and a.state = 'cancelled')
  union all
  select 'session ' || s.id || ' of ' || coalesce(s.capacity, 1) || ' is oversold: ' || count(*)
    from session s join appointment a on a.session_id = s.id and a.state <> 'cancelled'
   group by s.id, s.capacity having count(*) > coalesce(s.capacity, 1)
  union all
  select 'appointment ' || a.id || ' has a seat of ' || s.id || ' beyond its capacity: ' || a.seat_no
    from session s join appointment a on a.session_id = s.id and a.state <> 'cancelled' and a.seat_no > coalesce(s.capacity, 1)
  union all
  select 'session ' || s.id || ' lives and nobody is in it' from session s
   where s.live and not exists (select from appointment a where a.session_id = s.id and a.state <> 'cancelled')
     and not exists (select from hold h where h.session_id = s.id and h.state = 'open')
  union all
  select 'session ' || s.id || ' of ' || coalesce(s.capacity, 1) || ' has more seats kept than it has' from session s
   where s.live and coalesce(s.capacity, 1)
                    < (select count(*) from appointment a where a.session_id = s.id and a.state <> 'cancelled')
                    + (select count(*) from hold h where h.session_id = s.id and h.state = 'open')
  union all
  select 'session ' || s.id || ' has ' || count(*) || ' seats of client ' || a.client_id
    from session s join appointment a on a.session_id = s.id and a.state <> 'cancelled'
   group by s.id, a.client_id having count(*) > 1
  union all
  select 'session ' || s.id || ' is dead, and hold ' || h.id || ' keeps a seat in it'
    from session s join hold h on h.session_id = s.id and h.state = 'open' where not s.live
  union all
  select 'session ' || s.id || ' that only kept seats have open, owns its time ' || coalesce('until ' || o.expires_at, 'for good')
    from session s join occupancy o on o.session_id = s.id
   where s.live and not exists (select from appointment a where a.session_id = s.id and a.state <> 'cancelled')
     and o.expires_at is distinct from (select max(h.expires_at) from hold h where h.session_id = s.id and h.state = 'open')
  union all
  select 'session ' || s.id || ' has units of another time' from session s
    join occupancy o on o.session_id = s.id and o.resource_id <> s.practitioner_id and o.during <> s.occupied
  union all
  select 'appointment ' || a.id || ' is ' || a.state || ', its time ' || coalesce('expires ' || o.expires_at, 'its own for good')
    from appointment a join occupancy o on o.session_id = a.session_id
   where a.state <> 'cancelled' and (a.state = 'pending') <> (o.expires_at is not null)
  union all
  select 'hold ' || h.id || ' is ' || h.state || ' and owns time' from hold h
   where h.state <> 'open' and exists (select from occupancy o where o.hold_id = h.id)
  union all
  select 'appointment ' || a.id || ' has ' || count(j.id) || ' bookings in the journal'
    from appointment a left join journal j on j.subject_kind = 'appointment' and j.subject_id = a.id
                                          and j.event in ('appointment.booked', 'appointment.requested')
   group by a.id having count(j.id) <> 1
  union all
  select 'appointment ' || a.id || ' is at revision ' || a.revision || ', wanted is ' || f.wanted_revision
    from appointment a join fulfilment f on f.session_id = a.session_id join session s on s.id = a.session_id
   where f.wanted_revision < a.revision or (s.capacity is null and f.wanted_revision <> a.revision)
  union all
  select 'session ' || s.id || ' wants nothing of the world outside'
    from session s where not exists (select from fulfilment f where f.session_id = s.id)`;

export async function breachesOfTime(work: Work, organisationId: number): Promise<string[]> {
  const told = await work.inOrganisation(organisationId, (tx) =>
    // Named, since planning it takes far longer than carrying it out.
    tx.query<{ breach: string }>({ name: 'breaches_of_time', text: BREACHES, values: [] }),
  );
  return told.map(({ breach }) => breach);
}

export async function rowsOf<Row extends object>(
  work: Work,
  organisationId: number,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  return await work.inOrganisation(organisationId, (tx: Transaction) =>
    tx.query<Row>({ name: '', text, values: [...values] }),
  );
}
