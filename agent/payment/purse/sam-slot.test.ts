import { beforeEach, describe, expect, it } from 'vitest';
import type { CardReader, ExchangeAnswer } from '../../../drivers/index.ts';
import { hex, toHex } from '../../../emv/values/index.ts';
import { samSlot } from './sam-slot.ts';

const PARAMETERS = { application: hex('DF01'), diversifiedByIssuer: false };
const SERIAL = '53414D00000000000001';
const CREDIT = hex('8072000004D5BA4A53');
const OTHER_CREDIT = hex('807200000400000000');
const use = (terminalSequence: number) => ({ serial: hex(SERIAL), terminalId: hex('010203040506'), terminalSequence });

/** A slot with a PSAM that judges once. */
function slot() {
  const psam = { asked: [] as string[], opened: 0, arrival: 1, there: true, gone: false, terminal: '010203040506' };
  const verdicts = ['9000', '6901'];
  const exchange = async (command: Uint8Array): Promise<ExchangeAnswer> => {
    if (psam.gone) return { kind: 'torn', cause: 'removed' };
    const text = toHex(command);
    psam.asked.push(text);
    const answers = new Map([
      ['00B095000A', `${SERIAL}9000`],
      ['00B0960006', `${psam.terminal}9000`],
      ['00A4000002DF0100', '9000'],
    ]);
    return { kind: 'answered', response: hex(answers.get(text) ?? verdicts.shift() ?? '6F00') };
  };
  const close = async (): Promise<void> => {
    psam.asked.push('closed');
  };
  const open = async () => {
    psam.opened += 1;
    return { exchange, close };
  };
  const reader = (role: CardReader['role']): CardReader => ({
    name: role,
    role,
    state: 'card',
    presence: psam.there ? { arrival: psam.arrival, atr: hex('3B'), open } : undefined,
  });
  return { psam, sam: samSlot({ list: () => [reader('contactless'), reader('sam')] }, { exchangeMs: 100 }) };
}

describe('the slot of the PSAM', () => {
  let { psam, sam } = slot();
  beforeEach(() => {
    ({ psam, sam } = slot());
  });

  it('opens it once, and knows who it is', async () => {
    expect((await sam.take(PARAMETERS))?.serial).toEqual(hex(SERIAL));
    const before = psam.asked.length;
    await sam.take(PARAMETERS);
    expect([psam.opened, psam.asked.length - before]).toEqual([1, 0]);
    await sam.close();
    expect(psam.asked.at(-1)).toBe('closed');
  });

  it('has the purchase judged that it has begun, and no other', async () => {
    await sam.take(PARAMETERS);
    expect((await sam.judgeOf(use(42)).exchange(CREDIT)).kind).toBe('torn');
    sam.hasBegun(use(42));
    expect((await sam.judgeOf(use(41)).exchange(CREDIT)).kind).toBe('torn');
    const other = { ...use(42), serial: hex('00000000000000000000') };
    expect((await sam.judgeOf(other).exchange(CREDIT)).kind).toBe('torn');
    expect(psam.asked).not.toContain(toHex(CREDIT));
    expect(await sam.judgeOf(use(42)).exchange(CREDIT)).toMatchObject({ response: hex('9000') });
  });

  it('keeps the verdict: it judges once', async () => {
    const taken = await sam.take(PARAMETERS);
    sam.hasBegun(use(42));
    expect(await taken?.exchange(CREDIT)).toMatchObject({ response: hex('9000') });
    expect(await sam.judgeOf(use(42)).exchange(CREDIT)).toMatchObject({ response: hex('9000') });
    expect(await sam.judgeOf(use(42)).exchange(OTHER_CREDIT)).toMatchObject({ response: hex('6901') });
    expect(psam.asked.filter((command) => command.startsWith('8072'))).toHaveLength(2);
  });

  it('gives up what was begun for a new purchase', async () => {
    await sam.take(PARAMETERS);
    sam.hasBegun(use(42));
    await sam.take(PARAMETERS);
    expect((await sam.judgeOf(use(42)).exchange(CREDIT)).kind).toBe('torn');
  });

  it.each([
    ['left', { gone: true }],
    ['was changed for another', { arrival: 2 }],
  ])('opens anew one that %s', async (_, change) => {
    const first = await sam.take(PARAMETERS);
    Object.assign(psam, change);
    await first?.exchange(hex('00B095000A'));
    psam.gone = false;
    await sam.take(PARAMETERS);
    expect(psam.opened).toBe(2);
    expect(psam.asked).toContain('closed');
  });

  it('one that left judges nothing any more, whoever is there', async () => {
    const first = await sam.take(PARAMETERS);
    sam.hasBegun(use(42));
    psam.gone = true;
    await first?.exchange(hex('00B095000A'));
    psam.gone = false;
    expect((await sam.judgeOf(use(42)).exchange(CREDIT)).kind).toBe('torn');
  });

  it('has none when none is there, or it answers nonsense', async () => {
    psam.there = false;
    expect(await sam.take(PARAMETERS)).toBeUndefined();
    psam.there = true;
    psam.terminal = '';
    expect(await sam.take(PARAMETERS)).toBeUndefined();
    expect(psam.asked.at(-1)).toBe('closed');
    psam.terminal = '010203040506';
    expect(await sam.take(PARAMETERS)).toBeDefined();
  });
});
