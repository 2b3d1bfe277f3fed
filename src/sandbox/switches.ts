// How the world behaves for now, by switches that are thrown at run time: quotas, slow and failing links, and how Zoom's events
// come. In memory, as faults are: a restarted sandbox has those it was started with.
import { isJson } from './endpoint.ts';

export type Switches = {
  /** A hundred creates and updates a day of one Zoom host. */
  readonly zoomDailyLimit: boolean;
  /** Four requests at a time into one mailbox of Microsoft. */
  readonly graphConcurrency: boolean;
  /** A new Meet conference is `pending` for so many readings. */
  readonly meetPendingReads: number;
  /** What a new Meet conference comes to. */
  readonly meetOutcome: 'success' | 'failure';
  /** The Teams link of a new event is missing for so many readings. */
  readonly teamsPendingReads: number;
  /** Whether the tenant's administrator let the app make online meetings for its users. */
  readonly teamsPolicy: 'granted' | 'missing';
  /** How often Zoom posts an event that it tells by itself. */
  readonly zoomEventCopies: number;
  /** What belongs together is told as it happened, or the last of it first. */
  readonly zoomEventOrder: 'as_happened' | 'reversed';
};

export type SwitchBoard = {
  now(): Switches;
  set(some: Partial<Switches>): void;
  /** As they were at the start. */
  reset(): void;
};

/** More readings than any client makes of one event. */
const MOST_READS = 1_000;
/** Zoom posts one event four times at most. */
const MOST_COPIES = 4;

export function switchBoard(quotas: boolean): SwitchBoard {
  const start: Switches = {
    zoomDailyLimit: quotas,
    graphConcurrency: quotas,
    meetPendingReads: 0,
    meetOutcome: 'success',
    teamsPendingReads: 0,
    teamsPolicy: 'granted',
    zoomEventCopies: 1,
    zoomEventOrder: 'as_happened',
  };
  let now = start;
  return {
    now: () => now,
    set: (some) => {
      now = { ...now, ...some };
    },
    reset: () => {
      now = start;
    },
  };
}

const oneOf =
  (...words: string[]) =>
  (value: unknown): boolean =>
    words.some((word) => word === value);
const whole = (least: number, most: number) => (value: unknown) =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
const RULES: Readonly<Record<keyof Switches, readonly [holds: (value: unknown) => boolean, what: string]>> = {
  zoomDailyLimit: [(value) => typeof value === 'boolean', 'true or false'],
  graphConcurrency: [(value) => typeof value === 'boolean', 'true or false'],
  meetPendingReads: [whole(0, MOST_READS), `a whole number up to ${MOST_READS}`],
  meetOutcome: [oneOf('success', 'failure'), 'success or failure'],
  teamsPendingReads: [whole(0, MOST_READS), `a whole number up to ${MOST_READS}`],
  teamsPolicy: [oneOf('granted', 'missing'), 'granted or missing'],
  zoomEventCopies: [whole(1, MOST_COPIES), `a whole number from 1 to ${MOST_COPIES}`],
  zoomEventOrder: [oneOf('as_happened', 'reversed'), 'as_happened or reversed'],
};

/** Some switches from outside; on any doubt the sentences to show instead. */
export function readSwitches(value: unknown): Partial<Switches> | { readonly wrong: readonly string[] } {
  if (!isJson(value)) return { wrong: ['switches are a JSON object'] };
  const wrong = Object.entries(value).flatMap(([name, given]) => {
    const rule = Object.hasOwn(RULES, name) ? RULES[name as keyof Switches] : undefined;
    if (!rule) return [`${name}: no such switch (there are ${Object.keys(RULES).join(', ')})`];
    return rule[0](given) ? [] : [`${name}: is ${rule[1]}`];
  });
  return wrong.length > 0 ? { wrong } : value;
}
