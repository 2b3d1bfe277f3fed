// How the tests run: real processes, a private database for each file that asks for one (test/open-database.ts).
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

/** Minutes of these are spent waiting: beside the others they cost little, after them they would be alone. */
const LONGEST = ['test/kills/', 'test/simulation/', 'test/fulfilment/day-away', 'test/fulfilment/accounts-in-trouble'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.findIndex((part) => moduleId.includes(part));
      return at < 0 ? LONGEST.length : at;
    };
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // On two cores: each worker keeps a server and a database busy besides itself, and waits for them a third of its time.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    globalSetup: ['./test/global-setup.ts'],
    // Against hanging for ever, not a mark: a busy machine may take ten times as long as a quiet one.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    reporters: ['default', './test/plain-reporter.ts'],
  },
});
