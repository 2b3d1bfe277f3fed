// Bugs to plant, one of each family, so that it is seen that the examination finds them. They are planted at the simulation's
// own seams: in the lane's database, in a flight before it leaves, in a call outside, in what a person asks or is told. The
// product has no switch for any of them.
import type { Answer, Wish } from './act.ts';
import type { Deed } from './acts.ts';
import type { Chance } from './chance.ts';
import type { Hearing } from './outside.ts';
import type { Query } from './line.ts';

export type Plant = {
  /** The breach that tells of it. */
  readonly finds: RegExp;
  /** The seed to begin with, of one that shows itself late. */
  readonly from?: number;
  /** For the lane's database, before anything is played. */
  readonly sql?: string;
  /** Changes a flight before it leaves. */
  readonly tamper?: (query: Query, machine: string, chance: Chance) => void;
  readonly hearing?: Hearing;
  readonly asking?: (wish: Wish) => Wish;
  readonly telling?: (deed: Deed, answer: Answer) => Answer;
};

export const NOTHING_PLANTED: Plant = { finds: /./ };

const json = (body: object): Response => Response.json(body);

/** The plant has to be planted anew. */
export const OTHER_TEXT = 'is not as it was when this bug was planted';

/** In the texts of one named statement, something in place of something else. */
function inText(
  name: string,
  ...changes: readonly (readonly [from: RegExp, to: string])[]
): NonNullable<Plant['tamper']> {
  return ({ statements }) => {
    for (const statement of statements ?? []) {
      if (statement.name !== name) continue;
      for (const [from, to] of changes) {
        const text = statement.text.replace(from, to);
        if (text === statement.text) throw new Error(`${name} ${OTHER_TEXT}`);
        statement.text = text;
      }
    }
  };
}

function all(...tampers: readonly NonNullable<Plant['tamper']>[]): NonNullable<Plant['tamper']> {
  return (...given) => tampers.forEach((tamper) => tamper(...given));
}

/** A trigger on a table, before a row is written. */
function before(table: string, body: string): string {
  return `create function planted() returns trigger language plpgsql as $$ begin ${body} end $$;
          create trigger planted before insert or update on ${table} for each row execute function planted();`;
}

/** What goes out says that it was committed, and was not. */
function uncommitted({ statements }: Query, machine: string, chance: Chance): void {
  const commit = statements?.find(({ text }) => text === 'commit');
  if (!commit || !machine.startsWith('desk') || !chance.happens(0.1)) return;
  Object.assign(commit, { name: 'rollback', text: 'rollback' });
  const told = commit.handleCommandComplete.bind(commit);
  commit.handleCommandComplete = (message, wire) => told({ ...(message as object), text: 'COMMIT' }, wire);
}

const OF_LEASE = [/(?:f\.)?lease_no = \$3/, '$3::bigint is not null'] as const;
const OWN_KEY = [/\$4/, '($4 || pg_current_xact_id()::text)'] as const;

