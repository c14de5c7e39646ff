import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SlipView } from '../../receipts/slip-state.ts';
import { cli, type TestTerminal, testTerminal } from '../test-terminal.ts';

let terminal: TestTerminal;
let id: string;
const receipt = (...words: string[]) => cli(['receipt', id, ...words, '--url', terminal.url]);

beforeEach(async () => {
  terminal = await testTerminal();
  terminal.onStart = () => terminal.move({ state: 'approved' });
  const { out } = await cli(['pay', '12.80', '--json', '--url', terminal.url]);
  id = JSON.parse(out.at(-1) ?? '').id;
});
afterEach(() => terminal.close());

const becomes = (...left: SlipView['copies'][]): void => {
  const next = (): void => {
    const copies = left.shift() ?? {};
    terminal.slips = { state: 'waiting', copies };
    if (left.length > 0) setImmediate(next);
  };
  terminal.onPrint = next;
};

describe('jdpos receipt', () => {
  it('prints the cardholder’s copy, and says when it is out', async () => {
    becomes(
      { customer: { state: 'waiting' } },
      { customer: { state: 'printing' } },
      { customer: { state: 'printed' } },
    );
    terminal.slips = { state: 'waiting', copies: { customer: { state: 'waiting' } } };
    expect(await receipt()).toMatchObject({ exitCode: 0, out: ['printed'], err: [] });
    expect(terminal.printed).toEqual(['customer']);
  });

  it('says why it is not on paper for certain', async () => {
    terminal.slips = { state: 'not-printed', copies: { merchant: { state: 'not-printed', why: 'paper-out' } } };
    const { exitCode, out } = await receipt('--copy', 'merchant');
    expect([exitCode, out]).toEqual([1, ['not-printed  The printer is out of paper: put in a new roll.']]);
    expect(terminal.printed).toEqual(['merchant']);
  });

  it('shows it, without what a terminal would act on', async () => {
    const { exitCode, out } = await receipt('--text');
    expect([exitCode, out, terminal.printed]).toEqual([0, ['江都购物卡', '消费\uFFFDSALE'], []]);
    expect(JSON.parse((await receipt('--text', '--json')).out[0] ?? '')).toMatchObject({
      copy: 'customer',
      columns: 32,
    });
  });

  it('prints and shows the slip of a close', async () => {
    const at = { epoch: 1, sequence: 1 };
    terminal.closes = [
      {
        ...{ number: 3, id: '2b0f8b3e-7d0c-4a8e-9a59-2f1d5f3f6a10', first: at, last: at, count: 1, totalMinor: 1280 },
        ...{ closedAt: '2026-03-09T12:00:00.000Z', complete: false },
      },
    ];
    const ofClose = (...words: string[]) => cli(['receipt', '--close', '3', ...words, '--url', terminal.url]);
    terminal.closeSlip = { state: 'printing' };
    terminal.onPrint = () => {
      terminal.closeSlip = { state: 'printed', confirmed: false };
    };
    const { exitCode, out } = await ofClose();
    expect([exitCode, out]).toEqual([0, ['printed  the printer cannot confirm it: look at the paper']]);
    expect(terminal.printed).toEqual(['close 3']);
    expect((await ofClose('--text')).out).toEqual(['江都购物卡', '消费\uFFFDSALE']);
    expect((await cli(['receipt', '--close', '4', '--url', terminal.url])).exitCode).toBe(1);
    for (const words of [['receipt'], ['receipt', id, '--close', '3'], ['receipt', '--close', '0']])
      expect((await cli([...words, '--url', terminal.url])).exitCode).toBe(2);
  });

  it('knows two copies, and payments that are there', async () => {
    expect((await receipt('--copy', 'both')).exitCode).toBe(2);
    id = 'no-such';
    expect((await receipt()).exitCode).toBe(1);
  });
});
