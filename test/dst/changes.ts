// Every change of the clocks of every zone, as ICU shows them.
import { changesIn, stretchOf, wallAt } from './icu.ts';

/** The day this corpus was first laid, to the end of what 32 bits of seconds can say. */
const FROM = Date.UTC(2026, 10, 28) / 60_000;
const TO = Date.UTC(2038, 0, 1) / 60_000;

export type Change = { readonly zone: string; readonly at: number; readonly kind: 'gap' | 'overlap' };

/** Every name the runtime knows. */
export function allZones(): string[] {
  return Intl.supportedValuesOf('timeZone');
}

/** The changes of a zone as ICU has them: found by looking every day, the shortest time any zone keeps a change being weeks. */
export function changesOf(zone: string): Change[] {
  const changes: Change[] = [];
  const step = 1_440;
  let before = wallAt(zone, FROM);
  for (let at = FROM; at < TO; at += step) {
    const after = wallAt(zone, at + step);
    if (after - before !== step) {
      for (const minute of changesIn(stretchOf(zone, at - 15, at + step + 15)))
        changes.push({ zone, at: minute, kind: wallAt(zone, minute) > wallAt(zone, minute - 1) ? 'gap' : 'overlap' });
    }
    before = after;
  }
  // A change just where two looks meet is seen by both.
  return changes.filter(({ at }, index) => at !== changes[index - 1]?.at);
}
