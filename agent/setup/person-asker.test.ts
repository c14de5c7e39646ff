import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { personAsker } from './person-asker.ts';

const seat = (interrupted = new AbortController().signal) => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const asker = personAsker({
    input: input as unknown as NodeJS.ReadStream,
    output: output as unknown as NodeJS.WriteStream,
    interrupted,
  });
  return { input, output, asker };
};

it('an Enter that was typed ahead does not leave a test out; one that is typed while it waits does', async () => {
  const { input, asker } = seat();
  input.write('\n');
  input.write('\n');
  let begun = (): void => {};
  const begins = new Promise<void>((resolve) => {
    begun = resolve;
  });
  let stopped = false;
  const ended = asker.waiting('Scan any code', (stop) => {
    begun();
    return new Promise<void>((resolve) => {
      stop.addEventListener('abort', () => {
        stopped = true;
        resolve();
      });
    });
  });
  await begins;
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  expect(stopped).toBe(false);
  input.write('\n');
  await ended;
  expect(stopped).toBe(true);
});

it('an Enter that was typed ahead confirms nothing that was not yet asked', async () => {
  const { input, output, asker } = seat();
  input.write('\r');
  const asked = new Promise<void>((resolve) => {
    output.on('data', (shown: Buffer) => shown.includes('whole') && resolve());
  });
  const answer = asker.confirm('Is the slip whole?', true);
  await asked;
  input.write('n');
  expect(await answer).toBe(false);
});

it('a terminal that does not say its size is written to as one of 80 columns', () => {
  const output = Object.assign(new PassThrough(), { columns: 0, rows: 0 });
  personAsker({
    input: new PassThrough() as unknown as NodeJS.ReadStream,
    output: output as unknown as NodeJS.WriteStream,
    interrupted: new AbortController().signal,
  });
  expect([output.columns, output.rows]).toEqual([80, 24]);
});

it('Ctrl-C once everything is in place is not said to have ended a setup', () => {
  const interrupt = new AbortController();
  const { asker, output } = seat(interrupt.signal);
  asker.done();
  interrupt.abort();
  asker.close();
  expect(output.read()).toBeNull();
});
