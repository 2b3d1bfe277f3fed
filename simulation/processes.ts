// Plays many seeds at once: some processes of the machine, each with a few lanes, each lane with a database of its own that is
// copied from a migrated one. How they come to be spread changes nothing of any story.
import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { onServer, urlOfDatabase } from '../test/open-database.ts';
import { openLane, type Lane } from './lane.ts';
import { play, type Played } from './play.ts';

/** A server, and a migrated database on it that nobody uses. */
export type Cluster = { readonly ownerUrl: string; readonly appUrl: string; readonly template: string };

export type Plays = {
  readonly first: number;
  readonly seeds: number;
  readonly processes: number;
  readonly lanes: number;
};

/** What one of the processes has to play: every `every`th seed from `first` on, up to `last`. */
export type Share = {
  readonly cluster: Cluster;
  readonly first: number;
  readonly last: number;
  readonly every: number;
  readonly lanes: number;
};

/** What a process tells of a seed; the trace only of one that failed. */
export type Told = Pick<Played, 'seed' | 'acts' | 'breaches' | 'trace'>;

export async function openLaneOn({ ownerUrl, appUrl, template }: Cluster, sql = ''): Promise<Lane> {
  const name = `simulation_${randomBytes(6).toString('hex')}`;
  await onServer(ownerUrl, `create database ${name} template ${template} strategy file_copy`);
  const owner = urlOfDatabase(ownerUrl, name);
  if (sql !== '') await onServer(owner, sql);
  const lane = await openLane({ url: urlOfDatabase(appUrl, name), ownerUrl: owner });
  const shut = lane.close.bind(lane);
  const close = async (): Promise<void> => {
    await shut();
    await onServer(ownerUrl, `drop database if exists ${name} with (force)`);
  };
  return Object.assign(lane, { close });
}

/** In this process. */
export async function playShare(share: Share, tell: (told: Told) => void): Promise<void> {
  let next = share.first;
  const one = async (): Promise<void> => {
    const lane = await openLaneOn(share.cluster);
    while (next <= share.last) {
      const seed = next;
      next += share.every;
      const { acts, breaches, trace } = await play(seed, lane);
      tell({ seed, acts, breaches, trace: breaches.length > 0 ? trace : [] });
    }
    await lane.close();
  };
  await Promise.all(Array.from({ length: share.lanes }, one));
}

/** In processes of their own. Answers those that failed, and how many acts there were at least and in all. */
export async function playAll(cluster: Cluster, plays: Plays, tell: (told: Told) => void = () => undefined) {
  const { first, seeds, processes, lanes } = plays;
  const failed: Told[] = [];
  let [played, acts, fewest] = [0, 0, Infinity];
  const hear = (told: Told): void => {
    [played, acts, fewest] = [played + 1, acts + told.acts, Math.min(fewest, told.acts)];
    if (told.breaches.length > 0) failed.push(told);
    tell(told);
  };
  const shares = Array.from({ length: processes }, (_, at) => {
    return { cluster, first: first + at, last: first + seeds - 1, every: processes, lanes } satisfies Share;
  });
  await Promise.all(shares.map((share) => inChild('play', share, (told) => hear(told as Told))));
  return { played, acts, fewest, failed: failed.toSorted((a, b) => a.seed - b.seed) };
}

/** For young objects, in MiB: most of what a story makes is gone by the next step. A twelfth of the time of a run. */
const ROOM = ['--min-semi-space-size=64', '--max-semi-space-size=64'];

const children = new Set<ChildProcess>();

/** Where they are; nobody hears of what they did any more. */
export function endChildren(): void {
  for (const child of children) child.removeAllListeners().kill('SIGKILL');
}

/** Does it in a process of its own, which a world takes timers and chance away from for good; hears what is told meanwhile. */
export function inChild(job: 'play' | 'hunt' | 'replay', task: object, hear: (told: unknown) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const execArgv = [...ROOM, '--import', new URL('../src/platform/compile-cache.js', import.meta.url).href];
    const child = fork(join(import.meta.dirname, 'child.ts'), [job], { stdio: 'inherit', execArgv });
    child.send(task);
    child.on('message', hear);
    child.on('error', reject);
    children.add(child);
    child.on('exit', (code) => {
      children.delete(child);
      if (code === 0) resolve();
      else reject(new Error(`a process of the simulation ended with ${code}`));
    });
  });
}
