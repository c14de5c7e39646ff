import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, fen, hex, Pan, toHex } from '../../emv/values/index.ts';
import { type OpenWire, openWire, WIRE_LIMITS } from './pad-wire.ts';
import type { EntryOrder } from './pin-pad-protocol.ts';
import { uicPp791 } from './uic-pp791.ts';

const pan = Pan.parse('6299990000001234567');
if (pan === undefined) throw new Error('no PAN');
const ORDER: EntryOrder = {
  pan,
  slot: 0,
  blockLength: 8,
  amount: fen(1280),
  timeoutMs: 60_000,
  signal: new AbortController().signal,
};
const ACK = '06';
const EOT = '04';
/** The answer to message 08 for place 0 looks like the message itself. */
const SELECT = '0F3038300E36';
const CANCEL = '0237320306';

/** A pad that answers each thing it is sent with what stands next, and then falls silent; time runs out only in silence. */
function padOf(answers: readonly Uint8Array[]) {
  const written: string[] = [];
  const timers = new Set<() => void>();
  const left = [...answers];
  const wire: OpenWire = openWire({
    limits: WIRE_LIMITS,
    write: async (bytes) => {
      written.push(toHex(bytes));
      return 'written';
    },
    after: (_ms, callback) => {
      timers.add(callback);
      // Whoever waits has asked: now the pad answers, or the time is over.
      setImmediate(() => {
        const answer = left.shift();
        if (answer !== undefined) wire.bytes(answer);
        setImmediate(() => timers.has(callback) && callback());
      });
      return () => timers.delete(callback);
    },
  });
  return { wire, written };
}

const FS = '1C';
/** Message 70: card number, 32 zeros, 12.80, three times 30 s. */
const ASKED = `0237302E36323939393930303030303031323334353637${FS}${'30'.repeat(32)}31322E3830${FS}330308`;

describe('the PP791', () => {
  it('is asked for a PIN by 72, 08, 70 and 72, and gives it in 71', async () => {
    const { wire, written } = padOf(
      [ACK, ACK, SELECT, EOT, ACK, '0237312E303036303139453945334341453230304141314244036D', ACK].map(hex),
    );
    const entry = await wire.converse((pad) => uicPp791.enter(pad, ORDER));
    expect(entry.kind === 'entered' && entry.block.use(toHex)).toBe('9E9E3CAE200AA1BD');
    expect(written).toEqual([CANCEL, SELECT, ACK, ASKED, ACK, CANCEL]);
  });

  it.each([
    ['02373139033C', 'the pad has no PIN key there (code 9)'],
    ['023731370332', 'the pad takes no more PINs within this hour: it protects its keys (code 7)'],
    ['0237315A035F', 'the pad refuses with code Z'],
  ])('says why it gives none: %s', async (answer, why) => {
    const { wire } = padOf([ACK, ACK, SELECT, EOT, ACK, answer, ACK].map(hex));
    expect(await wire.converse((pad) => uicPp791.enter(pad, ORDER))).toEqual({ kind: 'refused', why });
  });

  it('does not repeat what it says where a code should stand: it may be a card number', async () => {
    // 08 and 04F, each followed by 6299.
    const { wire } = padOf([ACK, ACK, '0F3038363239390E02', EOT].map(hex));
    const why = 'the pad does not select key 0';
    expect(await wire.converse((pad) => uicPp791.enter(pad, ORDER))).toEqual({ kind: 'refused', why });
    const { wire: other } = padOf([ACK, ACK, '0F303446363239390E48', EOT].map(hex));
    const told = await other.converse((pad) => uicPp791.key(pad, '0'));
    expect(told).toEqual({ kind: 'refused', why: 'the pad answers message 04 with something else' });
  });

  it('tells what is in a place by 04', async () => {
    const { wire, written } = padOf([ACK, ACK, '0F30344650301C451C540E3D', EOT].map(hex));
    expect(await wire.converse((pad) => uicPp791.key(pad, '0'))).toEqual({
      kind: 'told',
      key: { slot: '0', loaded: true, usage: 'P0', mode: 'E', algorithm: 'T' },
    });
    expect(written).toEqual([CANCEL, '0F303430310E0B', ACK]);
  });

  it('takes a key block by 02, as its manual shows it', async () => {
    // The example of the manual, for place 1.
    const block = 'B0080P0TE00N00003C4F5024C59C182F7165BC870FCB7F63456AAE07DB736C32EA391E5834C1AA0C';
    const message =
      '0F30323142303038305030544530304E30303030334334463530323443353943313832463731363542433837304643423746363334353641414530374442373336433332454133393145353833344331414130430E42';
    const { wire, written } = padOf([ACK, ACK, message, EOT].map(hex));
    expect(await wire.converse((pad) => uicPp791.loadKey(pad, '1', block))).toEqual({ kind: 'loaded' });
    expect(written).toEqual([CANCEL, message, ACK]);
  });

  it('whatever it sends, every conversation ends, and none gives a block that is no message 71', async () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      fc.constantFrom(ACK, EOT, '15', SELECT, '0237', '0F30344650301C451C540E3D', '02373139033C').map(hex),
    );
    const answer = fc.array(piece, { maxLength: 4 }).map((pieces) => concat(...pieces));
    await fc.assert(
      fc.asyncProperty(fc.array(answer, { maxLength: 12 }), async (answers) => {
        const entry = await padOf(answers).wire.converse((pad) => uicPp791.enter(pad, ORDER));
        expect(['cancelled', 'timed-out', 'refused', 'silent']).toContain(entry.kind);
        const told = await padOf(answers).wire.converse((pad) => uicPp791.key(pad, '0'));
        expect(['told', 'refused', 'silent']).toContain(told.kind);
        const loaded = await padOf(answers).wire.converse((pad) => uicPp791.loadKey(pad, '0', 'B0016P0TE00N0000'));
        expect(['refused', 'silent']).toContain(loaded.kind);
      }),
      { numRuns: 60 },
    );
  });
});
