// What letters and texts say of sessions that begin, end or lie around a change.
import { sayMoment, saySpan } from '../../src/notifications/spoken-time.ts';
import { writeReminderText } from '../../src/notifications/text-message.ts';
import { instantOf } from '../../src/platform/time/wall-clock.ts';
import type { Answers } from './answers.ts';
import { momentWords, shortWords, spanWords } from './icu-words.ts';

const LENGTHS = [25, 50, 60, 90, 180, 1_440];
const OFFSETS = [-1_440, -720, -180, -120, -90, -60, -50, -25, -1, 0, 1, 25, 60, 90, 720, 1_440];

export function askWords(answers: Answers): void {
  const { zone, at } = answers.change;
  for (const start of OFFSETS.map((offset) => at + offset)) {
    const begins = instantOf(start);
    answers.hold(`the words of ${start}`, sayMoment(begins, zone), momentWords(zone, start));
    const text = writeReminderText({ practitioner: '', start: begins, zone, sandbox: false });
    answers.hold(`the text about ${start}`, text, `Reminder: your appointment, ${shortWords(zone, start)} (${zone})`);
    for (const length of LENGTHS) {
      const end = start + length;
      const said = saySpan(begins, instantOf(end), zone);
      answers.hold(`the words of ${start} to ${end}`, `${said.when} / ${said.zone}`, spanWords(zone, start, end));
    }
  }
}
