// Bugs to plant, one of each family, so that it is seen that the examination finds them. They are planted at the simulation's
// own seams: a flight is changed before it leaves, an answer before it is heard, an act before it is asked. The product has no
// switch for any of them.
import type { Answer, Deed } from './acts.ts';
import type { Hearing } from './outside.ts';
import type { Tamper } from './statements.ts';

export type Plant = {
  /** For the lane's database, before anything is played. */
  readonly sql?: string;
  readonly tamper?: Tamper;
  readonly hearing?: Hearing;
  /** What a person is told, in place of the answer. */
  readonly telling?: (deed: Deed, answer: Answer, ledger: readonly Deed[]) => Answer;
};

export const NOTHING_PLANTED: Plant = {};

export const PLANTS = {} as const satisfies Readonly<Record<string, Plant>>;

export function plantNamed(name: string): Plant {
  const plant = (PLANTS as Readonly<Record<string, Plant>>)[name];
  if (!plant) throw new Error(`there is no plant called ${name}`);
  return plant;
}
