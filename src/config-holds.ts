// What the settings say about holds: how long a time is kept for somebody who fills in a form, and how many of them.
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
