// What is usual in a world beside single appointments, in some of the seeds. Each is drawn apart: where a custom is not, the story
// is the one it would be if there were no such thing anywhere.
import type { Chance } from './chance.ts';

export type Customs = {
  /** Seats of a group's session; 1: nobody meets in groups. */
  readonly capacity: number;
  /** Clients come weekly. */
  readonly series: boolean;
  /** Clients wait for times to come free. */
  readonly waitlist: boolean;
};

const GROUPS = 0.4;
const SERIES = 0.13;
const WAITLIST = 0.15;

export function customsOf(chance: Chance): Customs {
  const groups = chance.branch('groups');
  return {
    capacity: groups.happens(GROUPS) ? groups.pick([2, 3]) : 1,
    series: chance.branch('series').happens(SERIES),
    waitlist: chance.branch('waitlist').happens(WAITLIST),
  };
}
