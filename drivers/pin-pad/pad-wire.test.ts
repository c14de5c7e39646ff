import { beforeEach, describe, expect, it } from 'vitest';
import { hex, toHex } from '../../emv/values/index.ts';
import { type OpenWire, openWire, type PadWire, WIRE_LIMITS } from './pad-wire.ts';

const CANCEL = { envelope: 'payment', data: hex('3732') } as const;
const SENT = '0237320306';
/** Message 71 with error code 9, and with another check character. */
const ANSWER = hex('02 37 31 39 03 3C');
const DAMAGED = hex('02 37 31 39 03 3D');
const ACK = hex('06');
const NAK = hex('15');
const EOT = hex('04');

/** A line whose other end answers each write with what stands next, and a clock that only the test moves on. */
function world(answers: readonly (Uint8Array | 'nothing' | 'unplugged')[]) {
  const written: string[] = [];
  const timers = new Set<() => void>();
  const left = [...answers];
  const wire: OpenWire = openWire({
    limits: WIRE_LIMITS,
    write: async (bytes) => {
      written.push(toHex(bytes));
      const answer = left.shift() ?? 'nothing';
      if (answer === 'unplugged') return 'failed';
      // Silence lasts until the time is over; the timer is set once the write is done.
      setImmediate(() => {
        if (answer !== 'nothing') wire.bytes(answer);
        else for (const timer of [...timers]) timer();
      });
      return 'written';
    },
    after: (_ms, callback) => {
      timers.add(callback);
      return () => timers.delete(callback);
    },
  });
  return { wire, written, timers };
}

describe('sending to a pad', () => {
  const send = (pad: PadWire) => pad.send(CANCEL);

  it.each([
    ['is acknowledged', [ACK], 'acknowledged', [SENT]],
    ['is ended by the pad', [EOT], 'ended', [SENT]],
    ['is sent again after NAK', [NAK, NAK, ACK], 'acknowledged', [SENT, SENT, SENT]],
    ['is given up after three NAKs', [NAK, NAK, NAK, ACK], 'silent', [SENT, SENT, SENT]],
    ['is sent again after silence', ['nothing', ACK], 'acknowledged', [SENT, SENT]],
    ['is given up after three times of silence', ['nothing', 'nothing', 'nothing'], 'silent', [SENT, SENT, SENT]],
    ['ends when the line is gone', ['unplugged'], 'lost', [SENT]],
    ['acknowledges what is sent again from before', [ANSWER, ACK], 'acknowledged', [SENT, '06']],
    ['waits on through noise', [hex('41 02 FF 03 00 06')], 'acknowledged', [SENT]],
  ] as const)('%s', async (_, answers, result, sent) => {
    const { wire, written, timers } = world(answers);
    expect(await wire.converse(send)).toBe(result);
    expect(written).toEqual(sent);
    expect(timers.size).toBe(0);
  });
});

it('what came in a conversation before the message is no answer to it', async () => {
  const { wire } = world([]);
  const sent = wire.converse((pad) => {
    wire.bytes(ACK);
    return pad.send(CANCEL);
  });
  expect(await sent).toBe('silent');
});

describe('waiting for a message', () => {
  const outcome = async (pad: PadWire, signal?: AbortSignal) => {
    await pad.send(CANCEL);
    const received = await pad.receive('71', { timeoutMs: 1_000, ...(signal && { signal }) });
    return received.kind === 'message' ? toHex(received.data) : received.kind;
  };
  const both = (...parts: readonly Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

  it.each([
    ['acknowledges it', [both(ACK, ANSWER)], '373139', [SENT, '06']],
    ['asks again for a damaged one', [both(ACK, DAMAGED), ANSWER], '373139', [SENT, '15', '06']],
    ['gives up after three', [both(ACK, DAMAGED), DAMAGED, DAMAGED], 'garbled', [SENT, '15', '15', '04']],
    ['leaves another one', [both(ACK, hex('0F 30 38 30 0E 36')), ANSWER], '373139', [SENT, '06', '06']],
    ['hears the end', [both(ACK, EOT)], 'ended', [SENT]],
  ] as const)('%s', async (_, answers, result, sent) => {
    const { wire, written } = world(answers);
    expect(await wire.converse((pad) => outcome(pad))).toBe(result);
    expect(written).toEqual(sent);
  });

  it('ends with the line, the signal and the time', async () => {
    const { wire, timers } = world([ACK, ACK, ACK]);
    const waits = async () => {
      while (timers.size === 0) await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
    };
    const lost = wire.converse((pad) => outcome(pad));
    await waits();
    wire.lost();
    expect(await lost).toBe('lost');
    const cancel = new AbortController();
    const aborted = wire.converse((pad) => outcome(pad, cancel.signal));
    await waits();
    cancel.abort();
    expect(await aborted).toBe('aborted');
    const late = wire.converse((pad) => outcome(pad));
    await waits();
    for (const timer of [...timers]) timer();
    expect(await late).toBe('late');
  });
});

it('hears that the line is gone also while it acknowledges something else', async () => {
  const wire: OpenWire = openWire({
    limits: WIRE_LIMITS,
    after: () => () => {},
    write: async () => {
      // The pad is pulled with its last word, before that can be acknowledged.
      wire.lost();
      return 'failed';
    },
  });
  const received = wire.converse((pad) => pad.receive('71', { timeoutMs: 1_000 }));
  wire.bytes(hex('0F 30 38 30 0E 36'));
  expect(await received).toEqual({ kind: 'lost' });
});

describe('what a pad sends unasked', () => {
  let held: ReturnType<typeof world>;
  beforeEach(() => {
    held = world([]);
  });

  it('is acknowledged once at a time, however much it is', async () => {
    for (let times = 0; times < 1_000; times++) held.wire.bytes(ANSWER);
    await new Promise((resolve) => setImmediate(resolve));
    expect(held.written).toEqual(['06']);
    held.wire.bytes(ANSWER);
    expect(held.written).toEqual(['06', '06']);
  });

  it('is no answer to what is asked later', async () => {
    held.wire.bytes(ANSWER);
    held.wire.bytes(ACK);
    expect(await held.wire.converse((pad) => pad.send(CANCEL))).toBe('silent');
  });
});
