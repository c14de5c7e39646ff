import type { Reporter, TestModule } from 'vitest/node';

/** Ends a test run with one plain line of counts; where CI is set, a skipped test is a failed run. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state]++;
    }
    const skipped = count.skipped + count.pending;
    console.log(`${count.passed} passed, ${count.failed} failed, ${skipped} skipped`);
    if (skipped > 0 && process.env['CI'] !== undefined) {
      console.log('CI is set: every part must be there, so a skipped test fails the run.');
      process.exitCode = 1;
    }
  }
}
