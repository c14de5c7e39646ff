import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCard } from '../../test-fixtures/reader/conformance/observer.ts';
import {
  ATR,
  COMMAND,
  empty,
  NAME,
  PcscStage,
  present,
  rest,
  toldBy,
  UNKNOWN,
  until,
} from '../../test-fixtures/reader/pcsc-stage.ts';

const T1 = 2;
const ANSWER = Buffer.from([0x6f, 0x00, 0x90, 0x00]);

let stage: PcscStage;
beforeEach(() => {
  stage = new PcscStage();
});
afterEach(() => stage.end());

/** A card has come, and its reader does not answer when it is to be opened. */
async function hangingConnect() {
  const { native, observer, reader, readers } = await stage.withReader();
  native.status(present(1), ATR);
  const { presence } = await observer.next('arrived');
  stage.fake.next(undefined);
  const opening = presence?.open();
  await until(() => stage.fake.calls.length === 1);
  stage.timers.fire(3_000);
  expect(await opening).toBeUndefined();
  return { native, observer, reader, readers };
}

describe('a reader that hangs', () => {
  it('when a card is opened is shown, and the card is a new one when it answers after all', async () => {
    const { native, observer, reader } = await hangingConnect();
    expect(reader.state).toBe('unresponsive');
    expect(stage.logged).toContain(`reader-does-not-answer: ${NAME}`);
    native.answerLate(T1);
    const again = await observer.next('arrived');
    expect(again.arrival).toBe(2);
    expect(toldBy(observer)).toEqual([
      'state empty',
      'arrived card',
      'state unresponsive',
      'removed empty',
      'arrived card',
    ]);
    const channel = await openCard(again);
    expect(await channel.exchange(COMMAND, 1_000)).toMatchObject({ kind: 'answered' });
  });

  it('when a card is opened is let go with the card', async () => {
    const { native, observer, reader } = await hangingConnect();
    native.status(empty(2));
    native.answerLate(T1);
    await rest();
    expect(reader).toMatchObject({ state: 'empty', presence: undefined });
    expect(toldBy(observer).at(-1)).toBe('removed empty');
  });

  it.each(['an exchange', 'opening'] as const)('during %s works again when it was power-cycled', async (during) => {
    const { native, reader, readers, observer } =
      during === 'opening' ? await hangingConnect() : await hangingExchange();
    expect(reader.state).toBe('unresponsive');
    native.status(UNKNOWN);
    native.pullOut();
    expect(reader.state).toBe('unplugged');
    const back = stage.fake.plugIn('ACME Reader 01 00');
    back.status(empty(0));
    back.status(present(1), ATR);
    const channel = await openCard(await observer.next('arrived'));
    // What the old connection still comes to changes nothing.
    native.answerLate(during === 'opening' ? T1 : ANSWER);
    await rest();
    expect(readers.list()).toEqual([reader]);
    expect(reader).toMatchObject({ state: 'card', presence: { arrival: 2 } });
    expect(await channel.exchange(COMMAND, 1_000)).toMatchObject({ kind: 'answered' });
  });
});

async function hangingExchange() {
  const opened = await stage.withCard();
  stage.fake.next(undefined);
  const exchange = opened.channel.exchange(COMMAND, 1_000);
  await until(() => stage.timers.pending.includes(1_000));
  stage.timers.fire(1_000);
  expect(await exchange).toEqual({ kind: 'torn', cause: 'silent' });
  return opened;
}

describe('a process that stood still, as in suspend,', () => {
  it.each<[string, readonly number[], readonly string[]]>([
    ['while a card came and went', [present(1), empty(2)], ['arrived card', 'removed empty']],
    ['and hears of a new card alone', [present(3)], ['arrived card']],
    ['and hears only that the reader is empty', [empty(6)], []],
    ['while cards were swapped', [present(1), present(7)], ['arrived card', 'removed empty', 'arrived card']],
    ['while its reader was away for a moment', [UNKNOWN, empty(0)], ['state unplugged', 'state empty']],
  ])('%s', async (_, words, told) => {
    const { native, observer } = await stage.withReader();
    for (const word of words) native.status(word, ATR);
    await rest();
    expect(toldBy(observer).slice(1)).toEqual(told);
  });

  it('takes an answer that came while the time ran out for a tear, and the card for another one', async () => {
    const { reader, observer, channel, native } = await stage.withCard();
    stage.fake.next(undefined);
    const exchange = channel.exchange(COMMAND, 1_000);
    await until(() => stage.timers.pending.includes(1_000));
    // Both are due when it goes on; whichever the process sees first, money is only ever charged by what it has read.
    stage.timers.fire(1_000);
    native.answerLate(ANSWER);
    expect(await exchange).toEqual({ kind: 'torn', cause: 'silent' });
    await observer.next('removed');
    expect(await observer.next('arrived')).toMatchObject({ arrival: 2 });
    expect(reader.state).toBe('card');
  });
});
