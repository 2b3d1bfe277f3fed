// A practitioner who is always there, so that nothing stands against a start but what is asked about.
import type { Policy, Schedule, Weekday } from '../../src/schedules/schedule.ts';

export const PLAIN: Policy = {
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 0,
  noticeMinutes: 0,
  horizonDays: 365,
  gridMinutes: 1,
};

export function openAlways(zone: string): Schedule {
  const weekly = ([1, 2, 3, 4, 5, 6, 7] as const).map((weekday: Weekday) => ({ weekday, from: 0, to: 1_440 }));
  return { version: 1, zone, weekly, overrides: [], timeOff: [] };
}
