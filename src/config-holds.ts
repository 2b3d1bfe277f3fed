// What the settings say about time kept for somebody: how long it is held while a form is filled in, how many holds and series
// one client may have, and how long what came free is kept for who waits.
import type { SettingReader } from './config-reader.ts';
import { WAITLIST_BOUNDS, type WaitlistRules } from './appointments/waitlist.ts';
import { HOLD_BOUNDS, type HoldRules } from './occupancy/hold.ts';

export function readHoldRules(read: SettingReader): HoldRules {
  const { minutes, perClient, perDay } = HOLD_BOUNDS;
  return {
    minutes: read.integer('HOLD_MINUTES', minutes.minimum, minutes.maximum),
    perClient: read.integer('HOLDS_PER_CLIENT', perClient.minimum, perClient.maximum),
    perDay: read.integer('HOLDS_PER_DAY', perDay.minimum, perDay.maximum),
  };
}

export function readSeriesPerClient(read: SettingReader): number {
  return read.integer('SERIES_PER_CLIENT', 1, 100);
}

export function readWaitlistRules(read: SettingReader): WaitlistRules {
  const { holdMinutes, perClient } = WAITLIST_BOUNDS;
  return {
    holdMinutes: read.integer('WAITLIST_HOLD_MINUTES', holdMinutes.minimum, holdMinutes.maximum),
    perClient: read.integer('WAITLIST_PER_CLIENT', perClient.minimum, perClient.maximum),
  };
}
