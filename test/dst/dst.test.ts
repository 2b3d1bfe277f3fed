// A spread of the corpus of changes of clocks, the odd ones among them; `npm run dst` is the whole of it.
import { describe, expect, test } from 'vitest';
import { allZones, changesOf } from './changes.ts';
import { tryChange } from './corpus.ts';
import { changesByTemporal } from './temporal-changes.ts';

/** Half hours, changes at midnight, by two hours, in the other half of the year, on Fridays and Saturdays. */
const ODD = [
  'America/Havana',
  'America/Godthab',
  'America/St_Johns',
  'Africa/Cairo',
  'Antarctica/Troll',
  'Asia/Beirut',
  'Asia/Gaza',
  'Asia/Jerusalem',
  'Australia/Lord_Howe',
  'Europe/Dublin',
  'Pacific/Chatham',
];
/** One zone of so many, and of each its first change of either kind and one far ahead. */
const ONE_OF = 23;

const spread = allZones().filter((zone, index) => ODD.includes(zone) || index % ONE_OF === 0);

describe('around a change of clocks, starts, limits, series, reminders and the words of letters are those of ICU', () => {
  test.each(spread)('%s', (zone) => {
    const changes = changesOf(zone);
    expect(changes.map(({ at }) => at)).toEqual(changesByTemporal(zone));
    const tried = [changes[0], changes[1], changes.at(-1)].filter((change) => change !== undefined).map(tryChange);
    expect(tried.flatMap(({ differences }) => differences)).toEqual([]);
    for (const { asked } of tried) for (const many of Object.values(asked)) expect(many).toBeGreaterThan(40);
  });

  test('there are such zones among them', () => {
    expect(spread.filter((zone) => changesByTemporal(zone).length > 0).length).toBeGreaterThan(ODD.length);
    expect(allZones()).toEqual(expect.arrayContaining(ODD));
  });
});
