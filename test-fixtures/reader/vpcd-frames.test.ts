import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../../emv/values/index.ts';
import { type VpcdMessage, vpcdFrame, vpcdReceiver } from './vpcd-frames.ts';

const command = (bytes: string): VpcdMessage => ({ kind: 'command', bytes: hex(bytes) });

describe('what vpcd sends', () => {
  it.each<[string, string, VpcdMessage[]]>([
    ['power off', '000100', [{ kind: 'power-off' }]],
    ['power on', '000101', [{ kind: 'power-on' }]],
    ['reset', '000102', [{ kind: 'reset' }]],
    ['send the ATR', '000104', [{ kind: 'send-atr' }]],
    ['a command', '000500A4040000', [command('00A4040000')]],
    ['two frames in one piece', '0001010004 00B2010C', [{ kind: 'power-on' }, command('00B2010C')]],
    ['a control that vpcd does not have', '000103', []],
    ['an empty body, then a frame', '0000000101', [{ kind: 'power-on' }]],
    ['half a length', '00', []],
    ['a body that is not whole', '000500A404', []],
  ])('%s', (_, bytes, messages) => {
    expect(vpcdReceiver()(hex(bytes))).toEqual(messages);
  });

  it('is the same however the stream is cut into pieces', () => {
    const stream = hex('00010100020A0B000100 0003A1A2A3 000104 0002FFFF');
    const whole = vpcdReceiver()(stream);
    expect(whole.map(({ kind }) => kind)).toEqual([
      'power-on',
      'command',
      'power-off',
      'command',
      'send-atr',
      'command',
    ]);
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: stream.length - 1 }));
    fc.assert(
      fc.property(cuts, (places) => {
        const receive = vpcdReceiver();
        const ends = [...places.sort((a, b) => a - b), stream.length];
        expect(ends.flatMap((end, at) => receive(stream.subarray(ends[at - 1] ?? 0, end)))).toEqual(whole);
      }),
    );
  });

  it('never fails on any bytes', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array()), (pieces) => void pieces.map(vpcdReceiver())));
  });
});

describe('what goes to vpcd', () => {
  it('has its length in front', () => {
    expect(toHex(vpcdFrame(hex('9000')))).toBe('00029000');
    const longest = vpcdFrame(new Uint8Array(258));
    expect([longest.length, longest[0], longest[1]]).toEqual([260, 0x01, 0x02]);
  });
});
