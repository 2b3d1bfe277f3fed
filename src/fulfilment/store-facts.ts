// Reads what a session is, for the plan: the session itself, and each seat of it with whose it is.
import type { Transaction } from '../platform/database/transaction.ts';
import type { ClosingPolicy } from '../practitioners/auto-close.ts';
import type { Reminders } from '../notifications/reminder.ts';
import type { SessionFacts } from './plan.ts';

type FactsRow = {
  revision: number;
  wanted_at: Temporal.Instant;
  lease_no: number;
  live: boolean;
  starts_at: Temporal.Instant;
  ends_at: Temporal.Instant;
  zone: string;
  platform: SessionFacts['platform'];
  capacity: number;
  video_host: string | null;
  session_type: string;
  practice: string;
  practitioner_id: number;
  practitioner_name: string;
  practitioner_email: string;
  practitioner_zone: string;
  calendar: SessionFacts['practitioner']['calendar'];
  invitations: SessionFacts['practitioner']['invitations'];
  /** Null: nobody is left in it. */
  appointment_id: number | null;
  state: string;
  awaits: SessionFacts['appointment']['asked'];
  decide_by: Temporal.Instant | null;
  decision: string | null;
  link_generation: number;
  client_id: number;
  client_name: string;
  client_email: string;
  client_zone: string | null;
  topic: string | null;
  description: string | null;
  auto_close: ClosingPolicy['autoClose'];
  auto_close_after_minutes: number;
  auto_close_since: Temporal.Instant | null;
  reminders: Reminders;
  reminders_from: Temporal.Instant | null;
  client_phone: string | null;
  restored: boolean;
  batch: SessionFacts['batch'];
};

/** `restored`: the session is older than the backup that the practice was brought back from. */
export type FactsRead = {
  /** Of the session as a whole; of its seats those of the first, taken ones before others. */
  readonly facts: SessionFacts;
  /** Each seat by itself: `live` as long as it is taken. */
  readonly seats: readonly SessionFacts[];
  readonly wantedAt: Temporal.Instant;
  readonly leaseNo: number;
  readonly restored: boolean;
};

