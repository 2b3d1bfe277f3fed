// What a live session that overrides claims: all that it occupies, whoever owns it now. It owns what nobody else does and
// inherits the rest, so at no moment is any of it free for others: neither when the owner goes, nor when the owner is looked past,
// because it is about to move away or has run out without anybody having removed it.
import { LONGEST_OCCUPANCY_MINUTES } from './occupancy.ts';

/** What stands in a statement for the stretch that is looked at. */
export type ClaimNames = {
  readonly organisation: string;
  readonly resource: string;
  readonly from: string;
  readonly to: string;
};

/** That a session `s` has a claim on any of a stretch: by start, so that an index serves (session_overriding). */
export const claimsOn = ({ organisation, resource, from, to }: ClaimNames) => `
             s.organisation_id = ${organisation} and s.practitioner_id = ${resource} and s.overriding and s.live
         and s.starts_at < ${to}::timestamptz + interval '${LONGEST_OCCUPANCY_MINUTES} minutes'
         and s.starts_at > ${from}::timestamptz - interval '${LONGEST_OCCUPANCY_MINUTES} minutes'
         and s.occupied && tstzrange(${from}::timestamptz, ${to}::timestamptz)`;

/** Until when the seats are kept that alone have a session open; null: somebody has a seat in it. */
export const keptUntil = (organisation: string, session: string) => `
             (select max(h.expires_at) from hold h
               where h.organisation_id = ${organisation} and h.session_id = ${session} and h.state = 'open'
                 and not exists (select from appointment a where a.organisation_id = ${organisation}
                                    and a.session_id = ${session} and a.state <> 'cancelled'))`;

/** Until when a session has what it claims: a request only as long as it can be decided, a group as long as somebody may come. */
export const claimedUntil = (organisation: string, session: string) => `
             coalesce(
             (select max(a.decide_by) from appointment a
               where a.organisation_id = ${organisation} and a.session_id = ${session} and a.state = 'pending'),
             ${keptUntil(organisation, session)})`;
