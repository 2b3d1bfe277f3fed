// npm run dst: the whole corpus. Every zone of the runtime, every change of its clocks; none is left out.
import { say } from '../races/caller.ts';
import type { Difference } from './answers.ts';
import { allZones, changesOf } from './changes.ts';
import { tryChange, type Subject } from './corpus.ts';
import { changesByTemporal } from './temporal-changes.ts';

/** What one needs to see what is wrong. */
const SHOWN = 10;

const began = performance.now();
const zones = allZones();
const differences: Difference[] = [];
const unknown: string[] = [];
const asked: Record<Subject, number> = { hours: 0, limits: 0, series: 0, reminders: 0, words: 0 };
let [changes, gaps] = [0, 0];
for (const zone of zones) {
  const found = changesOf(zone);
  const other = changesByTemporal(zone);
  const [mine, theirs] = [found.map(({ at }) => at).join(), other.join()];
  if (mine !== theirs) unknown.push(`${zone}: ICU has ${found.length} changes, Temporal ${other.length}`);
  for (const change of found) {
    const tried = tryChange(change);
    changes += 1;
    gaps += change.kind === 'gap' ? 1 : 0;
    for (const subject of Object.keys(asked) as Subject[]) asked[subject] += tried.asked[subject];
    differences.push(...tried.differences);
  }
}
const seconds = ((performance.now() - began) / 1_000).toFixed(0);
const questions = Object.values(asked).reduce((sum, many) => sum + many, 0);
const bySubject = Object.entries(asked).map(([subject, many]) => `${many} of ${subject}`);
say(
  `tzdata ${process.versions['tz'] ?? 'unknown'}: ${zones.length} zones, ${changes} changes (${gaps} gaps), ${seconds} s`,
);
say(`${questions} questions (${bySubject.join(', ')})`);
say(`${differences.length} answers that differ, ${unknown.length} zones that differ`);
for (const line of unknown.slice(0, SHOWN)) say(line);
for (const { change, what, ours, icu } of differences.slice(0, SHOWN)) {
  say(
    `${change.zone} ${new Date(change.at * 60_000).toISOString()} (${change.kind}), ${what}\n  ours ${ours}\n  ICU  ${icu}`,
  );
}
process.exitCode = differences.length + unknown.length > 0 ? 1 : 0;
