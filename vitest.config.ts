import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { ClosingLine } from './scripts/closing-line.ts';

const PCSC = 'drivers/pcsc/**/*.real.test.ts';

/** The kinds of test; docs/testing.md says what belongs where. All of them run side by side. */
export default defineConfig({
  test: {
    // Half as many again as there are cores: tests over real parts wait more than they reckon.
    maxWorkers: Math.max(2, Math.ceil(availableParallelism() * 1.5)),
    // Of what hangs: a scenario may tear a card forty times, on a machine that does many other things as well.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
    // Each kind would translate the house anew, a tenth of what a run costs. Kept by what a file holds, in node_modules.
    experimental: { fsModuleCache: true },
    reporters: ['default', new ClosingLine()],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{agent,bench,clearing,drivers,emv,offline-queue,test-fixtures,scripts}/**/*.test.ts'],
          exclude: ['**/*.{isolated,real,page}.test.ts'],
          // Loading the house anew for every file costs more than the tests.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          // Tests that put another module in the place of one, or whose native library keeps the socket that it was first told.
          name: 'isolated',
          include: ['test-fixtures/**/*.isolated.test.ts', PCSC],
        },
      },
      {
        extends: true,
        test: {
          // Real parts: pcscd with vpcd, PostgreSQL, the daemon as a process of its own.
          name: 'real',
          include: ['{agent,clearing,drivers,offline-queue,test-fixtures}/**/*.real.test.ts'],
          exclude: [PCSC],
          globalSetup: 'test-fixtures/postgres/one-cluster.ts',
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          // The cashier page in Chromium.
          name: 'page',
          include: ['{agent,test-fixtures}/**/*.page.test.ts'],
          globalSetup: 'agent/cashier/page-stand.ts',
          isolate: false,
        },
      },
    ],
  },
});
