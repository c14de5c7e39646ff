import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hex } from '../../emv/values/index.ts';
import { ATR, COMMAND, DONE, PcscStage, present, rest, until } from '../../test-fixtures/reader/pcsc-stage.ts';
import type { ControlCommand, ReaderControl } from '../ports.ts';

const CODE = 0x42000001;
const command = (timeoutMs = 1_000): ControlCommand => ({ code: CODE, data: hex('E000002801'), timeoutMs });
const never = new AbortController().signal;

const REFUSED = { error: 'SCardControl error: Feature not supported.(0x8010001f)' };
const FAILED = { error: 'SCardControl error: Transaction failed.(0x80100016)' };

let stage: PcscStage;
beforeEach(() => {
  stage = new PcscStage();
});
afterEach(() => stage.end());

const of = ({ control }: { control?: ReaderControl }): ReaderControl => {
  if (control === undefined) throw new Error('no control');
  return control;
};

describe('a command to the reader alone', () => {
  it('goes over a connection of its own, which leaves the card as it is', async () => {
    const { reader } = await stage.withReader();
    stage.fake.next({ value: 0 }, { value: Buffer.from('E100', 'hex') });
    expect(await of(reader).signal(command())).toEqual({ kind: 'answered', bytes: hex('E100') });
    expect(stage.fake.calls).toEqual(['2 connect direct', '2 control 42000001 258', '2 disconnect leave']);
    expect(stage.fake.sent).toEqual([hex('E000002801')]);
  });

  it.each([
    ['the reader refuses it', [{ value: 0 }, FAILED], 'refused'],
    ['another program uses the reader', [{ error: 'SCardConnect error: Sharing violation.(0x8010000b)' }], 'busy'],
    ['the reader has gone', [{ error: 'SCardConnect error: Reader is unavailable.(0x80100017)' }], 'torn'],
  ])('says so when %s, and is over', async (_, answers, kind) => {
    const { reader } = await stage.withReader();
    stage.fake.next(...answers);
    expect(await of(reader).signal(command())).toEqual({ kind });
    const before = stage.fake.calls.length;
    expect(await of(reader).signal(command())).toMatchObject({ kind: 'answered' });
    expect(stage.fake.calls.slice(before)).toEqual([
      '2 connect direct',
      '2 control 42000001 258',
      '2 disconnect leave',
    ]);
  });

  it('leaves an open card alone', async () => {
    const { reader, channel } = await stage.withCard();
    expect(of(reader).inTap).toBe(true);
    expect(await of(reader).signal(command())).toEqual({ kind: 'busy' });
    await channel.close();
    expect(of(reader).inTap).toBe(false);
    expect(stage.fake.calls.filter((call) => call.includes('control'))).toEqual([]);
  });

  it('that nobody waits for any longer is not sent', async () => {
    const { reader, native } = await stage.withReader();
    stage.fake.next({ value: 0 }, undefined);
    const hung = of(reader).signal(command(700));
    const behind = of(reader).signal(command(800));
    await until(() => stage.fake.calls.length === 2);
    stage.timers.fire(700);
    stage.timers.fire(800);
    expect([await hung, await behind]).toEqual([{ kind: 'torn' }, { kind: 'torn' }]);
    native.answerLate(Buffer.alloc(0));
    await rest();
    expect(stage.fake.calls).toEqual(['2 connect direct', '2 control 42000001 258', '2 disconnect leave']);
  });

  it('is torn once the reader is unplugged', async () => {
    const { reader, native } = await stage.withReader();
    native.pullOut();
    expect(await of(reader).signal(command())).toEqual({ kind: 'torn' });
  });
});

describe('a command on an open channel', () => {
  it('goes over the connection to the card, between exchanges', async () => {
    const { reader, channel } = await stage.withCard();
    stage.fake.next({ value: Buffer.from('9000', 'hex') });
    const [first, asked] = await Promise.all([channel.exchange(COMMAND, 5_000), of(reader).ask(command())]);
    expect([first.kind, asked]).toEqual(['answered', { kind: 'answered', bytes: hex('') }]);
    expect(stage.fake.calls.slice(1)).toEqual(['2 transmit 258 2', '2 control 42000001 258']);
  });

  it('that is only a question does the card no harm when it fails', async () => {
    const { reader, channel } = await stage.withCard();
    stage.fake.next(FAILED);
    expect(await of(reader).ask(command())).toEqual({ kind: 'refused' });
    expect((await channel.exchange(COMMAND, 5_000)).kind).toBe('answered');
  });

  it('is a tear when there is no card any more, though it is only a question', async () => {
    const { reader } = await stage.withCard();
    stage.fake.next({ error: 'SCardControl error: Card was removed.(0x80100069)' });
    expect(await of(reader).ask(command())).toEqual({ kind: 'torn' });
  });

  it('that makes the reader speak with the card is a tear when it fails', async () => {
    const { reader, channel } = await stage.withCard();
    stage.fake.next(FAILED);
    expect(await of(reader).converse(command(), never)).toEqual({ kind: 'torn' });
    expect(await channel.exchange(COMMAND, 5_000)).toEqual({ kind: 'torn', cause: 'reader-error' });
  });

  it.each(['', '90'])('and that is answered with "%s", too', async (answer) => {
    const { reader } = await stage.withCard();
    stage.fake.next({ value: Buffer.from(answer, 'hex') });
    expect(await of(reader).converse(command(), never)).toEqual({ kind: 'torn' });
  });

  it('but not when the reader does not know it', async () => {
    const { reader, channel } = await stage.withCard();
    stage.fake.next(REFUSED);
    expect(await of(reader).converse(command(), never)).toEqual({ kind: 'refused' });
    expect((await channel.exchange(COMMAND, 5_000)).kind).toBe('answered');
  });

  it.each(['time', 'signal'])('is given up by its %s, and the reader is left alone until it answers', async (by) => {
    const { reader, native, channel, observer } = await stage.withCard();
    const cancelled = new AbortController();
    stage.fake.next(undefined);
    const conversing = of(reader).converse(command(65_000), cancelled.signal);
    await until(() => stage.fake.calls.at(-1) === '2 control 42000001 258');
    if (by === 'time') stage.timers.fire(65_000);
    else cancelled.abort();
    expect(await conversing).toEqual({ kind: 'torn' });
    expect(reader.state).toBe('unresponsive');
    expect(await channel.exchange(COMMAND, 5_000)).toEqual({ kind: 'torn', cause: 'silent' });
    await rest();
    expect(stage.fake.calls.at(-1)).toBe('2 control 42000001 258');
    stage.fake.next(DONE);
    native.answerLate(Buffer.from('6401', 'hex'));
    await observer.next('arrived');
    expect(stage.fake.calls.slice(-3)).toEqual(['2 disconnect reset', '2 connect exclusive', '2 disconnect leave']);
  });

  it('that was given up before it was sent is not sent, and the card is as it was', async () => {
    const { reader, channel } = await stage.withCard();
    const cancelled = new AbortController();
    cancelled.abort();
    expect(await of(reader).converse(command(), cancelled.signal)).toEqual({ kind: 'refused' });
    expect(stage.fake.calls).not.toContain('2 control 42000001 258');
    expect((await channel.exchange(COMMAND, 5_000)).kind).toBe('answered');
  });

  it('is torn where there is none', async () => {
    const { reader, native } = await stage.withReader();
    native.status(present(1), ATR);
    expect(await of(reader).ask(command())).toEqual({ kind: 'torn' });
    expect(await of(reader).converse(command(), never)).toEqual({ kind: 'torn' });
  });
});
