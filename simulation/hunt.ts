// Looks for planted bugs: plays seeds with one planted until the examination tells of it.
import type { Lane } from './lane.ts';
import { OTHER_TEXT, PLANTS, plantNamed, type Plant } from './plants.ts';
import { play, type Played } from './play.ts';
import { inChild, openLaneOn, type Cluster } from './processes.ts';

export type Hunt = {
  readonly cluster: Cluster;
  readonly names: readonly string[];
  /** How many seeds are played of each at most. */
  readonly most: number;
};

/** `played`: in which it was found; null: in none. */
export type Found = { readonly name: string; readonly played: Pick<Played, 'seed' | 'breaches' | 'trace'> | null };

/** One after the other, in this process. */
export async function findPlants({ cluster, names, most }: Hunt, tell: (found: Found) => void): Promise<void> {
  for (const name of names) {
    const plant = plantNamed(name);
    // Its own: what was planted stays in the database, and in the statements that its connections have prepared.
    const lane = await openLaneOn(cluster, plant.sql);
    try {
      tell({ name, played: await find(plant, lane, most) });
    } finally {
      await lane.close();
    }
  }
}

async function find(plant: Plant, lane: Lane, most: number): Promise<Played | null> {
  const { from = 1 } = plant;
  for (let seed = from; seed < from + most; seed += 1) {
    const played = await play(seed, lane, plant);
    if (played.breaches.some((breach) => breach.includes(OTHER_TEXT))) throw new Error(played.breaches.join());
    if (played.breaches.some((breach) => plant.finds.test(breach))) return played;
  }
  return null;
}

/** All there are, in so many processes of their own. `founds`: each comes when it is found; `over`: when those have ended. */
export function hunt(cluster: Cluster, most: number, processes: number) {
  const names = Object.keys(PLANTS);
  const founds = new Map(names.map((name) => [name, Promise.withResolvers<Found>()] as const));
  const ends = Array.from({ length: processes }, async (_, at) => {
    const mine = names.filter((_name, no) => no % processes === at);
    try {
      await inChild('hunt', { cluster, names: mine, most }, (told) => {
        const found = told as Found;
        founds.get(found.name)?.resolve(found);
      });
    } catch (error) {
      for (const name of mine) founds.get(name)?.reject(error);
    }
  });
  const promised = new Map([...founds].map(([name, { promise }]) => [name, promise] as const));
  return { founds: promised, over: Promise.all(ends) };
}
