// What is asked around every change of clocks, each answer held against that of ICU.
import { Answers, type Difference } from './answers.ts';
import type { Change } from './changes.ts';
import { askHours } from './hours.ts';
import { askLimits } from './limits.ts';
import { askReminders } from './reminders.ts';
import { askSeries } from './series.ts';
import { askWords } from './words.ts';

const SUBJECTS = {
  hours: askHours,
  limits: askLimits,
  series: askSeries,
  reminders: askReminders,
  words: askWords,
} as const;
export type Subject = keyof typeof SUBJECTS;

export type Tried = {
  readonly asked: Readonly<Record<Subject, number>>;
  readonly differences: readonly Difference[];
};

/** How many questions were asked around a change, and where the answers part. */
export function tryChange(change: Change): Tried {
  const differences: Difference[] = [];
  const ask = (subject: Subject): number => {
    const answers = new Answers(change);
    SUBJECTS[subject](answers);
    differences.push(...answers.differences);
    return answers.asked;
  };
  const asked = {
    hours: ask('hours'),
    limits: ask('limits'),
    series: ask('series'),
    reminders: ask('reminders'),
    words: ask('words'),
  };
  return { asked, differences };
}
