// Two API processes and two workers on one database and one sandbox, each on its own port for good, and started again by
// whoever looks after them whenever they are gone. Knows who is alive, asleep or killed, and how long a start took.
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asShipped } from '../as-shipped.ts';
import { freePort, runServer, tokenFor, type Environment, type Server } from '../races/run-server.ts';

const BACK_WITHIN_MS = 90_000;
const PAUSE_MS = 200;
const LOOK_EVERY_MS = 50;

export type Role = 'api' | 'worker';

export type Member = {
  readonly name: string;
  readonly role: Role;
  readonly environment: Environment;
  server: Server;
  /** Killed by us, and not up again. */
  killed: boolean;
  /** Stopped until then (performance.now()), or null. */
  asleepUntil: number | null;
};

export type Company = Awaited<ReturnType<typeof openCompany>>;

export async function openCompany(folder: string, databaseUrl: string) {
  const sandbox = await startSandbox(join(folder, 'sandbox'));
  const shared = {
    DATABASE_URL: databaseUrl,
    DEMO: '1',
    SANDBOX: '1',
    SANDBOX_PORT: String(sandbox.port),
    MEETING_WAIT_MS: '300',
    LOG_LEVEL: 'info',
  };
  const members: Member[] = [];
  /** From the first start to the one that answered, of every process that was killed. */
  const readyMs: Record<Role, number[]> = { api: [], worker: [] };
  const surprises: string[] = [];
  let ending = false;
  const watch = async (member: Member, server: Server): Promise<void> => {
    await server.gone;
    if (ending || member.killed || member.server !== server) return;
    const last = server.log.slice(-5).map((line) => JSON.stringify(line));
    surprises.push(`${member.name} ended by itself: ${last.join(' ')}`);
  };
  for (const [name, role] of [
    ['api 1', 'api'],
    ['api 2', 'api'],
    ['worker 1', 'worker'],
    ['worker 2', 'worker'],
  ] as const) {
    const environment = {
      ...shared,
      PROCESS: role,
      PORT: String(await freePort()),
      DATA_DIR: join(folder, name.replace(' ', '-')),
    };
    const server = await runServer(environment);
    const member: Member = { name, role, environment, server, killed: false, asleepUntil: null };
    members.push(member);
    void watch(member, server);
  }
  const token = await tokenFor({ ...shared, DATA_DIR: folder }, 'service');

  const revive = async (member: Member): Promise<void> => {
    const begun = performance.now();
    for (;;) {
      try {
        member.server = await runServer(member.environment);
        break;
      } catch (error) {
        // Its database may be away still; a supervisor starts it again and again.
        if (performance.now() - begun > BACK_WITHIN_MS) throw error;
        await sleep(PAUSE_MS);
      }
    }
    member.killed = false;
    void watch(member, member.server);
    readyMs[member.role].push(performance.now() - begun);
  };
  const wake = (member: Member): void => {
    if (member.asleepUntil === null) return;
    member.asleepUntil = null;
    if (!member.killed) process.kill(member.server.pid, 'SIGCONT');
  };
  return {
    sandboxUrl: sandbox.url,
    token,
    members,
    readyMs: readyMs as Readonly<Record<Role, readonly number[]>>,
    /** Processes that ended though nobody killed them. */
    surprises: surprises as readonly string[],
    /** Those of a role, or of both, that run and are awake. */
    awake: (role?: Role) =>
      members.filter((one) => (!role || one.role === role) && !one.killed && one.asleepUntil === null),
    kill: async (member: Member): Promise<void> => {
      member.killed = true;
      member.asleepUntil = null;
      await member.server.kill();
    },
    revive,
    stop: (member: Member, forMs: number): void => {
      member.asleepUntil = performance.now() + forMs;
      process.kill(member.server.pid, 'SIGSTOP');
    },
    wake,
    /** Wakes those whose time is up; `all`: waits for the time of the others too. */
    wakeDue: async (all: boolean): Promise<void> => {
      for (const member of members) {
        if (all && member.asleepUntil !== null) await sleep(Math.max(0, member.asleepUntil - performance.now()));
        // A timer of whole milliseconds may be a fraction early; whoever was slept for is awake then.
        if (member.asleepUntil !== null && (all || member.asleepUntil <= performance.now())) wake(member);
      }
    },
    /** Whoever ended by itself is started again, too. */
    reviveAll: async (): Promise<void> => {
      await Promise.all(
        members.map(async (member) => {
          const isGone = await Promise.race([member.server.gone.then(() => true), sleep(0, false)]);
          if (isGone) await revive(member);
        }),
      );
    },
    end: async (): Promise<void> => {
      ending = true;
      for (const member of members) wake(member);
      await Promise.allSettled(members.map(({ server }) => server.stop()));
      await sandbox.end();
    },
  };
}

/** `npm run sandbox`, in a process that nobody kills: it is the world outside. */
async function startSandbox(folder: string) {
  const port = await freePort();
  const child: ChildProcess = spawn(
    process.execPath,
    [...asShipped('commands/sandbox.ts'), '--port', String(port), '--folder', folder],
    { stdio: 'ignore', env: { PATH: process.env['PATH'] } },
  );
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const leave = () => void child.kill('SIGKILL');
  process.once('exit', leave);
  const url = `http://127.0.0.1:${port}`;
  const until = performance.now() + BACK_WITHIN_MS;
  while (!(await fetch(`${url}/control/status`).catch(() => null))?.ok) {
    if (performance.now() > until) throw new Error('The sandbox did not start');
    await sleep(LOOK_EVERY_MS);
  }
  return {
    port,
    url,
    end: async (): Promise<void> => {
      child.kill('SIGTERM');
      await gone;
      process.off('exit', leave);
    },
  };
}
