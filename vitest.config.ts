// How the tests run: real processes, a private database for each file that asks for one (test/open-database.ts).
import { defineConfig } from 'vitest/config';
import { Order } from './test/order.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Each keeps a server and a database busy besides itself. What a file loads serves the next: each ends what it began.
    maxWorkers: 2,
    isolate: false,
    sequence: { sequencer: Order },
    globalSetup: ['./test/global-setup.ts'],
    // Against hanging for ever, not a mark: a busy machine may take ten times as long as a quiet one.
    testTimeout: 90_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    reporters: ['default', './test/plain-reporter.ts'],
  },
});
