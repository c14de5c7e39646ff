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

  it('knows two copies, and payments that are there', async () => {
    expect((await receipt('--copy', 'both')).exitCode).toBe(2);
    id = 'no-such';
    expect((await receipt()).exitCode).toBe(1);
  });
});
