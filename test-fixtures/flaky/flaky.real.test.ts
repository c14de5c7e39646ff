import { afterAll, beforeAll, expect, it } from 'vitest';
import { SandboxUnderTest } from '../scenarios/sandbox-under-test.ts';
import { storm } from './storm.ts';

let sandbox: SandboxUnderTest;
beforeAll(async () => {
  sandbox = await SandboxUnderTest.start('in-process');
});
afterAll(() => sandbox.stop());

it('under a network that is cut at random every fen ends where it belongs', async () => {
  const report = await storm(sandbox, { seed: 1, forMs: 4_000, tell: () => {} });
  expect(report.disagreements).toEqual([]);
  expect(report.cuts).toBeGreaterThan(0);
  expect(report.records).toBeGreaterThan(0);
});
