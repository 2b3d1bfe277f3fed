// Reminders of sessions on either side of a change, and of such that the change lies before by a lead: which is sent when, on the
// wall of its reader. A lead is elapsed time, so many minutes of the line, whatever the wall shows at each.
import { remindersOwed, type Reminding } from '../../src/fulfilment/reminders-owed.ts';
import { sayMoment } from '../../src/notifications/spoken-time.ts';
import type { LetterRow } from '../../src/notifications/store.ts';
import { instantOf, parseStart } from '../../src/platform/time/wall-clock.ts';
import type { Answers } from './answers.ts';
import { wallText } from './calendar.ts';
import { minutesShowing, wallAt } from './icu.ts';
import { momentWords } from './icu-words.ts';

const DAY = 1_440;
const LONGEST = 43_200;
const LEADS: readonly (readonly number[])[] = [
  [DAY, 60],
  [LONGEST, 7 * DAY, 2 * DAY, DAY, 90, 5],
];
/** From the change to the start: some leads before it, or a little more or less. */
const OFFSETS = [-30, 0, 1, 5, 30, 60, 90, 120, 720, DAY - 60, DAY, DAY + 1, DAY + 60, 2 * DAY, 7 * DAY, LONGEST];

export function askReminders(answers: Answers): void {
  const { zone, at } = answers.change;
  for (const offset of OFFSETS) {
    const wall = wallAt(zone, at + offset);
    const asked = wallText(wall);
    const [start = Number.NaN] = minutesShowing(zone, wall);
    const { instant } = parseStart(asked, { zone });
    for (const leads of LEADS) {
      for (const agreed of [at - LONGEST - DAY, at]) {
        if (start <= agreed) continue;
        const ours = sent(
          { ...TELLING, start: instant, end: instant, from: instantOf(agreed), ...remindedOf(leads) },
          zone,
        );
        const due = leads.filter((lead) => start - lead > agreed);
        const icu = due.map((lead) => `${lead} before: ${momentWords(zone, start - lead)}`);
        const what = `reminders (${leads.join()}) of ${asked.date} ${asked.time}, agreed at ${agreed}`;
        answers.hold(what, ours.join('\n'), icu.join('\n'));
      }
    }
  }
}

const TELLING: Omit<Reminding, 'start' | 'end' | 'from' | 'reminders'> = {
  appointmentId: 1,
  revision: 1,
  live: true,
  closed: false,
  asked: null,
  declined: false,
  link: 'none',
  since: instantOf(0),
  smsReaches: false,
};

function remindedOf(leadMinutes: readonly number[]): Pick<Reminding, 'reminders'> {
  return { reminders: { leadMinutes, channels: ['email'], practitioner: false } };
}

/** All that a worker sends who looks whenever it was told to, and just before. */
function sent(telling: Reminding, zone: string): string[] {
  const letters: LetterRow[] = [];
  const said: string[] = [];
  const look = (at: Temporal.Instant) => {
    const owed = remindersOwed(telling, letters, new Set(), at);
    for (const letter of owed.send) {
      said.push(`${letter.leadMinutes} before: ${sayMoment(at, zone)}`);
      letters.push({ ...letter, id: letters.length, state: 'sent', attempts: 1, nextAttemptAt: null, sentAt: at });
    }
    return owed.nextAt;
  };
  for (let next = look(telling.from); next !== null; next = look(next)) look(next.subtract({ nanoseconds: 1 }));
  return said;
}
