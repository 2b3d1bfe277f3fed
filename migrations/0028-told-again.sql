-- Why: after a call outside that ended without a clear answer, another one may arrive late and say what was wanted before. Of what
-- is found not all is looked at (an event's guests are not), so it is remembered that it must be told again once all has arrived.
-- null: written by a version that did not know, which is to be told again where it is in doubt.
alter table outside_object add column tell_again boolean;
