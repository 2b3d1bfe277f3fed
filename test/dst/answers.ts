// What was asked around one change of clocks, and where the answers part.
import type { Change } from './changes.ts';

export type Difference = {
  readonly change: Change;
  readonly what: string;
  readonly ours: string;
  readonly icu: string;
};

export class Answers {
  readonly change: Change;
  readonly differences: Difference[] = [];
  asked = 0;

  constructor(change: Change) {
    this.change = change;
  }

  /** One question with both answers to it. */
  hold(what: string, ours: string, icu: string): void {
    this.asked += 1;
    if (ours !== icu) this.differences.push({ change: this.change, what, ours, icu });
  }
}
