import { expect, it } from 'vitest';
import type { PrinterTrouble } from '../ports.ts';
import type { PrinterTalk } from './printer-talk.ts';
import { jobSender } from './send-job.ts';

const LIMITS = { answerMs: 1, paperMs: 4, watchMs: 1, lookMs: 1 };
const JOB = new Uint8Array(1_200);

/** A printer that is through as soon as it is asked, on a line that goes, and comes back at once, behind the n-th step. */
function sender(goesBehind: number, trouble: () => PrinterTrouble | undefined = () => undefined, takes = 99) {
  const pieces: number[] = [];
  let steps = 0;
  const stepped = <T>(value: T): Promise<T> => {
    steps += 1;
    return Promise.resolve(value);
  };
  const talk: PrinterTalk = {
    take: () => {},
    forget: () => {},
    losses: () => (steps >= goesBehind ? 1 : 0),
    status: () => stepped({ paperLow: false }),
    isThrough: () => stepped('through' as const),
    stillThrough: () => stepped(true),
    writeOff: () => {},
  };
  const write = (bytes: Uint8Array) => {
    pieces.push(bytes.length);
    return stepped(pieces.length > takes ? ('failed' as const) : ('written' as const));
  };
  const condition = { trouble: () => stepped(trouble()) };
  return { pieces, send: jobSender({ line: { state: 'open', write }, talk, condition, limits: LIMITS }) };
}

it('a job on a line that stays is printed', async () => {
  const { pieces, send } = sender(99);
  expect([await send(JOB), pieces]).toEqual([{ kind: 'printed', confirmed: true }, [512, 512, 176]]);
});

it.each([
  ['before the first piece', 2, { kind: 'not-printed', why: 'unplugged' }, []],
  ['behind the first piece', 3, { kind: 'maybe-printed', why: 'pulled' }, [512]],
  ['behind the last piece', 5, { kind: 'maybe-printed', why: 'pulled' }, [512, 512, 176]],
  ['when it says that it is through', 6, { kind: 'maybe-printed', why: 'pulled' }, [512, 512, 176]],
  ['when it says that it is well', 7, { kind: 'maybe-printed', why: 'pulled' }, [512, 512, 176]],
] as const)('a line that is gone for a moment %s is noticed', async (_, step, answer, pieces) => {
  const made = sender(step);
  expect([await made.send(JOB), made.pieces]).toEqual([answer, pieces]);
});

it('a device that takes no more says why, and is sent no more', async () => {
  const troubles: (PrinterTrouble | undefined)[] = [undefined, 'paper-out'];
  const { pieces, send } = sender(99, () => troubles.shift(), 1);
  expect(await send(JOB)).toEqual({ kind: 'maybe-printed', why: 'paper-out' });
  expect(pieces).toEqual([512, 512]);
  expect(await sender(99, () => undefined, 0).send(JOB)).toEqual({ kind: 'maybe-printed', why: 'silent' });
});
