import { expect, it } from 'vitest';
import { runProgram } from './machine.ts';

it('a program that is not there keeps nobody waiting', async () => {
  const limits = () => process.getActiveResourcesInfo().filter((what) => what === 'Timeout').length;
  const before = limits();
  expect(await runProgram('/nowhere/udevadm')).toMatchObject({ code: -1 });
  expect(limits()).toBe(before);
});
