-- Why: staff list the letters that need a person. Of many thousands sent they are a handful, and are found by an index that
-- holds no others; no booking writes here.

create index letter_failed on letter (organisation_id, id) where state in ('refused', 'unknown');
