// Ends the run with what failed, in short, and one plain line, `N passed, N failed`, for whatever reads the end of the
// output alone. Errors outside any test count as failures.
import type { Reporter, TestModule } from 'vitest/node';

/** Of a failure's words, so that many still fit into what is kept of a log. */
const MOST_LINES = 12;

export default class PlainReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly Failure[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      if (module.state() === 'failed' && module.errors().length > 0) {
        count.failed += 1;
        tell(module.relativeModuleId, module.errors());
      }
      for (const test of module.children.allTests()) {
        const result = test.result();
        count[result.state] += 1;
        if (result.state === 'failed') tell(`${module.relativeModuleId} > ${test.fullName}`, result.errors);
      }
    }
    if (errors.length > 0) {
      process.exitCode = 1;
      tell('outside any test', errors);
    }
    const skipped = count.skipped + count.pending;
    console.log(`\n${count.passed} passed, ${count.failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  }
}

interface Failure {
  message: string;
  diff?: string;
  stack?: string;
}

function tell(what: string, errors: readonly Failure[]): void {
  console.log(`\nfailed: ${what}`);
  for (const { message, diff, stack } of errors) {
    const place = (stack ?? '').split('\n').find((line) => line.includes('/test/'));
    const lines = `${message}\n${diff ?? ''}`.split('\n').filter((line) => line.trim() !== '');
    for (const line of [...lines.slice(0, MOST_LINES), ...(place === undefined ? [] : [place.trim()])])
      console.log(`  ${line.slice(0, 300)}`);
  }
}
