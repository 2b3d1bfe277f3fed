-- Why: who is sent a link to connect an account may sign in with one that is not meant, or be led to by somebody else. Whoever the account
-- belongs to by its address, and the practitioner, are told, where the address is not hers. False: not all of them have been.
-- Of what was connected before, nobody is told. While the version before runs beside it, what it connects is not told of either, and what it looks
-- at first is told of a week later.
alter table connection add column announced boolean not null default true;
