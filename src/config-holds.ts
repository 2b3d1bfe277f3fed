// What the settings say about time kept for somebody: how long it is held while a form is filled in, and how many holds and
// series one client may have.
import type { SettingReader } from './config-reader.ts';
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
