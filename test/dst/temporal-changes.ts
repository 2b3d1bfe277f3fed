// The changes of a zone as the house finds them, to be held against those that ICU shows.
import { zoneTable } from '../../src/platform/time/zone-table.ts';

const FROM = Date.UTC(2026, 10, 28) / 60_000;
const TO = Date.UTC(2038, 0, 1) / 60_000;

/** Epoch minutes at which the clock changes, rising. */
export function changesByTemporal(zone: string): number[] {
  return [...zoneTable(zone).changes].filter((at) => at > FROM && at < TO);
}
