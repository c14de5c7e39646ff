import { defineConfig } from 'vitest/config';
import { ClosingLine } from './scripts/closing-line.ts';

/** The kinds of test; docs/testing.md says what belongs where. */
export default defineConfig({
  test: {
    // One worker a core: much of what the tests do is waiting.
    maxWorkers: '100%',
    reporters: ['default', new ClosingLine()],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{agent,bench,clearing,drivers,emv,offline-queue,test-fixtures,scripts}/**/*.test.ts'],
          exclude: ['**/*.real.test.ts', '**/*.page.test.ts'],
          // A scenario may tear a card forty times, on a machine that does other things as well.
          testTimeout: 60_000,
        },
      },
      {
        // Real parts: pcscd with vpcd, PostgreSQL, the daemon as a process of its own.
        test: {
          name: 'real',
          include: ['{agent,clearing,drivers,offline-queue,test-fixtures}/**/*.real.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        // The cashier page in Chromium.
        test: {
          name: 'page',
          include: ['{agent,test-fixtures}/**/*.page.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
