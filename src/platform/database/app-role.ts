// The role requests run as: it owns nothing and cannot pass row-level security. Knows how to make it, join it and let it
// in; connection.ts starts connections with it where the login could pass.
import pg from 'pg';
import type { Log } from '../log.ts';
import { APP_ROLE } from './connection.ts';

type Standing = {
  readonly login: string;
  readonly superuser: boolean;
  readonly passes: boolean;
  readonly may_create: boolean;
  readonly role_exists: boolean;
  readonly role_passes: boolean;
  readonly may_become: boolean;
};

/** True when the role is there. False where the login may not make it and needs none, being held by row-level security
 *  itself. Throws where the login passes row-level security and can get no role that does not. */
export async function ensureAppRole(client: pg.Client, log: Log): Promise<boolean> {
  const standing = await readStanding(client);
  if (standing.role_passes) {
    throw new Error(`The role "${APP_ROLE}" may not be superuser or BYPASSRLS: row-level security would not hold it.`);
  }
  if (!standing.role_exists) {
    if (!standing.superuser && !standing.may_create) {
      if (standing.passes) throw new Error(adviceFor(standing.login));
      log.info({ role: APP_ROLE }, 'going on without the role: the login is held by row-level security itself');
      return false;
    }
    await createRole(client);
  }
  if (!standing.superuser && !(await readStanding(client)).may_become) await joinRole(client, standing, log);
  return true;
}

/** What the role may touch once all migrations are in. An object for which a migration itself named the role keeps what
 *  it was given: that is how a table is made append-only. Functions need no grant: by default everyone may call them. */
export async function grantToAppRole(client: pg.Client): Promise<void> {
  await client.query(`
    do $$
    declare
      object record;
      role oid := (select oid from pg_roles where rolname = '${APP_ROLE}');
    begin
      grant usage on schema public to ${APP_ROLE};
      for object in
        select c.oid::regclass as name, c.relkind = 'S' as is_sequence
          from pg_class c
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S')
           and c.relname <> 'slotkeeper_migration'
           and pg_has_role(c.relowner, 'member')
           and not exists (select from aclexplode(c.relacl) a where a.grantee = role)
           and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
      loop
        if object.is_sequence then
          execute format('grant usage, select, update on sequence %s to ${APP_ROLE}', object.name);
        else
          execute format('grant select, insert, update, delete on %s to ${APP_ROLE}', object.name);
        end if;
      end loop;
      grant select on slotkeeper_migration to ${APP_ROLE};
    end $$`);
}

async function readStanding(client: pg.Client): Promise<Standing> {
  // From version 16 a member may lack the right to become the role (grant ... with set).
  const { rows } = await client.query<Standing>(
    `select r.rolname as login, r.rolsuper as superuser, r.rolsuper or r.rolbypassrls as passes,
            r.rolcreaterole as may_create, a.oid is not null as role_exists,
            coalesce(a.rolsuper or a.rolbypassrls, false) as role_passes,
            coalesce(pg_has_role(r.oid, a.oid,
              case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end), false) as may_become
       from pg_roles r left join pg_roles a on a.rolname = $1
      where r.rolname = current_user`,
    [APP_ROLE],
  );
  const standing = rows[0];
  if (!standing) throw new Error('The database did not say who we are');
  return standing;
}

async function createRole(client: pg.Client): Promise<void> {
  try {
    await client.query(`create role ${APP_ROLE} nologin`);
  } catch (error) {
    // Roles belong to the whole server: another database's migration can make it at the same moment.
    if (!(error instanceof pg.DatabaseError && (error.code === '42710' || error.code === '23505'))) throw error;
  }
}

async function joinRole(client: pg.Client, standing: Standing, log: Log): Promise<void> {
  try {
    await client.query(`grant ${APP_ROLE} to ${pg.escapeIdentifier(standing.login)}`);
  } catch (error) {
    if (standing.passes) throw new Error(adviceFor(standing.login), { cause: error });
    log.info({ role: APP_ROLE }, 'the login cannot join the role, and needs not: row-level security holds it');
  }
}

function adviceFor(login: string): string {
  return (
    `The database login "${login}" passes row-level security (BYPASSRLS) and may not make the role that does not. ` +
    `Let an administrator run: create role ${APP_ROLE} nologin; grant ${APP_ROLE} to ${pg.escapeIdentifier(login)};`
  );
}
