-- Why: a client looks for somebody who speaks her language. Which languages a practitioner speaks stands with her; places are
-- those of her hours, and need nothing more.

-- BCP 47, as canonicalised: de, pt-BR
alter table practitioner
  add column languages text[] not null default '{}' check (cardinality(languages) <= 20);
