-- Why: what a session of staff's claims over time of others is in everybody's way, whatever becomes of those others. Every read of
-- free time looks for such sessions, and nearly always finds none: that must cost no look at the sessions there are.
create index session_overriding on session (organisation_id, practitioner_id, starts_at) where overriding and live;