/** A session with everyone it concerns, as of this moment. */
export async function readFacts(tx: Transaction, sessionId: number): Promise<FactsRead> {
  const rows = await tx.query<FactsRow>({
    name: 'fulfilment_facts',
    text: `select s.revision, f.wanted_at, f.lease_no, s.live, s.starts_at, s.ends_at, s.zone, s.platform,
                  coalesce(s.capacity, 1) as capacity, h.address as video_host,
                  t.name as session_type, g.name as practice,
                  p.id as practitioner_id, p.name as practitioner_name, p.email as practitioner_email,
                  p.zone as practitioner_zone, p.calendar, p.invitations,
                  p.auto_close, p.auto_close_after_minutes, p.auto_close_since,
                  a.id as appointment_id, a.state, a.awaits, a.decide_by, a.decision, coalesce(a.link_generation, 0) as link_generation, c.id as client_id,
                  c.name as client_name, c.email as client_email, c.zone as client_zone,
                  c.phone as client_phone, coalesce(t.reminders, p.reminders, g.reminders) as reminders,
                  greatest(t.reminders_since, p.reminders_since, g.reminders_since,
                    (select max(j.at) from journal j
                      where j.organisation_id = $1 and j.subject_kind = 'appointment' and j.subject_id = a.id
                        and j.event in ('appointment.booked', 'appointment.rescheduled', 'appointment.approved',
                                        'appointment.accepted'))) as reminders_from,
                  (select n.body from note n where n.organisation_id = $1 and n.appointment_id = a.id and n.kind = 'topic') as topic,
                  (select n.body from note n where n.organisation_id = $1 and n.appointment_id = a.id and n.kind = 'description') as description,
                  exists (select from journal j where j.organisation_id = $1 and j.subject_kind = 'organisation'
                             and j.subject_id = $1 and j.event = 'practice.restored' and j.at > s.created_at) as restored,
                  (select json_build_object('seriesId', d.series_id, 'batchNo', d.batch_no) from series_date d
                    where d.organisation_id = $1 and d.appointment_id = a.id and d.batch_revision = s.revision) as batch
             from session s
             join fulfilment f on f.organisation_id = $1 and f.session_id = s.id
             join organisation g on g.organisation_id = $1
             join practitioner p on p.organisation_id = $1 and p.id = s.practitioner_id
             join session_type t on t.organisation_id = $1 and t.id = s.session_type_id
             left join appointment a on a.organisation_id = $1 and a.session_id = s.id
             left join client c on c.organisation_id = $1 and c.id = a.client_id
             left join lateral (
               select r.address from occupancy o
                 join resource u on u.organisation_id = $1 and u.id = o.resource_id and u.kind = 'video_host'
                 join resource r on r.organisation_id = $1 and r.id = coalesce(u.of_id, u.id)
                where o.organisation_id = $1 and o.session_id = s.id limit 1) h on true
            where s.organisation_id = $1 and s.id = $2
            order by a.state = 'cancelled', a.id`,
    values: [tx.organisationId, sessionId],
  });
  const [row] = rows;
  if (!row) throw new Error(`session ${sessionId} has a fulfilment row and no facts`);
  const all = rows.map((one) => toFacts(tx.organisationId, sessionId, one));
  const [first = toFacts(tx.organisationId, sessionId, row)] = all;
  const taken = all.filter(({ appointment }) => appointment.id !== NOBODY && !appointment.cancelled);
  const group = taken.map(({ appointment, client }) => ({ appointmentId: appointment.id, client }));
  // Words chosen by way of any seat are the session's.
  const { topic } = taken.find((one) => one.topic !== null) ?? first;
  const { description } = taken.find((one) => one.description !== null) ?? first;
  return {
    facts: row.capacity > 1 ? { ...first, group, topic, description } : first,
    seats:
      row.capacity > 1
        ? all
            .filter(({ appointment }) => appointment.id !== NOBODY)
            .map((seat) => ({ ...seat, live: seat.live && !seat.appointment.cancelled }))
        : [first],
    wantedAt: row.wanted_at,
    leaseNo: row.lease_no,
    restored: row.restored,
  };
}

/** No appointment has it. */
const NOBODY = 0;

function toFacts(organisationId: number, sessionId: number, row: FactsRow): SessionFacts {
  return {
    organisationId,
    sessionId,
    revision: row.revision,
    live: row.live,
    start: row.starts_at,
    end: row.ends_at,
    zone: row.zone,
    platform: row.platform,
    videoHost: row.video_host,
    group: null,
    sessionType: row.session_type,
    practice: { name: row.practice },
    practitioner: {
      id: row.practitioner_id,
      name: row.practitioner_name,
      email: row.practitioner_email,
      zone: row.practitioner_zone,
      calendar: row.calendar,
      invitations: row.invitations,
    },
    appointment: {
      id: row.appointment_id ?? NOBODY,
      cancelled: row.state === 'cancelled',
      asked: row.state === 'pending' ? row.awaits : null,
      decideBy: row.decide_by,
      declined: row.decision === 'declined' || row.decision === 'lapsed',
      closed: row.state === 'completed' || row.state === 'no_show',
      linkGeneration: row.link_generation,
    },
    client: {
      id: row.client_id,
      name: row.client_name,
      email: row.client_email,
      zone: row.client_zone,
      phone: row.client_phone,
    },
    reminders: { ...row.reminders, from: row.reminders_from ?? row.wanted_at },
    closing: {
      autoClose: row.auto_close,
      autoCloseAfterMinutes: row.auto_close_after_minutes,
      since: row.auto_close_since,
    },
    topic: row.topic,
    description: row.description,
    batch: row.batch ?? null,
  };
}
