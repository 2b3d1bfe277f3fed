// The bell over real connections: two instances stand for two processes.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import pg from 'pg';
import { hangBell, type Bell } from '../../src/platform/jobs/bell.ts';
import { createLog } from '../../src/platform/log.ts';
import { openDatabase, type TestDatabase } from '../open-database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase({ log: createLog('silent') });
});
afterEach(async () => {
  await Promise.all(hung.splice(0).map((bell) => bell.close()));
});
afterAll(() => database.close());

const hung: Bell[] = [];

function hang(): Bell {
  const bell = hangBell({ pool: database.connection.pool, url: database.url, log: createLog('silent') });
  hung.push(bell);
  return bell;
}

async function asOwner<T extends object>(sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

const LISTENERS = `select pid from pg_stat_activity where application_name = 'slotkeeper bell' and datname = current_database()`;

async function until(what: () => Promise<boolean> | boolean): Promise<void> {
  await expect.poll(what, { timeout: 8_000, interval: 20 }).toBe(true);
}

/** Rung again and again, since a bell may be lost, until the other one hears. */
async function hears(from: Bell, heard: string[], word: string): Promise<void> {
  await until(() => {
    from.ring('topic', word);
    return heard.includes(word);
  });
}

/** Without the words by which two bells found each other. */
function once(words: readonly string[]): string[] {
  return words.filter((word) => word !== 'ready' && word !== 'back');
}

describe('the bell', () => {
  it('is heard in another process within a moment, and once at home', async () => {
    const [here, there] = [hang(), hang()];
    const [home, away]: [string[], string[]] = [[], []];
    here.hear('topic', (word) => home.push(word));
    there.hear('topic', (word) => away.push(word));
    there.hear('other', () => away.push('wrong topic'));
    await hears(here, away, 'ready');
    const rang = performance.now();
    here.ring('topic', '1000 with a space');
    expect(home.at(-1)).toBe('1000 with a space');
    await until(() => away.includes('1000 with a space'));
    expect(performance.now() - rang).toBeLessThan(1_000);
    // Had our own come back, it would be here: the answers of one connection come in order.
    await hears(there, home, 'back');
    expect([once(home), once(away)]).toEqual([['1000 with a space'], ['1000 with a space']]);
  });

  it('carries five thousand words at once, in messages of a size that PostgreSQL takes', async () => {
    const [here, there] = [hang(), hang()];
    const away: string[] = [];
    const all = new Set<string>();
    there.hear('topic', (word) => away.push(word));
    there.hear('many', (word) => all.add(word));
    await hears(here, away, 'ready');
    for (let id = 0; id < 5_000; id += 1) here.ring('many', String(9_000_000_000_000_000 + id));
    here.ring('many', 'x'.repeat(9_000));
    await until(() => all.size === 5_000);
    expect([...all].some((word) => word.startsWith('x'))).toBe(false);
  });

  it('survives the loss of its connection', async () => {
    const [here, there] = [hang(), hang()];
    const away: string[] = [];
    there.hear('topic', (word) => away.push(word));
    await hears(here, away, 'before');
    const before = await asOwner<{ pid: number }>(LISTENERS);
    await asOwner(`select pg_terminate_backend(pid) from (${LISTENERS}) as listener`);
    await hears(here, away, 'after');
    const after = await asOwner<{ pid: number }>(LISTENERS);
    expect(after.length).toBe(2);
    expect(after.some(({ pid }) => before.some((old) => old.pid === pid))).toBe(false);
  });

  it('sends what was rung before it closes, and leaves no connection behind', async () => {
    const [here, there] = [hang(), hang()];
    const away: string[] = [];
    there.hear('topic', (word) => away.push(word));
    await hears(here, away, 'ready');
    here.ring('topic', 'last');
    await here.close();
    here.ring('topic', 'too late');
    await until(() => away.includes('last'));
    await there.close();
    await until(async () => (await asOwner(LISTENERS)).length === 0);
    expect(away).not.toContain('too late');
  });

  it('closes while it is still connecting, and where there is no database', async () => {
    const early = hang();
    await early.close();
    const nowhere = hangBell({
      pool: database.connection.pool,
      url: 'postgres://nobody@127.0.0.1:1/none',
      log: createLog('silent'),
    });
    let heard = 0;
    nowhere.hear('topic', () => (heard += 1));
    nowhere.ring('topic', 'here');
    expect(heard).toBe(1);
    await nowhere.close();
    await until(async () => (await asOwner(LISTENERS)).length === 0);
  });

  it('stops telling whoever has gone', async () => {
    const bell = hang();
    const heard: string[] = [];
    const deaf = bell.hear('topic', (word) => heard.push(word));
    bell.ring('topic', 'one');
    deaf();
    bell.ring('topic', 'two');
    expect(heard).toEqual(['one']);
    await bell.close();
  });
});