/** By what goes wrong. */
export const PLANTS = {
  'a time is taken twice, since nobody locks and nothing forbids it': {
    finds: /sessions .* overlap/,
    from: 31,
    sql: 'alter table occupancy drop constraint occupancy_no_overlap',
    tamper: inText('lock_time_of', [/for no key update/g, '']),
  },
  'an act is acknowledged that was not committed': {
    finds: /was acknowledged .* never came true/,
    tamper: uncommitted,
  },
  'a second meeting is made without a look for the first': {
    finds: /has [2-9] meetings, not one|has \d meetings, not none/,
    hearing: async ({ method, url }, work) =>
      method === 'GET' && /\/zoom\/v2\/users\/[^/]+\/meetings/.test(url) ? json({ meetings: [] }) : await work(),
  },
  'what an unclear call may have left behind is forgotten': {
    finds: /has [2-9] meetings, not one|has \d meetings, not none/,
    sql: before('outside_object', 'new.settles_at := null; return new;'),
  },
  'the meeting of a cancelled session is left standing': {
    finds: /has \d meetings, not none/,
    hearing: async ({ method, url }, work) =>
      method === 'DELETE' && /\/zoom\/v2\/meetings\//.test(url) ? new Response(null, { status: 204 }) : await work(),
  },
  'a letter is sent that has been overtaken': {
    finds: /was told of revision \d+ by a .* after the next|was told of revision \d+ after/,
    from: 399,
    tamper: inText('letter_start', [/f\.wanted_revision = \$10/, '$10::integer is not null']),
  },
  'a runner goes on whose lease another has by now': {
    finds: /was done under lease/,
    // In those before nobody is so slow, and they do not come to rest.
    from: 4,
    // It lasts one second in truth, so that there is often another.
    sql: before('fulfilment', `new.lease_until := new.lease_until - interval '29 seconds'; return new;`),
    tamper: all(
      inText('fulfilment_prolong', OF_LEASE),
      inText('outside_object_put', OF_LEASE),
      inText('letter_start', OF_LEASE),
    ),
  },
  'the answer under a key is forgotten': {
    finds: /^key .* was answered/,
    from: 11,
    tamper: all(inText('idempotency-claim', OWN_KEY), inText('idempotency-settle', OWN_KEY)),
  },
  "a list tells of another client's appointments": {
    finds: /was told of \d+, which is another's/,
    tamper: inText('appointments_of_client', [/subject = \$2/, 'subject <> $2 limit 1']),
  },
  "a list tells of another organisation's appointments": {
    finds: /was told of \d+, which is another's/,
    sql: ['appointment', 'session', 'client', 'practitioner', 'session_type']
      .map((table) => `alter table ${table} disable row level security;`)
      .join(''),
    tamper: inText(
      'appointments_of_client',
      [/a\.organisation_id = \$1/, '$1::bigint is not null'],
      [
        /a\.client_id = \(select id from client where organisation_id = \$1 and/,
        'a.client_id in (select id from client where',
      ],
    ),
  },
  'a group has a seat more than the practice has said': {
    finds: /has \d seats, and \d were given/,
    from: 4,
    sql: before(
      'session',
      `if tg_op = 'INSERT' or new.capacity is distinct from old.capacity then new.capacity := new.capacity + 1; end if;
       return new;`,
    ),
  },
  'a date of a series is acknowledged and not stored': {
    finds: /was acknowledged, and series \d+ has the dates/,
    from: 5,
    tamper: inText('series_dates_insert', [
      /as u \(position, starts_at, ends_at, occupied, wall_start, decide_by, facts\)/,
      '$& where u.position <> 2',
    ]),
  },
  'dates that were told in one letter are told again': {
    finds: /was told the (?:client|host) in not one/,
    from: 5,
    tamper: inText('letter_start_covered', [
      /as u \(session_id, appointment_id, recipient, kind, revision, link, starts_at\)/,
      '$& where false',
    ]),
  },
  'a time is offered to two, since an offer keeps nothing': {
    finds: /kept one time for two/,
    from: 11,
    sql: before('offer_time', 'delete from occupancy where hold_id = new.hold_id; return new;'),
  },
  'a change is not in the journal': {
    finds: /its journal tells of/,
    sql: before(
      'journal',
      `if new.event like '%.rescheduled' and new.subject_id % 2 = 0 then return null; end if; return new;`,
    ),
  },
  'on the night on which clocks change a time is an hour off': {
    finds: /that time was never agreed/,
    asking: (wish) =>
      wish.time >= '02:00' ? { ...wish, time: `0${Number(wish.time[1]) - 1}${wish.time.slice(2)}` } : wish,
  },
} as const satisfies Readonly<Record<string, Plant>>;

export function plantNamed(name: string): Plant {
  const plant = (PLANTS as Readonly<Record<string, Plant>>)[name];
  if (!plant) throw new Error(`there is no plant called ${name}`);
  return plant;
}
