// How a meeting is said to have gone, by what was told of it: rules alone.
import { describe, expect, test } from 'vitest';
import { lifeOf, suggestOutcome, type LifeEvent, type LifeKind } from '../../src/meetings/life.ts';

const DAY = '2030-06-20T';
const at = (time: string) => Temporal.Instant.from(`${DAY}${time}Z`);
const AGREED = { start: at('14:00'), end: at('15:00') };

/** `host+ 13:58` joined, `host- 14:40` left, `guest? 14:00` waited, `( 13:58` started, `) 15:00` ended; a run after a slash. */
function told(...words: readonly string[]): LifeEvent[] {
  return words.map((word) => {
    const [, who = '', sign = '', time = '', run = 'run'] = /^(\w*)([+?()-]) (\d\d:\d\d)(?:\/(\w+))?$/.exec(word) ?? [];
    const kinds: Record<string, LifeKind> = { '+': 'joined', '-': 'left', '?': 'waited', '(': 'started', ')': 'ended' };
    const role = who === '' ? null : who.startsWith('host') ? 'host' : 'guest';
    return { run, kind: kinds[sign] ?? 'started', visitor: who, role, at: at(time) };
  });
}
const suggested = (events: readonly LifeEvent[], now = '15:10') =>
  suggestOutcome(lifeOf(events, AGREED), AGREED, at(now));

describe('it is suggested', () => {
  test.each<[string, 'completed' | 'no_show' | null, string[]]>([
    [
      'both were there',
      'completed',
      ['( 13:58', 'host+ 13:58', 'guest+ 14:01', 'guest- 14:50', 'host- 14:51', ') 14:51'],
    ],
    ['both, and neither was seen to leave', 'completed', ['host+ 13:58', 'guest+ 14:01']],
    ['both, of whom one was only seen to leave', 'completed', ['host- 14:50', 'guest+ 14:01']],
    ['both, in another run', 'completed', ['host+ 13:50', 'host- 13:59', 'host+ 14:05/two', 'guest+ 14:06/two']],
    ['both, after the end', 'completed', ['host+ 15:02', 'guest+ 15:03']],
    ['the host alone', 'no_show', ['( 13:58', 'host+ 13:58', 'host- 14:20', ') 14:20']],
    ['the host alone, only seen to leave', 'no_show', ['host- 14:20']],
    [
      'the host alone, and a guest who tried it in the morning',
      'no_show',
      ['host+ 13:58', 'guest+ 09:00', 'guest- 09:05'],
    ],
    ['one after the other', null, ['guest+ 14:00', 'guest- 14:10', 'host+ 14:11', 'host- 14:30']],
    ['guests alone', null, ['guest+ 14:00', 'other+ 14:01']],
    ['one at the door', null, ['host+ 13:58', 'guest? 14:00']],
    ['one at the door who came in', 'completed', ['host+ 13:58', 'guest? 14:00', 'guest+ 14:02']],
    ['opened and no more', null, ['( 13:58', ') 14:20']],
    ['opened in the morning alone', null, ['( 09:00', 'host+ 09:00', 'host- 09:10', ') 09:10']],
    ['nothing', null, []],
  ])('%s', (_what, outcome, words) => {
    const events = told(...words);
    expect(suggested(events)).toBe(outcome);
    expect(suggested(events, '15:09')).toBeNull();
  });
});

test('whatever the order and however often it is told, it is the same', () => {
  const events = told(
    '( 13:58',
    'host+ 13:58',
    'guest+ 14:01',
    'guest- 14:10',
    'guest+ 14:12',
    'guest- 14:50',
    ') 14:51',
  );
  const life = lifeOf(events, AGREED);
  expect(life).toMatchObject({ guests: 2, guestJoined: at('14:01'), guestLeft: at('14:50'), hostLeft: at('14:51') });
  for (let turn = 0; turn < events.length; turn += 1) {
    const turned = [...events.slice(turn), ...events.slice(0, turn)];
    expect(lifeOf(turned, AGREED)).toEqual(life);
    expect(lifeOf([...turned, ...events].toReversed(), AGREED)).toEqual(life);
  }
});
