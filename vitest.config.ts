// How the tests run: real processes, a private database for each file that asks for one (test/open-database.ts).
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Each worker keeps a server and a database busy besides itself.
    maxWorkers: 2,
    globalSetup: ['./test/global-setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/plain-reporter.ts'],
  },
});
